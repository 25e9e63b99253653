"""Dates as people and tools write them."""

from typing import Final, NamedTuple

import polars as pl

ISO: Final = "%Y-%m-%d"
_ORDERS: Final = {True: ("%m", "%d", "%Y"), False: ("%d", "%m", "%Y")}  # month first, day first
_ISO_LIKE: Final = r"^\s*(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T\s].*|Z?)$"
_PARTS: Final = r"^\s*(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T,\s].*)?$"


class Dates(NamedTuple):
    """The dates of a column, how they are written, whether that was a guess, and how many can't be read."""

    values: pl.Series
    format: str | None
    assumed: bool
    unreadable: int


def read_dates(values: pl.Series, declared: str | None) -> Dates:
    """Return the dates of a column; null where there is none or it can't be read.

    Text is read by the declared strptime format, else as year-month-day, else as day-month-year or
    month-day-year, whichever the values decide; day first where they decide nothing.
    """
    if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
        return Dates(values.cast(pl.Date), None, assumed=False, unreadable=0)
    if values.dtype != pl.String:
        none = pl.Series(values.name, [None] * len(values), pl.Date)
        return Dates(none, None, assumed=False, unreadable=len(values) - values.null_count())
    texts = values.str.strip_chars().replace("", None)
    if declared:
        found, form, assumed = texts.str.to_date(declared, strict=False, exact=False), declared, False
    else:
        found, form, assumed = _recognise(texts)
    unreadable = found.null_count() - texts.null_count()
    return Dates(found, form if found.null_count() < len(found) else None, assumed, unreadable)


def _recognise(texts: pl.Series) -> tuple[pl.Series, str, bool]:
    iso = _assemble(texts, _ISO_LIKE, (1, 2, 3))
    parts = texts.str.extract_groups(_PARTS).struct.unnest().cast(pl.Int64, strict=False)
    if parts["1"].null_count() == len(parts):
        return iso, ISO, False
    first_over, second_over = (parts["1"] > 12).sum(), (parts["2"] > 12).sum()
    month_first = bool(second_over > first_over)
    order = (3, 1, 2) if month_first else (3, 2, 1)
    other = _assemble(texts, _PARTS, order)
    merged = pl.select(pl.coalesce(iso, other)).to_series().rename(texts.name)
    mark = texts.str.extract(r"^\s*\d{1,2}([-/. ])\d{1,2}[-/. ]").drop_nulls()[0]
    form = str(mark).join(_ORDERS[month_first])
    found = form if iso.null_count() == len(iso) else f"{ISO} and {form}"
    return merged, found, not (first_over or second_over)


def _assemble(texts: pl.Series, pattern: str, order: tuple[int, int, int]) -> pl.Series:
    parts = texts.str.extract_groups(pattern).struct.unnest()
    year, month, day = (pl.col(str(group)) for group in order)
    full_year = pl.when(year.str.len_chars() == 2).then(pl.lit("20") + year).otherwise(year)
    joined = pl.concat_str(full_year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return parts.select(joined.str.to_date(ISO, strict=False)).to_series().rename(texts.name)
