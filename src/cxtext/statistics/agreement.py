"""Agreement of two ratings of the same comments on 1..5 stars, from their cross table.

A table has the shape (..., k, k): stated stars by rows, inferred stars by columns, counts in the cells.
"""

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import Floats, floats


def quadratic_weighted_kappa(table: ArrayLike) -> Floats:
    """Return Cohen's kappa with quadratic weights, -1..1; NaN where both ratings are one and the same value.

    1 - sum(w * observed) / sum(w * expected), w = (i - j)^2, expected from the margins.
    Source: J. Cohen (1968), Weighted kappa, Psychological Bulletin 70.
    """
    observed = floats(table)
    weights = _squared_distances(observed.shape[-1])
    total = observed.sum(axis=(-2, -1))
    margins = observed.sum(axis=-1)[..., :, None] * observed.sum(axis=-2)[..., None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = (weights * margins).sum(axis=(-2, -1)) / total
        return floats(1 - (weights * observed).sum(axis=(-2, -1)) / expected)


def krippendorff_alpha(table: ArrayLike) -> Floats:
    """Return Krippendorff's alpha for two raters, interval scale, no missing values; NaN without variation.

    1 - (2n - 1) sum(d^2 * observed) / sum(d^2 * pooled margins product), both raters' values pooled.
    Source: K. Krippendorff (2011), Computing Krippendorff's alpha-reliability, University of Pennsylvania.
    """
    observed = floats(table)
    distances = _squared_distances(observed.shape[-1])
    coincidences = observed + np.swapaxes(observed, -1, -2)
    margins = coincidences.sum(axis=-1)
    total = margins.sum(axis=-1)
    disagreement = (distances * coincidences).sum(axis=(-2, -1))
    by_chance = (distances * margins[..., :, None] * margins[..., None, :]).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return floats(1 - (total - 1) * disagreement / by_chance)


def _squared_distances(categories: int) -> Floats:
    places = np.arange(categories, dtype=np.float64)
    return floats((places[:, None] - places[None, :]) ** 2)
