"""Dates as people and tools write them."""

from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from cxtext.read.vocabulary import normalise
from cxtext.schema.columns import LANGUAGES

ISO: Final = "%Y-%m-%d"
WORDED: Final = "%d %B %Y"
_ORDERS: Final = {True: ("%m", "%d", "%Y"), False: ("%d", "%m", "%Y")}  # month first, day first
_ISO_LIKE: Final = r"^(?<year>\d{4})[-/.]?(?<month>\d{1,2})[-/.]?(?<day>\d{1,2})(?:[T\s].*|Z?)$"
_PARTS: Final = r"^(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4}|\d{2})(?:[T,\s].*)?$"
_WORDED: Final = (
    r"^(?:\pL+\.?,? )?(?<day>\d{1,2})(?:st|nd|rd|th|er|\.)? (?<month>\pL+)\.?,? (?<year>\d{4})(?:[,\s].*)?$",
    r"^(?:\pL+\.?, )?(?<month>\pL+)\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})(?:[,\s].*)?$",
)


class Dates(NamedTuple):
    """The dates of a column, how they are written, whether that was a guess, and how many can't be read."""

    values: pl.Series
    format: str | None
    assumed: bool
    unreadable: int


def read_dates(values: pl.Series, declared: str | None) -> Dates:
    """Return the dates of a column; null where there is none or it can't be read.

    Text is read by the declared strptime format, else as year-month-day, else as day-month-year or
    month-day-year, whichever the values decide (day first where they decide nothing), else with the name
    of the month in one of the languages.
    """
    if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
        return Dates(values.cast(pl.Date), None, assumed=False, unreadable=0)
    if values.dtype != pl.String:
        none = pl.Series(values.name, [None] * len(values), pl.Date)
        return Dates(none, None, assumed=False, unreadable=len(values) - values.null_count())
    texts = values.str.strip_chars().replace("", None)
    if declared:
        found = texts.str.to_date(declared, strict=False, exact=False)
        return Dates(found, declared, assumed=False, unreadable=found.null_count() - texts.null_count())
    return _recognise(texts)


def _recognise(texts: pl.Series) -> Dates:
    numeric, form, assumed = _day_and_month(texts)
    readings = {ISO: _assemble(texts.str.extract_groups(_ISO_LIKE)), form: numeric}
    if pl.select(pl.coalesce(*readings.values())).to_series().null_count() > texts.null_count():
        readings[WORDED] = _worded(texts)
    found = pl.select(pl.coalesce(*readings.values())).to_series().rename(texts.name)
    forms = [form for form, dates in readings.items() if dates.null_count() < len(dates)]
    unreadable = found.null_count() - texts.null_count()
    return Dates(found, " and ".join(forms) or None, assumed and form in forms, unreadable)


def _day_and_month(texts: pl.Series) -> tuple[pl.Series, str, bool]:
    parts = texts.str.extract_groups(_PARTS).struct.unnest()
    numbers = parts.select(pl.col("1", "3").cast(pl.Int64))
    first_over, second_over = int((numbers["1"] > 12).sum()), int((numbers["3"] > 12).sum())
    month_first = second_over > first_over
    month, day = ("1", "3") if month_first else ("3", "1")
    dates = _assemble(parts.select(year="4", month=month, day=day).to_struct())
    mark = next(iter(parts["2"].drop_nulls()), "-")
    return dates, str(mark).join(_ORDERS[month_first]), not (first_over or second_over)


def _worded(texts: pl.Series) -> pl.Series:
    names = _months()
    found = []
    for pattern in _WORDED:
        parts = texts.str.extract_groups(pattern).struct.unnest()
        words = parts["month"].drop_nulls().unique()
        numbers = pl.Series([names.get(normalise(word)) for word in words], dtype=pl.String)
        month = parts["month"].replace_strict(words, numbers, default=None, return_dtype=pl.String)
        found.append(_assemble(parts.with_columns(month=month).to_struct()))
    return pl.select(pl.coalesce(*found)).to_series()


def _assemble(parts: pl.Series) -> pl.Series:
    year, month, day = (pl.col(name) for name in ("year", "month", "day"))
    full_year = pl.when(year.str.len_chars() == 2).then(pl.lit("20") + year).otherwise(year)
    joined = pl.concat_str(full_year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return parts.struct.unnest().select(joined.str.to_date(ISO, strict=False)).to_series()


@lru_cache(maxsize=1)
def _months() -> dict[str, str]:
    from babel import Locale

    return {
        normalise(name): str(number)
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }
