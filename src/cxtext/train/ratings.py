"""Rated comments for training: read from files, in an order that does not depend on the rows' order."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.errors import InputError
from cxtext.schema.columns import LANGUAGES

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


def read_rated(files: Sequence[Path], leave_out: Sequence[Mapping[str, str]] = ()) -> pl.DataFrame:
    """Return the rows of JSONL (.gz), CSV or Parquet files that hold text, a known language and a rating.

    Columns as RATED: `label` (neg, neu, pos) is kept only where there are no stars; `set` is the file's name
    where the file has no such column. `leave_out` names rows by columns and values (`{"set": ...}`).
    Sorted and without repeats, so the result does not depend on the order of rows or files.

    Raises
    ------
    InputError: a file can't be read, has no text or language column, or no row of all files is usable.
    """
    comments = read_comments(files, leave_out)
    rated = comments.filter(pl.col("stars").is_not_null() | pl.col("label").is_not_null())
    if rated.is_empty():
        raise InputError(f"{files[0]}: no row with text, language and stars (1..5) or label (neg, neu, pos)")
    return rated


def read_comments(files: Sequence[Path], leave_out: Sequence[Mapping[str, str]] = ()) -> pl.DataFrame:
    """Return the rows that hold text and a known language, rated or not, as read_rated does.

    Raises
    ------
    InputError: a file can't be read, or has no text or language column.
    """
    rows = pl.concat([_read(Path(file)) for file in files])
    for unusable in leave_out:
        rows = rows.filter(~pl.all_horizontal(pl.col(k).eq_missing(pl.lit(v)) for k, v in unusable.items()))
    rows = rows.with_columns(label=pl.when(pl.col("stars").is_null()).then("label"))
    usable = rows.filter(pl.col("language").is_in(LANGUAGES), pl.col("text").str.strip_chars() != "")
    return usable.unique().sort("language", "set", "text", "stars", "label")


def read_parallel(files: Sequence[Path]) -> pl.DataFrame:
    """Return the sentences of those files that hold the same ones in several languages: `language, key, text`.

    Such files align their translations by `domain` and `row`; other files are passed over.
    """
    tables = [_table(Path(file)) for file in files]
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


def _read(file: Path) -> pl.DataFrame:
    """Return the file's rows with the columns of RATED, values that mean nothing as null."""
    name = file.name.split(".")[0]
    frame = _with_label_of_aspects(_table(file), name)
    found = {role: next((c for c in names if c in frame.columns), None) for role, names in _ALIASES.items()}
    for role in ("text", "language"):
        if found[role] is None:
            raise InputError(f"{file}: no column {' or '.join(_ALIASES[role])}; rename the one that holds it")
    column = {role: pl.col(name) if name else pl.lit(None) for role, name in found.items()}
    stars, label = (
        column["stars"].cast(pl.Float64, strict=False),
        column["label"].cast(pl.String).str.to_lowercase(),
    )
    return frame.select(
        column["set"].cast(pl.String).fill_null(name).alias("set"),
        column["text"].cast(pl.String).alias("text"),
        column["language"].cast(pl.String).str.to_lowercase().alias("language"),
        pl.when(stars.is_in([1.0, 2.0, 3.0, 4.0, 5.0])).then(stars).cast(pl.Int64).alias("stars"),
        label.replace_strict(_LABELS, default=None, return_dtype=pl.String).alias("label"),
    )


def _table(file: Path) -> pl.DataFrame:
    name = file.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            return pl.read_parquet(file)
        if name.endswith((".csv", ".tsv")):
            return pl.read_csv(
                file, separator="\t" if name.endswith(".tsv") else ",", infer_schema_length=None
            )
        return pl.read_ndjson(file, infer_schema_length=None)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputError(
            f"{file}: can't be read as {name.rpartition('.')[2]} ({type(error).__name__})"
        ) from error


def _with_label_of_aspects(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add `label` and `set` to sentences with `aspects` (a list with `polarity`), as far as they are lacking.

    The label is what all aspects agree on. A sentence without aspects is neutral, in a set of its own, because
    nobody called it that.
    """
    if "aspects" not in frame.columns or "label" in frame.columns:
        return frame
    if frame["aspects"].list.len().sum() == 0:
        polarity = pl.lit([], dtype=pl.List(pl.String))
    else:
        polarity = pl.col("aspects").list.eval(pl.element().struct.field("polarity")).list.unique()
    none = pl.col("aspects").list.len() == 0
    label = pl.when(none).then(pl.lit("neutral")).when(polarity.list.len() == 1).then(polarity.list.first())
    sets = pl.when(none).then(pl.lit(f"{name}, no aspect")).otherwise(pl.lit(name))
    return frame.with_columns(label=label, set=sets if "set" not in frame.columns else pl.col("set"))


def customers_own(origin: pl.Expr) -> pl.Expr:
    """Return whether a row's stars were given by the customer who wrote it; `origin` names the set it came from."""
    return pl.col("stars").is_not_null() & (origin == pl.col("set")) & (pl.col("set") != WRITTEN)
