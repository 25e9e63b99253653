"""Prediction-powered inference against ppi_py; how often it holds the truth: test_coverage.py."""

import numpy as np
import pytest
from numpy.typing import NDArray
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from scipy.special import expit

from cxtext.statistics.intervals import wilson
from cxtext.statistics.ppi import beyond_chance, moments, ppi_mean, ppi_share

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
    """The point estimate, and with 1,000 rated nearly the interval, of the authors' package."""
    y, f, f_unrated = _sample(0.6, 1_000, 10_000)
    found = ppi_share(moments(y, f, f_unrated))
    power = float(found.power)
    value = ppi_mean_pointestimate(y, f, f_unrated, lam=power)
    ends = ppi_mean_ci(y, f, f_unrated, alpha=0.05, lam=power)
    assert found.estimate.value == pytest.approx(float(np.squeeze(value)))
    assert (found.estimate.low, found.estimate.high) == pytest.approx(np.ravel(ends), abs=1e-3)
    assert found.gain > 1.5


def test_power_equals_ppi_py() -> None:
    """The tuned power is the package's own choice."""
    y, f, f_unrated = _sample(0.6, 200, 2_000)
    tuned = ppi_mean_pointestimate(y, f, f_unrated)
    assert ppi_share(moments(y, f, f_unrated)).estimate.value == pytest.approx(
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


def test_a_mean_on_a_scale_is_the_share_on_that_scale() -> None:
    """Ratings of 1 and 5: 1 + 4 times the share, interval and all."""
    y, f, f_unrated = _sample(0.9, 100, 1_000)
    share = ppi_share(moments(y, f, f_unrated))
    mean = ppi_mean(moments(1 + 4 * y, 1 + 4 * f, 1 + 4 * f_unrated), lowest=1, highest=5)
    assert mean.estimate.low == pytest.approx(float(1 + 4 * share.estimate.low))
    expected = (1 + 4 * float(share.estimate.value), float(share.gain))
    assert (mean.estimate.value, mean.gain) == pytest.approx(expected)
