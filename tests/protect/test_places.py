"""Places in a protected text are found again in the original, or given up; never a wrong one."""

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.protect import protect_text
from cxtext.protect.places import in_original, kept_parts
from cxtext.schema.columns import EVIDENCE


def moved(protected: str, original: str, *words: str) -> list[str]:
    """Return what the spans of the words of a protected text show in the original."""
    spans: list[dict[str, Any]] = [
        {
            "start": protected.index(word),
            "end": protected.index(word) + len(word),
            "word": word,
            "weight": 0.0,
        }
        for word in words
    ]
    found = in_original(pl.Series([spans], dtype=EVIDENCE), pl.Series([protected]), pl.Series([original]))
    assert found.dtype == EVIDENCE
    assert all(span["word"] == original[span["start"] : span["end"]] for span in found[0])
    return [span["word"] for span in found.to_list()[0]]


def test_words_before_between_and_after_placeholders_are_found() -> None:
    """Two placeholders, of other lengths than what they replace."""
    original = "Mail me@example.nl of bel 06-12345678, re\u0301actif 👍"
    protected, kinds = protect_text(original, "NL")
    assert kinds == ["EMAIL", "PHONE"]
    assert moved(protected, original, "Mail", "of", "bel", "re\u0301actif", "👍") == [
        *("Mail", "of", "bel", "re\u0301actif", "👍")
    ]


def test_a_word_that_could_stand_in_two_places_is_given_up() -> None:
    """What was replaced may have held the same word; the ends of the text are certain."""
    assert moved("a [EMAIL] or [EMAIL] b", "a x or x or x b", "a", "or", "b") == ["a", "b"]


def test_what_never_came_from_the_original_is_given_up() -> None:
    """No placeholder, yet another text; or placeholders around words that are not there."""
    assert moved("good", "goods", "good") == []
    assert moved("a [EMAIL] or [PHONE] b", "a 1 and 2 b", "or") == []


def test_a_placeholder_that_was_written_by_the_customer_stays_where_it_is() -> None:
    """It is in both texts."""
    assert moved("[EMAIL] bel [EMAIL] nu", "[EMAIL] bel x@y.nl nu", "bel", "nu") == ["bel", "nu"]


def test_rows_without_spans_or_text_stay() -> None:
    """Null spans, no spans, null text, same text."""
    spans = pl.Series([None, [], None, [{"start": 0, "end": 1, "word": "a", "weight": None}]], dtype=EVIDENCE)
    found = in_original(
        spans, pl.Series(["[EMAIL]", "b [EMAIL]", None, "a"]), pl.Series(["x", "b x", None, "a"])
    )
    assert found.to_list() == spans.to_list()


@pytest.mark.parametrize(
    "words", [st.sampled_from(["bel", "of", "en", "06-12345678", "me@example.nl", "[PHONE]"])]
)
def test_every_place_is_the_right_one(words: Any) -> None:
    """Of any mixture: each part kept is the same text in both."""

    @given(st.lists(words, max_size=8))
    def check(parts: list[str]) -> None:
        original = " ".join(parts)
        protected, _ = protect_text(original, "NL")
        for start, end, off in kept_parts(protected, original):
            assert protected[start:end] == original[start + off : end + off]

    check()
