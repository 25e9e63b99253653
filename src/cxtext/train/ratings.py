"""Rated comments for training: read from files, in an order that does not depend on the rows' order."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.errors import InputError
from cxtext.read import language_codes
from cxtext.read.scores import score_values
from cxtext.schema.columns import LANGUAGES
from cxtext.train.table import ROW, Warn, left_out, read_table, silent

RATED: Final[dict[str, pl.DataType]] = {
    "set": pl.String(),
    "text": pl.String(),
    "language": pl.String(),
    "stars": pl.Int64(),
    "label": pl.String(),
}
# Which stars agree with a coarse label.
STARS_OF_LABEL: Final = {"neg": (1, 2), "neu": (3,), "pos": (4, 5)}
# Comments written to train on: their stars tell what texts mean, not how satisfied customers are.
WRITTEN: Final = "written"
_ALIASES: Final = {
    "language": ("language", "lang"),
    "text": ("text",),
    "stars": ("stars", "rating"),
    "label": ("label", "sentiment"),
    "set": ("set", "company"),
}
_LABELS: Final = {"negative": "neg", "neutral": "neu", "positive": "pos"} | {
    name: name for name in STARS_OF_LABEL
}


def read_rated(
    files: Sequence[Path], leave_out: Sequence[Mapping[str, str]] = (), warn: Warn = silent
) -> pl.DataFrame:
    """Return the rows of JSONL, CSV, TSV, Parquet or Excel files that hold text, a known language and a rating.

    Languages and stars are read as by `cxtext analyse`; what is left out is counted, and `warn` is told.
    Columns as RATED: `label` (neg, neu, pos) is kept only where there are no stars; `set` is the file's name
    where the file has no such column. `leave_out` names rows by columns and values (`{"set": ...}`).
    Sorted and without repeats, so the result does not depend on the order of rows or files.

    Raises
    ------
    InputError: a file can't be read, has no text or language column, or no row of all files is usable.
    """
    comments = _read_all(files, leave_out, warn, rated=True)
    rated = comments.filter(pl.col("stars").is_not_null() | pl.col("label").is_not_null())
    if rated.is_empty():
        raise InputError(f"{files[0]}: no row with text, language and stars (1..5) or label (neg, neu, pos)")
    return rated


def read_comments(
    files: Sequence[Path], leave_out: Sequence[Mapping[str, str]] = (), warn: Warn = silent
) -> pl.DataFrame:
    """Return the rows that hold text and a known language, rated or not, as read_rated does.

    Raises
    ------
    InputError: a file can't be read, or has no text or language column.
    """
    return _read_all(files, leave_out, warn, rated=False)


def _read_all(
    files: Sequence[Path], leave_out: Sequence[Mapping[str, str]], warn: Warn, *, rated: bool
) -> pl.DataFrame:
    rows = pl.concat([_read(Path(file), warn, rated=rated) for file in files])
    for unusable in leave_out:
        rows = rows.filter(~pl.all_horizontal(pl.col(k).eq_missing(pl.lit(v)) for k, v in unusable.items()))
    rows = rows.with_columns(label=pl.when(pl.col("stars").is_null()).then("label"))
    usable = rows.filter(pl.col("language").is_in(LANGUAGES), pl.col("text").str.strip_chars() != "")
    return usable.unique().sort("language", "set", "text", "stars", "label")


def read_parallel(files: Sequence[Path]) -> pl.DataFrame:
    """Return the sentences of those files that hold the same ones in several languages: `language, key, text`.

    Such files align their translations by `domain` and `row`; other files are passed over.
    """
    tables = [read_table(Path(file)) for file in files]
    aligned = [table for table in tables if {"domain", "row", "lang", "text"} <= set(table.columns)]
    parts = [
        table.select(
            language="lang", key=pl.concat_str("domain", pl.col("row").cast(pl.String), separator="|")
        )
        .with_columns(table["text"])
        .unique()
        for table in aligned
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(("language", "key", "text"), pl.String()))
    return pl.concat([empty, *parts]).sort("language", "key", "text")


def allowed_stars(rated: pl.DataFrame) -> NDArray[np.float64]:
    """Return an array (n, 5): 1 for each star that agrees with the row's stars or coarse label; of neither, none."""
    allowed = np.zeros((rated.height, 5))
    for i, (stars, label) in enumerate(rated.select("stars", "label").iter_rows()):
        for star in (stars,) if stars is not None else STARS_OF_LABEL.get(label, ()):
            allowed[i, star - 1] = 1
    return allowed


