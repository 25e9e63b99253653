"""Streaming output: the same rows in every format, whole or not at all."""

import json
from pathlib import Path

import polars as pl
import pytest

from cxtext.errors import InputError, OutputError
from cxtext.write import flat, open_rows, output_format

BATCHES = [
    pl.DataFrame({"text": ["æ, ø", 'say "hi"'], "n": [1, None], "list": [[{"a": "x"}], []]}),
    pl.DataFrame({"text": ["=1+1"], "n": [3], "list": [[{"a": None}]]}),
]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "tsv", "parquet"])
def test_batches_are_written_one_after_the_other(tmp_path: Path, ending: str) -> None:
    """All batches' rows in order, once, with one header."""
    path = tmp_path / f"rows.{ending}"
    with open_rows(str(path), output_format(str(path), "csv"), force=False) as write:
        for batch in BATCHES:
            write(batch)
    read = {
        "jsonl": pl.read_ndjson,
        "csv": pl.read_csv,
        "tsv": lambda file: pl.read_csv(file, separator="\t"),
        "parquet": pl.read_parquet,
    }[ending](path)
    assert read["text"].to_list() == ["æ, ø", 'say "hi"', "=1+1"]
    assert read["n"].to_list() == [1, None, 3]


def test_nested_columns_become_json_text_in_cells() -> None:
    """A cell holds text, and the text can be parsed again."""
    assert flat(BATCHES[0])["list"].to_list() == ['[{"a":"x"}]', "[]"]


def test_a_failed_run_leaves_no_file(tmp_path: Path) -> None:
    """No half file that looks whole."""
    path = tmp_path / "rows.csv"
    with pytest.raises(ZeroDivisionError), open_rows(str(path), "csv", force=False) as write:
        write(BATCHES[0])
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_later_batches_take_the_form_of_the_first(tmp_path: Path, ending: str) -> None:
    """Another order, a column less, and types that change no value."""
    path = tmp_path / f"rows.{ending}"
    first = pl.DataFrame({"text": ["a"], "n": [1.5], "flag": [True]})
    with open_rows(str(path), ending, force=False) as write:
        write(first)
        write(pl.DataFrame({"n": [2], "text": ["b"]}))
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet}[ending](path)
    assert read.equals(pl.DataFrame({"text": ["a", "b"], "n": [1.5, 2], "flag": [True, None]}))


@pytest.mark.parametrize(
    ("later", "ending", "told"),
    [
        ({"text": ["b"], "late": ["x"], "n": [2]}, "csv", "column 'late' first occurs"),
        ({"text": ["b"], "late": ["x"], "n": [2]}, "parquet", "column 'late' first occurs"),
        ({"text": ["b"], "n": [2.5]}, "parquet", "column 'n' turns from Int64 into Float64"),
        ({"text": ["b"], "n": ["007"]}, "parquet", "column 'n' turns from Int64 into String"),
    ],
)
def test_what_the_first_batch_left_no_place_for_is_refused(
    tmp_path: Path, later: dict[str, list[object]], ending: str, told: str
) -> None:
    """By name and with the remedy, before a row is out of place; no file stays. JSONL has a place for all."""
    first, second = pl.DataFrame({"text": ["a"], "n": [1]}), pl.DataFrame(later)
    with (
        pytest.raises(InputError, match=f"{told}.* --output FILE.jsonl"),
        open_rows(str(tmp_path / f"rows.{ending}"), ending, force=False) as write,
    ):
        write(first)
        write(second)
    assert list(tmp_path.iterdir()) == []
    with open_rows(str(tmp_path / "rows.jsonl"), "jsonl", force=False) as write:
        write(first)
        write(second)
    assert [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()] == [
        *first.to_dicts(),
        *second.to_dicts(),
    ]


def test_an_existing_file_is_refused(tmp_path: Path) -> None:
    """The remedy is in the line."""
    path = tmp_path / "rows.csv"
    path.write_text("mine")
    with pytest.raises(OutputError, match="--force"), open_rows(str(path), "csv", force=False):
        pass
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("target", "source", "expected"),
    [
        ("a.parquet", "csv", "parquet"),
        ("-", "csv", "csv"),
        ("-", "xlsx", "jsonl"),
        ("a.NDJSON", "csv", "jsonl"),
    ],
)
def test_the_format_follows_the_ending_then_the_input(target: str, source: str, expected: str) -> None:
    """By the file's ending; on standard output as the input, else JSONL."""
    assert output_format(target, source) == expected


def test_an_unknown_ending_is_refused() -> None:
    """The line names the endings that work."""
    with pytest.raises(OutputError, match=r"\.parquet"):
        output_format("rows.doc", "csv")
