"""Rows out of the streaming commands: batch by batch to a file or standard output, in JSONL, CSV or Parquet."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import polars as pl

from cxtext.errors import InputError, OutputError

STANDARD_OUTPUT = "-"
ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet"}

WriteBatch = Callable[[pl.DataFrame], None]


def output_format(target: str, input_format: str) -> str:
    """Return the format of the output: by the file's ending, on standard output as the input, else JSONL.

    Raises
    ------
    OutputError: the ending is of no format that can be streamed.
    """
    if target == STANDARD_OUTPUT:
        return input_format if input_format in ENDINGS.values() else "jsonl"
    ending = Path(target).suffix.lower()
    if ending not in ENDINGS:
        raise OutputError(f"{target}: unknown ending; use one of {', '.join(ENDINGS)}")
    return ENDINGS[ending]


@contextmanager
def open_rows(target: str, file_format: str, *, force: bool) -> Iterator[WriteBatch]:
    """Yield a function that writes one batch after the other. A file appears whole, or not at all.

    In CSV and Parquet the first batch decides which columns there are, in Parquet their types too: later ones
    are brought into that form.

    Raises
    ------
    OutputError: the file exists (and not `force`), or can't be written.
    InputError: a later batch holds what that form has no place for.
    """
    if target == STANDARD_OUTPUT:
        try:
            with _writer(sys.stdout.buffer, file_format) as write:
                yield write
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the reader has seen enough
            raise
        except OSError as error:
            raise OutputError(f"standard output: can't be written ({error.strerror})") from error
        return
    path = Path(target)
    if path.exists() and not force:
        raise OutputError(f"{target}: exists already; choose another --output, or replace it with --force")
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file, _writer(file, file_format) as write:
            yield write
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{target}: can't be written ({error.strerror})") from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _writer(file: IO[bytes], file_format: str) -> Iterator[WriteBatch]:
    if file_format == "parquet":
        with _parquet_writer(file) as write:
            yield write
    elif file_format == "jsonl":
        # Through Python's own write, which names a closed pipe as such.
        yield lambda batch: _write(file, batch.write_ndjson())
    else:
        yield _csv_writer(file, "\t" if file_format == "tsv" else ",")


def _csv_writer(file: IO[bytes], separator: str) -> WriteBatch:
    columns: list[str] | None = None

    def write(batch: pl.DataFrame) -> None:
        nonlocal columns
        first, columns = columns is None, columns or batch.columns
        cells = flat(_with_columns(batch, columns))
        _write(file, cells.write_csv(include_header=first, separator=separator))

    return write


def _write(file: IO[bytes], text: str) -> None:
    file.write(text.encode())


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with nested columns as JSON text, for formats that have cells only."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(
        pl.Series(name, [_json(value) for value in frame[name].to_list()], dtype=pl.String())
        for name in nested
    )


def _json(value: Any) -> str | None:
    return (
        None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    )


@contextmanager
def _parquet_writer(file: IO[bytes]) -> Iterator[WriteBatch]:
    import pyarrow.parquet as pq

    writer: Any = None
    schema = pl.Schema()

    def write(batch: pl.DataFrame) -> None:
        nonlocal writer, schema
        schema = schema or batch.schema
        table = _with_types(_with_columns(batch, list(schema)), schema).to_arrow()
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()


def _with_columns(batch: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return the batch with these columns in this order, null where it has none of the name."""
    late = [name for name in batch.columns if name not in columns]
    if late:
        raise _too_late(f"column {late[0]!r} first occurs")
    return batch.select(
        pl.col(name) if name in batch.columns else pl.lit(None).alias(name) for name in columns
    )


def _with_types(batch: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Return the batch with these types, which its values must survive unchanged."""
    return batch.with_columns(_fitted(batch[name], dtype) for name, dtype in schema.items())


def _fitted(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    if values.dtype == dtype:
        return values
    try:
        fitted = values.cast(dtype)
        same = fitted.cast(values.dtype).equals(values)
    except pl.exceptions.PolarsError:
        same = False
    if not same:
        raise _too_late(f"column {values.name!r} turns from {dtype} into {values.dtype}")
    return fitted


def _too_late(what: str) -> InputError:
    return InputError(
        f"{what} after rows were written; give the input as a file instead of a pipe, or write JSONL:"
        " --output FILE.jsonl"
    )
