"""A workbook to work on: unrounded figures, and text that stays text."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cxtext.report import write_reports


@pytest.fixture
def book(data: dict[str, Any], tmp_path: Path) -> openpyxl.Workbook:
    """Return the workbook of a report."""
    write_reports(data, tmp_path)
    return openpyxl.load_workbook(tmp_path / "report.xlsx")


def test_its_sheets_are_those_of_the_report(book: openpyxl.Workbook) -> None:
    """In the report's language."""
    assert book.sheetnames == [
        *("Overview", "Metrics", "Differences", "Trends", "Alerts", "Themes", "Disagreements"),
        *("Survey misfits", "Rows", "Method"),
    ]


def test_figures_are_unrounded_numbers(book: openpyxl.Workbook, data: dict[str, Any]) -> None:
    """With a column for each dimension."""
    header, first, *rest = book["Metrics"].iter_rows(values_only=True)
    assert header[:6] == ("market", "language", "driver", "answered", "metric", "value")
    assert first[:6] == (None, None, None, None, "csat_stated", data["metrics"][0]["value"])
    assert len(rest) + 1 == len(data["metrics"])


def test_a_comment_is_never_a_formula(book: openpyxl.Workbook) -> None:
    """A text that starts with = is shown, not run."""
    cells = [
        cell for row in book["Disagreements"].iter_rows() for cell in row if str(cell.value).startswith("=")
    ]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_second_rendering_gives_the_same_bytes(data: dict[str, Any], tmp_path: Path) -> None:
    """Every file of the report."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    first, second = ([path.read_bytes() for path in write_reports(data, folder)] for folder in folders)
    assert first == second
