"""Lines of JSON to rows, and rows to columns of one type each."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from cxtext.read.decode import UNDECODABLE, Decoding, without_surrogates
from cxtext.read.headers import unique_names

_INT64: Final = range(-(2**63), 2**63)
# A control character inside a string is let through here, and removed and counted later.
_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_CONTROL: Final = re.compile(r'(\\["\\])|\\(?:u[0-9a-f]{4}|.)')  # all escapes but those in group 1


class JsonLine(NamedTuple):
    """One line: its number from 1 and its object, or None and the reason why it has none."""

    number: int
    row: dict[str, Any] | None
    raw: str
    reason: str = ""


def json_rows(lines: Iterable[str], decoding: Decoding) -> Iterator[JsonLine]:
    """Yield one entry per line that is not blank."""
    for number, line in enumerate(lines, start=1):
        text = line.strip(" \t\r")
        if decoding.undecodable_lines and UNDECODABLE.search(text):
            yield JsonLine(number, None, text, decoding.failure)
        elif text:
            yield _parse(number, text)


def _parse(number: int, text: str) -> JsonLine:
    try:
        row = _DECODER.decode(text)
    except ValueError:
        return JsonLine(number, None, text, "not valid JSON")
    except RecursionError:
        return JsonLine(number, None, text, "JSON nested too deeply")
    if not isinstance(row, dict):
        return JsonLine(number, None, text, "not a JSON object")
    return JsonLine(number, row, text)


def column_types(rows: Iterable[dict[str, Any]]) -> dict[str, pl.DataType]:
    """Return the columns of the rows in order of appearance, each with the type that holds all its values.

    A column of several kinds, or of nested values, becomes String with the JSON text of what is no string.
    """
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            kinds.setdefault(name, set()).add(_kind(value))
    return {name: _type_of(found - {type(None)}) for name, found in kinds.items()}


def to_frame(rows: Sequence[dict[str, Any]], types: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return rows as a frame of these columns, then of those that only occur in these rows."""
    extra = column_types(rows).items() if any(row.keys() - types.keys() for row in rows) else ()
    wanted = types | {name: dtype for name, dtype in extra if name not in types}
    columns = [_series([row.get(name) for row in rows], dtype) for name, dtype in wanted.items()]
    return pl.DataFrame(columns, schema=unique_names(tuple(wanted)))


def json_text(value: Any) -> str:
    """Return a value as JSON; what JSON has no type for is written as text.

    A line end in a text becomes a space: its escape would be a letter before the word or number that follows.
    """
    text = json.dumps(_named(value), ensure_ascii=False, default=text_of)
    return _CONTROL.sub(lambda found: found[1] or " ", text)


def text_of(value: Any) -> str:
    """Return a value as text. Bytes are read as UTF-8, else as latin-1, in which no two bytes are the same."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _named(value: Any) -> Any:
    """Return the value with text for all keys: those of a Parquet map may be anything."""
    if isinstance(value, dict):
        return {text_of(key): _named(one) for key, one in value.items()}
    return [_named(one) for one in value] if isinstance(value, list) else value


def _kind(value: Any) -> type:
    if type(value) is int and value not in _INT64:
        return str  # kept as its digits
    return type(value)


def _type_of(kinds: set[type]) -> pl.DataType:
    if kinds == {bool}:
        return pl.Boolean()
    if kinds == {int}:
        return pl.Int64()
    if kinds and kinds <= {int, float}:
        return pl.Float64()
    return pl.String()


def _series(values: list[Any], dtype: pl.DataType) -> pl.Series:
    if dtype != pl.String:
        fits = _type_of({_kind(value) for value in values} - {type(None)})
        # Later rows of a pipe may hold what the first ones did not.
        dtype = dtype if fits == dtype or all(value is None for value in values) else _wider(dtype, fits)
    if dtype == pl.String:
        values = [_text(value) for value in values]
    return pl.Series(values=values, dtype=dtype, strict=False)


def _wider(one: pl.DataType, other: pl.DataType) -> pl.DataType:
    return pl.Float64() if {one, other} == {pl.Int64(), pl.Float64()} else pl.String()


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json_text(value)
    return text if not UNDECODABLE.search(text) else without_surrogates(text)
