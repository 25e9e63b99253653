"""Files of comments to learn from, read as all other input is, and what could not be read of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from cxtext.read.load import Loaded, load, stack
from cxtext.read.sources import find_sources
from cxtext.schema.settings import Settings

Warn = Callable[[str], None]
ROW = "source_row"  # the number of a row as the user sees it


def silent(_: str) -> None:
    """Tell nothing."""


def read_table(file: Path, warn: Warn = silent) -> pl.DataFrame:
    """Return the rows of a JSONL, CSV, TSV, Parquet or Excel file under its own names, numbered in ROW.

    Nested values are their JSON. Rows that can't be read are counted and named.

    Raises
    ------
    InputError: the file can't be read, or holds no rows.
    """
    parts = [load(source, Settings(), kind="rated comments", roles=()) for source in find_sources(file)]
    for part in parts:
        for line in (*part.warnings, *_rejected(part)):
            warn(line)
    return stack([part.frame.with_columns(part.rows.alias(ROW)) for part in parts])


def left_out(file: Path | str, rows: pl.Series, of: int, why: str) -> str:
    """Return how many rows are left out, why, and the number of the first."""
    return f"{file}: left out {len(rows)} of {of} rows: {why} (the first is row {rows.sort()[0]})"


def _rejected(part: Loaded) -> Iterator[str]:
    reasons = part.rejected.group_by("reason", maintain_order=True).agg("row")
    for reason, rows in reasons.iter_rows():
        yield left_out(part.given, pl.Series(rows), part.file.rows, reason)
