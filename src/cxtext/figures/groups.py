"""Groups of a frame: which breakdowns, what each group is called, which period a date lies in."""

import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from cxtext.schema.settings import Settings

Dimensions = tuple[str, ...]

TOTAL: Final[Dimensions] = ()
# strftime of each length of period but the quarter, which has none.
PERIOD_FORMATS: Final = {"week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}


def breakdowns(settings: Settings) -> list[Dimensions]:
    """Return the dimensions to group by: the total first, then those of the settings, each once."""
    return list(dict.fromkeys([TOTAL, *settings.by]))


def period_of(date: pl.Expr, length: str) -> pl.Expr:
    """Return the period a date lies in: 2026-W07 (ISO week), 2026-04, 2026-Q2 or 2026."""
    if length == "quarter":
        return pl.format("{}-Q{}", date.dt.year(), date.dt.quarter())
    return date.dt.strftime(PERIOD_FORMATS[length])


def with_dimensions(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add the column `period`, and every dimension that the frame has no column for, as nulls."""
    with_period = frame.with_columns(period=_period(frame, settings.period))
    missing = sorted({name for by in settings.by for name in by} - {"language", *with_period.columns})
    return with_period.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)


def _period(frame: pl.DataFrame, length: str) -> pl.Expr:
    """Return the wave of a row, or the period its date lies in."""
    source, dtype = ("wave", pl.String()) if length == "wave" else ("date", pl.Date())
    given = pl.col(source) if source in frame.columns else pl.lit(None, dtype)
    return given if length == "wave" else period_of(given, length)


def by_language(frame: pl.DataFrame, dimensions: Dimensions) -> pl.DataFrame:
    """Return one row a respondent and language from the list `languages`, where languages are grouped by."""
    if "language" not in dimensions:
        return frame
    return frame.explode("languages").rename({"languages": "language"})


def aggregate(frame: pl.DataFrame, dimensions: Dimensions, figures: Sequence[pl.Expr]) -> pl.DataFrame:
    """Return one row a group, sorted by its keys; rows without one of the keys are in no group."""
    if not dimensions:
        return frame.select(figures)
    known = frame.drop_nulls(dimensions)
    return known.group_by(dimensions).agg(figures).sort(dimensions)


def side_by_side(tables: Sequence[pl.DataFrame], dimensions: Dimensions) -> pl.DataFrame:
    """Return all columns of tables of groups, with a row for each group that any of them has."""
    if not dimensions:
        return pl.concat(tables, how="horizontal")
    keys = pl.concat([table.select(dimensions) for table in tables]).unique().sort(dimensions)
    for table in tables:
        keys = keys.join(table, on=dimensions, how="left", maintain_order="left")
    return keys


def group_names(table: pl.DataFrame, dimensions: Dimensions) -> list[str]:
    """Return the canonical JSON of each group's keys, in the order of the dimensions."""
    if not dimensions:
        return ["{}"]
    return [json.dumps(keys, ensure_ascii=False) for keys in table.select(dimensions).iter_rows(named=True)]
