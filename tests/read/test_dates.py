"""Dates in the orders people write them."""

from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.read.dates import read_dates

MARCH_5 = date(2024, 3, 5)


@pytest.mark.parametrize(
    ("values", "form", "assumed"),
    [
        (["2024-03-05", "2024-03-05T10:11:12Z", "2024-03-05 10:11:12.5"], "%Y-%m-%d", False),
        (["2024/03/05", "20240305", "2024-3-5"], "%Y-%m-%d", False),
        (["05-03-2024", "31-03-2024"], "%d-%m-%Y", False),
        (["05/03/2024 14:00", "31/03/2024 09:15"], "%d/%m/%Y", False),
        (["5.3.24", "31.3.24"], "%d.%m.%Y", False),
        (["03/05/2024", "03/31/2024 1:00 PM"], "%m/%d/%Y", False),
        (["05/03/2024", "05/03/2024"], "%d/%m/%Y", True),
        (["2024-03-05", "05/03/2024", "31/03/2024"], "%Y-%m-%d and %d/%m/%Y", False),
        (
            ["5 mars 2024", "March 5, 2024", "5. marts 2024", "mar. 5th, 2024", "Tue 5 maart 2024 10:00"],
            "%d %B %Y",
            False,
        ),
        (["5 mars 2024", "5 déc. 2024", "le 1er janvier 2024"], "%d %B %Y", False),
    ],
)
def test_the_order_is_what_the_values_decide(values: list[str], form: str, *, assumed: bool) -> None:
    """Day first where they decide nothing, and said to be assumed."""
    found = read_dates(pl.Series("date", values), None)
    assert (found.format, found.assumed, found.unreadable) == (form, assumed, 0)
    assert found.values[0] == MARCH_5


def test_what_is_no_date_is_null_and_counted() -> None:
    """Blank is no date, but not unreadable either."""
    found = read_dates(
        pl.Series("date", ["2024-03-05", "2024-02-31", "July 2022", "", None, "1709600000"]), None
    )
    assert found.values.to_list() == [MARCH_5, None, None, None, None, None]
    assert found.unreadable == 3


@pytest.mark.parametrize("written", ["2024-12", "2024/12", "2024.12", "12/2024", "12-2024", "202412"])
def test_a_month_without_a_day_is_its_first_day_and_said_to_be_assumed(written: str) -> None:
    """Its month, quarter and year are right; the day is not, so the user is told."""
    found = read_dates(pl.Series("date", [written, "2024-03-05"]), None)
    assert found.values.to_list() == [date(2024, 12, 1), MARCH_5]
    assert (found.format, found.assumed, found.unreadable) == ("%Y-%m-%d and %Y-%m", True, 0)
    assert found.warnings("a.csv") == [
        "a.csv: 1 of 2 dates are months without a day: read as the first of the month"
    ]


def test_a_month_lies_in_no_week() -> None:
    """All its comments would be its first week's."""
    for declared in (None, "%Y-%m"):
        found = read_dates(pl.Series("date", ["2024-12", "2024-11", None]), declared, by_week=True)
        assert found.values.to_list() == [None, None, None]
        assert found.warnings("a.csv") == [
            "a.csv: left out 2 of 3 dates: months without a day, which lie in no week"
        ]


def test_a_declared_format_may_have_no_day() -> None:
    """The first of the month, with the same warning."""
    found = read_dates(pl.Series("date", ["Dec 2024", "2024"]), "%b %Y")
    assert (found.values.to_list(), found.unreadable, found.months) == ([date(2024, 12, 1), None], 1, 1)


@pytest.mark.parametrize("written", ["2024-03/05", "2024-0305", "2024123", "2024-13", "2024-1", "201112"])
def test_what_may_be_several_dates_is_none(written: str) -> None:
    """Two separators, seven digits, what may be a quarter, and 20 November 2012 or November 2011."""
    found = read_dates(pl.Series("date", [written]), None)
    assert (found.values.to_list(), found.unreadable) == ([None], 1)


def test_a_time_zone_has_its_own_days() -> None:
    """Half past midnight in Copenhagen is the day before in UTC."""
    late = pl.Series("date", [datetime(2024, 3, 4, 23, 30)]).dt.replace_time_zone("UTC")
    found = read_dates(late.dt.convert_time_zone("Europe/Copenhagen"), None)
    assert found.values.to_list() == [MARCH_5]


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["-", "/", ".", ""]))
def test_year_month_day_is_read_again(day: date, mark: str) -> None:
    """Whatever stands between."""
    found = read_dates(pl.Series("date", [day.strftime(f"%Y{mark}%m{mark}%d")]), None)
    assert (found.values.to_list(), found.assumed) == ([day], False)


def test_a_declared_format_is_the_only_one() -> None:
    """Month first by declaration, though the values would allow day first."""
    found = read_dates(pl.Series("date", ["03/05/2024", "2024-03-05"]), "%m/%d/%Y")
    assert (found.values.to_list(), found.unreadable) == ([MARCH_5, None], 1)


@pytest.mark.parametrize("written", ["2026-02-01", "1-2-26", "01-02-2026 or later", "on 01-02-2026"])
def test_a_declared_format_is_matched_whole(written: str) -> None:
    """Part of a date is another date: 01-02-26 is no day of the year 26, nor is 2026-02-01."""
    found = read_dates(pl.Series("date", ["31-01-2026", written]), "%d-%m-%Y")
    assert found.values.to_list() == [date(2026, 1, 31), None]
    assert found.warnings("a.csv") == [
        "a.csv: left out 1 of 2 dates: not written %d-%m-%Y, as --date-format says"
    ]


@pytest.mark.parametrize("time", ["14:00", "9.30", "1:00 PM", "14h30", "14:00:00.5+01:00"])
def test_a_time_behind_a_declared_date_is_left_aside(time: str) -> None:
    """As it is behind a recognised one."""
    found = read_dates(pl.Series("date", [f"05-03-2024 {time}"]), "%d-%m-%Y")
    assert (found.values.to_list(), found.unreadable) == ([MARCH_5], 0)


def test_dates_none_of_which_has_the_declared_format_are_recognised() -> None:
    """One option serves a file of comments and one of survey results that is written otherwise."""
    found = read_dates(pl.Series("date", ["2024-03-05", None, "unknown"]), "%d-%m-%Y")
    assert found.values.to_list() == [MARCH_5, None, None]
    assert found.warnings("a.csv") == [
        "a.csv: none of 3 dates is written %d-%m-%Y, as --date-format says; they are read as %Y-%m-%d",
        "a.csv: left out 1 of 3 dates: not readable",
    ]


def test_typed_dates_need_no_recognition() -> None:
    """Parquet has types."""
    found = read_dates(pl.Series("date", [datetime(2024, 3, 5, 23, 59), None]), None)
    assert (found.values.to_list(), found.format, found.unreadable) == ([MARCH_5, None], None, 0)


def test_numbers_are_no_dates() -> None:
    """Seconds since 1970 are not guessed at."""
    assert read_dates(pl.Series("date", [1709600000, None]), None).unreadable == 1


@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.dates().map(str)), max_size=10))
def test_every_row_has_its_place(values: list[str | None]) -> None:
    """Whatever is written."""
    assert len(read_dates(pl.Series("date", values, pl.String), None).values) == len(values)
