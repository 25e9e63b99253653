"""A whole file in memory, with what was recognised of it: the common beginning of comments and surveys."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cxtext.read.formats import open_table
from cxtext.read.json_lines import json_text, text_of
from cxtext.read.recognise import Roles, find_roles, text_columns
from cxtext.read.sources import Source, on_disk
from cxtext.read.table import RawTable, no_rows
from cxtext.schema.columns import REJECTED, Role
from cxtext.schema.results import InputFile, Recognised
from cxtext.schema.settings import Settings

_SHOWN_DELIMITERS = {"\t": "tab"}


@dataclass(frozen=True)
class Loaded:
    """All readable rows of one file, their numbers, and the roles of their columns."""

    given: str  # the file as the user names it, for messages
    name: str
    frame: pl.DataFrame
    rows: pl.Series  # Int64: the number of each row as the user sees it
    roles: Roles
    titles: dict[str, str]
    rejected: pl.DataFrame
    file: InputFile
    recognised: tuple[Recognised, ...]
    warnings: tuple[str, ...]


def load(source: Source, settings: Settings, *, kind: str, roles: Iterable[Role]) -> Loaded:
    """Read one file whole.

    Raises
    ------
    InputError: it can't be read, holds no rows, or contradicts the settings.
    """
    with on_disk(source) as file:
        table = open_table(file, settings)
        found = find_roles(
            table.columns, settings, titles=table.titles, open_answers=table.open_answers, roles=tuple(roles)
        )
        if kind == "comments":
            text_columns(found, table.columns, source.given)  # before a long file is read for nothing
        batches = list(table.numbered_batches())
    if not batches:
        raise no_rows(table.source.given, kind)
    texts = found.columns.get(Role.TEXT, ())  # a list is no comment, nor is its JSON
    frame = in_cells(stack([batch.frame for batch in batches]), nested=texts)
    numbers = pl.Series("source_row", [number for batch in batches for number in batch.numbers], pl.Int64)
    return Loaded(
        given=source.given,
        name=source.name,
        frame=frame,
        rows=numbers,
        roles=found,
        titles=dict(table.titles),
        rejected=table.rejected,
        file=_input_file(table, kind, frame.height),
        recognised=tuple(_recognised(table, found)),
        warnings=(*table.warnings, *_role_warnings(table, found)),
    )


def stack(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return frames on top of each other; a column that differs in type between them becomes String."""
    types: dict[str, set[pl.DataType]] = {}
    for frame in frames:
        for name, dtype in frame.schema.items():
            types.setdefault(name, set()).add(dtype)
    mixed = [name for name, found in types.items() if len(found - {pl.Null()}) > 1]
    same = [
        frame.with_columns(pl.col([n for n in mixed if n in frame.columns]).cast(pl.String))
        for frame in frames
    ]
    return pl.concat(same, how="diagonal_relaxed", rechunk=True)


def in_cells(frame: pl.DataFrame, *, nested: Collection[str] = ()) -> pl.DataFrame:
    """Return every column of other than numbers, dates and yes or no as text, nested values as their JSON.

    Only text is looked at for personal data, so what may hold some has to be text. The columns named in
    `nested` stay so.
    """
    return frame.with_columns(
        _as_text(frame[name])
        for name, dtype in frame.schema.items()
        if not (_is_plain(dtype) or (name in nested and dtype.is_nested()))
    )


def bytes_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return columns that hold bytes as `in_cells` does, for formats that have no bytes; the others as they are."""
    held = [name for name, dtype in frame.schema.items() if _holds_bytes(dtype)]
    return frame.with_columns(in_cells(frame.select(held))) if held else frame


def _holds_bytes(dtype: pl.DataType) -> bool:
    if isinstance(dtype, pl.List | pl.Array):
        return _holds_bytes(dtype.inner)  # type: ignore[arg-type]
    if isinstance(dtype, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in dtype.fields)  # type: ignore[arg-type]
    return dtype == pl.Binary


def _is_plain(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype.is_temporal() or dtype in (pl.String, pl.Boolean, pl.Null)


def _as_text(values: pl.Series) -> pl.Series:
    if values.dtype in (pl.Categorical, pl.Enum):
        return values.cast(pl.String)
    return pl.Series(values.name, [_cell(value) for value in values.to_list()], pl.String)


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    return json_text(value) if isinstance(value, list | dict) else text_of(value)


def stack_rejected(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the rejected rows of all files."""
    return pl.concat([pl.DataFrame(schema=REJECTED), *frames])


def _input_file(table: RawTable, kind: str, kept: int) -> InputFile:
    rejected = len(table.rejects)
    info = table.info
    return InputFile(
        name=table.source.name,
        sha256=table.sha256,
        kind=kind,
        format=info.format,
        encoding=info.encoding,
        delimiter=info.delimiter,
        compression=info.compression,
        rows=kept + rejected,
        rejected=rejected,
    )


def _recognised(table: RawTable, roles: Roles) -> list[Recognised]:
    info, name = table.info, table.source.name
    how = {
        "format": info.format,
        "compression": info.compression,
        "encoding": info.encoding,
        "delimiter": _SHOWN_DELIMITERS.get(info.delimiter or "", info.delimiter),
        "sheet": info.sheet,
        "header_rows": str(table.header_rows) if table.header_rows > 1 else None,
    }
    written = [Recognised(name, what, value) for what, value in how.items() if value]
    columns = [Recognised(name, role.value, ", ".join(names)) for role, names in roles.columns.items()]
    return written + columns


def _role_warnings(table: RawTable, roles: Roles) -> list[str]:
    given = table.source.given
    absent = [
        f"{given}: no column {', '.join(names)} (declared as {role.value})"
        for role, names in roles.missing.items()
    ]
    unsure = [
        f"{given}: columns {', '.join(names)} may all be the {role.value}; {names[0]} is used,"
        f" name another with --column {role.value}=NAME"
        for role, names in roles.undecided.items()
        if role is not Role.TEXT
    ]
    return absent + unsure
