"""Customer lifetime value: the average margin of a period over the churn rate, with its interval."""

import numpy as np
from numpy.typing import ArrayLike

from cxtext.statistics.intervals import Estimate, floats, normal_quantile


def lifetime_value(
    margin: ArrayLike,
    margin_variance: ArrayLike,
    margin_n: ArrayLike,
    lost: ArrayLike,
    at_start: ArrayLike,
    level: float = 0.95,
) -> Estimate:
    """Return margin / (lost / at_start), with an interval on the logarithmic scale by the delta method.

    The variance of the logarithm is that of the mean margin, s^2 / (n mean^2), plus that of the rate,
    (1 - rate) / lost. No value where nobody was lost; no interval where the margin is not above 0 or its
    variance is not known. Shape (G,), in the unit of the margin.
    Source: D. Katz et al. (1978), Obtaining confidence intervals for the risk ratio, Biometrics 34, for the
    logarithm of a rate; Gupta and Lehmann (2003), Customers as assets, J. Interactive Marketing 17, for the
    value without discounting.
    """
    mean, spread, n = floats(margin), floats(margin_variance), floats(margin_n)
    gone, total = floats(lost), floats(at_start)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = gone / total
        value = np.where(rate > 0, mean / rate, np.nan)
        variance = spread / (n * mean**2) + (1 - rate) / gone
        factor = np.exp(normal_quantile(level) * np.sqrt(np.where(mean > 0, variance, np.nan)))
        return Estimate(value, value / factor, value * factor)
