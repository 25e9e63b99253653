"""A table that is read in batches, whatever its format, with its broken rows beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.read.decode import Decoding, without_surrogates
from cxtext.read.sources import Source, check_unchanged, fingerprint
from cxtext.schema.columns import REJECTED

BATCH_ROWS: Final = 8192


class Batch(NamedTuple):
    """Some rows of a table, and the number of each as the user sees it."""

    numbers: list[int]
    frame: pl.DataFrame


class Reject(NamedTuple):
    """A row that could not be read: its number, why, and its text."""

    number: int
    reason: str
    raw: str


class TableInfo(NamedTuple):
    """How a file is written, as far as it was recognised. Final once its last batch is out."""

    format: str  # jsonl, csv, tsv, parquet or xlsx
    encoding: str | None
    delimiter: str | None  # None in a text of a single column
    compression: str | None
    sheet: str | None


@dataclass
class RawTable:
    """A table that is read in batches, its columns as they lie in the input.

    CSV and Excel have String columns (an empty field is null), Parquet its own types, JSONL the type that
    holds all values of a column; nested JSON is carried as its text. `titles` holds the question of a
    column where extra header rows name it. `rejected` and `info` are complete when the batches are out.
    """

    source: Source
    format: str
    compression: str | None
    columns: tuple[str, ...]
    read: Callable[[int, list[Reject]], Iterator[Batch]]
    titles: Mapping[str, str] = field(default_factory=dict)
    open_answers: frozenset[str] = frozenset()
    header_rows: int = 1
    delimiter: str | None = None
    sheet: str | None = None
    decoding: Decoding | None = None
    told: tuple[str, ...] = ()  # what the user should know of what was read, one line each
    sha256: str = ""
    rejects: list[Reject] = field(default_factory=list)

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
        """Yield the rows in input order, `rows` at a time. A table can be read once.

        Raises
        ------
        InputError: the file changed while it was read, or is damaged further on.
        """
        return (batch.frame for batch in self.numbered_batches(rows))

    def numbered_batches(self, rows: int = BATCH_ROWS) -> Iterator[Batch]:
        """Yield the rows with their numbers. Raises as `batches`."""
        before = fingerprint(self.source)
        self.sha256 = before.sha256
        kept = 0
        for batch in self.read(rows, self.rejects):
            kept += len(batch.numbers)
            yield batch
        check_unchanged(self.source, before)
        if self.rejects and not kept:
            first = self.rejects[0]
            raise InputError(
                f"{self.source.given}: not one of {len(self.rejects)} rows could be read"
                f" (row {first.number}: {first.reason}); check format, delimiter and encoding"
            )

    @property
    def info(self) -> TableInfo:
        """How the file is written."""
        encoding = self.decoding.found if self.decoding else None
        return TableInfo(self.format, encoding, self.delimiter, self.compression, self.sheet)

    @property
    def rejected(self) -> pl.DataFrame:
        """The rows that could not be read so far, as schema.columns.REJECTED."""
        rows = [
            (self.source.name, reject.number, reject.reason, without_surrogates(reject.raw))
            for reject in self.rejects
        ]
        return pl.DataFrame(rows, schema=REJECTED, orient="row")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know of how the file was read, one line each."""
        if self.decoding is None or not self.decoding.is_mixed:
            return self.told
        count = self.decoding.cp1252_lines
        mixed = f"{self.source.given}: mixed encodings: lines that are no utf-8, read as cp1252: {count}"
        return (*self.told, mixed)


def no_rows(given: str, kind: str) -> InputError:
    """Return the error of a file that has nothing under its header."""
    return InputError(f"{given}: a header and no rows; name a file that holds {kind}")
