"""The quantifiers that benchmarks/quantification.py compares are those of the literature: quapy agrees."""

import importlib.util
import sys
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "quantification.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """Return the benchmark script as a module."""
    spec = importlib.util.spec_from_file_location("benchmark_quantification", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def quantifiers() -> ModuleType:
    """Return quapy's quantifiers; quapy is in the extra `bench` only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies
        return pytest.importorskip("quapy.method.aggregative")


def _probabilities(n: int, seed: int, lean: float = 0.0) -> np.ndarray:
    """Return probabilities of five stars of n comments."""
    drawn = np.exp(2 * np.random.default_rng(seed).normal(size=(n, 5)) + lean * np.arange(5))
    return drawn / drawn.sum(axis=1, keepdims=True)


def _known(benchmark: ModuleType) -> dict[str, object]:
    """Return what a rated company tells: its stars are drawn from the probabilities."""
    p = _probabilities(2_000, seed=0)
    drawn = np.random.default_rng(1).random((2_000, 1))
    stars = 1 + (np.cumsum(p, axis=1) < drawn).sum(axis=1)
    return benchmark.rates(p, stars)


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.8])
def test_adjusted_count_equals_quapy_s(benchmark: ModuleType, quantifiers: ModuleType, lean: float) -> None:
    """The same hit and false alarm rates, the same share."""
    known, p = _known(benchmark), _probabilities(500, seed=2, lean=lean)
    quantifier = quantifiers.ACC(
        benchmark.two_classes(), fit_classifier=False, val_split=None, solver="exact-raise"
    )
    verdicts = (benchmark._stars(_probabilities(2_000, seed=0)) >= 4).astype(int)
    quantifier.aggregation_fit(verdicts, known["satisfied"])
    expected = 100 * quantifier.aggregate((benchmark._stars(p) >= 4).astype(int))[1]
    assert benchmark.adjusted_count(p, known) == pytest.approx(expected)


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.8])
def test_prior_correction_equals_quapy_s(benchmark: ModuleType, quantifiers: ModuleType, lean: float) -> None:
    """EM over five stars from the same prior ends in the same shares."""
    known, p = _known(benchmark), _probabilities(500, seed=2, lean=lean)
    shares, _ = quantifiers.EMQ.EM(known["prior"], p, epsilon=1e-9)
    assert benchmark.prior_correction(p, known) == pytest.approx(100 * shares[3:].sum(), abs=0.01)


@pytest.mark.parametrize("place", range(4))
def test_quapy_s_methods_take_our_probabilities(
    benchmark: ModuleType, quantifiers: ModuleType, place: int
) -> None:
    """On comments like those it was fitted to, each comes close to the true share."""
    known = _known(benchmark)
    method = list(benchmark.quapy_methods().values())[place]
    truth = 100 * np.mean(known["satisfied"])
    assert method(_probabilities(2_000, seed=5), known) == pytest.approx(truth, abs=6)
