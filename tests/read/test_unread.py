"""Parts of an input that are not read are named."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from cxtext.read import read_comments
from cxtext.read.merged import Block, merged_blocks
from cxtext.read.unread import unread_texts
from cxtext.schema.results import CommentsRead
from cxtext.schema.settings import Settings

Comments = Callable[..., CommentsRead]


def test_a_second_column_of_comments_is_named(comments: Comments) -> None:
    """With the option that reads both, after which nothing is left to say."""
    text = (
        "Wat vond u goed?;Wat kan beter?;Land\nDe service;De prijs is hoog;NL\nHet personeel;Wachttijd;NL\n"
    )
    (told,) = comments(text).warnings
    assert told.endswith(
        "only column Wat kan beter? is read as comments; Wat vond u goed? may hold some too:"
        " read all with --column 'text=Wat kan beter?,Wat vond u goed?'"
    )
    both = comments(text, columns={"text": ("Wat kan beter?", "Wat vond u goed?")})
    assert (both.frame.height, both.warnings) == (4, ())


def test_a_column_with_a_comma_is_named_in_a_settings_file(comments: Comments) -> None:
    """An option splits names at commas."""
    text = "Toelichting;En wat, denkt u, kan beter?\nGoed;De prijs is hoog\nSnel;De wachttijd\n"
    (told,) = comments(text).warnings
    assert told.endswith('with --config: columns.text = ["Toelichting", "En wat, denkt u, kan beter?"]')


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("address", ["Kerkstraat 12, Gent", "Dorp 3, Breda"]),
        ("Hoe oud bent u?", ["18 tot 24 jaar", "25 tot 34 jaar"] * 5),
        ("list", ['["a word", "or two", "of it all"]', '["the other", "one or", "two of"]']),
        ("Komt u terug?", ["ja", "nee"]),
        ("blank", ["", None]),
    ],
)
def test_other_columns_are_no_comments(name: str, values: list[str | None]) -> None:
    """Addresses, answers from a list, JSON."""
    assert unread_texts(pl.DataFrame({name: pl.Series(values, dtype=pl.String)}), (), {}) == []


def test_sheets_like_the_one_read_are_named(tmp_path: Path) -> None:
    """A sheet a market: the first is read, unless the user names one."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in ("NL", "FR", "Uitleg"):
        sheet = book.create_sheet(name)
        sheet.append(["Uitleg"] if name == "Uitleg" else ["Toelichting", "Cijfer"])
        sheet.append(["Prima", 4])
    book.save(tmp_path / "in.xlsx")
    (told,) = read_comments([tmp_path / "in.xlsx"], Settings()).warnings
    assert "in.xlsx: only sheet 'NL' is read, not 'FR' with columns like it: read each with --sheet" in told
    assert read_comments([tmp_path / "in.xlsx"], Settings(sheet="FR")).warnings == ()


def test_a_merged_market_is_that_of_all_its_rows(tmp_path: Path) -> None:
    """A merged comment or rating stays one; blank cells that are not merged stay blank."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Q1 & Q2"
    rows = (["Land", "Toelichting", "Cijfer"], ["NL", "Prima", 4], [None, None, None], [None, "Snel", 5])
    for row in (*rows, [None, "Traag", None], [None, None, 3]):
        sheet.append([None, *row])
    sheet.move_range("A1:D6", rows=1)
    for merged in ("B3:B5", "C5:C6", "D5:D6"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "in.xlsx")
    read = read_comments([tmp_path / "in.xlsx"], Settings())
    assert read.frame.select("market", "text", "stated_rating", "source_row").rows() == [
        ("NL", "Prima", 4.0, 3),
        ("NL", "Snel", 5.0, 5),
        (None, None, 3.0, 7),
    ]
    assert read.warnings == (
        f"{tmp_path / 'in.xlsx'}: column 'Land': merged cells hold for all their rows; 1 filled",
    )
    content = (tmp_path / "in.xlsx").read_bytes()
    assert merged_blocks(content, "Q1 & Q2") == [Block(1, 3, 5), Block(2, 5, 6), Block(3, 5, 6)]
    assert merged_blocks(content, "other") == merged_blocks(b"PK", "Q1 & Q2") == []
