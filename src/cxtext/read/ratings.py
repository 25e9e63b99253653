"""Stated ratings: which scale they are on, and where they lie on 1..5.

A scale is declared, or assumed: from the answers themselves (`9/10`), else from the column's name, if it
holds every value. Where none does, the ratings are null.
"""

from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError, UsageError
from cxtext.read.recognise import scale_in_name
from cxtext.read.scores import score_range, score_values
from cxtext.schema.columns import StatedReason

SCALES: Final = {"1-5": (1, 5), "1-7": (1, 7), "1-10": (1, 10), "0-10": (0, 10), "0-100": (0, 100)}
WORDS: Final = "words"
_ASSUMED_FROM_NAME: Final = {"rating": "1-5", "satisfaction": "0-10", "nps": "0-10"}
_ASSUMED_FROM_TOP: Final = {5.0: "1-5", 7.0: "1-7", 10.0: "0-10", 100.0: "0-100"}
_CONTRADICTED_FROM: Final = 0.2  # share of values off a declared scale
_FEW: Final = 10  # values too few to tell anything from their range

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
    values: pl.Series, family: str, declared: str | None, where: str, *, may_differ: bool = False
) -> Ratings:
    """Return the ratings of a column whose name is of a family (rating or satisfaction).

    With `may_differ` the scale assumed from the name is used where the values contradict the declared one.

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
    warnings = (*told, *_warnings(frame, scores, scale, place, assumed=assumed))
    return Ratings(frame, scale, assumed, warnings)


def _settle(
    scores: pl.DataFrame, name: str, family: str, declared: str | None, place: str, *, may_differ: bool
) -> tuple[str | None, tuple[str, ...]]:
    if declared is None:
        return _assume(scores, name, family), ()
    contradiction = _contradiction(scores, declared, place)
    if contradiction is None:
        return declared, ()
    assumed = _assume(scores, name, family) if may_differ else None
    if assumed is None:
        raise InputError(contradiction)
    return assumed, (f"{place}: read as {assumed}, since its values contradict the declared {declared}",)


def to_1_5(rating: pl.Expr, scale: str) -> pl.Expr:
    """Map a scale onto 1..5: 1 + 4 (x - low) / (high - low)."""
    low, high = SCALES.get(scale, (1, 5))
    return 1 + 4 * (rating - low) / (high - low)


def _assume(scores: pl.DataFrame, name: str, family: str) -> str | None:
    numbers, words = scores.filter(pl.col("number").is_not_null()), scores.filter(_only_word())
    if words["count"].sum() > numbers["count"].sum():
        return WORDS
    tops = numbers.drop_nulls("out_of").group_by("out_of").agg(pl.col("count").sum()).sort("count", "out_of")
    from_top = _ASSUMED_FROM_TOP.get(tops["out_of"][-1]) if tops.height else None
    if _are_shares(numbers):
        return None
    candidates = (scale_in_name(name), from_top, _ASSUMED_FROM_NAME.get(family))
    return next((scale for scale in candidates if scale in SCALES and not _off(numbers, scale)), None)


def _only_word() -> pl.Expr:
    return pl.col("word").is_not_null() & pl.col("number").is_null()


def _is_off(scale: str) -> pl.Expr:
    low, high = SCALES[scale]
    names_other_top = pl.col("out_of").is_not_null() & (pl.col("out_of") != high)
    return ~pl.col("number").is_between(low, high) | names_other_top


def _off(numbers: pl.DataFrame, scale: str) -> int:
    return int(numbers.filter(_is_off(scale))["count"].sum())


def _contradiction(scores: pl.DataFrame, declared: str, place: str) -> str | None:
    numbers = scores.filter(pl.col("number").is_not_null())
    n = int(numbers["count"].sum())
    if declared == WORDS:
        worded = scores.filter(pl.col("word").is_not_null()).height
        told = f"{place} holds numbers, not words; give their scale with --rating-scale"
        return told if n and not worded else None
    if declared not in SCALES:
        raise UsageError(f"rating scale {declared!r} is unknown; choose from {', '.join((*SCALES, WORDS))}")
    off = _off(numbers, declared)
    if off > 1 and off >= _CONTRADICTED_FROM * n:
        return (
            f"{place}: {off} of {n} ratings are off the declared scale {declared}; give the scale they are on"
        )
    if declared == "0-100" and _are_shares(numbers):
        return f"{place}: all {n} ratings are fractions of 1, not 0-100; multiply them by 100"
    return None


def _are_shares(numbers: pl.DataFrame) -> bool:
    """Return whether these are shares, as 0.61, written without percent: nobody rates so."""
    values = numbers["number"]
    return (
        int(numbers["count"].sum()) >= _FEW
        and bool(values.is_between(0, 1).all())
        and bool((values % 1 != 0).any())
    )


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
        off = _is_off(scale)
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
    frame: pl.DataFrame, scores: pl.DataFrame, scale: str | None, place: str, *, assumed: bool
) -> list[str]:
    counts = dict(frame["stated_reason"].value_counts().rows())
    numbers = scores.drop_nulls("number")
    n = int(scores.filter(~pl.col("missing"))["count"].sum())
    told: list[str] = []
    if scale is None and counts.get(StatedReason.SCALE_UNKNOWN, 0):
        span = score_range(numbers) if numbers.height else "no numbers"
        remedy = (
            "multiply fractions by 100" if _are_shares(numbers) else "declare it, as: --rating-scale 0-10"
        )
        told.append(f"{place}: scale unknown ({span}), {n} ratings left out; {remedy}")
    if counts.get(StatedReason.OFF_SCALE, 0):
        told.append(
            f"{place}: left out {counts[StatedReason.OFF_SCALE]} of {n} ratings: off the scale {scale}"
        )
    if counts.get(StatedReason.NOT_A_RATING, 0):
        told.append(f"{place}: left out {counts[StatedReason.NOT_A_RATING]} of {n} answers: not a rating")
    if assumed and scale == "0-10" and _never_above_half(numbers):
        told.append(
            f"{place}: assumed to be 0-10, but no value is above 5; declare the scale if it is another"
        )
    return told


def _never_above_half(numbers: pl.DataFrame) -> bool:
    top = numbers["number"].max()
    return int(numbers["count"].sum()) >= _FEW and isinstance(top, float) and top <= 5
