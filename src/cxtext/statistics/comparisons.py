"""Differences between two independent groups, many comparisons at once, and what n could have shown.

Arrays have the shape (C,), one entry a comparison, or are scalars. Differences are the second group minus the
first.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from cxtext.statistics.intervals import NPS_PSEUDO, Estimate, Floats, around, floats, normal_quantile, wilson


@dataclass(frozen=True)
class Difference:
    """Differences with their intervals, two-sided p-values, and standard errors."""

    estimate: Estimate
    p: Floats
    error: Floats


def difference_of_shares(
    successes_1: ArrayLike, n_1: ArrayLike, successes_2: ArrayLike, n_2: ArrayLike, level: float = 0.95
) -> Difference:
    """Return the difference of two shares (0..1): Newcombe's hybrid score interval, p of the pooled z test.

    Source: R. G. Newcombe (1998), Interval estimation for the difference between independent proportions,
    method 10, Statistics in Medicine 17.
    """
    estimate = _recovered(wilson(successes_1, n_1, level), wilson(successes_2, n_2, level))
    value = estimate.value
    counts_1, counts_2 = floats(n_1), floats(n_2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (floats(successes_1) + floats(successes_2)) / (counts_1 + counts_2)
        error = np.sqrt(pooled * (1 - pooled) * (1 / counts_1 + 1 / counts_2))
        p = np.where(error > 0, two_sided(value / error), np.where(np.isnan(value), np.nan, 1.0))
    return Difference(estimate, p, error)


def difference_of_estimates(first: Estimate, second: Estimate, level: float = 0.95) -> Difference:
    """Return the difference of two independent estimates from their intervals, which may be lopsided.

    The variance on each side of a value is recovered from that end of its interval, and added (MOVER; for two
    Wilson intervals this is Newcombe's method 10). p is normal, with the error on the side of 0, so that it
    is under 1 - level where the interval leaves out 0.
    Source: G. Y. Zou and A. Donner (2008), Construction of confidence limits about effect measures: a general
    approach, Statistics in Medicine 27.
    """
    estimate, z = _recovered(first, second), normal_quantile(level)
    value = estimate.value
    towards_0 = np.where(value > 0, value - estimate.low, estimate.high - value)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(value == 0, 1.0, two_sided(z * value / towards_0))
    return Difference(estimate, floats(p), floats((estimate.high - estimate.low) / (2 * z)))


def _recovered(first: Estimate, second: Estimate) -> Estimate:
    value = second.value - first.value
    low = value - np.hypot(second.value - second.low, first.high - first.value)
    high = value + np.hypot(second.high - second.value, first.value - first.low)
    return Estimate(value, floats(low), floats(high))


def difference_of_nps(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two Net Promoter Scores, in points -200..200, by adjusted-Wald z.

    `first`, `second`: counts of promoters, passives and detractors, shape (..., 3). Each gets 3/4, 3/2 and
    3/4 pseudo-responses (see intervals.net_promoter_score); errors add as variances.
    Source: J. R. Lewis and J. Sauro (2021), How to statistically compare two Net Promoter Scores,
    measuringu.com/nps-significance-test.
    """
    value_1, adjusted_1, variance_1 = _nps_moments(first)
    value_2, adjusted_2, variance_2 = _nps_moments(second)
    middle, error = adjusted_2 - adjusted_1, np.sqrt(variance_1 + variance_2)
    ends = around(middle, normal_quantile(level) * error).clipped(-200, 200)
    value = value_2 - value_1
    estimate = Estimate(
        value,
        np.where(np.isnan(value), np.nan, np.fmin(ends.low, value)),
        np.where(np.isnan(value), np.nan, np.fmax(ends.high, value)),
    )
    return Difference(estimate, np.where(np.isnan(value), np.nan, two_sided(middle / error)), error)


def _nps_moments(counts: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return NPS, adjusted NPS and its variance, in points."""
    groups = floats(counts)
    total = groups.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = 100 * (groups[..., 0] - groups[..., 2]) / total
    adjusted = groups + np.array(NPS_PSEUDO)
    n = adjusted.sum(axis=-1)
    middle = (adjusted[..., 0] - adjusted[..., 2]) / n
    variance = ((adjusted[..., 0] + adjusted[..., 2]) / n - middle**2) / n
    return value, 100 * middle, 100**2 * variance


def difference_of_means(
    mean_1: ArrayLike,
    error_1: ArrayLike,
    n_1: ArrayLike,
    mean_2: ArrayLike,
    error_2: ArrayLike,
    n_2: ArrayLike,
    level: float = 0.95,
) -> Difference:
    """Return the difference of two means from their standard errors, Welch's t with Satterthwaite's df.

    Source: B. L. Welch (1947), The generalization of Student's problem when several different population
    variances are involved, Biometrika 34.
    """
    square_1, square_2 = floats(error_1) ** 2, floats(error_2) ** 2
    error = np.sqrt(square_1 + square_2)
    value = floats(mean_2) - floats(mean_1)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = (square_1 + square_2) ** 2 / (square_1**2 / (floats(n_1) - 1) + square_2**2 / (floats(n_2) - 1))
        p = np.where(error > 0, 2 * stdtr(df, -np.abs(value) / error), np.where(value == 0, 1.0, np.nan))
    return Difference(around(value, stdtrit(df, (1 + level) / 2) * error), p, error)


def two_sided(z: ArrayLike) -> Floats:
    """Return the two-sided p-value of a normal z."""
    return floats(2 * ndtr(-np.abs(floats(z))))


def smallest_detectable(error: ArrayLike, level: float = 0.95, power: float = 0.8) -> Floats:
    """Return the smallest true difference that a comparison with this standard error finds with `power`.

    (z of the level + z of the power) * error. Source: J. Cohen (1988), Statistical power analysis.
    """
    return floats((normal_quantile(level) + float(ndtri(power))) * floats(error))


def holm(p: ArrayLike) -> Floats:
    """Return p-values adjusted so that one false finding in all comparisons is as rare as in one. NaN stays.

    Source: S. Holm (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6.
    """
    return _step(p, lambda ranks, total: total - ranks, np.maximum.accumulate)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return p-values adjusted so that few of the findings are false: the false discovery rate. NaN stays.

    Source: Y. Benjamini and Y. Hochberg (1995), Controlling the false discovery rate, JRSS B 57.
    """

    def from_the_largest(values: Floats) -> Floats:
        return floats(np.minimum.accumulate(values[::-1])[::-1])

    return _step(p, lambda ranks, total: total / (ranks + 1), from_the_largest)


def _step(
    p: ArrayLike, factor: Callable[[Floats, int], Floats], accumulate: Callable[[Floats], Floats]
) -> Floats:
    values = floats(p)
    adjusted = np.full_like(values, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    scaled = values[order] * factor(np.arange(len(order), dtype=np.float64), len(order))
    adjusted[order] = np.minimum(accumulate(scaled), 1.0)
    return adjusted
