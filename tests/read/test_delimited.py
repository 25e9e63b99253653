"""Records of delimited text: what they hold, which are broken, and that none is lost."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.read.delimited import SINGLE_COLUMN, recognise_delimiter, records

CELLS = st.text(st.characters(exclude_characters="\r", codec="utf-8"), max_size=12)


def fields(text: str, delimiter: str = ",", width: int | None = None) -> list[list[str] | None]:
    """Return the fields of each record."""
    return [record.fields for record in records(text.split("\n"), delimiter, width)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_the_standard_library_writes_is_read_back(delimiter: str, rows: list[list[str]]) -> None:
    """Quoting, delimiters, quotes and line breaks inside fields survive."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assert fields(file.getvalue().removesuffix("\n"), delimiter, 2) == rows


def test_a_record_of_another_width_is_broken() -> None:
    """Too few and too many fields are named with their number."""
    found = list(records(["a,b", "1,2", "3", "4,5,6"], ",", 2))
    assert [(one.number, one.reason) for one in found if one.fields is None] == [
        (3, "1 fields instead of 2"),
        (4, "3 fields instead of 2"),
    ]


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    """The rows after it are read, though a later quote would close it."""
    assert fields('"open,1\nfine,2\n"quoted",3\nlast,4', width=2) == [
        None,
        ["fine", "2"],
        ["quoted", "3"],
        ["last", "4"],
    ]


def test_a_whole_record_of_several_lines_is_broken_as_one() -> None:
    """Its second line is no row of its own."""
    found = list(records(['1,"two\nlines",3', "1,2"], ",", 2))
    assert [(one.number, one.fields, one.raw.count("\n")) for one in found] == [
        (1, None, 1),
        (2, ["1", "2"], 0),
    ]


def test_a_quote_inside_a_field_is_a_character() -> None:
    """Inches and feet open nothing."""
    assert fields('a 5" screen,1\nb,2', width=2) == [['a 5" screen', "1"], ["b", "2"]]


def test_blank_lines_are_no_records_but_count() -> None:
    """Row numbers stay those the user sees."""
    assert [record.number for record in records(["a,b", "", "1,2", "   "], ",")] == [1, 3]


def test_blank_lines_of_a_single_column_are_blank_rows() -> None:
    """There the line is the comment."""
    assert fields("comment\n\nfine, thanks", SINGLE_COLUMN) == [["comment"], [""], ["fine, thanks"]]


def test_a_very_long_field_is_read() -> None:
    """Two megabytes in one field of many lines are one record."""
    text = "\n".join(["all good, really"] * 120_000)
    assert fields(f'1,"{text}"', width=2) == [["1", text]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_makes_rows_as_wide_as_the_header(delimiter: str) -> None:
    """Commas in the comments don't mislead."""
    lines = [f"id{delimiter}comment", f"1{delimiter}good, fast, cheap", f"2{delimiter}no"]
    assert recognise_delimiter(lines) == delimiter


def test_a_header_of_one_column_has_no_delimiter() -> None:
    """Commas below it belong to the comments."""
    assert recognise_delimiter(["comment", "good, fast", "slow, expensive"]) == SINGLE_COLUMN


@given(st.lists(st.text(st.sampled_from('ab,"\n '), max_size=10), max_size=12))
def test_every_line_is_in_a_record_or_blank(lines: list[str]) -> None:
    """Whatever the quotes, no line disappears."""
    text = "\n".join(lines).split("\n")
    raw = [line for record in records(text, ",", 3) for line in record.raw.split("\n")]
    assert [line for line in raw if line.strip()] == [line for line in text if line.strip()]
