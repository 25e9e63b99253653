"""Tables in binary files: Parquet in batches, an Excel sheet as text."""

from collections.abc import Iterator
from typing import IO, Any, Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.read.headers import Header, read_header
from cxtext.read.merged import Block, merged_blocks
from cxtext.read.recognise import find_roles, find_roles_leniently
from cxtext.read.table import Batch, RawTable, Reject
from cxtext.read.titles import TITLE_ROWS, title_rows, told_titles
from cxtext.read.unpack import Unpacked, spool
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings

_HEADER_ROWS: Final = 3  # the most that a survey tool writes
# What a merged cell says of every row beside it. A comment or a score in one is still one.
_OF_MANY_ROWS: Final = (
    *(Role.MARKET, Role.LANGUAGE, Role.CHANNEL, Role.TOUCHPOINT, Role.DATE, Role.WAVE, Role.PERIOD),
    *(Role.QUESTION, Role.RESPONDENT_ID),
)


class _Sheet(NamedTuple):
    """A sheet as a table: `names` has the columns of `body` by their place in Excel, as text from 0."""

    header: Header
    body: pl.DataFrame
    names: dict[str, str]
    told: tuple[str, ...]


def open_parquet(unpacked: Unpacked, _settings: Settings) -> RawTable:
    """Open a Parquet file; columns keep their types.

    Raises
    ------
    InputError: the file is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(_seekable(unpacked))
    except (pa.ArrowException, OSError) as error:
        raise _damaged(unpacked, "Parquet") from error

    def read(rows: int, _rejects: list[Reject]) -> Iterator[Batch]:
        number = 1
        try:
            for arrow in file.iter_batches(batch_size=rows):
                frame = pl.DataFrame(pl.from_arrow(arrow))
                yield Batch(list(range(number, number + frame.height)), frame)
                number += frame.height
        except (pa.ArrowException, OSError) as error:
            raise _damaged(unpacked, "Parquet") from error
        finally:
            file.close(force=True)

    return RawTable(unpacked.source, "parquet", unpacked.compression, tuple(file.schema_arrow.names), read)


def open_excel(unpacked: Unpacked, settings: Settings) -> RawTable:
    """Open one sheet of an Excel workbook: the one in the settings, else the first with a text column.

    Rows above the header are left aside; what a merged cell says of its rows holds for each.

    Raises
    ------
    InputError: the workbook is damaged, or has no such sheet.
    """
    import fastexcel

    content = b"".join(unpacked.chunks())
    given = unpacked.source.given
    try:
        book = fastexcel.read_excel(content)
        name = settings.sheet or _sheet_with_text(book, settings)
        if name not in book.sheet_names:
            raise InputError(f"{given}: no sheet {name!r}; its sheets are {', '.join(book.sheet_names)}")
        sheet = _split(_cells(book, name), settings)
        others = [] if settings.sheet else _sheets_alike(book, name, sheet.header, settings)
    except fastexcel.FastExcelError as error:
        raise _damaged(unpacked, "Excel") from error
    body, merged = _fill_merged(sheet, merged_blocks(content, name), settings)
    told = (*_told_sheets(name, others), *sheet.told, *merged)
    header = sheet.header
    return RawTable(
        unpacked.source,
        "xlsx",
        unpacked.compression,
        header.names,
        lambda rows, _: _slices(body, rows),
        titles=header.titles,
        open_answers=header.open_answers,
        header_rows=header.rows,
        sheet=name,
        told=tuple(f"{given}: {line}" for line in told),
    )


def _sheet_with_text(book: Any, settings: Settings) -> str:
    names: list[str] = book.sheet_names
    known = {name: find_roles_leniently(_header(book, name, settings), settings) for name in names}
    return max(names, key=lambda name: (Role.TEXT in known[name], len(known[name])))  # the first of equals


def _sheets_alike(book: Any, name: str, header: Header, settings: Settings) -> list[str]:
    """Return the other sheets with the same columns, or with a text column of the same name."""
    text = _text_names(header, settings)
    others = {other: _header(book, other, settings) for other in book.sheet_names if other != name}
    return [
        other
        for other, found in others.items()
        if found.names == header.names or text & _text_names(found, settings)
    ]


def _text_names(header: Header, settings: Settings) -> set[str]:
    roles = find_roles(header.names, settings, titles=header.titles, open_answers=header.open_answers)
    return {*roles.columns.get(Role.TEXT, ()), *roles.undecided.get(Role.TEXT, ())}


def _told_sheets(name: str, others: list[str]) -> list[str]:
    if not others:
        return []
    return [
        f"only sheet {name!r} is read, not {', '.join(map(repr, others))} with columns like it: read each with"
        " --sheet NAME and an --out of its own, or save each as a file and name all files in one run"
    ]


def _header(book: Any, name: str, settings: Settings) -> Header:
    return _split(_cells(book, name, TITLE_ROWS + _HEADER_ROWS), settings).header


def _cells(book: Any, name: str, rows: int | None = None) -> pl.DataFrame:
    # Nothing is skipped, so that the position of a row is its number in Excel.
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    frame: pl.DataFrame = sheet.to_polars()
    # Blank columns before the first used one are not loaded: a column is called by its place in Excel.
    frame.columns = [str(column.absolute_index) for column in sheet.selected_columns]
    cells = frame.select(pl.all().cast(pl.String).replace("", None)).with_row_index("row", offset=1)
    return cells.filter(~pl.all_horizontal(pl.exclude("row").is_null())) if frame.width else cells


def _split(cells: pl.DataFrame, settings: Settings) -> _Sheet:
    above = title_rows(cells.drop("row").head(TITLE_ROWS + _HEADER_ROWS).rows(), settings)
    rows = cells.slice(above)
    used = [name for name in rows.columns[1:] if rows[name].null_count() < rows.height]
    table = rows.select("row", *used)
    header = read_header(table.drop("row").head(_HEADER_ROWS).rows() or [()])
    body = table.slice(header.rows)
    names = dict(zip(used, header.names, strict=True))
    told = told_titles(above, rows["row"][0]) if above else ()
    return _Sheet(header, body.rename(names | {"row": _free_name(header.names)}), names, told)


def _fill_merged(sheet: _Sheet, blocks: list[Block], settings: Settings) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows with the first value of merged cells in all of them, and the columns so filled."""
    body, told = sheet.body, list[str]()
    roles = find_roles(sheet.header.names, settings, titles=sheet.header.titles, roles=_OF_MANY_ROWS)
    for column, name in sheet.names.items():
        spans = [(block.first, block.last) for block in blocks if str(block.column) == column]
        if spans and any(name in names for names in roles.columns.values()):
            filled = _filled(body.select(body.columns[0], name), spans)
            count = body[name].null_count() - filled.null_count()
            body = body.with_columns(filled)
            told += (
                [f"column {name!r}: merged cells hold for all their rows; {count} filled"] if count else []
            )
    return body, told


