"""What scoring needs of a table whose columns stay as they are: text, question, market, declared language."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from cxtext.read.load import in_cells
from cxtext.read.recognise import find_roles, text_columns
from cxtext.read.table import RawTable
from cxtext.read.territories import language_codes, market_codes
from cxtext.schema.columns import COMMENTS, Role
from cxtext.schema.settings import Settings

SCORED: Final = {
    Role.TEXT: "text",
    Role.QUESTION: "question",
    Role.MARKET: "market",
    Role.LANGUAGE: "language_declared",
}


def scoring_columns(table: RawTable, settings: Settings) -> dict[Role, str]:
    """Return the column of each role that scoring reads, as far as the table has it.

    Raises
    ------
    InputError: the table has no text column, or several may be it.
    """
    roles = find_roles(table.columns, settings, titles=table.titles, open_answers=table.open_answers)
    text = text_columns(roles, table.columns, table.source.given)[0]
    found = {role: roles.get(role) for role in SCORED} | {Role.TEXT: text}
    return {role: name for role, name in found.items() if name is not None}


def scoring_frame(batch: pl.DataFrame, columns: Mapping[Role, str]) -> pl.DataFrame:
    """Return a batch under the names that scoring reads, null where the table has no such column."""
    frame = in_cells(batch.select(set(columns.values()))).select(
        pl.col(columns[role]).cast(pl.String).alias(name)
        if role in columns
        else pl.lit(None, COMMENTS[name]).alias(name)
        for role, name in SCORED.items()
    )
    return frame.with_columns(
        market_codes(frame["market"]).alias("market"),
        language_codes(frame["language_declared"]).alias("language_declared"),
    )
