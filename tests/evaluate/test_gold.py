"""Rows that people labelled, read for evaluation."""

from pathlib import Path

import pytest

from cxtext.errors import InputError
from cxtext.evaluate.gold import read_gold, read_gold_languages
from cxtext.evaluate.gold_stars import in_words, read_gold_stars
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
    rows = read_gold_stars(labelled, "stars", Settings()).frame
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


def test_gold_languages_are_read_as_a_language_column_is(tmp_path: Path) -> None:
    """Codes of any case, locales and names; what is none is counted and named with its first row."""
    path = tmp_path / "gold.csv"
    gold = ["FR", "en-GB", "dk", "Nederlands", "swe", "qqq?", "", "und", "unsupported"]
    path.write_text("comment,language\n" + "".join(f"Prima {i},{code}\n" for i, code in enumerate(gold)))
    rows, told = read_gold_languages(str(path), "language", Settings())
    assert rows["gold"].to_list() == ["fr", "en", "da", "nl", "sv", None, None, None, "unsupported"]
    assert len(told) == 1
    assert "left out 2 of 9 rows: no language: 'qqq?', 'und' (the first is row 7)" in told[0]


def test_a_column_without_languages_is_refused_without_its_texts(labelled: str) -> None:
    """It may hold comments."""
    with pytest.raises(InputError, match=r"'comment' holds no language.*--gold-column") as refused:
        read_gold_languages(labelled, "comment", Settings())
    assert "Prima" not in str(refused.value)


def gold_file(tmp_path: Path, *values: str) -> str:
    path = tmp_path / "gold.csv"
    path.write_text("comment,stars\n" + "".join(f"Prima service {n},{v}\n" for n, v in enumerate(values)))
    return str(path)


def test_gold_is_read_as_the_ratings_of_an_analysis(tmp_path: Path) -> None:
    """`4/5` is a rating, 3.5 takes the nearest star."""
    read = read_gold_stars(gold_file(tmp_path, "4/5", "3.5", "1", "5 stars"), "stars", Settings())
    assert read.frame["stars"].to_list() == [4, 4, 1, 5]
    assert read.left_out == []


def test_gold_that_can_not_be_used_is_counted_and_named(tmp_path: Path) -> None:
    """With the first rows and the short values; a long one may be a comment."""
    path = gold_file(tmp_path, *["5", "1"] * 10, "x", "6", "", "a whole sentence of a comment")
    read = read_gold_stars(path, "stars", Settings())
    assert read.frame["stars"].to_list() == [5, 1] * 10 + [None] * 4
    assert [in_words(each) for each in read.left_out] == [
        "1 without gold (row 24)",
        "1 off the scale: '6' (row 23)",
        "2 not a rating: 'x' (rows 22, 25)",
    ]


def test_gold_on_another_scale_is_refused_until_it_is_declared(tmp_path: Path) -> None:
    """Else most rows would be lost, and the rest read as another verdict."""
    path = gold_file(tmp_path, *["2", "4", "6", "8", "10"] * 10)
    with pytest.raises(InputError, match=r"gold\.csv: column 'stars'.*--rating-scale"):
        read_gold_stars(path, "stars", Settings())
    read = read_gold_stars(path, "stars", Settings(rating_scale="1-10"))
    assert read.frame["stars"].to_list()[:5] == [1, 2, 3, 4, 5]


def test_gold_of_which_most_is_no_rating_is_refused(tmp_path: Path) -> None:
    """What is left would be no sample of the file."""
    with pytest.raises(
        InputError, match=r"in 3 of 5 rows.*3 not a rating: 'x' \(rows 2, 3, 4\).*--gold-column"
    ):
        read_gold_stars(gold_file(tmp_path, "x", "x", "x", "5", "1"), "stars", Settings())
