"""From the scores of single comments to the share or mean of a group: quantification."""

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import Estimate, around, floats, normal_quantile


def between_company_interval(
    mean: ArrayLike, variance: ArrayLike, n: ArrayLike, company_error: float, *, level: float = 0.95
) -> Estimate:
    """Return the mean score of each group, with an interval that holds two errors.

    The error of sampling n comments, variance / n, and the error from one company to another, whose root mean
    square `company_error` is measured on companies that the model never saw and does not shrink with n:
    mean +/- z sqrt(variance / n + company_error^2). A group of one comment has the second only.
    """
    total = floats(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        sampling = np.nan_to_num(floats(variance)) / total
    return around(mean, normal_quantile(level) * np.sqrt(sampling + company_error**2))
