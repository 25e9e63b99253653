"""What may go with satisfaction: the touchpoint and channel of respondents, and the themes they mention."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from cxtext.statistics.intervals import Floats, floats

KEY: Final = "respondent_id"
FACTORS: Final = ("touchpoint", "channel")
OUTCOMES: Final = {"rating": "stated_rating_1_5", "nps": "nps_0_10"}
THEME: Final = "theme:"
# Each further one doubles the work. They are chosen by how often they are mentioned, never by the outcome.
MOST_THEMES: Final = 6
FEWEST_ROWS: Final = 10  # of a level, and on both sides of a theme
REST: Final = ""
_NOTHING: Final = 1e-9  # what rounding leaves of a column of noughts and ones


@dataclass(frozen=True)
class Design:
    """Rows that differ, and how often each occurs; sorted, so that the input's order is gone.

    `rows` (n, q): the columns of the predictors, then the outcome. `columns`: those of each predictor. `places`: in
    how many markets and languages their means were taken out.
    """

    names: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]
    rows: Floats
    counts: Floats
    places: int


def respondents_who_wrote(comments: pl.DataFrame) -> pl.DataFrame:
    """Return one row a respondent with a comment, an anonymous comment being one of its own.

    Columns: the outcomes (the mean rating; the NPS), touchpoint, channel, market, language (the first that is
    known) and `terms`, all that their comments mention.
    """
    who = pl.coalesce(KEY, pl.format("row {}", pl.int_range(pl.len()))).alias("who")
    first = [pl.col(name).drop_nulls().first() for name in (*FACTORS, "market", "language", "nps_0_10")]
    terms = pl.col("themes").list.eval(pl.element().struct.field("term")).alias("terms")
    rows = comments.with_columns(who, terms).sort("source_file", "source_row", "id")
    if rows["who"].is_unique().all():
        return rows.with_columns(pl.col("terms").list.unique(maintain_order=True))
    return rows.group_by("who", maintain_order=True).agg(
        *first,
        pl.col("stated_rating_1_5").mean(),
        pl.col("terms").explode().drop_nulls().unique(maintain_order=True),
    )


def design(rows: pl.DataFrame, outcome: str) -> Design:
    """Return the predictors that vary within markets, themes by how often they are mentioned.

    Every column is taken less its mean in the row's market and language, so that what sets these apart is
    nobody's share.
    """
    known = rows.filter(pl.col(OUTCOMES[outcome]).is_not_null())
    blocks = {name: block for name in FACTORS if (block := _levels(known[name])).shape[1]}
    blocks |= {f"{THEME}{term}": _mentions(known, term) for term in _themes(known)}
    target = floats(known[OUTCOMES[outcome]])[:, None]
    place = known.select(pl.struct("market", "language").rank("dense").fill_null(0)).to_series()
    full = np.hstack([floats(place)[:, None], *blocks.values(), target])
    different, counts = np.unique(full, axis=0, return_counts=True)
    ends = np.cumsum([block.shape[1] for block in blocks.values()], dtype=np.int64)
    starts = [0, *ends[:-1].tolist()]
    columns = tuple(tuple(range(start, end)) for start, end in zip(starts, ends.tolist(), strict=False))
    values = _within(different, floats(counts))
    # a channel of each market's own tells nothing within it
    varies = [bool(np.abs(values[:, list(part)]).max() > _NOTHING) for part in columns]
    named = [pair for pair, some in zip(zip(blocks, columns, strict=True), varies, strict=True) if some]
    names, parts = tuple(name for name, _ in named), tuple(part for _, part in named)
    return Design(names, parts, values, floats(counts), place.n_unique())


def _levels(values: pl.Series) -> Floats:
    """Return a column a level with enough rows but the largest, the rest together; none if all are alike."""
    filled = values.fill_null(REST)
    counts = filled.value_counts().filter(pl.col("count") >= FEWEST_ROWS)
    levels = counts.filter(pl.col(values.name) != REST).sort("count", values.name, descending=[True, False])
    names = levels[values.name].to_list()
    others = int((~filled.is_in(names)).sum())
    if len(names) < 2 and others < FEWEST_ROWS:
        return np.empty((len(values), 0))
    shown = names[1:] if others < FEWEST_ROWS else names
    return (
        np.column_stack([floats(filled == name) for name in shown]) if shown else np.empty((len(values), 0))
    )


def _themes(rows: pl.DataFrame) -> list[str]:
    counts = rows["terms"].explode().drop_nulls().rename("term").value_counts()
    common = counts.filter(pl.col("count") >= FEWEST_ROWS, pl.col("count") <= rows.height - FEWEST_ROWS)
    return common.sort("count", "term", descending=[True, False])["term"].head(MOST_THEMES).to_list()


def _mentions(rows: pl.DataFrame, term: str) -> Floats:
    return floats(rows["terms"].list.contains(term).fill_null(value=False))[:, None]


def _within(rows: Floats, counts: Floats) -> Floats:
    """Return the columns after the first less their mean where the first is alike."""
    _, place = np.unique(rows[:, 0], return_inverse=True)
    totals = np.bincount(place, weights=counts)
    values = rows[:, 1:].copy()
    for column in values.T:
        column -= (np.bincount(place, weights=counts * column) / totals)[place]
    return values
