"""What adapting a model changed, on comments it was not trained on: before, after, and how sure the difference is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from cxtext.classify import stars_frame
from cxtext.schema.protocols import Floats
from cxtext.statistics.agreement import quadratic_weighted_kappa
from cxtext.statistics.bootstrap import REPLICATES, seeded

Verdict = Literal["better", "worse", "no difference shown", "not measured"]
Statistic = Callable[[Floats], Floats]
LEVEL: Final = 0.95
FEWEST: Final = 20  # rated comments to compare on


@dataclass(frozen=True)
class Change:
    """A figure of both models on the same n comments, and the 95 percent interval of after minus before."""

    metric: str
    n: int
    before: float
    after: float
    low: float
    high: float


def compare(
    stars: NDArray[np.int64], before: Floats, after: Floats, writers: Sequence[str]
) -> tuple[Change, ...]:
    """Return how binary accuracy (three stars left out) and quadratic kappa changed.

    stars (n,) are gold; before and after (n, 5) probabilities. Intervals are percentiles of 1,000 bootstrap
    draws of whole writers, both models on the same draw; as in cxtext.evaluate, a rating is above 3 by its mean.
    """
    order = np.lexsort((stars, np.asarray(writers)))
    _, place = np.unique(np.asarray(writers)[order], return_inverse=True)
    sums = [_cells(stars[order], given[order], place) for given in (before, after)]
    count = int(place.max()) + 1
    drawn = seeded(0, "comparison").multinomial(count, np.full(count, 1 / count), size=REPLICATES)
    decided = int((stars != 3).sum())
    statistics: dict[str, tuple[Statistic, int]] = {
        "binary accuracy": (_binary, decided),
        "quadratic kappa": (_kappa, len(stars)),
    }
    return tuple(
        _change(metric, n, statistic, sums, drawn.astype(np.float64))
        for metric, (statistic, n) in statistics.items()
    )


def _cells(stars: NDArray[np.int64], given: Floats, place: NDArray[np.int64]) -> Floats:
    """Return counts (writers, 50) by gold star, hard star and side of the mean rating."""
    found = stars_frame(given)
    hard = found["inferred_star_1_5"].to_numpy() - 1
    above = (found["inferred_rating_1_5"] > 3).to_numpy().astype(np.int64)
    cell = np.ravel_multi_index((stars - 1, hard, above), (5, 5, 2))
    counts = np.zeros((int(place.max()) + 1, 50))
    np.add.at(counts, (place, cell), 1.0)
    return counts


def _binary(cells: Floats) -> Floats:
    side = cells.reshape(-1, 5, 5, 2).sum(2)
    right = side[:, :2, 0].sum(1) + side[:, 3:, 1].sum(1)
    with np.errstate(invalid="ignore"):
        return np.asarray(right / side[:, [0, 1, 3, 4]].sum((1, 2)), dtype=np.float64)


def _kappa(cells: Floats) -> Floats:
    return quadratic_weighted_kappa(cells.reshape(-1, 5, 5, 2).sum(3))


def _change(metric: str, n: int, statistic: Statistic, sums: Sequence[Floats], drawn: Floats) -> Change:
    before, after = (float(statistic(each.sum(0, keepdims=True))[0]) for each in sums)
    differences = statistic(drawn @ sums[1]) - statistic(drawn @ sums[0])
    known = differences[np.isfinite(differences)]
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail]) if len(known) else (np.nan, np.nan)
    return Change(metric, n, before, after, float(low), float(high))


def judge(changes: Sequence[Change]) -> Verdict:
    """Return `better` only if a figure rose beyond chance and none fell beyond it."""
    known = [change for change in changes if np.isfinite([change.before, change.after, change.low]).all()]
    if not known or min(change.n for change in known) < FEWEST:
        return "not measured"
    if any(change.high < 0 for change in known):
        return "worse"
    return "better" if any(change.low > 0 for change in known) else "no difference shown"
