"""Files of comments to one frame in the order of the input."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxtext.errors import InputError
from cxtext.read import read_comments
from cxtext.schema.columns import COMMENTS
from cxtext.schema.results import CommentsRead
from cxtext.schema.settings import Settings

Comments = Callable[..., CommentsRead]
Write = Callable[[str, str | bytes], str]
Jsonl = Callable[[Iterable[Any]], str]

TABLE = (
    "id;Toelichting;Cijfer;Land;Kanaal;Datum;Klantnummer;NPS;afdeling\n"
    "a1;Snel geleverd;5;Nederland;web;31-01-2024;77;10;zuid\n"
    "a2;;1;België;winkel;01-02-2024;78;11;noord\n"
)


def test_columns_are_renamed_and_typed(comments: Comments) -> None:
    """Recognised ones by their role, others carried along behind them."""
    frame = comments(TABLE).frame
    assert list(frame.schema.items())[: len(COMMENTS)] == list(COMMENTS.items())
    assert frame.columns[len(COMMENTS) :] == ["afdeling"]
    assert frame.drop_nulls("text").row(0, named=True) == {
        "id": "a1",
        "source_file": "in.csv",
        "source_row": 2,
        "text": "Snel geleverd",
        "question": None,
        "language_declared": None,
        "market": "NL",
        "channel": "web",
        "touchpoint": None,
        "date": date(2024, 1, 31),
        "wave": None,
        "respondent_id": "77",
        "stated_rating": 5.0,
        "stated_scale": "1-5",
        "stated_rating_1_5": 5.0,
        "stated_reason": None,
        "nps_0_10": 10,
        "ces": None,
        "ces_scale": None,
        "afdeling": "zuid",
    }


def test_what_was_recognised_is_told(comments: Comments) -> None:
    """So that it can be corrected; a scale that was assumed is marked."""
    found = {one.what: (one.value, one.assumed) for one in comments(TABLE).recognised}
    assert found["text"] == ("Toelichting", False)
    assert found["delimiter"] == (";", False)
    assert found["encoding"] == ("utf-8", False)
    assert found["date_format"] == ("%d-%m-%Y", False)
    assert found["scale"] == ("1-5", True)


def test_an_invalid_nps_leaves_the_comment_in(comments: Comments) -> None:
    """It is null, counted, and nothing is rejected."""
    read = comments(TABLE)
    assert read.frame["nps_0_10"].to_list() == [10, None]
    assert read.rejected.height == 0
    assert any("left out 1 of 2 NPS answers" in warning for warning in read.warnings)


def test_a_breakdown_that_no_comment_has_is_told(comments: Comments) -> None:
    """Dates that are all missing make no periods; a market, grouped by in every run, may be missing."""
    given = "comment,date,channel\ngood,,web\nbad,,\n"
    warnings = comments(given, by=(("period",), ("market", "channel"))).warnings
    assert warnings == ("no comment has a date, so there are none by period",)


def test_columns_that_clash_are_prefixed(comments: Comments, jsonl: Jsonl) -> None:
    """An input may have columns that cxtext writes."""
    rows = [
        {
            "comment": "a",
            "sentiment": "x",
            "in_sentiment": "y",
            "text_reason": 1,
            "matched": 2,
            "language": "da",
        }
    ]
    frame = comments(jsonl(rows), name="in.jsonl").frame
    assert frame.columns[len(COMMENTS) :] == [
        "in_in_sentiment",
        "in_sentiment",
        "in_text_reason",
        "in_matched",
    ]
    assert frame["language_declared"].to_list() == ["da"]


def test_rows_without_an_id_get_their_place(comments: Comments, jsonl: Jsonl) -> None:
    """File and row, as the user sees them."""
    rows = [{"id": 7, "comment": "a"}, {"comment": "b"}, {"id": " ", "comment": "c"}]
    assert comments("\n" + jsonl(rows), name="in.jsonl").frame["id"].to_list() == [
        "7",
        "in.jsonl:3",
        "in.jsonl:4",
    ]


def test_repeated_ids_are_kept_with_a_warning(comments: Comments) -> None:
    """Ids are the user's."""
    read = comments("id,comment\n1,a\n1,b\n2,c\n")
    assert read.frame["id"].to_list() == ["1", "1", "2"]
    assert any("1 of 3 ids" in warning for warning in read.warnings)


def test_several_text_columns_become_comments_of_one_respondent(comments: Comments) -> None:
    """Row by row, the column's title as the question; the input's rows are counted once."""
    read = comments(
        "Good,Better,klant\nfast,cheaper,7\n,open longer,\n", columns={"text": ["Good", "Better"]}
    )
    assert read.frame.select("id", "text", "question", "respondent_id", "source_row").rows() == [
        ("in.csv:2:Good", "fast", "Good", "7", 2),
        ("in.csv:2:Better", "cheaper", "Better", "7", 2),
        ("in.csv:3:Good", None, "Good", "in.csv:3", 3),
        ("in.csv:3:Better", "open longer", "Better", "in.csv:3", 3),
    ]
    assert (read.files[0].rows, read.files[0].rejected) == (2, 0)


def test_files_are_read_one_after_the_other(write: Write, jsonl: Jsonl) -> None:
    """Columns of either are kept; one that differs in type becomes text."""
    sources = [
        write("b.jsonl", jsonl([{"comment": "x", "shop": 1}])),
        write("a.csv", "comment,shop,extra\ny,two,z\n"),
    ]
    read = read_comments(sources, Settings())
    assert read.frame.select("text", "source_file", "shop", "extra").rows() == [
        ("x", "b.jsonl", "1", None),
        ("y", "a.csv", "two", "z"),
    ]
    assert [file.rows for file in read.files] == [1, 1]


