"""Tables in text files: JSON lines, and delimited text with its header."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Final

import polars as pl

from cxtext.errors import InputError
from cxtext.read.decode import UNDECODABLE, Decoding, lines, recognise_encoding
from cxtext.read.delimited import DELIMITERS, SINGLE_COLUMN, Record, recognise_delimiter, records
from cxtext.read.headers import read_header, unique_names
from cxtext.read.json_lines import JsonLine, column_types, json_rows, to_frame
from cxtext.read.table import Batch, RawTable, Reject
from cxtext.read.titles import TITLE_ROWS, is_plain_header, title_rows, told_titles
from cxtext.read.unpack import HEAD, Unpacked
from cxtext.schema.settings import Settings

_PIPE_SAMPLE: Final = 10_000  # lines of a pipe that tell its columns: a pipe can't be read twice
_HEADER_ROWS: Final = 3  # the most that a survey tool writes
_NAMED_DELIMITERS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_SEP_LINE: Final = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)  # Excel's own hint


def open_json_lines(unpacked: Unpacked, settings: Settings) -> RawTable:
    """Open a file of one JSON object a line. Columns are in order of appearance.

    Of a file all lines are looked at for columns and types, of a pipe the first 10,000: a column that
    first appears later is added to the batch it appears in.

    Raises
    ------
    InputError: no line is a JSON object with fields.
    """
    decoding = recognise_encoding(unpacked, settings.encoding)
    stream = json_rows(lines(unpacked.chunks(), decoding), decoding)
    if unpacked.source.is_pipe:
        seen = list(islice(stream, _PIPE_SAMPLE))
        types = column_types(line.row for line in seen if line.row)
        stream = chain(seen, stream)
    else:
        types = column_types(line.row for line in stream if line.row)
        decoding = replace(decoding, cp1252_lines=0, undecodable_lines=0)
        stream = json_rows(lines(unpacked.chunks(), decoding), decoding)
    if not types:
        raise InputError(
            f"{unpacked.source.given}: no line is a JSON object with fields; is it another format?"
        )
    return RawTable(
        unpacked.source,
        unpacked.format,
        unpacked.compression,
        unique_names(tuple(types)),
        lambda rows, rejects: _json_batches(stream, types, rows, rejects),
        decoding=decoding,
    )


def open_delimited(unpacked: Unpacked, settings: Settings) -> RawTable:
    """Open CSV, TSV or a text of one column, with one header row or those of a survey tool.

    Rows above the header are left aside.

    Raises
    ------
    InputError: the declared delimiter is not the file's.
    """
    decoding = recognise_encoding(unpacked, settings.encoding)
    head = _head_lines(unpacked, decoding)
    above = next((at for at, line in enumerate(head) if line.strip()), 0)  # blank lines above the header
    hint = _SEP_LINE.match(head[above])
    body = head[above + 1 :] if hint else head[above:]
    delimiter = hint[1] if hint and not settings.delimiter else _delimiter(body, unpacked, settings)
    delimiter, titles = _below_titles(body, delimiter, settings)
    first = list(islice(records(body, delimiter), titles, titles + _HEADER_ROWS))
    header = read_header([record.fields or [""] for record in first] or [[""]])
    told = told_titles(titles, first[0].number + above + (1 if hint else 0)) if titles else ()
    skip = titles + header.rows + (1 if hint else 0) + (above if delimiter == SINGLE_COLUMN else 0)
    stream = records(lines(unpacked.chunks(), decoding), delimiter, len(header.names))
    return RawTable(
        unpacked.source,
        unpacked.format,
        unpacked.compression,
        header.names,
        lambda rows, rejects: _record_batches(
            islice(stream, skip, None), header.names, decoding, rows, rejects
        ),
        titles=header.titles,
        open_answers=header.open_answers,
        header_rows=header.rows,
        delimiter=None if delimiter == SINGLE_COLUMN else delimiter,
        decoding=decoding,
        told=tuple(f"{unpacked.source.given}: {line}" for line in told),
    )


def _head_lines(unpacked: Unpacked, decoding: Decoding) -> list[str]:
    head = list(lines(iter([unpacked.head]), replace(decoding)))
    return head[:-1] if len(unpacked.head) == HEAD and len(head) > 1 else head


def _delimiter(head: list[str], unpacked: Unpacked, settings: Settings) -> str:
    found = recognise_delimiter(head, "\t" if unpacked.format == "tsv" else None)
    if settings.delimiter is None:
        return found
    declared = _NAMED_DELIMITERS.get(settings.delimiter.lower(), settings.delimiter)
    if head and declared not in head[0] and found != SINGLE_COLUMN:
        raise InputError(
            f"{unpacked.source.given}: the header holds no {declared!r}; it looks delimited by {found!r}:"
            f" leave --delimiter out, or give that one"
        )
    return declared


def _below_titles(body: list[str], delimiter: str, settings: Settings) -> tuple[str, int]:
    """Return the delimiter, and how many records lie above the header; a title may hold another, or none."""
    others = () if settings.delimiter else DELIMITERS
    for tried in dict.fromkeys((delimiter, *others)):
        some = islice(records(body, tried), TITLE_ROWS + _HEADER_ROWS)
        rows = [record.fields or [""] for record in some]
        above = title_rows(rows, settings)
        if above:
            return tried, above
        if tried == delimiter != SINGLE_COLUMN and rows and is_plain_header(rows, settings):
            break
    return delimiter, 0


def _json_batches(
    stream: Iterator[JsonLine],
    types: dict[str, pl.DataType],
    rows: int,
    rejects: list[Reject],
) -> Iterator[Batch]:
    kept: list[dict[str, Any]] = []
    numbers: list[int] = []
    for line in stream:
        if line.row is None:
            rejects.append(Reject(line.number, line.reason, line.raw))
            continue
        kept.append(line.row)
        numbers.append(line.number)
        if len(kept) == rows:
            yield Batch(numbers, to_frame(kept, types))
            kept, numbers = [], []
    if kept:
        yield Batch(numbers, to_frame(kept, types))


def _record_batches(
    stream: Iterator[Record], names: Sequence[str], decoding: Decoding, rows: int, rejects: list[Reject]
) -> Iterator[Batch]:
    kept: list[list[str]] = []
    numbers: list[int] = []
    for record in stream:
        undecodable = decoding.undecodable_lines and UNDECODABLE.search(record.raw)
        if record.fields is None or undecodable:
            rejects.append(
                Reject(record.number, decoding.failure if undecodable else record.reason, record.raw)
            )
            continue
        kept.append(record.fields)
        numbers.append(record.number)
        if len(kept) == rows:
            yield Batch(numbers, _string_frame(names, kept))
            kept, numbers = [], []
    if kept:
        yield Batch(numbers, _string_frame(names, kept))


def _string_frame(names: Sequence[str], rows: list[list[str]]) -> pl.DataFrame:
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return pl.DataFrame(
        [pl.Series(name, [cell or None for cell in cells], pl.String) for name, cells in columns]
    )
