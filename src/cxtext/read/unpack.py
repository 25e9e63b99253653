"""Bytes of a source as they were before compression, and what format they are in."""

import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any, Final

from cxtext.errors import InputError
from cxtext.read.sources import Source

HEAD: Final = 1 << 16  # bytes looked at to recognise anything

_COMPRESSION_MAGIC: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_FORMAT_MAGIC: Final = {b"PAR1": "parquet", b"PK\x03\x04": "xlsx"}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_FOREIGN_MAGIC: Final = {
    b"\xd0\xcf\x11\xe0": "an old Excel (.xls) or Word file",
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
_READABLE: Final = "JSONL, CSV, TSV, Parquet or Excel (.xlsx)"
_NOTHING: Final = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"  # byte order marks and blanks
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\f\x1a\x1b")
_CONTROLS: Final = bytes(byte for byte in (*range(32), 127) if byte not in _TEXT_CONTROLS)


@dataclass(frozen=True)
class Unpacked:
    """The bytes of a source without their compression.

    `head` is their beginning; `chunks` yields all of them, again on each call for a file, once for a pipe.
    """

    source: Source
    compression: str | None
    format: str
    head: bytes
    chunks: Callable[[], Iterator[bytes]]


def unpack(source: Source) -> Unpacked:
    """Open a source, recognising its compression and its format.

    Raises
    ------
    InputError: it can't be read, is empty, damaged, or in none of the known formats.
    """
    packed = source.chunks()
    first = next(packed, b"")
    compression = next((name for magic, name in _COMPRESSION_MAGIC.items() if first.startswith(magic)), None)
    bytes_in = chain([first], packed)
    unpacked = _decompress(bytes_in, compression, source.given)
    head, unpacked = _peek(unpacked)
    if not head.strip(_NOTHING):
        raise InputError(f"{source.given}: the file is empty; name a file that holds comments")
    once = iter([unpacked])

    def chunks() -> Iterator[bytes]:
        if source.is_pipe:
            return next(once)
        return _decompress(source.chunks(), compression, source.given)

    return Unpacked(source, compression, recognise_format(head, source), head[:HEAD], chunks)


def spool(unpacked: Unpacked) -> IO[bytes]:
    """Return the unpacked bytes as a temporary file that can be read at any place; close it to delete it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the reader closes it when its last batch is out
    for chunk in unpacked.chunks():
        file.write(chunk)
    file.seek(0)
    return file


def recognise_format(head: bytes, source: Source) -> str:
    """Return jsonl, csv, tsv, parquet or xlsx: by what can't be mistaken, then the name, then the content.

    Raises
    ------
    InputError: the bytes are not text and no known format.
    """
    known = next((name for magic, name in _FORMAT_MAGIC.items() if head.startswith(magic)), None)
    if known:
        return known
    if source.ending in ("parquet", "xlsx"):
        raise InputError(f"{source.given}: not a {source.ending} file, or damaged; export it again")
    _refuse_binary(head[:HEAD], source)
    text = head.lstrip(_NOTHING)
    looks_like = "jsonl" if text.startswith(b"{") else "csv"
    if text.startswith((b"[{", b"[\n", b"[ ", b"[\r")) and source.ending in (None, "jsonl"):
        raise InputError(f"{source.given}: a JSON array; write one object a line, as: jq -c '.[]'")
    return source.ending or looks_like


def _refuse_binary(head: bytes, source: Source) -> None:
    foreign = next((what for magic, what in _FOREIGN_MAGIC.items() if head.startswith(magic)), None)
    if foreign is None and _is_binary(head):
        foreign = "binary data"
    if foreign:
        raise InputError(f"{source.given}: {foreign}, which can't be read; save it as {_READABLE}")


def _is_binary(head: bytes) -> bool:
    if head.startswith(_UTF16) or looks_like_utf16(head):
        return False
    first = head.lstrip().partition(b"\n")[0]
    if _is_utf8(first) and _controls(first) == 0:
        return False  # a header or a first line: what follows is rejected row by row
    # A text may hold stray NULs; random bytes hold a ninth of control characters and are no UTF-8.
    share = _controls(head) / len(head)
    return share > 0.3 or (share > 0.05 and not _is_utf8(head))


def _controls(head: bytes) -> int:
    return len(head) - len(head.translate(None, _CONTROLS))


def looks_like_utf16(head: bytes) -> str | None:
    """Return utf-16-le or utf-16-be for text without a byte order mark whose every second byte is NUL."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    nul_in_odd, nul_in_even = head[1::2].count(0) / pairs, head[0::2].count(0) / pairs
    if nul_in_odd > 0.7 and nul_in_even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if nul_in_even > 0.7 and nul_in_odd < 0.1 else None


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # cut within a character
    return True


def _peek(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    taken: list[bytes] = []
    for chunk in chunks:
        taken.append(chunk)
        if sum(map(len, taken)) >= HEAD:
            break
    return b"".join(taken), chain(taken, chunks)


def _decompress(chunks: Iterator[bytes], compression: str | None, given: str) -> Iterator[bytes]:
    if compression is None:
        yield from chunks
        return
    try:
        yield from _inflate(chunks, _decoders(compression))
    except (zlib.error, EOFError, _zstd_error()) as error:
        raise InputError(f"{given}: damaged {compression} data ({error}); copy or export it again") from error


def _inflate(chunks: Iterator[bytes], new_decoder: Callable[[], Any]) -> Iterator[bytes]:
    decoder = None
    for chunk in chunks:
        rest = chunk
        while rest:  # files may be several compressed members in a row
            decoder = decoder or new_decoder()
            yield decoder.decompress(rest)
            rest = decoder.unused_data if decoder.eof else b""
            decoder = None if decoder.eof else decoder
    if decoder is not None:
        raise EOFError("cut short")


def _decoders(compression: str) -> Callable[[], Any]:
    if compression == "gzip":
        return lambda: zlib.decompressobj(wbits=31)
    import zstandard

    return zstandard.ZstdDecompressor().decompressobj


def _zstd_error() -> type[Exception]:
    import zstandard

    return zstandard.ZstdError
