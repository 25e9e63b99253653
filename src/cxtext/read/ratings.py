"""Stated ratings: which scale they are on, and where they lie on 1..5.

A scale is declared, or assumed (read.rating_scales). Where none fits, the ratings are null.
"""

from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError, UsageError
from cxtext.read.rating_scales import (
    SCALES,
    WORDS,
    are_shares,
    assume_scale,
    count_off,
    doubt,
    is_off,
    nearly_all_worded,
    remedy,
    words_run_against,
)
from cxtext.read.scores import score_range, score_values
from cxtext.schema.columns import StatedReason

_CONTRADICTED_FROM: Final = 0.2  # share of values off a declared scale
_SHOWN: Final = 5  # ratings off the scale that a warning names

_STATED: Final = {
    "stated_rating": pl.Float64(),
    "stated_scale": pl.String(),
    "stated_rating_1_5": pl.Float64(),
    "stated_reason": pl.String(),
}


class Ratings(NamedTuple):
    """The stated columns of schema.columns.COMMENTS, the scale, and what the user should know."""

    frame: pl.DataFrame
    scale: str | None
    assumed: bool
    warnings: tuple[str, ...]


def no_ratings(rows: int) -> pl.DataFrame:
    """Return the stated columns of rows that hold no rating."""
    return pl.select(
        *(pl.lit(None, dtype).alias(name) for name, dtype in _STATED.items() if name != "stated_reason"),
        stated_reason=pl.lit(StatedReason.MISSING.value),
    ).select(pl.all().repeat_by(rows).explode() if rows else pl.all().head(0))


def read_ratings(
    values: pl.Series,
    family: str,
    declared: str | None,
    where: str,
    *,
    may_differ: bool = False,
    rows: pl.Series | None = None,
) -> Ratings:
    """Return the ratings of a column whose name is of a family (rating or satisfaction).

    With `may_differ` the assumed scale is used where the values contradict the declared one. `rows` are the
    numbers by which warnings name rows, from 1 where there are none. Words decide where the numbers beside them
    run the other way, whatever is declared.

    Raises
    ------
    UsageError: there is no such scale. InputError: the values contradict the declared scale.
    """
    scores = score_values(values)
    place = f"{where}: column {values.name!r}"
    scale, told = _settle(scores, values.name, family, declared, place, may_differ=may_differ)
    placed = _place(scores, scale)
    frame = _look_up(values, placed)
    assumed = scale not in (None, WORDS, declared)
    rows = pl.int_range(1, len(values) + 1, eager=True) if rows is None else rows
    warnings = (*told, *_warnings(frame, scores, scale, place, _strays(values, frame, scores, rows)))
    return Ratings(frame, scale, assumed, warnings)


def _settle(
    scores: pl.DataFrame, name: str, family: str, declared: str | None, place: str, *, may_differ: bool
) -> tuple[str | None, tuple[str, ...]]:
    if declared not in (None, WORDS, *SCALES):
        raise UsageError(f"rating scale {declared!r} is unknown; choose from {', '.join((*SCALES, WORDS))}")
    if declared != WORDS and words_run_against(scores):
        told = f"{place}: read by its words, which run against its numbers (the lowest number is the best)"
        return (WORDS, (told,)) if nearly_all_worded(scores) else (None, ())
    if declared is None:
        scale = assume_scale(scores, name, family)
        why = doubt(scores, name, family, scale)
        return scale, (f"{place}: {why}",) if why else ()
    contradiction = _contradiction(scores, declared, place)
    if contradiction is None:
        return declared, ()
    assumed = assume_scale(scores, name, family) if may_differ else None
    if assumed is None:
        raise InputError(contradiction)
    return assumed, (f"{place}: read as {assumed}, since its values contradict the declared {declared}",)


def to_1_5(rating: pl.Expr, scale: str) -> pl.Expr:
    """Map a scale onto 1..5: 1 + 4 (x - low) / (high - low)."""
    low, high = SCALES.get(scale, (1, 5))
    return 1 + 4 * (rating - low) / (high - low)