def _read(file: Path, warn: Warn, *, rated: bool) -> pl.DataFrame:
    """Return the file's rows with the columns of RATED, values that mean nothing as null.

    What can't be used is told, with `rated` also what has no rating.
    """
    name = file.name.split(".")[0]
    frame = _with_label_of_aspects(read_table(file, warn), name)
    found = {role: next((c for c in names if c in frame.columns), None) for role, names in _ALIASES.items()}
    for role in ("text", "language"):
        if found[role] is None:
            raise InputError(f"{file}: no column {' or '.join(_ALIASES[role])}; rename the one that holds it")
    given = frame.select(
        ROW,
        *(
            (pl.col(column) if column else pl.lit(None)).cast(pl.String).alias(role)
            for role, column in found.items()
        ),
    )
    read = given.with_columns(
        pl.col("set").fill_null(name),
        language_codes(given["language"]).alias("language"),
        _stars(given["stars"]),
        pl.col("label").str.to_lowercase().replace_strict(_LABELS, default=None, return_dtype=pl.String),
    )
    for wrong, why in _unusable(read)[: 3 if rated else 2]:
        if wrong.any():
            warn(left_out(file, read.filter(wrong)[ROW], read.height, why))
    return read.select(*RATED)


def _stars(answers: pl.Series) -> pl.Series:
    """Return whole stars from 1 to 5, read as ratings are: `4,0`, `4/5`, `★★★★`."""
    is_star = pl.col("number").is_in([1.0, 2.0, 3.0, 4.0, 5.0]) & (pl.col("out_of").fill_null(5.0) == 5.0)
    scores = score_values(answers).select("value", stars=pl.when(is_star).then("number").cast(pl.Int64))
    return answers.replace_strict(scores["value"], scores["stars"], default=None, return_dtype=pl.Int64)


def _unusable(read: pl.DataFrame) -> tuple[tuple[pl.Series, str], ...]:
    """Return which rows can't be used, and why: each row has one reason, the rating the last."""
    blank = read["text"].fill_null("").str.strip_chars() == ""
    foreign = ~read["language"].is_in(LANGUAGES).fill_null(value=False) & ~blank
    unrated = read["stars"].is_null() & read["label"].is_null() & ~blank & ~foreign
    return (
        (blank, "no text"),
        (foreign, f"their language is none of {', '.join(LANGUAGES)}"),
        (unrated, "no whole stars from 1 to 5, and no label neg, neu or pos"),
    )


def _with_label_of_aspects(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add `label` and `set` to sentences with `aspects` (a list with `polarity`), as far as they are lacking.

    The label is what all aspects agree on. A sentence without aspects is neutral, in a set of its own, because
    nobody called it that.
    """
    if "aspects" not in frame.columns or "label" in frame.columns:
        return frame
    found = [_polarities(aspects) for aspects in frame["aspects"]]
    label = pl.Series([_agreed(polarities) for polarities in found], dtype=pl.String)
    none = pl.Series([polarities == set() for polarities in found], dtype=pl.Boolean)
    sets = pl.when(none).then(pl.lit(f"{name}, no aspect")).otherwise(pl.lit(name))
    return frame.with_columns(label=label, set=sets if "set" not in frame.columns else pl.col("set"))


def _polarities(aspects: str | None) -> set[Any] | None:
    """Return the polarities of a sentence's aspects, of their JSON; null where it has none to tell."""
    try:
        return {aspect["polarity"] for aspect in json.loads(aspects or "null")}
    except (ValueError, TypeError, KeyError):
        return None


def _agreed(polarities: set[Any] | None) -> str | None:
    if polarities is None or len(polarities) > 1:
        return None
    return next(iter(polarities), "neutral")


def customers_own(origin: pl.Expr) -> pl.Expr:
    """Return whether a row's stars were given by the customer who wrote it; `origin` names the set it came from."""
    return pl.col("stars").is_not_null() & (origin == pl.col("set")) & (pl.col("set") != WRITTEN)
