"""Each bad input ends in one line that names the file and the remedy, or in rejected rows."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtext.errors import InputError
from cxtext.read import open_table, read_comments
from cxtext.schema.results import CommentsRead
from cxtext.schema.settings import Settings

Comments = Callable[..., CommentsRead]
Write = Callable[[str, str | bytes], str]

PARQUET = io.BytesIO()
pl.DataFrame({"comment": ["good"]}).write_parquet(PARQUET)
RATED = "comment,rating\n" + "fine,80\n" * 6


@pytest.mark.parametrize(
    ("name", "content", "given", "message"),
    [
        ("empty.csv", b"", {}, "empty"),
        ("blank.jsonl", b"\n \n", {}, "empty"),
        ("mark.csv", b"\xef\xbb\xbf\r\n", {"delimiter": ","}, "empty"),
        ("header.csv", b"id,comment\n", {}, "no rows"),
        ("notext.csv", b"nps,market\n9,DK\n", {}, "--column text="),
        ("notext.jsonl", b'{"nps": 9}\n', {}, "--column text="),
        ("nocolumns.jsonl", b"{}\n", {}, "no line is a JSON object"),
        ("garbage.jsonl", b"{nothing\n{at all\n", {}, "no line is a JSON object"),
        ("two.csv", b"comment,opmerking\na,b\n", {}, "comment, opmerking; choose with --column text=comment"),
        ("named.csv", b"comment\na\n", {"columns": {"text": ["Verbatim"]}}, "no column Verbatim"),
        ("delimiter.csv", b"id,comment\n1,a\n", {"delimiter": ";"}, "delimited by ','"),
        ("widths.csv", b"id,comment\n1\n2\n3\n", {}, "not one of 3 rows"),
        ("binary.csv", bytes(range(256)) * 40, {}, "binary data"),
        ("picture.jsonl", b"\x89PNG\r\n\x1a\n" + bytes(60), {}, "an image"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(600), {}, "old Excel"),
        ("broken.parquet", b"PAR1" + bytes(40), {}, "damaged Parquet"),
        ("not.parquet", b"comment\ngood\n", {}, "not a parquet file"),
        ("cut.parquet", PARQUET.getvalue()[:-20], {}, "damaged Parquet"),
        ("broken.xlsx", b"PK\x03\x04" + bytes(40), {}, "damaged Excel"),
        ("not.xlsx", b"comment\ngood\n", {}, "not a xlsx file"),
        ("array.json", b'[{"comment": "good"}]', {}, "one object a line"),
        ("scale.csv", RATED.encode(), {"rating_scale": "1-5"}, "6 of 6 ratings are off the declared scale"),
    ],
)
def test_a_bad_input_is_refused(
    comments: Comments, name: str, content: bytes, given: dict[str, object], message: str
) -> None:
    """Exit code 3 and one line with the file and the remedy."""
    with pytest.raises(InputError) as caught:
        comments(content, name=name, **given)
    line = str(caught.value)
    assert name in line
    assert message in line
    assert "\n" not in line
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["no-such-file.csv", "none/*.csv", "a\0b"])
def test_a_missing_file_is_named(name: str) -> None:
    """A glob without a match is missing too."""
    with pytest.raises(InputError, match=r"no such file|can't be read"):
        read_comments([name], Settings())


def test_no_input_at_all_is_refused() -> None:
    """An empty list is not an empty result."""
    with pytest.raises(InputError, match="no input"):
        read_comments([], Settings())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(write: Write) -> None:
    """Permissions are the user's to change."""
    path = write("secret.csv", "comment\ngood\n")
    Path(path).chmod(0)
    with pytest.raises(InputError, match=r"secret\.csv: can't be read"):
        read_comments([path], Settings())


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl"])
def test_a_file_that_changes_while_it_is_read_is_refused(write: Write, name: str) -> None:
    """Half of an old and half of a new file is no result."""
    lines = {"in.csv": "comment\n" + "good\n" * 50, "in.jsonl": '{"comment": "good"}\n' * 50}
    path = write(name, lines[name])
    batches = open_table(path, Settings()).batches(10)
    next(batches)
    with Path(path).open("a") as file:
        file.write(lines[name])
    with pytest.raises(InputError, match=r"changed while it was read"):
        list(batches)


def test_broken_lines_are_rejected_with_their_place(comments: Comments) -> None:
    """File, line, reason and the line itself are kept."""
    read = comments('{"comment": "a"}\n{"comment": \n[1]\n\n"b"\n{"comment": "c"}\n', name="in.jsonl")
    assert read.frame.select("text", "source_row").rows() == [("a", 1), ("c", 6)]
    assert read.rejected.rows() == [
        ("in.jsonl", 2, "not valid JSON", '{"comment":'),
        ("in.jsonl", 3, "not a JSON object", "[1]"),
        ("in.jsonl", 5, "not a JSON object", '"b"'),
    ]
    assert (read.files[0].rows, read.files[0].rejected) == (5, 3)


