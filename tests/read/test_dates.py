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


def test_a_declared_format_is_the_only_one() -> None:
    """Month first by declaration, though the values would allow day first."""
    found = read_dates(pl.Series("date", ["03/05/2024", "2024-03-05"]), "%m/%d/%Y")
    assert (found.values.to_list(), found.unreadable) == ([MARCH_5, None], 1)


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
