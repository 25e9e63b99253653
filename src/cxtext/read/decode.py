"""Bytes to lines of text: recognises the encoding, and says which lines could not be decoded."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cxtext.errors import UsageError
from cxtext.read.unpack import Unpacked, looks_like_utf16

UNDECODABLE: Final = re.compile("[\ud800-\udfff]")  # what surrogateescape leaves of a byte
_BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass
class Decoding:
    """The encoding of a file, and what was found while decoding it."""

    encoding: str
    declared: bool
    old_mac: bool  # lines end with a bare carriage return
    cp1252_lines: int = 0  # lines that are no UTF-8 and were read as cp1252
    undecodable_lines: int = 0
    has_utf8: bool = False  # some character beyond ASCII was valid UTF-8

    @property
    def found(self) -> str:
        """The encoding to report once the file is read."""
        return "cp1252" if self.cp1252_lines and not self.has_utf8 else self.encoding

    @property
    def failure(self) -> str:
        """Why a row that can't be decoded is rejected."""
        return f"can't be decoded as {self.found}"

    @property
    def is_mixed(self) -> bool:
        """Whether some lines are UTF-8 and others are not."""
        return bool(self.cp1252_lines and self.has_utf8)


def recognise_encoding(unpacked: Unpacked, declared: str | None) -> Decoding:
    """Return the declared encoding, else the one the first bytes show (utf-8 until a line says otherwise).

    Raises
    ------
    UsageError: Python knows no encoding of the declared name.
    """
    head = unpacked.head
    by_mark = next((name for mark, name in _BOMS.items() if head.startswith(mark)), None)
    encoding = _check_name(declared) if declared else by_mark or looks_like_utf16(head) or "utf-8"
    if declared and by_mark == "utf-8-sig" and encoding == "utf-8":
        encoding = by_mark
    return Decoding(encoding, declared is not None, old_mac=b"\r" in head and b"\n" not in head)


def lines(chunks: Iterator[bytes], decoding: Decoding) -> Iterator[str]:
    """Yield the lines of a text without their ends. Bytes that can't be decoded become lone surrogates."""
    if decoding.encoding.startswith(("utf-16", "utf-32")):
        blocks = _wide_blocks(chunks, decoding)
    else:
        blocks = (_decode(block, decoding) for block in _whole_lines(chunks))
    first = True
    for block in blocks:
        text = block.removeprefix("\ufeff") if first else block
        first = False
        text = text.replace("\r", "\n") if decoding.old_mac else text.replace("\r\n", "\n")
        yield from text.removesuffix("\n").split("\n")


def _check_name(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError as error:
        raise UsageError(f"encoding {declared!r} is unknown; use utf-8, utf-16 or cp1252") from error


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    parts: list[bytes] = []
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if cut:
            yield b"".join((*parts, chunk[:cut]))
            parts = []
        if cut < len(chunk):
            parts.append(chunk[cut:])
    if parts:
        yield b"".join(parts)


def _wide_blocks(chunks: Iterator[bytes], decoding: Decoding) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(decoding.encoding)(errors="replace")
    rest = ""
    for chunk in chunks:
        text = rest + decoder.decode(chunk)
        cut = text.rfind("\n") + 1
        if cut:
            yield text[:cut]
        rest = text[cut:]
    last = rest + decoder.decode(b"", final=True)
    if last:
        yield last


def _decode(block: bytes, decoding: Decoding) -> str:
    try:
        text = block.decode("utf-8" if decoding.encoding == "utf-8-sig" else decoding.encoding)
    except UnicodeDecodeError:
        return "\n".join(_decode_line(line, decoding) for line in block.split(b"\n"))
    decoding.has_utf8 = decoding.has_utf8 or not text.isascii()
    return text


def _decode_line(line: bytes, decoding: Decoding) -> str:
    encoding = "utf-8" if decoding.encoding == "utf-8-sig" else decoding.encoding
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return _decode_other(line, decoding)
    decoding.has_utf8 = decoding.has_utf8 or not text.isascii()
    return text


def _decode_other(line: bytes, decoding: Decoding) -> str:
    if not decoding.declared:
        try:
            text = line.decode("cp1252")
        except UnicodeDecodeError:
            pass  # five bytes mean nothing in cp1252: the line is rejected
        else:
            decoding.cp1252_lines += 1
            return text
    decoding.undecodable_lines += 1
    return line.decode("utf-8", "surrogateescape")


def without_surrogates(text: str) -> str:
    """Return text that can be encoded: half a pair of surrogates becomes the replacement character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
