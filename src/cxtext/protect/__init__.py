"""Personal data in free text becomes labelled placeholders, before anything else reads the text."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Final

import polars as pl

from cxtext.protect.columns import heading_of, numbers_as_text
from cxtext.protect.places import in_original
from cxtext.protect.texts import LABELS, SUSPICIOUS, protect_text
from cxtext.protect.words import alternatives
from cxtext.schema.columns import UnscoredReason
from cxtext.schema.results import Joined

__all__ = [
    "in_original",
    "numbers_as_text",
    "protect",
    "protect_names",
    "protect_text",
    "pseudonymise_frame",
    "pseudonymise_keys",
]

# Keys, codes and what cxtext itself wrote: never free text.
NOT_FREE_TEXT: Final = frozenset(
    {
        "id",
        "source_file",
        "language_declared",
        "market",
        "respondent_id",
        "stated_scale",
        "stated_reason",
        "ces_scale",
    }
)
KEYS: Final = ("id", "respondent_id")
# Columns whose values name groups, and so stand in every report.
NAMES: Final = ("market", "channel", "touchpoint")

_PLACEHOLDER: Final = rf"\[(?:{'|'.join(LABELS)})\]"
_BLANK: Final = r"^[\s\p{Cf}\p{Cc}\x{FE0F}]*$"  # \p{Cf}: zero-width characters, byte order marks
_NO_VALUE: Final = rf"(?i)^\s*(?:{alternatives('no_value')})\s*$"  # "NULL", "(leeg)": written by no customer
_SMALL_WORD: Final = r"\pL\pM*\p{Ll}"
_WORD: Final = r"\pL\pM*\pL"
_EMOJI: Final = r"[\p{Extended_Pictographic}--[©®™]]|\p{RI}"


def protect(frame: pl.DataFrame, *, keep: bool) -> pl.DataFrame:
    """Replace personal data in every free-text column and add the columns of schema.columns.PROTECTED.

    `personal_data` names each placeholder put into the row; `text_reason` tells why the `text` of a row
    can't be read (`empty`: blank, or what programs write for it, as `NULL`; `too_short`: no word of two letters
    and no emoji; `no_text_left`: nothing but placeholders).
    With `keep` the texts stay as they are and `personal_data` is empty.
    """
    placed = pl.Series("personal_data", [""], pl.String).new_from_index(0, frame.height)
    if not keep:
        for name in _free_text(frame):
            texts, kinds = _protected(frame, name)
            frame, placed = frame.with_columns(texts), placed + kinds
    return frame.with_columns(
        placed.str.extract_all(r"\w+").alias("personal_data"),
        _text_reasons(frame["text"]).alias("text_reason"),
    )


def protect_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace personal data in what names columns and groups: a file without a header has a comment for one."""
    present = [name for name in NAMES if frame.schema.get(name) == pl.String]
    values = {
        name: {value: protect_text(value)[0] for value in frame[name].drop_nulls().unique()}
        for name in present
    }
    return frame.with_columns(pl.col(name).replace(values[name]) for name in present).rename(
        _new_names(frame.columns)
    )


def _new_names(columns: Sequence[str]) -> dict[str, str]:
    new: dict[str, str] = {}
    for name in columns:
        protected = protect_text(name)[0]
        if protected != name:
            taken = {*columns, *new.values()}
            numbered = (f"{protected} {number}" for number in count(2))
            new[name] = next(free for free in chain([protected], numbered) if free not in taken)
    return new


def _free_text(frame: pl.DataFrame) -> list[str]:
    textual = (pl.String, pl.Categorical, pl.Enum)
    return [name for name, dtype in frame.schema.items() if dtype in textual and name not in NOT_FREE_TEXT]


def _protected(frame: pl.DataFrame, name: str) -> tuple[pl.Series, pl.Series]:
    """Return the column without personal data, and the kinds placed in each row as "EMAIL PHONE "."""
    texts = frame[name].cast(pl.String)
    kinds = pl.Series([""], dtype=pl.String).new_from_index(0, frame.height)
    rows = _suspicious(texts)
    markets = frame["market"].gather(rows) if "market" in frame.columns else [None] * len(rows)
    heading = heading_of(name)
    results = [
        protect_text(text, market, heading=heading)
        for text, market in zip(texts.gather(rows), markets, strict=True)
    ]
    placed = ["".join(f"{kind} " for kind in found) for _, found in results]
    return texts.clone().scatter(rows, [text for text, _ in results]), kinds.scatter(rows, placed)


def _suspicious(texts: pl.Series) -> pl.Series:
    return texts.str.contains(SUSPICIOUS).fill_null(value=False).arg_true()


def _text_reasons(texts: pl.Series) -> pl.Series:
    # nearly every text has a word with a small letter, which no placeholder has: only the rest is looked at
    worded = texts.str.contains(_SMALL_WORD) & ~texts.str.contains(_NO_VALUE)
    rows = (~worded.fill_null(value=False)).arg_true()
    reasons = pl.DataFrame({"text": texts.gather(rows)}).select(_text_reason())
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
    return empty.scatter(rows, reasons.to_series())


def _text_reason() -> pl.Expr:
    bare = pl.col("text").str.replace_all(_PLACEHOLDER, " ")
    blank = pl.col("text").str.contains(_BLANK) | pl.col("text").str.contains(_NO_VALUE)
    readable = bare.str.contains(_WORD) | bare.str.contains(_EMOJI)
    return (
        pl.when(pl.col("text").is_null() | blank)
        .then(pl.lit(UnscoredReason.EMPTY.value))
        .when(readable)
        .then(None)
        .when(pl.col("text").str.contains(_PLACEHOLDER))
        .then(pl.lit(UnscoredReason.NO_TEXT_LEFT.value))
        .otherwise(pl.lit(UnscoredReason.TOO_SHORT.value))
    )


def pseudonymise_keys(joined: Joined) -> Joined:
    """Replace the keys (`respondent_id`, `id`) that are personal data, once the join needs them no more.

    A key becomes its kind and the start of its SHA-256, `[EMAIL-3f2a9c017b5d]`: the same key always gives
    the same placeholder, so rows stay together across files and runs. It is a pseudonym, not anonymous: who
    knows an address can compute its placeholder. Keys that are not personal data stay.
    """
    return replace(
        joined,
        comments=pseudonymise_frame(joined.comments),
        respondents=pseudonymise_frame(joined.respondents),
        misfits=pseudonymise_frame(joined.misfits),
    )


def pseudonymise_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace the keys of one frame as `pseudonymise_keys` does."""
    keys = [key for key in KEYS if frame.schema.get(key) == pl.String]
    return frame.with_columns(_pseudonyms(frame, key) for key in keys)


def _pseudonyms(frame: pl.DataFrame, key: str) -> pl.Series:
    values = frame[key]
    rows = _suspicious(values)
    return values.clone().scatter(rows, [_pseudonym(value) for value in values.gather(rows)])


def _pseudonym(key: str) -> str:
    # without the market: a respondent has one pseudonym, whatever the row says
    _, found = protect_text(key)
    return f"[{found[0]}-{hashlib.sha256(key.encode()).hexdigest()[:12]}]" if found else key
