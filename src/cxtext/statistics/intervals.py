"""Confidence intervals of shares, means, Net Promoter Scores and correlations, for many groups at once.

Every function takes arrays of shape (G,), one entry a group, or scalars, and returns an Estimate of the same
shape. A group without an answer gives NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]

# Pseudo-responses that Rocks (2016) adds to promoters, passives and detractors.
NPS_PSEUDO: Final = (0.75, 1.5, 0.75)
# Added to the variance of n answers on 0..1, over n: a quarter of one answer unlike the others.
SMOOTHING: Final = 0.25


@dataclass(frozen=True)
class Estimate:
    """Values with the ends of their intervals, arrays of one shape; NaN where there is none."""

    value: Floats
    low: Floats
    high: Floats

    def map(self, change: Callable[[Floats], Floats]) -> "Estimate":
        """Return the estimate on another scale; `change` must be increasing."""
        return Estimate(change(self.value), change(self.low), change(self.high))

    def clipped(self, lowest: float, highest: float) -> "Estimate":
        """Return the estimate with the ends of its intervals within the range its value can have."""
        return Estimate(self.value, np.clip(self.low, lowest, highest), np.clip(self.high, lowest, highest))

    def without_interval(self) -> "Estimate":
        """Return the values alone."""
        none = np.full_like(self.value, np.nan)
        return Estimate(self.value, none, none)


def floats(values: ArrayLike) -> Floats:
    """Return the values as an array of floats, nulls as NaN."""
    return np.asarray(values, dtype=np.float64)


def normal_quantile(level: float) -> float:
    """Return z such that a normal variable is within -z..z with probability `level`."""
    return float(ndtri((1 + level) / 2))


def known(values: ArrayLike) -> Estimate:
    """Return values that have no interval: facts, not samples."""
    return Estimate(floats(values), floats(values), floats(values)).without_interval()


def around(value: ArrayLike, half_width: ArrayLike) -> Estimate:
    """Return value +/- half_width."""
    middle, half = floats(value), floats(half_width)
    return Estimate(middle, middle - half, middle + half)


def wilson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the share successes / n (0..1) with Wilson's score interval.

    Source: E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22; recommended over Wald by Brown, Cai and DasGupta (2001), Statistical Science 16.
    """
    count, total = floats(successes), floats(n)
    z2 = normal_quantile(level) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / total
        middle = (share + z2 / (2 * total)) / (1 + z2 / total)
        half = np.sqrt(z2 * share * (1 - share) / total + z2**2 / (4 * total**2)) / (1 + z2 / total)
        low = np.where(count == 0, 0.0, middle - half)
        high = np.where(count == total, 1.0, middle + half)
    empty = total == 0
    return Estimate(share, np.where(empty, np.nan, low), np.where(empty, np.nan, high))


def mean_t(mean: ArrayLike, variance: ArrayLike, n: ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean with Student's t interval, from the sample variance (divisor n - 1).

    No interval under two values. Source: Student (1908), The probable error of a mean, Biometrika 6.
    """
    average, spread, total = floats(mean), floats(variance), floats(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(np.where(total > 1, spread, np.nan) / total)
        quantile = stdtrit(np.maximum(total - 1, 1), (1 + level) / 2)
    return around(np.where(total > 0, average, np.nan), quantile * error)


def bounded_mean(
    mean: ArrayLike,
    variance: ArrayLike,
    n: ArrayLike,
    *,
    lowest: ArrayLike,
    highest: ArrayLike,
    level: float = 0.95,
) -> Estimate:
    """Return the mean of answers within lowest..highest with a score interval, from the sample variance.

    As a share s of the range, a mean of n answers has the variance phi s (1 - s) / n, phi in 0..1 being the
    `dispersion`: 1 for answers at both ends only, less for others (quasi-binomial; R. W. M. Wedderburn 1974,
    Quasi-likelihood functions, Biometrika 61). The score interval of that is Wilson's for n / phi answers. It
    is wider towards the middle of the scale, as samples of skewed answers are: where most choose the top,
    Student's t covers 86 to 93 percent with 30 answers, this 94 to 97.5 (docs/scores.md). No interval under
    two answers.
    """
    bottom, total = floats(lowest), floats(n)
    span = floats(highest) - bottom
    with np.errstate(invalid="ignore"):
        share = (floats(mean) - bottom) / span
    like = total / dispersion(share, floats(variance) / span**2, total)
    return wilson(share * like, like, level).map(lambda found: bottom + span * found)


def dispersion(share: ArrayLike, variance: ArrayLike, n: ArrayLike) -> Floats:
    """Return the variance of answers on 0..1 over the largest that their mean allows, smoothed, at most 1.

    NaN under two answers. The largest is s (1 - s): R. Bhatia and C. Davis (2000), A better bound on the
    variance, American Mathematical Monthly 107.
    """
    middle, total = floats(share), floats(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        added = SMOOTHING / total
        spread = np.where(total > 1, floats(variance), np.nan) * (total - 1) / total
        ratio = (spread + added) / (middle * (1 - middle) + added) * total / (total - 1)
    return floats(np.minimum(ratio, 1))


def net_promoter_score(
    promoters: ArrayLike, passives: ArrayLike, detractors: ArrayLike, level: float = 0.95
) -> Estimate:
    """Return the NPS (-100..100) with an adjusted-Wald interval.

    The value is 100 (promoters - detractors) / n. The interval is the Wald interval after adding 3/4, 3/2 and
    3/4 pseudo-responses, cut to -100..100, widened where it must be to hold the value.
    Source: B. Rocks (2016), Interval estimation for the Net Promoter Score, The American Statistician 70.
    """
    counts = [floats(group) for group in (promoters, passives, detractors)]
    total = counts[0] + counts[1] + counts[2]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (counts[0] - counts[2]) / total
    adjusted = [group + pseudo for group, pseudo in zip(counts, NPS_PSEUDO, strict=True)]
    n = total + sum(NPS_PSEUDO)
    middle = (adjusted[0] - adjusted[2]) / n
    error = np.sqrt(((adjusted[0] + adjusted[2]) / n - middle**2) / n)
    half = normal_quantile(level) * error
    low = np.where(total > 0, np.fmin(middle - half, value), np.nan)
    high = np.where(total > 0, np.fmax(middle + half, value), np.nan)
    return Estimate(value, low, high).clipped(-1, 1).map(lambda share: 100 * share)


def correlation(r: ArrayLike, n: ArrayLike, level: float = 0.95) -> Estimate:
    """Return Pearson's r with Fisher's z interval; none under four pairs or where |r| is 1.

    Source: R. A. Fisher (1921), On the probable error of a coefficient of correlation, Metron 1.
    """
    coefficient, total = floats(r), floats(n)
    usable = (total > 3) & (np.abs(coefficient) < 1)
    middle = np.arctanh(np.where(usable, coefficient, np.nan))
    half = normal_quantile(level) / np.sqrt(np.where(usable, total - 3, np.nan))
    return Estimate(coefficient, np.tanh(middle - half), np.tanh(middle + half))
