"""Reads comments with gold stars, and says which rows can't be used and why."""

from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.evaluate.gold import read_gold
from cxtext.protect import protect_text
from cxtext.read import Ratings, read_ratings
from cxtext.schema.columns import StatedReason
from cxtext.schema.settings import Settings
from cxtext.score import ScoreContext, detect_batch

NO_LANGUAGE: Final = "no_language"
WORDS: Final[dict[str, str]] = {
    StatedReason.MISSING.value: "without gold",
    StatedReason.OFF_SCALE.value: "off the scale",
    StatedReason.NOT_A_RATING.value: "not a rating",
    StatedReason.SCALE_UNKNOWN.value: "of unknown scale",
    NO_LANGUAGE: "in no language that cxtext reads, or none that can be told",
}
_SHOWN: Final = 5  # rows and values named of each reason
_LONGEST: Final = 12  # characters of what may be meant as a rating; longer ones may be a comment
_UNUSABLE: Final = (StatedReason.OFF_SCALE.value, StatedReason.NOT_A_RATING.value)


class LeftOut(NamedTuple):
    """How many rows are left out for one reason: the first rows, and the first short values of gold in them."""

    reason: str
    n: int
    rows: list[int]
    values: list[str]


class GoldStars(NamedTuple):
    """The rows with `text, question, market, language, source_row` and `stars`, and what is left out of them.

    stars: 1..5, null where gold can't be used. left_out: one entry a reason, in the order of WORDS.
    """

    frame: pl.DataFrame
    scale: str | None
    left_out: list[LeftOut]


def read_gold_stars(source: str, column: str, settings: Settings) -> GoldStars:
    """Read gold as the ratings of an analysis; a rating on another scale takes the nearest of five stars.

    The language is detected, with the file's own language column as a prior where it has one.

    Raises
    ------
    InputError: as `read_gold`; or more than half of the gold in `column` is no rating on one scale.
    """
    rows = read_gold(source, column, settings, keep_language=True)
    values = rows["gold"].rename(column)
    found = read_ratings(values, "rating", settings.rating_scale, source, rows=rows["source_row"])
    if found.scale is None and settings.rating_scale is None:
        found = _on_five_stars(values, source, found.warnings)
    nearest = (found.frame["stated_rating_1_5"] + 0.5).floor().cast(pl.Int64)
    told = rows.with_columns(nearest.alias("stars"), found.frame["stated_reason"].alias("left_out"))
    _check_usable(told, f"{source}: column {column!r}", found.scale)
    known = detect_batch(told, ScoreContext(settings, mix=None))
    reason = pl.when(pl.col("language").is_null()).then(pl.lit(NO_LANGUAGE))
    known = known.with_columns(pl.coalesce("left_out", reason).alias("left_out"))
    return GoldStars(known.drop("left_out"), found.scale, _left_out(known))


def _on_five_stars(values: pl.Series, source: str, warnings: tuple[str, ...]) -> Ratings:
    """Read gold as one to five stars, what it is called: some odd values among many don't change that."""
    try:
        return read_ratings(values, "rating", "1-5", source)
    except InputError as error:
        raise InputError("; ".join(warnings) or str(error)) from error


def _check_usable(rows: pl.DataFrame, place: str, scale: str | None) -> None:
    given = rows.filter(pl.col("left_out").ne_missing(StatedReason.MISSING.value))
    unusable = given.filter(pl.col("left_out").is_not_null())
    if 2 * unusable.height > given.height or not given.height:
        told = f" ({'; '.join(map(in_words, _left_out(unusable)))})" if unusable.height else ""
        raise InputError(
            f"{place} holds no star from 1 to 5 in {unusable.height or rows.height} of {rows.height} rows,"
            f" read on the scale {scale}{told}; declare the scale with --rating-scale, or name another column"
            " with --gold-column"
        )


def _left_out(rows: pl.DataFrame) -> list[LeftOut]:
    parts = {reason: rows.filter(pl.col("left_out") == reason) for reason in WORDS}
    return [
        LeftOut(reason, part.height, part["source_row"].head(_SHOWN).to_list(), _values(part, reason))
        for reason, part in parts.items()
        if part.height
    ]


def _values(rows: pl.DataFrame, reason: str) -> list[str]:
    if reason not in _UNUSABLE:
        return []
    short = rows["gold"].filter(rows["gold"].str.len_chars() <= _LONGEST).unique(maintain_order=True)
    return [protect_text(value)[0] for value in short.head(_SHOWN)]


def in_words(left_out: LeftOut) -> str:
    """Return `2 not a rating: 'x', '-' (rows 5, 9)`."""
    values = f": {', '.join(map(repr, left_out.values))}" if left_out.values else ""
    more = ", ..." if left_out.n > len(left_out.rows) else ""
    rows = f"row{'s' * (left_out.n > 1)} {', '.join(map(str, left_out.rows))}{more}"
    return f"{left_out.n} {WORDS[left_out.reason]}{values} ({rows})"
