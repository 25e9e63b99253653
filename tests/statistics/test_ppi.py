"""Prediction-powered inference against ppi_py, its coverage, and its refusals."""

import numpy as np
import pytest
from numpy.typing import NDArray
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from scipy.special import expit

from cxtext.statistics.intervals import wilson
from cxtext.statistics.ppi import Moments, beyond_chance, moments, ppi_mean, ppi_share

Floats = NDArray[np.float64]


def _population(share: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Return whether each of many comments is satisfied, and its score."""
    quality = 3 * generator.normal(size=100_000)
    felt = quality + generator.logistic(size=len(quality))
    threshold = np.quantile(felt, 1 - share)
    return (felt > threshold).astype(float), expit(quality - threshold)


def _sample(share: float, n: int, n_unrated: int) -> tuple[Floats, Floats, Floats]:
    generator = np.random.default_rng(0)
    y, f = _population(share, generator)
    rows = generator.integers(0, len(y), n + n_unrated)
    return y[rows[:n]], f[rows[:n]], f[rows[n:]]


def test_ppi_equals_ppi_py() -> None:
    """The point estimate and, but for t instead of z, the interval of the authors' package."""
    y, f, f_unrated = _sample(0.6, 1_000, 10_000)
    found = ppi_mean(moments(y, f, f_unrated))
    power = float(found.power)
    value = ppi_mean_pointestimate(y, f, f_unrated, lam=power)
    ends = ppi_mean_ci(y, f, f_unrated, alpha=0.05, lam=power)
    assert found.estimate.value == pytest.approx(float(np.squeeze(value)))
    assert (found.estimate.low, found.estimate.high) == pytest.approx(np.ravel(ends), abs=2e-4)
    assert found.gain > 1.5


def test_power_equals_ppi_py() -> None:
    """The tuned power is the package's own choice."""
    y, f, f_unrated = _sample(0.6, 200, 2_000)
    tuned = ppi_mean_pointestimate(y, f, f_unrated)
    assert ppi_mean(moments(y, f, f_unrated)).estimate.value == pytest.approx(
        float(np.squeeze(tuned)), abs=1e-3
    )


def test_scores_that_say_nothing_gain_nothing() -> None:
    """With scores unrelated to the ratings the estimate stays at the rated mean."""
    y, _, _ = _sample(0.6, 100, 1_000)
    noise = np.random.default_rng(9).normal(size=1_100)
    found = ppi_share(moments(y, noise[:100], noise[100:]))
    assert found.estimate.value == pytest.approx(y.mean(), abs=0.03)
    assert found.gain < 1.1


def test_unanimous_ratings_keep_an_interval() -> None:
    """Thirty satisfied of thirty: Wilson's interval, not one of no width."""
    _, f, f_unrated = _sample(0.99, 30, 1_000)
    found = ppi_share(moments(np.ones(30), f, f_unrated)).estimate
    alone = wilson(30, 30)
    assert (found.value, found.low, found.high) == pytest.approx((1, float(alone.low), 1))


def test_a_shift_of_the_scores_is_noticed() -> None:
    """Unrated comments from elsewhere have other scores, those from the same place don't."""
    y, f, f_unrated = _sample(0.6, 200, 1_000)
    assert beyond_chance(moments(y, f, f_unrated - 0.2))
    assert not beyond_chance(moments(y, f, f_unrated))


def _many(y: Floats, f: Floats, n: int, n_unrated: int, replications: int) -> Moments:
    """Return the moments of many samples from a population."""
    generator = np.random.default_rng(1)
    rows = generator.integers(0, len(y), (replications, n))
    stated, inferred = y[rows], f[rows]
    deviations = (stated - stated.mean(1, keepdims=True)) * (inferred - inferred.mean(1, keepdims=True))
    size = np.ones(replications)
    return Moments(
        n=n * size,
        mean_y=stated.mean(1),
        var_y=stated.var(1, ddof=1),
        mean_f=inferred.mean(1),
        var_f=inferred.var(1, ddof=1),
        cov=deviations.sum(1) / (n - 1),
        n_unrated=n_unrated * size,
        mean_f_unrated=generator.normal(f.mean(), f.std() / np.sqrt(n_unrated), replications),
        var_f_unrated=f.var() * size,
    )


@pytest.mark.parametrize("n", [30, 100, 300])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.96, 0.99])
def test_shares_cover_the_truth(share: float, n: int) -> None:
    """A nominal 95% interval covers in 93 to 97.5% of 4,000 samples, also near the ends, and gains."""
    y, f = _population(share, np.random.default_rng(0))
    found = ppi_share(_many(y, f, n, 2_000, replications=4_000))
    held = (found.estimate.low <= y.mean()) & (y.mean() <= found.estimate.high)
    assert 0.93 <= held.mean() <= 0.975
    alone = wilson(found.estimate.value * n, np.full(len(held), n))
    assert np.mean(found.estimate.high - found.estimate.low) < np.mean(alone.high - alone.low)


@pytest.mark.parametrize("n", [30, 100, 300])
def test_means_cover_the_truth(n: int) -> None:
    """The same of a mean of two values."""
    y, f = _population(0.6, np.random.default_rng(0))
    found = ppi_mean(_many(4 * y + 1, f, n, 2_000, replications=4_000)).estimate
    held = (found.low <= (4 * y + 1).mean()) & ((4 * y + 1).mean() <= found.high)
    assert 0.93 <= held.mean() <= 0.975