def _contradiction(scores: pl.DataFrame, declared: str, place: str) -> str | None:
    numbers = scores.filter(pl.col("number").is_not_null())
    n = int(numbers["count"].sum())
    if declared == WORDS:
        worded = scores.filter(pl.col("word").is_not_null()).height
        told = f"{place} holds numbers, not words; give their scale with --rating-scale"
        return told if n and not worded else None
    off = count_off(numbers, declared)
    if off > 1 and off >= _CONTRADICTED_FROM * n:
        return (
            f"{place}: {off} of {n} ratings are off the declared scale {declared}; give the scale they are on"
        )
    if declared == "0-100" and are_shares(numbers):
        return f"{place}: all {n} ratings are fractions of 1, not 0-100; multiply them by 100"
    return None


def _place(scores: pl.DataFrame, scale: str | None) -> pl.DataFrame:
    """Return per answer its rating on the scale, its place on 1..5 and the reason where it has none."""
    if scale is None:
        rating = pl.lit(None, pl.Float64)
        reason = pl.lit(StatedReason.SCALE_UNKNOWN.value)
        on_1_5 = rating
    elif scale == WORDS:
        rating = on_1_5 = pl.col("word").cast(pl.Float64)
        reason = pl.lit(StatedReason.NOT_A_RATING.value)
    else:
        off = is_off(scale)
        rating = pl.when(~off).then("number")
        reason = pl.when(off).then(pl.lit(StatedReason.OFF_SCALE.value))
        reason = (
            pl.when(pl.col("number").is_null())
            .then(pl.lit(StatedReason.NOT_A_RATING.value))
            .otherwise(reason)
        )
        on_1_5 = to_1_5(rating, scale)
    return scores.select(
        "value",
        stated_rating=rating,
        stated_scale=pl.when(rating.is_not_null()).then(pl.lit(scale)).otherwise(pl.lit(None, pl.String)),
        stated_rating_1_5=on_1_5,
        stated_reason=pl.when("missing")
        .then(pl.lit(StatedReason.MISSING.value))
        .when(rating.is_null())
        .then(reason),
    )


def _look_up(values: pl.Series, placed: pl.DataFrame) -> pl.DataFrame:
    keys = pl.DataFrame(
        {"value": values.cast(pl.String, strict=False) if not values.dtype.is_nested() else None}
    )
    keys = (
        keys
        if keys.height == len(values)
        else pl.DataFrame({"value": [None] * len(values)}, {"value": pl.String})
    )
    found = keys.join(placed, on="value", how="left", maintain_order="left", nulls_equal=True)
    return found.select(*_STATED).cast(pl.Schema(_STATED))


def _warnings(
    frame: pl.DataFrame, scores: pl.DataFrame, scale: str | None, place: str, strays: str
) -> list[str]:
    counts = dict(frame["stated_reason"].value_counts().rows())
    numbers = scores.drop_nulls("number")
    n = int(scores.filter(~pl.col("missing"))["count"].sum())
    told: list[str] = []
    if scale is None and counts.get(StatedReason.SCALE_UNKNOWN, 0):
        span = score_range(numbers) if numbers.height else "no numbers"
        told.append(f"{place}: scale unknown ({span}), {n} ratings left out; {remedy(numbers)}")
    if counts.get(StatedReason.OFF_SCALE, 0):
        told.append(
            f"{place}: left out {counts[StatedReason.OFF_SCALE]} of {n} ratings: off the scale {scale}"
            f" ({strays})"
        )
    if counts.get(StatedReason.NOT_A_RATING, 0):
        told.append(f"{place}: left out {counts[StatedReason.NOT_A_RATING]} of {n} answers: not a rating")
    return told


def _strays(values: pl.Series, frame: pl.DataFrame, scores: pl.DataFrame, rows: pl.Series) -> str:
    """Return the first ratings off the scale with their rows: `99 in row 41`; numbers only, never a text."""
    if StatedReason.OFF_SCALE.value not in frame["stated_reason"]:
        return ""
    off = pl.DataFrame({"value": values.cast(pl.String, strict=False), "row": rows}).filter(
        frame["stated_reason"] == StatedReason.OFF_SCALE.value
    )
    found = off.join(scores.select("value", "number"), on="value", maintain_order="left")
    shown = [f"{number:g} in row {row}" for row, number in found.select("row", "number").head(_SHOWN).rows()]
    return ", ".join((*shown, "...") if found.height > _SHOWN else shown)
