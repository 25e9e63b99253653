"""Prediction-powered inference against ppi_py, and its refusals."""

import numpy as np
import pytest
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

from cxtext.statistics.ppi import beyond_chance, moments, ppi_mean


def _data(n: int, n_unrated: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    quality = generator.normal(size=n + n_unrated)
    satisfied = (quality + 0.5 * generator.normal(size=n + n_unrated) > 0).astype(float)
    scores = 1 / (1 + np.exp(-2 * quality))
    return satisfied[:n], scores[:n], scores[n:]


def test_ppi_equals_ppi_py() -> None:
    """The point estimate and the interval of the authors' package, with the tuned power."""
    y, f, f_unrated = _data(100, 1_000)
    found = ppi_mean(moments(y, f, f_unrated))
    power = float(found.power)
    value = ppi_mean_pointestimate(y, f, f_unrated, lam=power)
    low, high = ppi_mean_ci(y, f, f_unrated, alpha=0.05, lam=power)
    assert found.estimate.value == pytest.approx(float(np.squeeze(value)))
    assert found.estimate.low == pytest.approx(float(np.squeeze(low)), abs=2e-3)
    assert found.estimate.high == pytest.approx(float(np.squeeze(high)), abs=2e-3)
    assert found.gain > 1.5


def test_scores_that_say_nothing_gain_nothing() -> None:
    """With scores unrelated to the ratings the estimate stays at the rated mean."""
    y, _, _ = _data(100, 1_000)
    noise = np.random.default_rng(9).normal(size=1_100)
    found = ppi_mean(moments(y, noise[:100], noise[100:]))
    assert found.estimate.value == pytest.approx(y.mean(), abs=0.03)
    assert found.gain < 1.1


def test_a_shift_of_the_scores_is_noticed() -> None:
    """Unrated comments from elsewhere have other scores, those from the same place don't."""
    y, f, f_unrated = _data(200, 1_000)
    assert beyond_chance(moments(y, f, f_unrated - 0.2))
    assert not beyond_chance(moments(y, f, f_unrated))
