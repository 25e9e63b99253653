"""Counts and money as four countries write them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.read.amounts import read_amounts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["12.345", "1.500"], [12345, 1500]),
        (["1,234.50", "20"], [1234.5, 20]),
        (["1.234,50", "20"], [1234.5, 20]),
        (["12.345", "8.1"], [12.345, 8.1]),
        (["1 234,5", "1\N{NARROW NO-BREAK SPACE}000"], [1234.5, 1000]),
        (["€ 12,50", "kr. 7", "GBP 3"], [12.5, 7, 3]),
        (["\N{MINUS SIGN}4", "-5"], [-4, -5]),
        (["1.234.567"], [1234567]),
        (["many", "", None], [None, None, None]),
    ],
)
def test_amounts_are_read_by_the_marks_of_their_column(
    written: list[str | None], read: list[float | None]
) -> None:
    """A mark before three digits is decimal only where another value of the column shows it."""
    assert read_amounts(pl.Series("margin", written, pl.String)).to_list() == read


def test_numbers_stay_numbers() -> None:
    """Of Parquet and JSON; NaN is none."""
    assert read_amounts(pl.Series([1.5, float("nan"), None])).to_list() == [1.5, None, None]


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=8), st.sampled_from(",."))
def test_what_is_written_with_two_decimals_is_read_again(amounts: list[object], mark: str) -> None:
    """With thousands set apart by the other mark."""
    english = [f"{amount:,.2f}" for amount in amounts]
    swapped = [text.translate(str.maketrans(",.", ".,")) for text in english]
    texts = english if mark == "." else swapped
    assert read_amounts(pl.Series(texts)).to_list() == [float(str(amount)) for amount in amounts]
