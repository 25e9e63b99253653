"""Rows out of the streaming commands: batch by batch to a file or standard output, in JSONL, CSV or Parquet."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import polars as pl

from cxtext.errors import OutputError

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

    Raises
    ------
    OutputError: the file exists (and not `force`), or can't be written.
    """
    if target == STANDARD_OUTPUT:
        with _writer(sys.stdout.buffer, file_format) as write:
            yield write
        sys.stdout.buffer.flush()
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
    header = True

    def write(batch: pl.DataFrame) -> None:
        nonlocal header
        _write(file, flat(batch).write_csv(include_header=header, separator=separator))
        header = False

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
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@contextmanager
def _parquet_writer(file: IO[bytes]) -> Iterator[WriteBatch]:
    import pyarrow.parquet as pq

    writer: Any = None

    def write(batch: pl.DataFrame) -> None:
        nonlocal writer
        table = batch.to_arrow()
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        # A later batch may have been read with other types (all null, integers): the first one decides.
        writer.write_table(table.cast(writer.schema))

    try:
        yield write
    finally:
        if writer is not None:
            writer.close()
