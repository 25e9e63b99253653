"""Texts without control characters and broken encodings."""

import polars as pl
import pytest

from cxtext.read.clean import clean_texts

WHOLE = [
    "Très déçu, c'est l\u2019été",
    "Så dårlig €5 \u2013 ærgerligt",
    "« Bon marché » … «café»",
    "Ünïcödé 😀👍🏽",
    "naïve Ân",
    "ËÏÖ",
    "tu ¿qué?",
    "plain",
]


def clean(values: list[str | None]) -> tuple[list[str | None], int, int]:
    """Clean one column."""
    cleaned = clean_texts(pl.DataFrame({"text": pl.Series(values, dtype=pl.String)}), ("text",))
    return cleaned.frame["text"].to_list(), cleaned.removed, cleaned.repaired


def test_whole_texts_stay_as_they_are() -> None:
    """Accents, quotes, currency and emoji are no damage."""
    assert clean([*WHOLE, None]) == ([*WHOLE, None], 0, 0)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_broken_characters_are_repaired(encoding: str) -> None:
    """UTF-8 that was read as something else comes back."""
    broken = "Très déçu, ærgerligt".encode().decode(encoding)
    assert clean([broken, "fine"]) == (["Très déçu, ærgerligt", "fine"], 0, 1)


def test_control_characters_are_removed_from_every_text_column() -> None:
    """Line breaks and tabs stay."""
    frame = pl.DataFrame({"text": ["a\x00b\x1b\n\tc"], "other": ["\x07"], "n": [1]})
    cleaned = clean_texts(frame, ("text",))
    assert cleaned.frame.rows() == [("ab\n\tc", "", 1)]
    assert cleaned.removed == 3
