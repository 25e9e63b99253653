"""Tables of every format in batches: columns and order as they are in the input."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from cxtext.errors import InputError
from cxtext.read import open_table, read_comments
from cxtext.schema.settings import Settings

Write = Callable[[str, str | bytes], str]

FRAME = pl.DataFrame({"comment": ["a", None, "c"] * 4, "n": range(12)})


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Put bytes into standard input, as a pipe gives them: once, a little at a time."""

    class Slow(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self.content = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:
            return self.content.readinto(memoryview(buffer)[:7])

    opened: list[io.TextIOWrapper] = []

    def put(content: bytes) -> None:
        opened.append(io.TextIOWrapper(io.BufferedReader(Slow(content))))
        monkeypatch.setattr(sys, "stdin", opened[-1])

    yield put
    for file in opened:
        file.close()


def written(ending: str) -> bytes:
    """Return the frame in a format."""
    file = io.BytesIO()
    {".csv": FRAME.write_csv, ".jsonl": FRAME.write_ndjson, ".parquet": FRAME.write_parquet}[ending](file)
    return file.getvalue()


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_batches_put_together_are_the_input(write: Write, ending: str) -> None:
    """Rows, columns and order stay."""
    table = open_table(write(f"in{ending}", written(ending)), Settings())
    batches = list(table.batches(5))
    assert [batch.height for batch in batches] == [5, 5, 2]
    assert pl.concat(batches).cast(FRAME.schema).equals(FRAME)
    assert (table.columns, table.rejected.height) == (("comment", "n"), 0)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_a_pipe_gives_what_a_file_gives(stdin: Callable[[bytes], None], ending: str) -> None:
    """In batches, and whole."""
    stdin(written(ending))
    table = open_table("-", Settings())
    assert pl.concat(table.batches(5)).cast(FRAME.schema).equals(FRAME)
    assert table.info.format == ending[1:]
    stdin(written(ending))
    read = read_comments(["-"], Settings())
    assert read.frame["source_file"].unique().to_list() == ["stdin"]
    assert read.frame["text"].to_list() == FRAME["comment"].to_list()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    """As a shell's process substitution gives it."""
    pipe = tmp_path / "in.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(written(".csv"),))
    writer.start()
    assert read_comments([pipe], Settings()).frame.height == 12
    writer.join()


def test_a_late_column_of_a_pipe_comes_with_its_batch(
    stdin: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a value that does not fit its column turns that batch's column into text."""
    monkeypatch.setattr("cxtext.read.text_tables._PIPE_SAMPLE", 2)
    stdin(b'{"comment": "a", "n": 1}\n{"comment": "b", "n": 2}\n{"comment": "c", "n": "x", "late": 1}\n')
    table = open_table("-", Settings())
    first, second = table.batches(2)
    assert (table.columns, first.columns, second.columns) == (
        ("comment", "n"),
        ["comment", "n"],
        ["comment", "n", "late"],
    )
    assert second.row(0) == ("c", "x", 1)


def test_json_columns_have_one_type_in_all_batches(write: Write) -> None:
    """Of a file every line is looked at first."""
    path = write(
        "in.jsonl", '{"comment": "a", "x": 1}\n{"comment": "b", "y": true}\n{"comment": "c", "x": 1.5}\n'
    )
    schemas = {tuple(batch.schema.items()) for batch in open_table(path, Settings()).batches(1)}
    assert schemas == {(("comment", pl.String), ("x", pl.Float64), ("y", pl.Boolean))}


@pytest.fixture
def workbook(tmp_path: Path) -> str:
    """An export as people keep it: a cover sheet, blank rows, formulas, dates, stray cells."""
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Uitleg"
    cover.append(["Dit bestand bevat antwoorden"])
    sheet = book.create_sheet("Antwoorden")
    for row in (
        [None],
        [None, "Klantnr", "Toelichting", "Cijfer", "Datum", "NPS"],
        [None, 17, "Snel\ngeleverd", 4, datetime(2024, 1, 5, 13, 0), 9],
        [None],
        [None, 18, None, "3,5", datetime(2024, 2, 5), "7"],
    ):
        sheet.append(row)
    book.create_sheet("Leeg")
    path = tmp_path / "export.xlsx"
    book.save(path)
    return str(path)


def test_an_excel_export_is_read(workbook: str) -> None:
    """The sheet with a text column, rows numbered as Excel numbers them, blank ones left out."""
    read = read_comments([workbook], Settings())
    assert read.frame.select("text", "respondent_id", "stated_rating", "nps_0_10", "source_row").rows() == [
        ("Snel\ngeleverd", "17", 4.0, 9, 3),
        (None, "18", 3.5, 7, 5),
    ]
    assert read.frame["date"].to_list() == [datetime(2024, 1, 5).date(), datetime(2024, 2, 5).date()]
    assert ("sheet", "Antwoorden") in {(one.what, one.value) for one in read.recognised}


def test_a_sheet_may_be_declared(workbook: str) -> None:
    """One that is not there is refused with those that are."""
    assert read_comments([workbook], Settings(sheet="Antwoorden")).frame.height == 2
    with pytest.raises(InputError, match="its sheets are Uitleg, Antwoorden, Leeg"):
        read_comments([workbook], Settings(sheet="Blad1"))
    with pytest.raises(InputError, match="no text column"):
        read_comments([workbook], Settings(sheet="Leeg"))


def test_several_files_are_not_one_table(write: Write, tmp_path: Path) -> None:
    """Streaming commands take one input."""
    write("a.csv", "comment\nx\n")
    write("b.csv", "comment\nx\n")
    with pytest.raises(InputError, match="stands for 2 files"):
        open_table(f"{tmp_path}/*.csv", Settings())
