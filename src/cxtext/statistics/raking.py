"""Weights that give a sample the margins of its population, and what figures weighted so are worth.

A sample is C cells of rows alike: `counts` (C,) rows in each. A margin is a code (C,) of the cell's category and
the shares (K,) that the categories should have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxtext.statistics.intervals import Estimate, Floats, floats, net_promoter_score, wilson

CYCLES = 500
CLOSE = 1e-9  # largest distance of a share from its margin
Margin = tuple[NDArray[np.int64], Floats]


@dataclass(frozen=True)
class Raked:
    """Weights of one row of each cell, mean 1 over rows; how far the margins are missed, and rows trimmed."""

    weights: Floats
    missed: float
    trimmed: int


def rake(counts: Floats, margins: Sequence[Margin], largest: float) -> Raked:
    """Return weights that meet all margins at once, none above `largest` or below 1 / `largest` of the mean.

    Iterative proportional fitting, trimmed after each cycle. Every category must have rows. Where weights had
    to be trimmed, or margins contradict each other, they are `missed` by that share.
    Source: W. E. Deming and F. F. Stephan (1940), On a least squares adjustment of a sampled frequency table,
    Annals of Mathematical Statistics 11; trimming as in Battaglia, Hoaglin and Frankel (2009), Survey Practice 2.
    """
    weights, total = np.ones(len(counts)), counts.sum()
    for _ in range(CYCLES):
        for codes, shares in margins:
            held = np.bincount(codes, weights=weights * counts, minlength=len(shares))
            weights = weights * (shares * total / held)[codes]
        before, weights = weights, _trimmed(weights, counts, largest)
        missed = max(_missed(weights * counts, margin) for margin in margins)
        if missed < CLOSE:
            break
    beyond = (before > largest * (1 + CLOSE)) | (before < (1 - CLOSE) / largest)
    return Raked(weights, missed, int(counts[beyond].sum()))


def _trimmed(weights: Floats, counts: Floats, largest: float) -> Floats:
    """Return weights within the limits, mean 1 again: what is cut off one is given to the others."""
    for _ in range(CYCLES):
        cut = np.clip(weights, 1 / largest, largest)
        mean = float(cut @ counts / counts.sum())
        weights = cut / mean
        if abs(mean - 1) < CLOSE:
            break
    return weights


def _missed(weighted: Floats, margin: Margin) -> float:
    codes, shares = margin
    held = np.bincount(codes, weights=weighted, minlength=len(shares)) / weighted.sum()
    return float(np.abs(held - shares).max())


def design_effect(counts: Floats, weights: Floats) -> float:
    """Return n sum(w^2) / sum(w)^2, 1 or more: how many times the variance grows by unequal weights.

    The effective n is n over it. Source: L. Kish (1965), Survey Sampling.
    """
    return float(counts.sum() * (counts @ weights**2) / (counts @ weights) ** 2)


def raked_variance(
    values: Floats, inside: Floats, counts: Floats, weights: Floats, margins: Sequence[Margin]
) -> float:
    """Return the variance of the weighted mean of the values of the cells that are `inside` (1, else 0).

    Linearised, with residuals from the weighted regression on all margins: what the margins tell is known, so it
    adds no error.
    Source: J.-C. Deville and C.-E. Saerndal (1992), Calibration estimators in survey sampling, JASA 87.
    """
    weighted = counts * weights
    mean = (weighted * inside) @ values / (weighted @ inside)
    scores = inside * (values - mean) * weighted.sum() / (weighted @ inside)
    dummies = np.column_stack([codes == place for codes, shares in margins for place in range(len(shares))])
    root = np.sqrt(weighted)[:, None]
    slopes = np.linalg.lstsq(dummies * root, scores * root[:, 0], rcond=None)[0]
    residuals = scores - dummies @ slopes
    lost = int(np.linalg.matrix_rank(dummies.astype(np.float64)))
    n = counts.sum()
    return float(counts @ (weights * residuals) ** 2 / weighted.sum() ** 2 * n / max(n - lost, 1))


def weighted_share(value: float, variance: float, n: float, level: float) -> Estimate:
    """Return a weighted share (0..1) with Wilson's interval for the n that would give its variance.

    `n` is Kish's effective n, for a share of 0 or 1, which has no variance of its own.
    """
    same = value * (1 - value) / variance if variance > 0 else n
    return wilson([value * same], [same], level)


def weighted_nps(shares: Floats, variance: float, n: float, level: float) -> Estimate:
    """Return a weighted NPS with the adjusted-Wald interval for the n that would give its variance.

    `shares` (3,): of promoters, passives and detractors. `n` as in `weighted_share`.
    """
    spread = shares[0] + shares[2] - (shares[0] - shares[2]) ** 2
    same = spread / variance if variance > 0 and spread > 0 else n
    promoters, passives, detractors = (floats([share * same]) for share in shares)
    return net_promoter_score(promoters, passives, detractors, level)
