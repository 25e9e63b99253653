"""Prediction-powered inference: a mean from few stated and many inferred values, with a valid interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import Estimate, Floats, around, floats, normal_quantile


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
    gain: Floats  # effective rated comments per rated comment: (width of the rated alone / width)^2


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
    normal interval with variance var(y - lambda f) / n + lambda^2 var(f) / N.
    Source: A. N. Angelopoulos, J. C. Duchi and T. Zrnic (2023), PPI++: efficient prediction-powered
    inference, arXiv 2311.01453, examples 6.1 and 6.2.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = _pooled_variance(of)
        power = of.cov / ((1 + of.n / of.n_unrated) * pooled)
        power = np.clip(np.where(np.isfinite(power), power, 0.0), 0.0, 1.0)
        shift = np.where(power > 0, power * (of.mean_f_unrated - of.mean_f), 0.0)
        rated = (of.var_y - 2 * power * of.cov + power**2 * of.var_f) / of.n
        unrated = np.where(power > 0, power**2 * of.var_f_unrated / of.n_unrated, 0.0)
        alone = of.var_y / of.n
        gain = np.where(rated + unrated > 0, alone / (rated + unrated), 1.0)
    half = normal_quantile(level) * np.sqrt(rated + unrated)
    return PredictionPowered(around(of.mean_y + shift, half), power, gain)


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