def test_json_that_would_break_a_parser_is_rejected(comments: Comments) -> None:
    """Depth and length have no bounds in what people send."""
    deep, long = '{"a": ' + "[" * 100_000, '{"a": ' + "9" * 5000 + "}"
    read = comments(f'{deep}\n{long}\n{{"comment": "a"}}\n', name="in.jsonl")
    assert (read.frame.height, read.rejected.height) == (1, 2)


def test_names_that_can_not_be_decoded_stay_out(comments: Comments) -> None:
    """The key of a rejected line makes no column; a header is repaired as far as it goes."""
    lines = comments(b'{"comment": "a"}\n{"\x81\xe9": 1}\n{"b": "\x81"}\n', name="in.jsonl")
    assert (lines.frame["text"].to_list(), lines.rejected["row"].to_list()) == (["a"], [2, 3])
    table = comments(b"comment,x\x81\na,b\n")
    assert table.frame.row(0)[3] == "a"
    assert table.frame.columns[-1] == "x\ufffd"


def test_a_broken_first_row_is_no_second_header(comments: Comments) -> None:
    """Survey tools' header rows are looked for in whole records only."""
    read = comments('id,comment\n"never closed,x\n1,fine\n')
    assert (read.frame["text"].to_list(), read.rejected["row"].to_list()) == (["fine"], [2])


def test_control_characters_are_removed_and_counted(comments: Comments) -> None:
    """NUL bytes in CSV and in JSON, raw or escaped; line breaks and tabs stay."""
    table = comments(b"id,comment\n1,a\x00b\x07c\n", name="in.csv")
    lines = comments(b'{"comment": "a\x00b\\u0000\\u001b\\nc\\t"}\n', name="in.jsonl")
    assert (table.frame["text"][0], table.control_characters_removed) == ("abc", 2)
    assert (lines.frame["text"][0], lines.control_characters_removed) == ("ab\nc\t", 3)


def test_a_comment_of_two_megabytes_is_read(comments: Comments) -> None:
    """In every text format."""
    text = "Très déçu. " * 180_000
    assert comments(f'id;comment\n1;"{text}"\n').frame["text"][0] == text
    assert comments(f'{{"comment": "{text}"}}\n', name="in.jsonl").frame["text"][0] == text


def test_right_to_left_text_stays_as_it_is(comments: Comments) -> None:
    """Arabic, Hebrew and their marks are text."""
    text = "الخدمة ممتازة \u202eתשאר\u202c"
    assert comments(f"comment\n{text}\n").frame["text"][0] == text


def test_blank_comments_are_kept(comments: Comments) -> None:
    """A rating without a word still counts."""
    read = comments("comment,rating\n,5\n  ,4\ngood,3\n")
    assert read.frame["text"].to_list() == [None, "  ", "good"]
    assert read.frame["stated_rating"].to_list() == [5, 4, 3]


LINES = st.one_of(
    st.just('{"comment": "fine", "rating": 4}'),
    st.builds(
        '{{"comment": {}}}'.format, st.sampled_from(["null", "1", '"\\ud83d"', '{"a": [1]}', "NaN", "1e999"])
    ),
    st.text(st.characters(exclude_characters="\n\r"), max_size=20).map(
        lambda text: text.encode("utf-8", "replace")
    ),
    st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b"")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(LINES, max_size=12), st.booleans())
def test_read_and_rejected_json_lines_are_all_lines(
    comments: Comments, garbage: list[str | bytes], last_line_ends: bool
) -> None:
    """Whatever stands in a line, it is kept or rejected."""
    lines = [line.encode() if isinstance(line, str) else line for line in garbage]
    content = b"\n".join([b'{"comment": "first"}', *lines]) + b"\n" * last_line_ends
    read = comments(content, name="in.jsonl")
    rows = [number for number, line in enumerate([b"x", *lines], start=1) if line.strip(b" \t\r")]
    assert sorted([*read.frame["source_row"], *read.rejected["row"]]) == rows
    assert (read.files[0].rows, read.files[0].rejected) == (len(rows), read.rejected.height)


CELLS = st.text(st.characters(exclude_characters='\n\r",'), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=12))
def test_read_and_rejected_csv_rows_are_all_rows(comments: Comments, garbage: list[str]) -> None:
    """Rows of any width and any characters are kept or rejected."""
    content = "\n".join(["id,comment,rating", "1,fine,4", *garbage, "2,slow,2"])
    read = comments(content.encode("utf-8", "replace"))
    rows = [number for number, row in enumerate(garbage, start=3) if row.strip() or "," in row]
    assert sorted([*read.frame["source_row"], *read.rejected["row"]]) == [2, *rows, len(garbage) + 3]
    assert read.files[0].rows == read.frame.height + read.rejected.height
