"""A figure over periods: how fast it moves, and where its level shifted.

Arrays have the shape (T,), one entry a period, in order of time. Weights are 1 / variance. Periods differ by
more than the variance of their answers tells (weather, prices, who is asked): errors are therefore scaled by
the dispersion that the fit leaves, never below 1, and Student's t has T - 2 degrees of freedom. Successive
periods are taken as independent given the fit.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from cxtext.statistics.intervals import Estimate, Floats, around, floats

REPLICATES: Final = 1_999
FEWEST_REACHED: Final = 10  # draws that reach the statistic; with fewer their count tells too little
SHORTEST: Final = 2  # periods on each side of a shift: one alone may be a whim, two are a level


@dataclass(frozen=True)
class Trend:
    """The slope a step, its two-sided p-value, and the dispersion between periods (1: sampling alone)."""

    slope: Estimate
    p: float
    dispersion: float


@dataclass(frozen=True)
class Shift:
    """The most likely shift: the place of the first period after it, its size, and the p-value of the search."""

    place: int
    size: Estimate
    p: float
    dispersion: float


def weighted_trend(x: ArrayLike, values: ArrayLike, variances: ArrayLike, level: float = 0.95) -> Trend:
    """Return the weighted least squares slope of values over x, for three periods or more.

    The standard error is multiplied by the root of max(1, chi square / (T - 2)), chi square the weighted sum of
    squared residuals; t with T - 2 degrees of freedom. Source: C. Rover, G. Knapp and T. Friede (2015),
    Hartung-Knapp-Sidik-Jonkman approach and its modification for random-effects meta-analysis with few studies,
    BMC Medical Research Methodology 15; the scaling of errors by residual dispersion is S. G. Thompson and
    S. J. Sharp (1999), Explaining heterogeneity in meta-analysis, Statistics in Medicine 18.
    """
    place, value, weight = floats(x), floats(values), 1 / floats(variances)
    centred = place - np.average(place, weights=weight)
    spread = weight @ centred**2
    slope = weight @ (centred * value) / spread
    residuals = value - np.average(value, weights=weight) - slope * centred
    degrees = len(value) - 2
    dispersion = max(1.0, float(weight @ residuals**2) / degrees)
    error = np.sqrt(dispersion / spread)
    p = 2 * float(stdtr(degrees, -abs(slope) / error))
    return Trend(around(slope, stdtrit(degrees, (1 + level) / 2) * error), p, dispersion)


def most_likely_shift(
    values: ArrayLike, variances: ArrayLike, generator: np.random.Generator, level: float = 0.95
) -> Shift:
    """Return the split of the periods, at least two on each side, whose weighted means differ most surely.

    The statistic is the largest |t| over all splits, errors scaled by the dispersion within the two sides as in
    `weighted_trend`. Its p-value allows for the search: it is the share of series without a shift, drawn from
    normal errors with these weights, whose largest |t| (dispersion not kept above 1, so that it holds whatever
    the true dispersion is) reaches it. Where fewer than ten draws do, Bonferroni's bound over the splits is
    used if it is lower. The interval is of the chosen split and does not allow for the choice.
    Source: K. J. Worsley (1979), On the likelihood ratio test for a shift in location of normal populations,
    JASA 74; D. M. Hawkins (1977), Testing a sequence of observations for a shift in location, JASA 72.
    """
    value, weight = floats(values), 1 / floats(variances)
    degrees, splits = len(value) - 2, len(value) - 2 * SHORTEST + 1
    difference, between, within = _sides(value[None], weight)
    chosen = int(np.argmax(between[0]))
    dispersion = max(1.0, float(within[0, chosen]) / degrees)
    t = np.sqrt(between[0, chosen] / dispersion)
    drawn = generator.standard_normal((REPLICATES, len(value))) / np.sqrt(weight)
    _, null_between, null_within = _sides(drawn, weight)
    reached = int(np.sum(np.max(null_between / null_within, axis=1) * degrees >= t**2))
    p = (reached + 1) / (REPLICATES + 1)
    if reached < FEWEST_REACHED:
        p = min(p, splits * 2 * float(stdtr(degrees, -t)))
    error = np.sqrt(dispersion * _variance(weight)[chosen])
    size = around(difference[0, chosen], stdtrit(degrees, (1 + level) / 2) * error)
    return Shift(chosen + SHORTEST, size, p, dispersion)


def _variance(weight: Floats) -> Floats:
    """Return the variance of the difference of the two sides' means, for each split."""
    before = np.cumsum(weight)[SHORTEST - 1 : -SHORTEST]
    return floats(1 / before + 1 / (weight.sum() - before))


def _sides(values: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean after less mean before, and the weighted squares between and within, (series, splits)."""
    total, sums = weight.sum(), np.cumsum(weight * values, axis=1)
    before = np.cumsum(weight)[SHORTEST - 1 : -SHORTEST]
    first = sums[:, SHORTEST - 1 : -SHORTEST]
    difference = (sums[:, -1:] - first) / (total - before) - first / before
    between = difference**2 / _variance(weight)
    centred = values - sums[:, -1:] / total
    all_squares = (weight * centred**2).sum(axis=1, keepdims=True)
    return floats(difference), floats(between), floats(np.maximum(all_squares - between, 0))
