"""Rows above the header are no header and no comments."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from cxtext.errors import InputError
from cxtext.read import read_comments
from cxtext.schema.results import CommentsRead
from cxtext.schema.settings import Settings

Comments = Callable[..., CommentsRead]

TABLE = "Land;Beoordeling;Toelichting\nNL;4;Prima, snel en goed\nBE;2;Te laat, en stuk\n"


@pytest.mark.parametrize(
    ("above", "rows"),
    [
        ("Klanttevredenheid Q1;;\n;;\n", 2),
        ("Klanttevredenheid Q1\n\n", 1),
        ("Opmerkingen van klanten, Q1, 2026\nBron: CRM\n", 2),
        ("sep=;\nKlanttevredenheid Q1;;\n", 1),
    ],
)
def test_rows_above_a_header_are_left_aside(comments: Comments, above: str, rows: int) -> None:
    """The delimiter is the header's, and rows keep the number they have in the file."""
    read = comments(above + TABLE)
    header = above.count("\n") + 1
    assert read.frame.select("market", "stated_rating", "text", "source_row").rows() == [
        ("NL", 4.0, "Prima, snel en goed", header + 1),
        ("BE", 2.0, "Te laat, en stuk", header + 2),
    ]
    assert read.rejected.height == 0
    told = f"the header is row {header}; {rows} {'row' if rows == 1 else 'rows'} above it left aside"
    assert [line.partition("in.csv: ")[2] for line in read.warnings][:1] == [told]


def test_a_header_under_a_title_is_found_by_the_column_named(comments: Comments) -> None:
    """Which is what the message says to do where no name is known."""
    text = "Rapport;;\nA;B;C\nNL;4;Prima\nBE;2;Te laat\n"
    with pytest.raises(InputError, match="name it with --column text=NAME"):
        comments(text)
    assert comments(text, columns={"text": ("C",)}).frame["text"].to_list() == ["Prima", "Te laat"]


@pytest.mark.parametrize(
    "text",
    ["Opmerking\nKort, land, opmerking\nGoed\nSlecht\n", "opmerking;;\nPrima;NL;4\nSlecht;BE;2\n"],
)
def test_a_header_of_few_cells_stays_the_header(comments: Comments, text: str) -> None:
    """What people write is no header, whatever words and commas it has."""
    read = comments(text)
    assert (read.frame["source_row"][0], read.warnings) == (2, ())


def test_an_excel_sheet_may_have_a_title(tmp_path: Path) -> None:
    """Merged over the columns, and a blank row below it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Rapport 2026", None, None], [], ["Land", "Cijfer", "Toelichting"], ["NL", 4, "Prima"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    book.save(tmp_path / "in.xlsx")
    read = read_comments([tmp_path / "in.xlsx"], Settings())
    assert read.frame.select("market", "text", "source_row").rows() == [("NL", "Prima", 4)]
    assert read.warnings == (f"{tmp_path / 'in.xlsx'}: the header is row 3; 1 row above it left aside",)
