"""Bootstrap intervals from counts: the order of rows cannot matter, a million rows cost as much as ten."""

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from cxtext.statistics.intervals import Estimate, Floats, floats

REPLICATES = 1_000


def seeded(seed: int, *names: str) -> np.random.Generator:
    """Return a random generator that depends on the seed and on what it is used for, not on when."""
    digest = hashlib.sha256("\n".join(names).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "big")])


def resampled(table: ArrayLike, generator: np.random.Generator, replicates: int = REPLICATES) -> Floats:
    """Return (replicates, k, k) tables of rows drawn with replacement: multinomial draws of the cells."""
    counts = floats(table)
    n = int(counts.sum())
    drawn = generator.multinomial(n, counts.ravel() / max(n, 1), size=replicates)
    return floats(drawn).reshape(replicates, *counts.shape)


def bca_interval(
    statistic: Callable[[Floats], Floats], table: ArrayLike, drawn: Floats, level: float = 0.95
) -> Estimate:
    """Return a statistic of a table of counts with its bootstrap interval, from tables drawn by `resampled`.

    `statistic` takes tables of shape (..., k, k). The interval is corrected for bias and acceleration (BCa);
    the jackknife leaves out one row of each cell, weighted by its count. A statistic that no draw changes has
    an interval of no width; one that is NaN, none.
    Source: B. Efron (1987), Better bootstrap confidence intervals, JASA 82.
    """
    counts = floats(table)
    value = floats(statistic(counts))
    found = floats(statistic(drawn))
    found = found[np.isfinite(found)]
    if not np.isfinite(value) or not len(found):
        return Estimate(value, np.full_like(value, np.nan), np.full_like(value, np.nan))
    if np.ptp(found) == 0:
        return Estimate(value, value, value)
    low, high = np.quantile(found, _bca_levels(found, float(value), statistic, counts, level))
    return Estimate(value, floats(low), floats(high))


def _bca_levels(
    found: Floats, value: float, statistic: Callable[[Floats], Floats], counts: Floats, level: float
) -> Floats:
    """Return the two quantile levels after correction for bias and acceleration."""
    below = (np.sum(found < value) + 0.5 * np.sum(found == value)) / len(found)
    bias = ndtri(np.clip(below, 1 / len(found), 1 - 1 / len(found)))
    acceleration = _acceleration(statistic, counts)
    z = bias + ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    return floats(ndtr(bias + z / (1 - acceleration * z)))


def _acceleration(statistic: Callable[[Floats], Floats], counts: Floats) -> float:
    cells = np.flatnonzero(counts)
    smaller = np.repeat(counts[None], len(cells), axis=0).reshape(len(cells), -1)
    smaller[np.arange(len(cells)), cells] -= 1
    values = floats(statistic(smaller.reshape(-1, *counts.shape)))
    weights = counts.ravel()[cells]
    usable = np.isfinite(values)
    values, weights = values[usable], weights[usable]
    deviations = np.average(values, weights=weights) - values
    spread = np.sum(weights * deviations**2)
    return float(np.sum(weights * deviations**3) / (6 * spread**1.5)) if spread > 0 else 0.0
