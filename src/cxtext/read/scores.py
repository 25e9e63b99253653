"""Answers to numbers: `9/10`, `4 uit 5`, `8,5`, stars, smileys and the words of a Likert scale."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

import polars as pl

from cxtext.read.vocabulary import normalise, plain_sign, vocabulary

_NUMBER: Final = r"[-+]?\d+(?:[.,]\d+)?"
_STARS: Final = re.compile("([★⭐✭✮🌟]+)([☆✩]*)")
_LABELLED: Final = re.compile(rf"({_NUMBER})\s*[-\u2013\u2014:=.)(]+\s*(\D*)")
# The feminine as French forms offer it beside the masculine: `satisfait(e)`, `satisfait·e`, `satisfait/e`.
_FEMININE: Final = re.compile(r"(?<=[^\W\d_])[(\u00b7\u2022\u2027\u22c5.\-/]n?e\b\)?", re.IGNORECASE)
_BLANK: Final = frozenset({"", "-", "--", ".", "?", "#N/A"})


class Score(NamedTuple):
    """What one answer says. At most one of number and word is null where it says anything."""

    number: float | None = None
    out_of: float | None = None  # the top of the scale where the answer names it
    word: int | None = None  # 1..5 on a scale of satisfaction, 5 the best
    effort: int | None = None  # 1..5 on a scale of effort, 5 the easiest
    missing: bool = False


def score_values(values: pl.Series) -> pl.DataFrame:
    """Return one row per different answer: `value` (as text), `count`, and the fields of Score."""
    texts = values.cast(pl.String, strict=False) if not values.dtype.is_nested() else _nothing(values)
    counted = texts.rename("value").value_counts(sort=False, name="count").sort("value")
    scores = [parse_score(value or "") for value in counted["value"].to_list()]
    schema = {
        "number": pl.Float64,
        "out_of": pl.Float64,
        "word": pl.Int64,
        "effort": pl.Int64,
        "missing": pl.Boolean,
    }
    return counted.hstack(pl.DataFrame(scores, schema=schema, orient="row"))


def score_range(scores: pl.DataFrame) -> str:
    """Return `1 to 7` for answers that are all numbers."""
    return "{:g} to {:g}".format(
        *scores.select(low=pl.col("number").min(), high=pl.col("number").max()).row(0)
    )


def parse_score(answer: str) -> Score:
    """Return what an answer says; all fields null where it is no score."""
    text = answer.strip()
    if text in _BLANK or normalise(text) in vocabulary().missing:
        return Score(missing=True)
    return _as_number(text) or _as_stars(text) or _as_word(text) or Score()


def _as_number(text: str) -> Score | None:
    plain, out_of, labelled = _patterns()
    match = plain.fullmatch(text)
    if match:
        top = {"%": 100.0, None: None}.get(match[2], 5.0)  # else: `4 stars`
        return Score(number=_number(match[1]), out_of=top)
    match = out_of.fullmatch(text)
    if match:
        return Score(number=_number(match[1]), out_of=_number(match[2]))
    match = labelled.fullmatch(text)
    if match:
        words = _as_word(match[2]) or Score()
        return Score(number=_number(match[1]), word=words.word, effort=words.effort)
    return None


def _as_stars(text: str) -> Score | None:
    match = _STARS.fullmatch(plain_sign(text))
    if not match:
        return None
    filled, shown = len(match[1]), len(match[1]) + len(match[2])
    return Score(number=float(filled), out_of=float(max(5, shown)))


def _as_word(text: str) -> Score | None:
    words = vocabulary()
    answer = normalise(_FEMININE.sub("", text))
    word = words.likert.get(answer) or words.signs.get(plain_sign(text))
    effort = words.effort.get(answer)
    return Score(word=word, effort=effort) if word or effort else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _nothing(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None] * len(values), pl.String)


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = vocabulary()
    stars = rf"(?:{words.stars}|étoiles?)"
    return (
        re.compile(rf"({_NUMBER})\s*(%|{stars})?", re.IGNORECASE),
        re.compile(rf"({_NUMBER})\s*(?:/|\b(?:{words.out_of})\b)\s*({_NUMBER})\s*{stars}?", re.IGNORECASE),
        _LABELLED,
    )
