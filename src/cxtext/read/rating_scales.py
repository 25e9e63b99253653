"""Which scale ratings that nobody declared are on: told by the answers, the column's name and the values."""

from typing import Final

import polars as pl

from cxtext.read.recognise import scale_in_name

SCALES: Final = {"1-5": (1, 5), "1-7": (1, 7), "1-10": (1, 10), "0-10": (0, 10), "0-100": (0, 100)}
WORDS: Final = "words"
FEW: Final = 10  # values too few to tell anything from their range
_ASSUMED_FROM_NAME: Final = {"rating": "1-5", "nps": "0-10"}
_ASSUMED_FROM_TOP: Final = {5.0: "1-5", 7.0: "1-7", 10.0: "0-10", 100.0: "0-100"}
# Of 30 customers who may give 0 to 10, even 15% above 7 leave one in 130 samples without any.
_MANY: Final = 30
_DIFFERENT: Final = 3  # values of which a narrow scale is sure
_STRAY_FROM: Final = 20  # values among which a single one off the scale is a slip
_STRAY_SHARE: Final = 0.02
_FAR_SHARE: Final = 0.05  # the same of values off 0 to 10, which speak for no wider scale


def assume_scale(scores: pl.DataFrame, name: str, family: str) -> str | None:
    """Return the scale of answers (read.scores.score_values) in a column of a name and family, None if unclear.

    It holds nearly every value: a slip of the pen, such as 99 among 1 to 5, changes nothing.
    """
    numbers, words = scores.filter(pl.col("number").is_not_null()), scores.filter(_only_word())
    if words["count"].sum() > numbers["count"].sum():
        return WORDS
    if are_shares(numbers):
        return None
    tops = numbers.drop_nulls("out_of").group_by("out_of").agg(pl.col("count").sum()).sort("count", "out_of")
    from_top = _ASSUMED_FROM_TOP.get(tops["out_of"][-1]) if tops.height else None
    from_family = _of_satisfaction(numbers) if family == "satisfaction" else _ASSUMED_FROM_NAME.get(family)
    candidates = (scale_in_name(name), from_top, from_family)
    return next((scale for scale in candidates if scale in SCALES and _holds(numbers, scale)), None)


def is_off(scale: str) -> pl.Expr:
    """Return whether a number lies off a scale, or names the top of another."""
    low, high = SCALES[scale]
    names_other_top = pl.col("out_of").is_not_null() & (pl.col("out_of") != high)
    return ~pl.col("number").is_between(low, high) | names_other_top


def count_off(numbers: pl.DataFrame, scale: str) -> int:
    """Return how many numbers are off a scale."""
    return int(numbers.filter(is_off(scale))["count"].sum())


def are_shares(numbers: pl.DataFrame) -> bool:
    """Return whether these are shares, as 0.61, written without percent: nobody rates so."""
    values = numbers["number"]
    return (
        int(numbers["count"].sum()) >= FEW
        and bool(values.is_between(0, 1).all())
        and bool((values % 1 != 0).any())
    )


def doubt(scores: pl.DataFrame, name: str, family: str, scale: str | None) -> str | None:
    """Return why a scale that only the values of a satisfaction column tell may be another, None if it is sure."""
    numbers = scores.filter(pl.col("number").is_not_null())
    told = scale_in_name(name) == scale or numbers["out_of"].null_count() < numbers.height
    if family != "satisfaction" or scale not in SCALES or told:
        return None
    n = int(numbers["count"].sum())
    within = numbers.filter(~is_off(scale))["number"]
    if scale == "1-7" or (scale == "1-5" and (n < _MANY or within.n_unique() < _DIFFERENT)):
        top = SCALES[scale][1]
        none = "nearly none" if (numbers["number"] > top).any() else "no value"
        return f"assumed to be {scale}, since {none} is above {top}; if it is 0-10: --rating-scale 0-10"
    if scale == "0-10" and n >= FEW and not (within > 7).any():
        return "assumed to be 0-10, but no value is above 7; if it is another: --rating-scale 1-7 or 1-10"
    return None


def words_run_against(scores: pl.DataFrame) -> bool:
    """Return whether better words stand beside lower numbers: `1 - very satisfied`, `5 - very dissatisfied`."""
    labelled = scores.drop_nulls(["number", "word"])
    lean = ((labelled["number"] - labelled["number"].mean()) * labelled["word"]).sum()
    return labelled.height > 1 and lean < 0


def nearly_all_worded(scores: pl.DataFrame) -> bool:
    """Return whether words alone tell what the numbered answers say."""
    numbers = scores.filter(pl.col("number").is_not_null())
    n = int(numbers["count"].sum())
    return int(numbers.filter(pl.col("word").is_null())["count"].sum()) <= _strays(n)


def remedy(numbers: pl.DataFrame) -> str:
    """Return what to do about ratings whose scale is unknown: only scales that hold the values are named."""
    if are_shares(numbers):
        return "multiply fractions by 100"
    if words_run_against(numbers):
        return "its words run against its numbers: turn the numbers round, so that the highest is the best"
    high = int(numbers.filter(pl.col("number") > 10)["count"].sum()) * 2 > numbers["count"].sum()
    scales = [scale for scale in SCALES if (scale == "0-100") == high and _holds(numbers, scale)]
    if not scales:
        return "no scale holds them: correct the values"
    declared = " or ".join(f"--rating-scale {scale}" for scale in scales)
    if "1-10" not in scales and not (numbers["number"] > 5).any():
        return f"declare it if it is 0-10 ({declared}), else bring it to 1-5 first"
    return f"declare it: {declared}"


def _only_word() -> pl.Expr:
    return pl.col("word").is_not_null() & pl.col("number").is_null()


def _holds(numbers: pl.DataFrame, scale: str) -> bool:
    n, off = int(numbers["count"].sum()), count_off(numbers, scale)
    near = count_off(numbers.filter(pl.col("number").is_between(0, 10)), scale)
    return near <= _strays(n) and off <= _strays(n, _FAR_SHARE)


def _strays(n: int, share: float = _STRAY_SHARE) -> int:
    return max(1, int(share * n)) if n >= _STRAY_FROM else 0


def _of_satisfaction(numbers: pl.DataFrame) -> str | None:
    """Return the scale that the values of a satisfaction column speak for.

    Customers asked for 0 to 10 nearly always give some values above 7; those asked for 1 to 5 or 1 to 7 never.
    Without several different values, or with a scale's top missing among few, nothing is certain enough.
    """
    if numbers.is_empty():
        return "0-10"
    if _holds(numbers, "1-5"):
        within = numbers.filter(~is_off("1-5"))["number"]
        # A column of 1 and 2 may be yes and no.
        return "1-5" if within.n_unique() > 1 and (within > 2).any() else None
    if _holds(numbers, "1-7"):
        sure = int(numbers["count"].sum()) >= _MANY and (numbers["number"] == 7).any()
        return "1-7" if sure else None
    above = int(numbers.filter(pl.col("number") > 5)["count"].sum())
    return "0-10" if above > _strays(int(numbers["count"].sum())) else None
