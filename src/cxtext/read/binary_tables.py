"""Tables in binary files: Parquet in batches, an Excel sheet as text."""

from collections.abc import Iterator
from typing import IO, Any, Final

import polars as pl

from cxtext.errors import InputError
from cxtext.read.headers import Header, read_header
from cxtext.read.recognise import find_roles_leniently
from cxtext.read.table import Batch, RawTable, Reject
from cxtext.read.unpack import Unpacked, spool
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings

_HEADER_ROWS: Final = 3  # the most that a survey tool writes


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

    Raises
    ------
    InputError: the workbook is damaged, or has no such sheet.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(b"".join(unpacked.chunks()))
        name = settings.sheet or _sheet_with_text(book, settings)
        if name not in book.sheet_names:
            raise InputError(
                f"{unpacked.source.given}: no sheet {name!r}; its sheets are {', '.join(book.sheet_names)}"
            )
        sheet = _cells(book, name)
    except fastexcel.FastExcelError as error:
        raise _damaged(unpacked, "Excel") from error
    header, body = _split(sheet)
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
    )


def _sheet_with_text(book: Any, settings: Settings) -> str:
    def usefulness(name: str) -> tuple[bool, int]:
        roles = find_roles_leniently(_split(_cells(book, name, _HEADER_ROWS * 4))[0], settings)
        return Role.TEXT in roles, len(roles)

    names: list[str] = book.sheet_names
    return max(names, key=usefulness)  # the first of equals


def _cells(book: Any, name: str, rows: int | None = None) -> pl.DataFrame:
    # Nothing is skipped, so that the position of a row is its number in Excel.
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    frame: pl.DataFrame = sheet.to_polars()
    cells = frame.select(pl.all().cast(pl.String).replace("", None)).with_row_index("row", offset=1)
    return cells.filter(~pl.all_horizontal(pl.exclude("row").is_null())) if frame.width else cells


def _split(cells: pl.DataFrame) -> tuple[Header, pl.DataFrame]:
    used = [name for name in cells.columns[1:] if cells[name].null_count() < cells.height]
    table = cells.select("row", *used)
    header = read_header(table.drop("row").head(_HEADER_ROWS).rows() or [()])
    body = table.slice(header.rows)
    return header, body.rename(dict(zip(used, header.names, strict=True)) | {"row": _free_name(header.names)})


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
