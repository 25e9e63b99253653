"""Reads rows that people labelled: texts with a gold column, and what helps to read them."""

import polars as pl

from cxtext.errors import InputError
from cxtext.protect import protect_text
from cxtext.read import columns_in_words, no_rows, open_table, scoring_columns, scoring_frame
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings
from cxtext.score import ScoreContext, detect_batch


def read_gold(source: str, column: str, settings: Settings, *, keep_language: bool) -> pl.DataFrame:
    """Return the rows of a file with `text, question, market, language_declared` and `gold` (as text).

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
        scoring_frame(batch, columns).with_columns(gold=batch[column].cast(pl.String))
        for batch in table.batches()
    ]
    if not parts:
        raise no_rows(source, "labelled comments")
    return pl.concat(parts)


def read_gold_stars(source: str, column: str, settings: Settings) -> pl.DataFrame:
    """Return the rows of a file with `text, question, market, language` and `stars` (1..5, else null).

    The language is detected, with the file's own language column as a prior where it has one.

    Raises
    ------
    InputError: as `read_gold`; or no row of `column` holds 1, 2, 3, 4 or 5.
    """
    rows = read_gold(source, column, settings, keep_language=True)
    stars = rows["gold"].cast(pl.Float64, strict=False)
    known = rows.with_columns(
        stars=pl.when(stars.is_in([1.0, 2.0, 3.0, 4.0, 5.0])).then(stars).cast(pl.Int64)
    )
    if known["stars"].is_null().all():
        raise InputError(
            f"{source}: column {column!r} holds no star from 1 to 5; name another with --gold-column"
        )
    return detect_batch(known, ScoreContext(settings, mix=None))
