"""Rows that people labelled, read for evaluation."""

from pathlib import Path

import pytest

from cxtext.errors import InputError
from cxtext.evaluate.gold import read_gold, read_gold_stars
from cxtext.schema.settings import Settings


@pytest.fixture
def labelled(tmp_path: Path) -> str:
    path = tmp_path / "labelled.csv"
    path.write_text("comment,language,stars\nPrima service,nl,5\nVery slow delivery,en,1\nTop,nl,n/a\n")
    return str(path)


def test_the_gold_language_does_not_help_detection(labelled: str) -> None:
    """It is what is to be found."""
    rows = read_gold(labelled, "language", Settings(), keep_language=False)
    assert rows["gold"].to_list() == ["nl", "en", "nl"]
    assert rows["language_declared"].null_count() == 3


def test_stars_that_are_none_are_null(labelled: str) -> None:
    """The row stays, without gold."""
    rows = read_gold_stars(labelled, "stars", Settings())
    assert rows["stars"].to_list() == [5, 1, None]
    assert rows["language"].to_list()[:2] == ["nl", "en"]


def test_a_missing_gold_column_is_named(labelled: str) -> None:
    """The line lists the columns there are."""
    with pytest.raises(InputError, match=r"'tone'.*comment, language, stars.*--gold-column"):
        read_gold(labelled, "tone", Settings(), keep_language=False)


def test_the_columns_of_a_file_without_a_header_are_cut_and_protected(tmp_path: Path) -> None:
    """Its first comment would be in the message, with the address in it."""
    path = tmp_path / "bare.csv"
    path.write_text(f"Ask bo.jensen@example.dk, {'slow ' * 20},5\nGood help,fast,4\n")
    with pytest.raises(InputError, match=r"Ask \[EMAIL\].*--gold-column") as refused:
        read_gold(str(path), "stars", Settings(), keep_language=True)
    assert "example.dk" not in str(refused.value)
    assert "slow " * 10 not in str(refused.value)


def test_gold_without_rows_is_refused(tmp_path: Path) -> None:
    """A header alone holds nothing to measure on."""
    path = tmp_path / "header.csv"
    path.write_text("comment,stars\n")
    with pytest.raises(InputError, match=r"header\.csv: a header and no rows"):
        read_gold(str(path), "stars", Settings(), keep_language=True)


def test_a_column_without_stars_is_refused(labelled: str) -> None:
    """A column of words is no gold."""
    with pytest.raises(InputError, match="no star from 1 to 5"):
        read_gold_stars(labelled, "language", Settings())
