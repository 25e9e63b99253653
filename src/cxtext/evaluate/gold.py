"""Reads rows that people labelled: texts with a gold column, and what helps to read them."""

from typing import Final

import polars as pl

from cxtext.errors import InputError
from cxtext.protect import protect_text
from cxtext.read import (
    columns_in_words,
    is_language,
    language_codes,
    no_rows,
    open_table,
    scoring_columns,
    scoring_frame,
)
from cxtext.schema.columns import LanguageReason, Role
from cxtext.schema.settings import Settings

_LONGEST_NAME: Final = 20  # characters of what may be meant as a language; longer ones may be a comment
_SHOWN: Final = 5  # values listed in a message


def read_gold(source: str, column: str, settings: Settings, *, keep_language: bool) -> pl.DataFrame:
    """Return the rows of a file with `text, question, market, language_declared, source_row` and `gold` (as text).

    `column` holds the gold. Without `keep_language` a declared language is set aside: as the gold, or
    as what is to be found, it must not help.

    Raises
    ------
    InputError: the file can't be read, has no rows, no text column or no column `column`.
    """
    table = open_table(source, settings)
    if column not in table.columns:
        # A file without a header has a comment for names: no personal data, and no more than its beginning.
        there = columns_in_words([protect_text(name)[0] for name in table.columns])
        raise InputError(f"{source}: no gold column {column!r}; {there}; name it with --gold-column")
    columns = scoring_columns(table, settings)
    if not keep_language:
        columns.pop(Role.LANGUAGE, None)
    parts = [
        scoring_frame(batch.frame, columns).with_columns(
            pl.Series("source_row", batch.numbers, pl.Int64), gold=batch.frame[column].cast(pl.String)
        )
        for batch in table.numbered_batches()
    ]
    if not parts:
        raise no_rows(source, "labelled comments")
    return pl.concat(parts)


def read_gold_languages(source: str, column: str, settings: Settings) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the rows of a file as `read_gold`, `gold` as ISO 639 codes, and what is left out of them.

    Codes, names and locales are read as those of a language column; `unsupported` may stand for any language that
    cxtext does not support. Other values are null and counted.

    Raises
    ------
    InputError: as `read_gold`; or no row of `column` holds a language.
    """
    rows = read_gold(source, column, settings, keep_language=False)
    rows = rows.with_columns(language_codes(rows["gold"]).alias("gold"))
    known = [code for code in rows["gold"].drop_nulls().unique() if _is_gold(code)]
    unknown = rows.filter(pl.col("gold").is_not_null() & ~pl.col("gold").is_in(known))
    if not known:
        raise InputError(
            f"{source}: column {column!r} holds no language (as nl, fr-BE or Danish); name another with --gold-column"
        )
    told = (_unknown_languages(source, column, unknown, rows.height),) if unknown.height else ()
    return rows.with_columns(gold=pl.when(pl.col("gold").is_in(known)).then("gold")), told


def _is_gold(code: str) -> bool:
    return code == LanguageReason.UNSUPPORTED or is_language(code)


def _unknown_languages(source: str, column: str, unknown: pl.DataFrame, of: int) -> str:
    """Return how many rows have a gold that is no language, and what they hold."""
    values = unknown["gold"].unique(maintain_order=True)
    short = values.filter(values.str.len_chars() <= _LONGEST_NAME).head(_SHOWN)
    named = ", ".join(repr(protect_text(value)[0]) for value in short)
    return (
        f"{source}: column {column!r}: left out {unknown.height} of {of} rows: no language"
        f"{f': {named}' if named else ''} (the first is row {unknown['source_row'][0]});"
        " write its ISO 639 code, as da, or unsupported"
    )
