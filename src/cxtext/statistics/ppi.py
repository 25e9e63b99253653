"""Prediction-powered inference: a mean from few stated and many inferred values, with a valid interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import (
    SMOOTHING,
    Estimate,
    Floats,
    dispersion,
    floats,
    normal_quantile,
    wilson,
)


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


def ppi_share(of: Moments, level: float = 0.95) -> PredictionPowered:
    """Return the PPI++ estimate of a share (0..1), see `ppi_mean`."""
    return ppi_mean(of, lowest=0, highest=1, level=level)


def ppi_mean(of: Moments, *, lowest: float, highest: float, level: float = 0.95) -> PredictionPowered:
    """Return the PPI++ estimate of a mean of answers within lowest..highest, with power tuning.

    mean_y + lambda (mean_f_unrated - mean_f), lambda = cov(y, f) / ((1 + n/N) var(f)) cut to 0..1.
    Source: A. N. Angelopoulos, J. C. Duchi and T. Zrnic (2023), PPI++: efficient prediction-powered
    inference, arXiv 2311.01453, examples 6.1 and 6.2.

    The authors' interval, normal with the variance var(y - lambda f) / n + lambda^2 var(f_unrated) / N, covers
    25 to 89 percent where few of the rated are dissatisfied. This one is the score interval of the rated alone
    (`intervals.bounded_mean`; of a share Wilson's), as if n * gain comments had been rated. `gain` is the
    variance of the rated alone over that of the estimate, both with SMOOTHING / n of the squared range added.
    Where the rated happen to have scores less spread than rated and unrated together, their variance of f is
    taken to be the latter. What it covers: docs/scores.md, by benchmarks/coverage.py.
    """
    power, value = _tuned(of)
    span = highest - lowest
    variance, alone = (found / span**2 for found in _variances(of, power))
    rated, combined = (np.clip((found - lowest) / span, 0, 1) for found in (of.mean_y, value))
    with np.errstate(invalid="ignore", divide="ignore"):
        added = SMOOTHING / of.n
        # n - 2 as two numbers, the mean and lambda, were fitted to the rated rows
        lost = (of.n - 1) / np.maximum(of.n - 2, 1)
        gain = np.maximum((alone + added) / ((np.maximum(variance, 0) + added) * lost), 1.0)
    gain = np.where(power > 0, gain, 1.0)
    like = of.n * gain / dispersion(rated, alone, of.n)
    estimate = wilson(combined * like, like, level).map(lambda share: lowest + span * share)
    return PredictionPowered(estimate, power, gain)


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
        spread = np.maximum(of.var_f, _pooled_variance(of))
        rated = of.var_y - 2 * power * of.cov + power**2 * spread
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
