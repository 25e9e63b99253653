"""One way to read a file: any known format becomes a RawTable."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cxtext.errors import InputError
from cxtext.read.binary_tables import open_excel, open_parquet
from cxtext.read.sources import Source, find_sources
from cxtext.read.table import RawTable
from cxtext.read.text_tables import open_delimited, open_json_lines
from cxtext.read.unpack import Unpacked, unpack
from cxtext.schema.settings import Settings

_OPENERS: Final[dict[str, Callable[[Unpacked, Settings], RawTable]]] = {
    "jsonl": open_json_lines,
    "csv": open_delimited,
    "tsv": open_delimited,
    "parquet": open_parquet,
    "xlsx": open_excel,
}


def open_table(source: str | Path | Source, settings: Settings) -> RawTable:
    """Open one file, or standard input (`-`), for reading in batches in bounded memory.

    Excel is held in memory; Parquet and Excel from a pipe or under compression are unpacked to disk first.

    Raises
    ------
    InputError: the source can't be read, is empty, damaged, binary, or contradicts the settings.
    """
    unpacked = unpack(source if isinstance(source, Source) else _only(source))
    return _OPENERS[unpacked.format](unpacked, settings)


def _only(given: str | Path) -> Source:
    sources = find_sources([given])
    if len(sources) > 1:
        raise InputError(f"{given}: stands for {len(sources)} files; name one")
    return sources[0]