def _filled(cells: pl.DataFrame, spans: list[tuple[int, int]]) -> pl.Series:
    """Return the second column, blank cells of a span (its first and last row, the first column) filled."""
    row, name = cells.columns
    first, last, value = f"{row}_first", f"{row}_last", f"{row}_value"
    starts = cells.select(pl.col(row).cast(pl.Int64).alias(first), pl.col(name).alias(value))
    blocks = pl.DataFrame(spans, schema={first: pl.Int64, last: pl.Int64}, orient="row")
    blocks = blocks.join(starts, on=first).sort(first)
    found = cells.with_columns(pl.col(row).cast(pl.Int64)).join_asof(blocks, left_on=row, right_on=first)
    within = pl.when(pl.col(row) <= pl.col(last)).then(value)
    return found.select(pl.coalesce(name, within).alias(name)).to_series()


def _free_name(names: tuple[str, ...]) -> str:
    return "row" + "_" * (1 + max((len(name) for name in names), default=0))


def _slices(body: pl.DataFrame, rows: int) -> Iterator[Batch]:
    for part in body.iter_slices(rows):
        if part.height:
            yield Batch(part.to_series(0).to_list(), part.drop(part.columns[0]))


def _seekable(unpacked: Unpacked) -> str | IO[bytes]:
    source = unpacked.source
    plain = source.path is not None and not source.is_pipe and unpacked.compression is None
    return str(source.path) if plain else spool(unpacked)


def _damaged(unpacked: Unpacked, what: str) -> InputError:
    return InputError(f"{unpacked.source.given}: a damaged {what} file; export it again")
