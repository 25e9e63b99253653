"""Which terms two bodies of text use differently: log-odds ratios with an informative Dirichlet prior."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogOdds:
    """The comparison of w terms. Positive: more in the first body of text than in the second."""

    difference: Floats  # (w,), of the log-odds of a mention being of the term
    z: Floats  # (w,), difference / its standard error


def log_odds(first: ArrayLike, second: ArrayLike, prior: ArrayLike) -> LogOdds:
    """Compare how often each of w terms is mentioned in two bodies of text.

    With y mentions of the term among n, prior mentions a among a0 (the sum of `prior`), and i = 1, 2::

        odds_i     = (y_i + a) / (n_i + a0 - y_i - a)
        difference = log(odds_1) - log(odds_2)
        variance   = sum over i of 1 / (y_i + a) + 1 / (n_i + a0 - y_i - a)

    The prior pulls rare terms to no difference, the more so the larger a0, which counts in mentions.

    `first` and `second` hold the mentions of each term, 0 or more; `prior` its prior mentions, above 0, as a
    rule its share of a larger body of text times a0. All three are of shape (w,).

    Raises
    ------
    ValueError: the shapes differ, a count is negative, or a prior is not positive.

    Source: Monroe, Colaresi and Quinn (2008), Fightin' Words, Political Analysis 16(4), 372-403, equations
    15, 16, 19 and 21 (the variance with both of its terms, not the approximation of equation 20: a term can
    be a large part of all mentions).
    """
    y_first, y_second, a = (np.asarray(counts, dtype=np.float64) for counts in (first, second, prior))
    if not y_first.shape == y_second.shape == a.shape:
        raise ValueError(
            f"first, second and prior differ in shape: {y_first.shape}, {y_second.shape}, {a.shape}"
        )
    if (y_first < 0).any() or (y_second < 0).any() or (a <= 0).any():
        raise ValueError("counts must be 0 or more and priors above 0")
    of_first, rest_first = y_first + a, y_first.sum() + a.sum() - y_first - a
    of_second, rest_second = y_second + a, y_second.sum() + a.sum() - y_second - a
    if not (rest_first > 0).all() or not (rest_second > 0).all():
        raise ValueError("at least two terms are needed")
    difference = np.log(of_first / rest_first) - np.log(of_second / rest_second)
    variance = 1 / of_first + 1 / rest_first + 1 / of_second + 1 / rest_second
    return LogOdds(difference=difference, z=difference / np.sqrt(variance))
