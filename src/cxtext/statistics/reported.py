"""What a reported score and its n still say about its uncertainty, without the answers behind it."""

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import (
    NPS_PSEUDO,
    Estimate,
    around,
    floats,
    normal_quantile,
)


def widest_net_promoter_score(nps: ArrayLike, n: ArrayLike, level: float = 0.95) -> Estimate:
    """Return an NPS (-100..100) with the widest adjusted-Wald interval that this score and n allow.

    The variance of one answer is p + d - (p - d)^2; it is largest where there are no passives: 1 - nps^2.
    """
    score, total = floats(nps) / 100, floats(n)
    added = sum(NPS_PSEUDO)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = score * total / (total + added)
        variance = (total + NPS_PSEUDO[0] + NPS_PSEUDO[2]) / (total + added) - middle**2
        half = normal_quantile(level) * np.sqrt(variance / (total + added))
    ends = around(middle, half).clipped(-1, 1)
    held = Estimate(score, np.minimum(ends.low, score), np.maximum(ends.high, score))  # NaN stays NaN
    return held.map(lambda x: 100 * x)


def widest_mean(
    mean: ArrayLike, n: ArrayLike, lowest: float, highest: float, *, level: float = 0.95
) -> Estimate:
    """Return a mean of answers within lowest..highest with the widest normal interval it allows.

    The variance of one answer is at most (highest - mean)(mean - lowest).
    Source: R. Bhatia and C. Davis (2000), A better bound on the variance, American Mathematical Monthly 107.
    """
    average, total = floats(mean), floats(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = np.maximum((highest - average) * (average - lowest), 0)
        half = normal_quantile(level) * np.sqrt(variance / total)
    return around(average, half).clipped(lowest, highest)
