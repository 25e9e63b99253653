"""Rows of schema.columns.METRICS from arrays of estimates, small groups suppressed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Note
from cxtext.statistics.intervals import Estimate, floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


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


def few(n: Ints, smallest: int) -> Bools:
    """Return which groups are too few to show: 0 < n < `smallest`."""
    return (n > 0) & (n < smallest)


def metrics_frame(
    groups: Sequence[str], figures: Sequence[Figures], *, smallest: int, level: float
) -> pl.DataFrame:
    """Return the rows of one breakdown, group by group, metrics in the order given.

    Groups of fewer than `smallest` show no figure; figures.disclosure hides those that would reveal them.
    """
    parts = [_rows(groups, each, smallest=smallest, level=level) for each in figures]
    order = pl.int_range(pl.len()).over("metric")
    return pl.concat(parts).sort(order, maintain_order=True) if parts else pl.DataFrame(schema=METRICS)


def _rows(groups: Sequence[str], figures: Figures, *, smallest: int, level: float) -> pl.DataFrame:
    n, size = figures.counts, len(groups)
    hidden = few(n, smallest)
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
        "note": _notes(figures, n, hidden),
    }
    return pl.DataFrame(columns, schema=METRICS).with_columns(pl.col(pl.Float64).fill_nan(None))


def _each(text: str | Sequence[str | None], size: int) -> list[str | None]:
    return [text] * size if isinstance(text, str) else list(text)


def _notes(figures: Figures, n: Ints, hidden: Bools) -> list[str | None]:
    own: Sequence[str | None] = figures.notes or [None] * len(n)
    return [
        Note.SUPPRESSED if is_hidden else note if count > 0 or note else Note.NO_DATA
        for count, is_hidden, note in zip(n.tolist(), hidden.tolist(), own, strict=True)
    ]