def test_mixed_json_values_are_kept_as_text(comments: Comments, jsonl: Jsonl) -> None:
    """Numbers, lists and huge integers among strings lose nothing."""
    values = ["a", 1, [1, {"b": None}], 2**70, None, True]
    frame = comments(jsonl({"comment": "c", "x": value} for value in values), name="in.jsonl").frame
    assert frame["x"].to_list() == ["a", "1", '[1, {"b": null}]', str(2**70), None, "true"]


def test_nested_and_binary_columns_are_text(tmp_path: Path) -> None:
    """As of JSONL, whatever type a tool gave them: only text is looked at for personal data."""
    nested = {"mails": ["bo@example.dk"], "at": datetime(2024, 1, 2), "raw": b"d\xe5rlig"}
    pl.DataFrame(
        {
            "comment": [b"god", None],
            "list": [["a\n0612345678"], None],
            "struct": [nested, None],
            "kind": pl.Series(["x", None], dtype=pl.Categorical),
            "n": [1, None],
        }
    ).with_columns(array=pl.col("list").list.to_array(1)).write_parquet(tmp_path / "in.parquet")
    frame = read_comments([tmp_path / "in.parquet"], Settings()).frame
    assert frame.select("text", "list", "array", "struct", "kind", "n").row(0) == (
        "god",
        '["a 0612345678"]',
        '["a 0612345678"]',
        '{"mails": ["bo@example.dk"], "at": "2024-01-02 00:00:00", "raw": "dårlig"}',
        "x",
        1,
    )
    assert frame.select("text", "list", "array", "kind", "n").row(1) == (None,) * 5


def test_a_list_is_no_comment(tmp_path: Path) -> None:
    """Refused, with the remedy."""
    pl.DataFrame({"comment": [["a"]]}).write_parquet(tmp_path / "in.parquet")
    with pytest.raises(InputError, match="--column text=NAME"):
        read_comments([tmp_path / "in.parquet"], Settings())


def test_half_an_emoji_becomes_a_replacement_character(comments: Comments) -> None:
    """JSON may hold surrogates that no encoding has."""
    assert comments('{"comment": "oh \\ud83d"}\n', name="in.jsonl").frame["text"][0] == "oh \ufffd"


def test_a_file_without_a_known_ending_is_known_by_its_content(comments: Comments, jsonl: Jsonl) -> None:
    """An export may be called anything."""
    assert comments(jsonl([{"comment": "a"}]), name="export").files[0].format == "jsonl"
    assert comments("id;comment\n1;a\n", name="export.dat").files[0].format == "csv"


@pytest.mark.parametrize(
    ("content", "delimiter"), [("sep=;\nid;comment\n1;a\n", ";"), ("id\tcomment\n1\ta\n", "\t")]
)
def test_a_delimiter_may_be_named_in_the_file_or_declared(
    comments: Comments, content: str, delimiter: str
) -> None:
    """Excel writes `sep=;` above the header."""
    read = comments(content)
    assert (read.frame["text"].to_list(), read.files[0].delimiter) == (["a"], delimiter)
    assert comments("a|comment\n1|x,y\n", delimiter="pipe").frame["text"].to_list() == ["x,y"]


def test_broken_encodings_inside_texts_are_repaired_and_counted(comments: Comments) -> None:
    """A text that went through cp1252 once too often."""
    read = comments("comment\n" + "très déçu".encode().decode("cp1252") + "\n")
    assert read.frame["text"].to_list() == ["très déçu"]
    assert any("broken characters repaired in 1 of 1 texts" in warning for warning in read.warnings)


def test_several_candidates_for_a_rating_are_warned_about(comments: Comments) -> None:
    """The first is used; the line says how to name the other."""
    read = comments("comment,score,cijfer\na,4,8\n")
    assert read.frame["stated_rating"].to_list() == [4.0]
    assert any("--column rating=NAME" in warning for warning in read.warnings)
    assert read.frame["cijfer"].to_list() == ["8"]


def test_ratings_without_a_scale_leave_the_comments_in(comments: Comments) -> None:
    """Null with a reason and one warning."""
    read = comments("comment,rating\na,4\nb,8\n")
    assert read.frame["stated_reason"].to_list() == ["scale_unknown"] * 2
    assert read.frame["text"].to_list() == ["a", "b"]
    assert comments("comment,rating\na,4\nb,8\n", rating_scale="0-10").frame[
        "stated_rating_1_5"
    ].to_list() == [
        2.6,
        4.2,
    ]


def test_reading_twice_gives_the_same(comments: Comments) -> None:
    """Nothing depends on chance."""
    assert comments(TABLE).frame.equals(comments(TABLE).frame)
    assert isinstance(comments(TABLE).frame, pl.DataFrame)


@pytest.mark.parametrize(
    "content", ["\n\ncomment\ngood\n", "\n\nid;comment\n1;good\n", '\n"sep=;"\nid;comment\n1;good\n']
)
def test_blank_lines_above_the_header_are_no_rows(comments: Comments, content: str) -> None:
    """In a text of one column too."""
    read = comments(content)
    assert read.frame["text"].to_list() == ["good"]
    assert read.frame["source_row"].to_list() == [content.count("\n")]
