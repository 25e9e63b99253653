"""Dates as people and tools write them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from cxtext.read.vocabulary import normalise
from cxtext.schema.columns import LANGUAGES

ISO: Final = "%Y-%m-%d"
WORDED: Final = "%d %B %Y"
_ORDERS: Final = {True: ("%m", "%d", "%Y"), False: ("%d", "%m", "%Y")}  # month first, day first
MONTH: Final = "%Y-%m"
_ISO_LIKE: Final = (
    r"^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d\d)(\d\d))"
    r"(?:[T\s].*|Z?)$"
)
# Two digits for the month: 2024-1 may be a quarter or a wave. Six digits alone could be a day of 2001 to 2012.
_MONTH_ALONE: Final = r"^(?:(\d{4})[-/.](\d\d)|((?:19|20)(?:1[3-9]|[2-9]\d))(\d\d)|(\d\d)[-/.](\d{4}))$"
_NAMES_DAY: Final = re.compile(r"%[-_0]?[acdejsuvwxADFU-W+]")
_TIME_BEHIND: Final = r"(?:T|,?\s+)\d{1,2}(?:[:.]\d\d|h).*$"
_OLDEST: Final = date(1900, 1, 1)  # %Y reads 24 as the year 24
_PARTS: Final = r"^(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4}|\d{2})(?:[T,\s].*)?$"
_WORDED: Final = (
    r"^(?:\pL+\.?,? )?(?<day>\d{1,2})(?:st|nd|rd|th|er|\.)? (?<month>\pL+)\.?,? (?<year>\d{4})(?:[,\s].*)?$",
    r"^(?:\pL+\.?, )?(?<month>\pL+)\.? (?<day>\d{1,2})(?:st|nd|rd|th)?,? (?<year>\d{4})(?:[,\s].*)?$",
)


class Dates(NamedTuple):
    """The dates of a column, how they are written, whether that was a guess, and how many can't be read.

    `months`: how many are a month without a day. Its first day stands for it, or null `by_week`.
    `declared`: the format they were to have, and `is_declared` whether any had it.
    """

    values: pl.Series
    format: str | None
    assumed: bool
    unreadable: int
    months: int = 0
    by_week: bool = False
    declared: str | None = None
    is_declared: bool = True

    def warnings(self, place: str) -> list[str]:
        """Return what the user should know of them, one line each."""
        of = f"of {len(self.values)} dates"
        remedy = "not readable; give their format with --date-format"
        if self.declared:
            remedy = (
                f"not written {self.declared}, as --date-format says" if self.is_declared else "not readable"
            )
        unreadable = f"left out {self.unreadable} {of}: {remedy}"
        other = f"none {of} is written {self.declared}, as --date-format says; they are read as {self.format}"
        months = f"{self.months} {of} are months without a day: read as the first of the month"
        if self.by_week:
            months = f"left out {self.months} {of}: months without a day, which lie in no week"
        told = ((not self.is_declared, other), (self.unreadable, unreadable), (self.months, months))
        return [f"{place}: {line}" for count, line in told if count]


def read_dates(values: pl.Series, declared: str | None, *, by_week: bool = False) -> Dates:
    """Return the dates of a column; null where there is none or it can't be read.

    Text is read by the declared strptime format, a time behind it left aside, and what does not match it
    is not read. Where no value matches it (an input file that writes dates in another way than the file
    it was declared for), or none is declared, text is recognised: as year-month-day, else as day-month-year or
    month-day-year, whichever the values decide (day first where they decide nothing), else with the name
    of the month in one of the languages, else as a month without a day. A time zone's dates are its own.
    """
    if values.dtype == pl.Date or isinstance(values.dtype, pl.Datetime):
        return Dates(values.dt.date(), None, assumed=False, unreadable=0)
    if values.dtype != pl.String:
        none = pl.Series(values.name, [None] * len(values), pl.Date)
        return Dates(none, None, assumed=False, unreadable=len(values) - values.null_count())
    texts = values.str.strip_chars().replace("", None)
    if not declared:
        return _recognise(texts, by_week=by_week)
    found = _declared(texts, declared, by_week=by_week)
    if found.unreadable < len(texts) - texts.null_count():
        return found
    recognised = _recognise(texts, by_week=by_week)
    if recognised.format is None:
        return found
    return recognised._replace(declared=declared, is_declared=False)


def _declared(texts: pl.Series, form: str, *, by_week: bool) -> Dates:
    names_day = _NAMES_DAY.search(form) is not None
    found = _matching(texts, form, names_day=names_day)
    if found.null_count() > texts.null_count():
        bare = texts.str.replace(_TIME_BEHIND, "")
        found = found.fill_null(_matching(bare, form, names_day=names_day))
    unreadable = found.null_count() - texts.null_count()
    months = 0 if names_day else len(found) - found.null_count()
    if by_week and months:
        found = found.clear(len(found))
    return Dates(found, form, False, unreadable, months, by_week, declared=form)


def _matching(texts: pl.Series, form: str, *, names_day: bool) -> pl.Series:
    given, full = (texts, form) if names_day else (texts + " 01", f"{form} %d")
    found = given.str.to_date(full, strict=False)
    return found.set(found < _OLDEST, None)


def _recognise(texts: pl.Series, *, by_week: bool) -> Dates:
    numeric, form, assumed = _day_and_month(texts)
    readings = {ISO: _year_first(texts), form: numeric}
    if _any_of(readings).null_count() > texts.null_count():
        readings |= {WORDED: _worded(texts), MONTH: _first_of_month(texts)}
    found = _any_of(readings).rename(texts.name)
    unreadable = found.null_count() - texts.null_count()
    forms = [form for form, dates in readings.items() if dates.null_count() < len(dates)]
    assumed = MONTH in forms or (assumed and form in forms)
    if MONTH not in forms:
        return Dates(found, " and ".join(forms) or None, assumed, unreadable)
    whole = readings[MONTH].is_not_null()
    found = found.set(whole, None) if by_week else found
    return Dates(found, " and ".join(forms), assumed, unreadable, int(whole.sum()), by_week)


def _any_of(readings: Mapping[str, pl.Series]) -> pl.Series:
    return pl.select(pl.coalesce(*readings.values())).to_series()


def _year_first(texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(_ISO_LIKE).struct.unnest()
    month, day = pl.coalesce("2", "4", "6", "8"), pl.coalesce("3", "5", "7", "9")
    return _assemble(parts.select(year="1", month=month, day=day).to_struct())


def _first_of_month(texts: pl.Series) -> pl.Series:
    parts = texts.str.extract_groups(_MONTH_ALONE).struct.unnest()
    year, month = pl.coalesce("1", "3", "6"), pl.coalesce("2", "4", "5")
    return _assemble(parts.select(year=year, month=month, day=pl.lit("01")).to_struct())


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
