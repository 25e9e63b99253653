"""Rows of schema.columns.METRICS from arrays of estimates, small groups suppressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from cxtext.figures.groups import Dimensions
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Note
from cxtext.statistics.intervals import Estimate, floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# The one dimension whose total gives nothing away: which language a comment is in is detected, not declared.
NOT_DECLARED: Final = "language"


@dataclass(frozen=True)
class Figures:
    """One metric of G groups. Arrays have the shape (G,); `notes` and `method` may be one for all."""

    metric: str
    estimate: Estimate
    n: ArrayLike
    method: str | Sequence[str | None]
    unit: str | Sequence[str]
    n_rated: ArrayLike | None = None
    n_unrated: ArrayLike | None = None
    notes: Sequence[str | None] | None = None

    @property
    def counts(self) -> Ints:
        """The n of each group as whole numbers, 0 where there is none."""
        return whole(self.n)


def whole(values: ArrayLike) -> Ints:
    """Return counts as whole numbers; NaN is 0."""
    return np.nan_to_num(floats(values)).astype(np.int64)


def suppressed(n: Ints, *, smallest: int, n_total: int | None) -> Bools:
    """Return which groups of one breakdown must be hidden.

    Those with 0 < n < `smallest`; and where that is one group only, the smallest of the others too, unless
    enough rows are in no group: else the hidden figure is the total less the shown ones. `n_total` is the n
    of the total, or None where the groups don't add up to it.
    """
    few = (n > 0) & (n < smallest)
    shown = (n > 0) & ~few
    if n_total is None or few.sum() != 1 or not shown.any():
        return few
    if n_total - n[shown].sum() >= smallest:
        return few
    second = np.flatnonzero(shown)[np.argmin(n[shown])]
    few[second] = True
    return few


def metrics_frame(
    groups: Sequence[str],
    dimensions: Dimensions,
    figures: Sequence[Figures],
    *,
    totals: dict[str, int],
    smallest: int,
    level: float,
) -> pl.DataFrame:
    """Return the rows of one breakdown, group by group, metrics in the order given.

    `totals` holds the n of each metric in the total; it is filled when `dimensions` is the total.
    """
    if not dimensions:
        totals.update({each.metric: int(each.counts[0]) for each in figures})
    declared = len(dimensions) == 1 and dimensions[0] != NOT_DECLARED
    parts = [
        _rows(
            groups,
            each,
            smallest=smallest,
            n_total=totals.get(each.metric) if declared else None,
            level=level,
        )
        for each in figures
    ]
    order = pl.int_range(pl.len()).over("metric")
    return pl.concat(parts).sort(order, maintain_order=True) if parts else pl.DataFrame(schema=METRICS)


def _rows(
    groups: Sequence[str], figures: Figures, *, smallest: int, n_total: int | None, level: float
) -> pl.DataFrame:
    n, size = figures.counts, len(groups)
    hidden = suppressed(n, smallest=smallest, n_total=n_total)
    shown = ~hidden & (n > 0)
    value = np.where(shown, figures.estimate.value, np.nan)
    has_value = np.isfinite(value)
    columns = {
        "group": list(groups),
        "metric": [figures.metric] * size,
        "value": value,
        "low": np.where(has_value, figures.estimate.low, np.nan),
        "high": np.where(has_value, figures.estimate.high, np.nan),
        "level": np.where(has_value & np.isfinite(figures.estimate.low), level, np.nan),
        "n": n,
        "n_rated": [None] * size if figures.n_rated is None else whole(figures.n_rated),
        "n_unrated": [None] * size if figures.n_unrated is None else whole(figures.n_unrated),
        "method": _each(figures.method, size),
        "unit": _each(figures.unit, size),
        "suppressed": hidden,
        "note": _notes(figures, n, hidden, smallest),
    }
    return pl.DataFrame(columns, schema=METRICS).with_columns(pl.col(pl.Float64).fill_nan(None))


def _each(text: str | Sequence[str | None], size: int) -> list[str | None]:
    return [text] * size if isinstance(text, str) else list(text)


def _notes(figures: Figures, n: Ints, hidden: Bools, smallest: int) -> list[str | None]:
    own: Sequence[str | None] = figures.notes or [None] * len(n)
    notes: list[str | None] = []
    for count, is_hidden, note in zip(n.tolist(), hidden.tolist(), own, strict=True):
        if is_hidden:
            notes.append(Note.SUPPRESSED if count < smallest else Note.SUPPRESSED_OTHER)
        else:
            notes.append(note if count > 0 or note else Note.NO_DATA)
    return notes
