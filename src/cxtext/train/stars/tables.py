"""Rated comments for training from any file that `cxtext analyse` reads: columns, scales and languages recognised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from cxtext.engines.readable import has_evidence, readable
from cxtext.errors import InputError
from cxtext.read import read_comments
from cxtext.schema.columns import LANGUAGES, Role
from cxtext.schema.results import CommentsRead
from cxtext.schema.settings import Settings
from cxtext.score import describe_file, detect_batch
from cxtext.train.stars.data import COLUMNS, read_rows

RESPONDENT: Final = "respondent_id"
_LABEL: Final = {
    "negative": "neg",
    "neutral": "neu",
    "positive": "pos",
    "neg": "neg",
    "neu": "neu",
    "pos": "pos",
}


@dataclass(frozen=True)
class RatedRows:
    """Usable rows (the columns of data.COLUMNS, and `respondent_id`), and what the user should know of the rest."""

    frame: pl.DataFrame
    notes: tuple[str, ...]


def read_rated_rows(files: Sequence[Path], settings: Settings) -> RatedRows:
    """Return the comments of JSONL, CSV, TSV, Parquet and Excel files that have a text, a rating and a language.

    Columns are found as `cxtext analyse` finds them. A rating on another scale takes the nearest of five stars;
    a column `label` (neg, neu, pos) helps where there is no rating. Personal data is replaced, and the language
    detected, as it will be when the model is used. Sorted, so that the order of rows does not matter.

    Raises
    ------
    InputError: a file can't be read, has no text or no rating column, or no row of all files can be used.
    """
    read = read_comments([str(file) for file in files], settings.model_copy(update={"by": ()}))
    _check_ratings(read)
    found = detect_batch(read.frame, describe_file(read.frame, settings))
    rows = found.select(
        "id",
        RESPONDENT,
        "source_row",
        pl.col("source_file").alias("set"),
        pl.col("language").alias("lang"),
        _column(found, "company").alias("company"),
        "text",
        pl.coalesce(pl.col("question"), pl.lit(settings.question)).alias("question"),
        (pl.col("stated_rating_1_5") + 0.5).floor().cast(pl.Int64).alias("stars"),
        _column(found, "label").str.to_lowercase().replace_strict(_LABEL, default=None).alias("label"),
        pl.lit(None).alias("reading"),
        pl.col("text_reason").is_null().alias("has_text"),
    )
    reasons = rows.with_columns(left_out=_reason(rows))
    kept = reasons.filter(pl.col("left_out").is_null())
    notes = (*read.warnings, *_left_out(reasons))
    if kept.is_empty():
        raise InputError(f"{files[0]}: no row can be used: {'; '.join(notes) or 'there are none'}")
    usable = kept.select(*COLUMNS, RESPONDENT).cast(pl.Schema(COLUMNS))
    return RatedRows(usable.sort("set", "id", "text"), notes)


def _check_ratings(read: CommentsRead) -> None:
    """Refuse a file without a rating and without a label: a column may only be named in a way we don't know."""
    if "label" in read.frame.columns:
        return
    rated = {one.file for one in read.recognised if one.what == Role.RATING.value}
    for file in read.files:
        if file.name not in rated:
            raise InputError(
                f"{file.name}: no column of ratings found; name it with --column rating=NAME, or add one"
                " (1 to 5 stars)"
            )


def _column(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a further column of the input as text, null where it has none."""
    return pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String)


def _reason(rows: pl.DataFrame) -> pl.Series:
    """Return why each row is left out, null where it is not."""
    says = [
        bool(usable and has_evidence(readable(text, "und")[0], question))
        for usable, text, question in rows.select("has_text", "text", "question").iter_rows()
    ]
    reason = (
        pl.when(~pl.Series(says, dtype=pl.Boolean))
        .then(pl.lit("no text that says anything"))
        .when(pl.col("lang").is_null())
        .then(pl.lit("another language, or none that can be told"))
        .when(pl.col("stars").is_null() & pl.col("label").is_null())
        .then(pl.lit("no usable rating"))
    )
    return rows.select(reason.alias("left_out")).to_series()


def _left_out(rows: pl.DataFrame) -> Iterator[str]:
    counted = (
        rows.with_columns(of=pl.len().over("set"))
        .filter(pl.col("left_out").is_not_null())
        .group_by("set", "of", "left_out", maintain_order=True)
        .agg(n=pl.len(), first=pl.col("source_row").min())
    )
    for file, of, reason, n, first in counted.iter_rows():
        yield f"{file}: left out {n} of {of} rows: {reason} (the first is row {first})"


def read_training_rows(files: Sequence[Path], settings: Settings) -> pl.DataFrame:
    """Return the rows of all files for the whole recipe, with the columns of data.COLUMNS.

    JSON lines are taken as they are (see data.read_rows), unless columns are named; other files are read as
    above.

    Raises
    ------
    InputError: a file can't be read, or a line of it is not a rated comment in one of the four languages.
    """
    parts = [pl.DataFrame(schema=COLUMNS)]
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: no such file; name another with --data")
        as_it_is = file.name.lower().endswith((".jsonl", ".jsonl.gz")) and not settings.columns
        parts.append(
            _own_rows(file) if as_it_is else read_rated_rows([file], settings).frame.select(*COLUMNS)
        )
    return pl.concat(parts)


def with_readings(rows: pl.DataFrame, files: Sequence[Path]) -> pl.DataFrame:
    """Return the rows with the readings that JSON lines of `set`, `id`, `lang` and `reading` give them.

    So readings can be kept and passed on without the comments. Those of no row are left out.

    Raises
    ------
    InputError: a file can't be read, or a line has no reading from 1 to 5.
    """
    key = ["set", "id", "lang"]
    schema = dict.fromkeys(key, pl.String()) | {"reading": pl.Float64()}
    found = [pl.DataFrame(schema=schema)]
    for file in files:
        try:
            found.append(pl.read_ndjson(file, schema=schema))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputError(f"{file}: no JSON lines of readings ({error}); see docs/cli.md") from error
        wrong = (
            found[-1].with_row_index("line", 1).filter(~pl.col("reading").is_between(1, 5).fill_null(False))
        )
        if wrong.height:
            raise InputError(
                f"{file}, line {wrong['line'][0]}: `reading` is no number from 1 to 5; correct it"
            )
    return rows.update(pl.concat(found).unique(key, keep="first", maintain_order=True), on=key)


def _own_rows(file: Path) -> pl.DataFrame:
    rows = read_rows([file])
    wrong = rows.with_row_index("line", 1).filter(~pl.col("lang").is_in(LANGUAGES).fill_null(value=False))
    if wrong.height:
        line, found = wrong.select("line", "lang").row(0)
        raise InputError(f"{file}, line {line}: `lang` is {found!r}; give one of {', '.join(LANGUAGES)}")
    return rows
