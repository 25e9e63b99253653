"""Files, folders and globs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cxtext.errors import InputError
from cxtext.read.sources import check_unchanged, find_sources, fingerprint

Write = Callable[[str, str | bytes], str]


def test_a_folder_gives_its_known_files_in_name_order(write: Write, tmp_path: Path) -> None:
    """Other files and hidden ones are left alone."""
    for name in ("b.csv", "a.jsonl.gz", "c.TSV", "notes.md", "config.json", ".hidden.csv", "d.parquet.zst"):
        write(name, "x")
    assert [source.name for source in find_sources([tmp_path])] == [
        "a.jsonl.gz",
        "b.csv",
        "c.TSV",
        "d.parquet.zst",
    ]


def test_a_glob_gives_its_matches_in_name_order(write: Write, tmp_path: Path) -> None:
    """Whatever the file system says."""
    for name in ("b.csv", "a.csv", "c.txt"):
        write(name, "x")
    assert [source.name for source in find_sources([f"{tmp_path}/*.csv"])] == ["a.csv", "b.csv"]


def test_a_name_with_brackets_is_a_name(write: Write) -> None:
    """Only what does not exist is a pattern."""
    path = write("in [2024].csv", "x")
    assert [source.given for source in find_sources([path])] == [path]


def test_a_file_named_twice_is_read_once(write: Write, tmp_path: Path) -> None:
    """A glob and a name may meet."""
    first, second = write("a.csv", "x"), write("b.csv", "x")
    found = find_sources([second, f"{tmp_path}/*.csv", first])
    assert [source.name for source in found] == ["b.csv", "a.csv"]


def test_files_of_one_name_are_told_apart(write: Write, tmp_path: Path) -> None:
    """By their paths."""
    (tmp_path / "nl").mkdir()
    paths = [write("a.csv", "x"), write("nl/a.csv", "x")]
    assert [source.name for source in find_sources(paths)] == paths


def test_a_folder_without_known_files_is_refused(write: Write, tmp_path: Path) -> None:
    """It names what is known."""
    write("notes.md", "x")
    with pytest.raises(InputError, match=r"holds no \.jsonl"):
        find_sources([tmp_path])


def test_a_change_is_seen_even_where_size_stays(write: Write) -> None:
    """The content decides."""
    (source,) = find_sources([write("a.csv", "comment\none\n")])
    before = fingerprint(source)
    check_unchanged(source, before)
    write("a.csv", "comment\ntwo\n")
    with pytest.raises(InputError, match="changed while it was read"):
        check_unchanged(source, before)
