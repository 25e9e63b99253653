"""The data files of an output folder, as the contract says."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from cxtext.report import write_tables
from cxtext.report.tables import CONTRACT, CUT, EXCEL_CHARACTERS, in_contract_order
from cxtext.schema.results import Analysis

FORMATS = ("parquet", "csv", "jsonl", "xlsx")


@pytest.fixture
def written(make_analysis: Callable[..., Analysis], tmp_path: Path) -> Path:
    """Return a folder with the tables in every format."""
    write_tables(make_analysis(formats=FORMATS), tmp_path)
    return tmp_path


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_columns_stand_in_the_contract_s_order(written: Path, analysis: Analysis) -> None:
    """The contract first, what else is known after it, the input's own columns last, nothing internal."""
    columns = pl.read_parquet(written / "comments.parquet").columns
    assert columns[: len(CONTRACT)] == list(CONTRACT)
    assert columns[-1] == "in_shop"
    assert {"question", "language_shares"} <= set(columns)
    assert not {"text_reason", "personal_data"} & set(columns)


def test_all_formats_hold_the_same_rows(written: Path, analysis: Analysis) -> None:
    """In input order, none lost."""
    ids = analysis.joined.comments["id"].to_list()
    sheet = openpyxl.load_workbook(written / "comments.xlsx")["comments"]
    with (written / "comments.csv").open(encoding="utf-8", newline="") as file:
        of_csv = [row["id"] for row in csv.DictReader(file)]
    assert pl.read_parquet(written / "comments.parquet")["id"].to_list() == ids
    assert of_csv == ids
    assert [row["id"] for row in _lines(written / "comments.jsonl")] == ids
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids


def test_lists_are_json_text_where_there_are_only_cells(written: Path) -> None:
    """A themes cell can be parsed again."""
    with (written / "comments.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert json.loads(first["themes"]) == [{"term": "x", "polarity": "positive", "evidence": "x"}]


def test_a_comment_is_never_a_formula(written: Path) -> None:
    """A text that starts with = stays text in Excel."""
    book = openpyxl.load_workbook(written / "comments.xlsx")
    cells = [cell for row in book["comments"].iter_rows() for cell in row if str(cell.value).startswith("=")]
    assert cells
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+ nem side", "'+ nem side"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-12,5", "-12,5"),
        ("goed = goed", "goed = goed"),
    ],
)
def test_in_csv_a_formula_gets_an_apostrophe(
    analysis: Analysis, tmp_path: Path, text: str, cell: str
) -> None:
    """A spreadsheet that opens the file runs nothing a customer wrote; numbers and other texts stay as they are."""
    comments = analysis.joined.comments.head(1).with_columns(text=pl.lit(text))
    joined = replace(analysis.joined, comments=comments)
    settings = analysis.settings.model_copy(update={"formats": ("csv",)})
    write_tables(replace(analysis, joined=joined, settings=settings), tmp_path)
    with (tmp_path / "comments.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["text"] == cell


def test_a_text_too_long_for_excel_is_cut_and_says_so(analysis: Analysis, tmp_path: Path) -> None:
    """Excel would refuse the cell and lose it whole."""
    comments = analysis.joined.comments.head(1).with_columns(text=pl.lit("é🙂" * 20_000))
    joined = replace(analysis.joined, comments=comments)
    settings = analysis.settings.model_copy(update={"formats": ("xlsx",)})
    write_tables(replace(analysis, joined=joined, settings=settings), tmp_path)
    cell = openpyxl.load_workbook(tmp_path / "comments.xlsx")["comments"].cell(2, CONTRACT.index("text") + 1)
    assert str(cell.value).endswith(CUT)
    assert len(str(cell.value).encode("utf-16-le")) // 2 <= EXCEL_CHARACTERS


def test_metrics_are_the_same_in_both_files(written: Path) -> None:
    """Groups as an object in JSON, as its text in Parquet; no NaN anywhere."""
    rows = json.loads((written / "metrics.json").read_text("utf-8"), parse_constant=pytest.fail)
    frame = pl.read_parquet(written / "metrics.parquet")
    assert [row["group"] for row in rows] == [json.loads(group) for group in frame["group"]]
    assert [row["value"] for row in rows] == frame["value"].to_list()


def test_rejected_rows_of_comments_and_surveys_are_kept(written: Path) -> None:
    """With file, row and reason."""
    rows = _lines(written / "rejected.jsonl")
    assert [(row["file"], row["row"]) for row in rows] == [("comments.jsonl", 9), ("surveys.csv", 3)]


def test_no_comments_give_empty_tables(analysis: Analysis, tmp_path: Path) -> None:
    """A file of rejected rows only still gives files that can be opened."""
    joined = replace(analysis.joined, comments=analysis.joined.comments.clear())
    settings = analysis.settings.model_copy(update={"formats": FORMATS})
    paths = write_tables(replace(analysis, joined=joined, settings=settings), tmp_path)
    assert pl.read_parquet(paths[0]).height == 0
    assert in_contract_order(joined.comments).columns == pl.read_parquet(paths[0]).columns


def test_a_second_run_gives_the_same_bytes(make_analysis: Callable[..., Analysis], tmp_path: Path) -> None:
    """Excel too, which else carries the moment it was made."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
        write_tables(make_analysis(formats=FORMATS), folder)
    assert [path.read_bytes() for path in sorted(folders[0].iterdir())] == [
        path.read_bytes() for path in sorted(folders[1].iterdir())
    ]
