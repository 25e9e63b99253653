"""Prediction-powered inference: a mean from few stated and many inferred values, with a valid interval."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from cxtext.statistics.intervals import Estimate, Floats, around, floats, normal_quantile, wilson

SMOOTHING: Final = 0.25  # of the variances of a share, in squared answers: a quarter of one unlike answer


@dataclass(frozen=True)
class Moments:
    """Sums of G groups: n rated comments with stated y and inferred f, and n_unrated with inferred f only.

    Variances and the covariance have the divisor n - 1. Arrays of shape (G,).
    """

    n: Floats
    mean_y: Floats
    var_y: Floats
    mean_f: Floats
    var_f: Floats
    cov: Floats
    n_unrated: Floats
    mean_f_unrated: Floats
    var_f_unrated: Floats


@dataclass(frozen=True)
class PredictionPowered:
    """PPI++ estimates of G groups; `power` is lambda in 0..1, 0 where the unrated comments add nothing."""

    estimate: Estimate
    power: Floats
    gain: Floats  # worth of a rated comment in rated comments alone, 1 or more


def moments(y: ArrayLike, f: ArrayLike, f_unrated: ArrayLike) -> Moments:
    """Return the moments of one group from its arrays: y and f of (n,), f_unrated of (n_unrated,)."""
    stated, inferred, others = floats(y), floats(f), floats(f_unrated)
    covariance = np.cov(stated, inferred)
    return Moments(
        floats(len(stated)),
        floats(stated.mean()),
        covariance[0, 0],
        floats(inferred.mean()),
        covariance[1, 1],
        covariance[0, 1],
        floats(len(others)),
        floats(others.mean()),
        floats(others.var(ddof=1)),
    )


def ppi_mean(of: Moments, level: float = 0.95) -> PredictionPowered:
    """Return the PPI++ estimate of a mean with power tuning.

    mean_y + lambda (mean_f_unrated - mean_f), lambda = cov(y, f) / ((1 + n/N) var(f)) cut to 0..1, and the
    interval with variance var(y - lambda f) / n + lambda^2 var(f_unrated) / N, with Student's t of n - 1
    where the authors take the normal quantile, as n may be 20.
    Source: A. N. Angelopoulos, J. C. Duchi and T. Zrnic (2023), PPI++: efficient prediction-powered
    inference, arXiv 2311.01453, examples 6.1 and 6.2.
    """
    power, value = _tuned(of)
    variance, alone = _variances(of, power)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = stdtrit(np.maximum(of.n - 1, 1), (1 + level) / 2) * np.sqrt(variance / of.n)
        gain = np.where(variance > 0, alone / variance, 1.0)
    return PredictionPowered(around(value, half), power, gain)


def ppi_share(of: Moments, level: float = 0.95) -> PredictionPowered:
    """Return the PPI++ estimate of a share (0..1) with an interval that holds near 0 and 1 too.

    The estimate is ppi_mean's. Its interval is Wilson's, as if n * gain comments had been rated, gain being
    the ratio of the variances of the rated alone and of the estimate. Both variances get
    SMOOTHING / n first: with few dissatisfied among the rated, the plain normal interval covers 25 to 89
    percent, this one 93 to 97.5 (tests/statistics/test_ppi.py).
    """
    power, value = _tuned(of)
    variance, alone = _variances(of, power)
    with np.errstate(invalid="ignore", divide="ignore"):
        smoothed = (np.maximum(variance, 0) + SMOOTHING / of.n) / (alone + SMOOTHING / of.n)
        # n - 2 as two numbers, the mean and lambda, were fitted to the rated rows
        gain = np.maximum(1 / (smoothed * (of.n - 1) / np.maximum(of.n - 2, 1)), 1.0)
    gain = np.where(power > 0, gain, 1.0)
    share = np.clip(value, 0, 1)
    effective = of.n * gain
    return PredictionPowered(wilson(share * effective, effective, level), power, gain)


def _tuned(of: Moments) -> tuple[Floats, Floats]:
    """Return lambda and the estimate."""
    with np.errstate(invalid="ignore", divide="ignore"):
        power = of.cov / ((1 + of.n / of.n_unrated) * _pooled_variance(of))
        power = np.clip(np.where(np.isfinite(power), power, 0.0), 0.0, 1.0)
        shift = np.where(power > 0, power * (of.mean_f_unrated - of.mean_f), 0.0)
    return power, floats(of.mean_y + shift)


def _variances(of: Moments, power: Floats) -> tuple[Floats, Floats]:
    """Return n times the variance of the estimate, and of the rated mean alone."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rated = of.var_y - 2 * power * of.cov + power**2 * of.var_f
        unrated = np.where(power > 0, power**2 * of.var_f_unrated * of.n / of.n_unrated, 0.0)
    return floats(rated + unrated), floats(of.var_y)


def _pooled_variance(of: Moments) -> Floats:
    """Return the variance of f over rated and unrated comments together."""
    total = of.n + of.n_unrated
    middle = (of.n * of.mean_f + of.n_unrated * of.mean_f_unrated) / total
    within = (of.n - 1) * of.var_f + (of.n_unrated - 1) * of.var_f_unrated
    between = of.n * (of.mean_f - middle) ** 2 + of.n_unrated * (of.mean_f_unrated - middle) ** 2
    return floats((within + between) / (total - 1))


def beyond_chance(of: Moments, level: float = 0.95) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return whether the inferred scores of rated and unrated comments differ more than sampling explains.

    Welch's two-sample z: |difference of means| > z sqrt(var_f / n + var_f_unrated / N).
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(of.var_f / of.n + of.var_f_unrated / of.n_unrated)
        difference = np.abs(of.mean_f - of.mean_f_unrated)
        return np.asarray(difference > normal_quantile(level) * error)
