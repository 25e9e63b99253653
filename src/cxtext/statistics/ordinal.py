"""Proportional-odds regression, and how much better its forecasts of ordered categories are than a base rate's."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit, stdtrit

from cxtext.statistics.intervals import Estimate, Floats, around, floats

Codes = NDArray[np.int64]
PENALTY: Final = 1.0  # as if one standard normal prior were put on each slope of a standardised feature
TINIEST: Final = 1e-12  # of a probability, so that its logarithm exists


@dataclass(frozen=True)
class ProportionalOdds:
    """P(y <= j) = logistic(thresholds[j] - x @ slopes): k - 1 rising thresholds, one slope a feature."""

    thresholds: Floats
    slopes: Floats

    def probabilities(self, x: ArrayLike) -> Floats:
        """Return the probabilities of the k categories, shape (n, k), of rows x, shape (n, p)."""
        below = expit(self.thresholds - (floats(x) @ self.slopes)[:, None])
        return np.diff(below, axis=1, prepend=0.0, append=1.0)


def fit_proportional_odds(
    x: ArrayLike, y: ArrayLike, categories: int, penalty: float = PENALTY
) -> ProportionalOdds:
    """Return the regression of y, whole numbers 0..categories - 1, on the rows x, shape (n, p); p may be 0.

    The log-likelihood less penalty / 2 times the sum of squared slopes of the standardised features is
    largest. Without features the probabilities are the shares of the categories.
    Source: P. McCullagh (1980), Regression models for ordinal data, JRSS B 42.
    """
    rows, codes = floats(x), np.asarray(y, dtype=np.int64)
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    counts = np.maximum(np.bincount(codes, minlength=categories), 0.5)  # a start for what never occurs
    thresholds = logit(np.cumsum(counts / counts.sum())[:-1])
    start = np.concatenate([thresholds[:1], np.log(np.diff(thresholds)), np.zeros(rows.shape[1])])
    found = minimize(
        _loss, start, args=((rows - middle) / spread, codes, categories - 1, penalty), jac=True, method="BFGS"
    ).x
    slopes = found[categories - 1 :] / spread
    return ProportionalOdds(_rising(found[: categories - 1]) + middle @ slopes, slopes)


def _rising(steps: Floats) -> Floats:
    return floats(np.cumsum(np.concatenate([steps[:1], np.exp(steps[1:])])))


def _loss(parameters: Floats, x: Floats, y: Codes, cuts: int, penalty: float) -> tuple[float, Floats]:
    """Return the penalised mean negative log-likelihood and its gradient."""
    steps, slopes = parameters[:cuts], parameters[cuts:]
    ends = np.concatenate([[-np.inf], _rising(steps), [np.inf]])
    predictor = x @ slopes
    upper, lower = ends[y + 1] - predictor, ends[y] - predictor
    likelihood = np.maximum(expit(upper) - expit(lower), TINIEST)
    at_upper, at_lower = (expit(end) * expit(-end) / likelihood for end in (upper, lower))
    by_threshold = np.bincount(y, at_upper, cuts + 1)[:-1] - np.bincount(y, at_lower, cuts + 1)[1:]
    from_here_up = np.cumsum(by_threshold[::-1])[::-1]  # a step moves its threshold and all above it
    by_step = from_here_up * np.concatenate([[1.0], np.exp(steps[1:])])
    by_slope = x.T @ (at_lower - at_upper) - penalty * slopes
    loss = 0.5 * penalty * slopes @ slopes - np.log(likelihood).sum()
    return float(loss) / len(y), -np.concatenate([by_step, by_slope]) / len(y)


def ranked_probability_scores(probabilities: ArrayLike, y: ArrayLike) -> Floats:
    """Return the score of each forecast, shape (n,), 0 where all is put on what came, at most k - 1.

    Sum over categories of (P(y <= j) - [y <= j])^2: a miss by two categories costs more than by one, and no
    other forecast than the believed one is better on average.
    Source: E. S. Epstein (1969), A scoring system for probability forecasts of ranked categories, Journal of
    Applied Meteorology 8; A. H. Murphy (1971), A note on the ranked probability score, the same 10; proper:
    T. Gneiting and A. E. Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102.
    """
    below = np.cumsum(floats(probabilities), axis=1)[:, :-1]
    came = np.asarray(y)[:, None] <= np.arange(below.shape[1])
    return floats(((below - came) ** 2).sum(axis=1))


def skill(scores: ArrayLike, base: ArrayLike, clusters: ArrayLike, level: float = 0.95) -> Estimate:
    """Return 1 - sum of scores / sum of base scores: 1 perfect, 0 as the base forecast, below 0 worse."""
    ratio = clustered_ratio(scores, base, clusters, level)
    return Estimate(1 - ratio.value, 1 - ratio.high, 1 - ratio.low)


def clustered_ratio(above: ArrayLike, below: ArrayLike, clusters: ArrayLike, level: float = 0.95) -> Estimate:
    """Return sum(above) / sum(below) of rows that come in clusters, all arrays of shape (n,).

    Interval: linearised, over the G clusters, Student's t of G - 1; none for one cluster. With below = 1 it
    is a mean. Source: W. G. Cochran (1977), Sampling techniques, sections 6.3 and 9A.
    """
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    top, bottom = np.bincount(place, floats(above)), np.bincount(place, floats(below))
    ratio = floats(top.sum() / bottom.sum())
    count = len(top)
    if count < 2:
        return around(ratio, np.nan)
    error = np.sqrt(count / (count - 1) * np.sum((top - ratio * bottom) ** 2)) / bottom.sum()
    return around(ratio, stdtrit(count - 1, (1 + level) / 2) * error)
