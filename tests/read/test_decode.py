"""Bytes to lines in any of the encodings."""

import gzip
from collections.abc import Callable

import pytest
import zstandard

from cxtext.errors import InputError, UsageError
from cxtext.schema.results import CommentsRead

Comments = Callable[..., CommentsRead]
TABLE = "id;comment\n1;Sehr große Mühe € à revoir, ærgerligt\n2;œuvre d'été\n"
TEXTS = ["Sehr große Mühe € à revoir, ærgerligt", "œuvre d'été"]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_encoding_is_recognised(comments: Comments, encoding: str, shown: str, line_end: str) -> None:
    """The texts are the same in every encoding and with every line end."""
    read = comments(TABLE.replace("\n", line_end).encode(encoding))
    assert (read.frame["text"].to_list(), read.files[0].encoding) == (TEXTS, shown)


def test_lines_in_another_encoding_are_read_and_counted(comments: Comments) -> None:
    """A file glued together from two systems loses nothing."""
    mixed = "id;comment\n1;ærgerligt\n".encode() + "2;très déçu\n3;så let\n".encode("cp1252")
    read = comments(mixed)
    assert read.frame["text"].to_list() == ["ærgerligt", "très déçu", "så let"]
    assert any("read as cp1252: 2" in warning for warning in read.warnings)


def test_a_row_that_can_not_be_decoded_is_rejected(comments: Comments) -> None:
    """Byte 81 means nothing in cp1252, and is no UTF-8."""
    read = comments(b"id;comment\n1;good\n2;b\x81d\xe9\n3;fine\n")
    assert read.frame["text"].to_list() == ["good", "fine"]
    assert read.rejected.select("row", "reason").rows() == [(3, "can't be decoded as utf-8")]


def test_a_declared_encoding_is_taken_at_its_word(comments: Comments) -> None:
    """What is no UTF-8 in declared UTF-8 is rejected, not guessed at."""
    content = "id;comment\n1;good\n2;très déçu\n".encode("cp1252")
    read = comments(content, encoding="utf-8")
    assert (read.frame.height, read.rejected["row"].to_list()) == (1, [3])
    assert comments(content, encoding="cp1252").frame["text"][1] == "très déçu"


def test_an_unknown_encoding_is_refused(comments: Comments) -> None:
    """The line says which ones to use."""
    with pytest.raises(UsageError, match="use utf-8"):
        comments(TABLE, encoding="utf-99")


@pytest.mark.parametrize(
    ("ending", "compress", "shown"),
    [(".gz", gzip.compress, "gzip"), (".zst", zstandard.compress, "zstd"), ("", gzip.compress, "gzip")],
)
def test_compression_is_recognised(
    comments: Comments, ending: str, compress: Callable[[bytes], bytes], shown: str
) -> None:
    """By its first bytes; several members in a row are one file."""
    head, tail = TABLE.encode()[:20], TABLE.encode()[20:]
    read = comments(compress(head) + compress(tail), name=f"in.csv{ending}")
    assert (read.frame["text"].to_list(), read.files[0].compression) == (TEXTS, shown)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_damaged_compression_is_refused(comments: Comments, compress: Callable[[bytes], bytes]) -> None:
    """A file cut short never looks whole."""
    with pytest.raises(InputError, match="damaged"):
        comments(compress(TABLE.encode() * 50)[:-9])
