"""Merged cells of an Excel sheet, which the reader of its values does not tell: all but the first are blank."""

import re
from html import unescape
from io import BytesIO
from posixpath import join, normpath
from typing import IO, Final, NamedTuple
from zipfile import BadZipFile, ZipFile

_TAG: Final = re.compile(r"<(?:\w+:)?(?:sheet|Relationship)\s([^>]*)>")
_ATTRIBUTE: Final = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_MERGED: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]+)(\d+):[A-Z]+(\d+)["']""")
_CHUNK: Final = 1 << 20
_LONGEST_TAG: Final = 100


class Block(NamedTuple):
    """A merged range of several rows: its first column (from 0), its first and last row (from 1)."""

    column: int
    first: int
    last: int


def merged_blocks(content: bytes, sheet: str) -> list[Block]:
    """Return the merged ranges of a sheet that span rows, in order; none where the file does not say."""
    try:
        with ZipFile(BytesIO(content)) as parts, parts.open(_part(parts, sheet)) as xml:
            found = _references(xml)
    except (BadZipFile, KeyError):  # such as a binary workbook
        return []
    blocks = (Block(_column(letters), int(first), int(last)) for letters, first, last in found)
    return sorted(block for block in blocks if block.last > block.first)


def _part(parts: ZipFile, sheet: str) -> str:
    """Return the file within the workbook that holds a sheet."""
    sheets = {tag.get("name"): _relation(tag) for tag in _tags(parts.read("xl/workbook.xml"))}
    targets = {tag.get("Id"): tag["Target"] for tag in _tags(parts.read("xl/_rels/workbook.xml.rels"))}
    return normpath(join("/xl", targets[sheets[sheet]])).lstrip("/")


def _tags(xml: bytes) -> list[dict[str, str]]:
    texts = _TAG.findall(xml.decode("utf-8", "replace"))
    return [{name: unescape(a or b) for name, a, b in _ATTRIBUTE.findall(text)} for text in texts]


def _relation(tag: dict[str, str]) -> str | None:
    return next((value for name, value in tag.items() if name.endswith(":id")), None)


def _references(xml: IO[bytes]) -> set[tuple[bytes, bytes, bytes]]:
    found: set[tuple[bytes, bytes, bytes]] = set()
    rest = b""
    while chunk := xml.read(_CHUNK):
        text = rest + chunk
        found.update(_MERGED.findall(text))
        rest = text[-_LONGEST_TAG:]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
