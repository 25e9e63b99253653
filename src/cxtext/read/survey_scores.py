"""NPS and CES answers, checked against their scales."""

from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.read.scores import score_range, score_values
from cxtext.schema.settings import Settings

_NPS_TOP: Final = 10
_ZERO_EXPECTED_FROM: Final = 100  # NPS answers without a single 0 hint at a scale that starts at 1
# CES scales lie close together: few values of 1-7 are off 1-5.
_CES_CONTRADICTED_FROM: Final = 0.2


class SurveyScores(NamedTuple):
    """The answers of a column as numbers, null where they are none, and what the user should know."""

    values: pl.Series
    warnings: tuple[str, ...]


def read_nps(values: pl.Series, where: str) -> SurveyScores:
    """Return NPS answers as whole numbers 0..10, null where they are anything else."""
    scores = score_values(values)
    number = pl.col("number")
    valid = (
        number.is_between(0, _NPS_TOP) & (number == number.round()) & pl.col("out_of").fill_null(10).eq(10)
    )
    scores = scores.with_columns(found=pl.when(valid).then(number).cast(pl.Int64))
    given = scores.filter(~pl.col("missing"))
    invalid = int(given.filter(pl.col("found").is_null())["count"].sum())
    place = f"{where}: column {values.name!r}"
    told = []
    if invalid:
        answers = int(given["count"].sum())
        told.append(f"{place}: left out {invalid} of {answers} NPS answers: not a whole number from 0 to 10")
    n = int(given.drop_nulls("found")["count"].sum())
    if n >= _ZERO_EXPECTED_FROM and 0 not in given["found"]:
        told.append(f"{place}: no 0 among {n} NPS answers; check that the scale is 0 to 10")
    return SurveyScores(_look_up(values, scores), tuple(told))


def read_ces(values: pl.Series, settings: Settings, where: str) -> SurveyScores:
    """Return CES answers as numbers on `settings.ces_scale`, null where they are off it.

    Words (`very easy`) are spread evenly over the scale by its direction, each on the answer nearest to its
    place, or halfway between two.

    Raises
    ------
    InputError: the values contradict the scale, or labelled values (`5 - very difficult`) the direction.
    """
    low, high = (int(end) for end in settings.ces_scale.split("-"))
    scores = score_values(values)
    place = f"{where}: column {values.name!r}"
    _check_direction(scores, low, high, settings, place)
    place_of_word = low + (pl.col("effort") - 1) / 4 * (high - low)
    halfway = place_of_word % 1 == 0.5
    easy = pl.when(halfway).then(place_of_word).otherwise(place_of_word.round())
    worded = easy if settings.ces_direction == "high_is_easy" else low + high - easy
    number = pl.coalesce("number", worded)
    scores = scores.with_columns(found=pl.when(number.is_between(low, high)).then(number))
    given = scores.filter(~pl.col("missing"))
    invalid = int(given.filter(pl.col("found").is_null())["count"].sum())
    _check_scale(given, settings, place)
    answers = int(given["count"].sum())
    told = (f"{place}: left out {invalid} of {answers} CES answers: off the scale {settings.ces_scale}",)
    return SurveyScores(_look_up(values, scores), told if invalid else ())


def ces_scale(settings: Settings) -> str:
    """Return scale and direction as printed beside every CES figure."""
    return f"{settings.ces_scale} {settings.ces_direction}"


def _check_scale(given: pl.DataFrame, settings: Settings, place: str) -> None:
    numbers = given.drop_nulls("number")
    n = int(numbers["count"].sum())
    off = int(numbers.filter(pl.col("found").is_null())["count"].sum())
    if off > 1 and off > _CES_CONTRADICTED_FROM * n:
        span = score_range(numbers)
        raise InputError(
            f"{place}: {off} of {n} answers ({span}) are off the CES scale {settings.ces_scale};"
            f" declare the scale they are on with --ces-scale"
        )


def _check_direction(scores: pl.DataFrame, low: int, high: int, settings: Settings, place: str) -> None:
    labelled = scores.drop_nulls(["number", "effort"])
    lean = ((labelled["number"] - (low + high) / 2) * (labelled["effort"] - 3)).sum()
    declared = 1 if settings.ces_direction == "high_is_easy" else -1
    if lean * declared < 0:
        other = "high_is_hard" if declared == 1 else "high_is_easy"
        raise InputError(
            f"{place}: its words say {other}, the setting says the reverse: --ces-direction {other}"
        )


def _look_up(values: pl.Series, scores: pl.DataFrame) -> pl.Series:
    dtype = scores.schema["found"]
    if values.dtype.is_nested():
        return pl.Series(values.name, [None] * len(values), dtype)
    return values.cast(pl.String, strict=False).replace_strict(
        scores["value"], scores["found"], default=None, return_dtype=dtype
    )
