"""An output folder is whole or not there."""

from pathlib import Path

import pytest

from cxtext.errors import OutputError
from cxtext.folder import new_folder


def write(out: Path, *, force: bool = False, name: str = "a.txt") -> None:
    with new_folder(out, force=force) as folder:
        (folder / name).write_text("x")
        (folder / "manifest.json").write_text("{}")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_finished_folder_is_there_whole(tmp_path: Path) -> None:
    """What was written is in place, and nothing else is left beside it."""
    write(tmp_path / "out")
    assert names(tmp_path / "out") == ["a.txt", "manifest.json"]
    assert names(tmp_path) == ["out"]


def test_a_failed_run_leaves_nothing(tmp_path: Path) -> None:
    """Not even an empty folder that could look like a result."""
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "out", force=False) as folder:
        (folder / "a.txt").write_text("x")
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_an_existing_folder_is_refused(tmp_path: Path) -> None:
    """The remedy is in the line."""
    write(tmp_path / "out")
    with pytest.raises(OutputError, match="--force"):
        write(tmp_path / "out")


def test_force_replaces_an_earlier_output_entirely(tmp_path: Path) -> None:
    """No file of the earlier run survives among the new."""
    write(tmp_path / "out", name="old.txt")
    write(tmp_path / "out", name="new.txt", force=True)
    assert names(tmp_path / "out") == ["manifest.json", "new.txt"]
    assert names(tmp_path) == ["out"]


def test_force_leaves_a_folder_that_is_no_output(tmp_path: Path) -> None:
    """--force must not cost anybody their documents."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    with pytest.raises(OutputError, match="no output of cxtext"):
        write(tmp_path / "letters", force=True)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    """mkdir before the run does no harm."""
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert names(tmp_path / "out") == ["a.txt", "manifest.json"]


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    """A file in the way is named."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="file"):
        write(tmp_path / "file" / "out")
