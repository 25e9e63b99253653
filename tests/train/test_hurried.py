"""Comments as hurried customers type them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.train.stars.hurried import hurried, hurried_rows

PRAISE = {
    "fr": "J'ai été très bien reçu, l'équipe est à l'écoute. Je reviendrai !",
    "da": "Fik svar på mit spørgsmål, og æsken kom hurtigt, så alt er godt.",
    "en": "I couldn't fault them, it's been great; they don't let you down.",
}


def variants(language: str) -> set[str]:
    """Return what 200 seeds make of the praise."""
    return {hurried(PRAISE[language], language, str(seed)) for seed in range(200)}


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("fr", "ete"),
        ("fr", "j ai"),
        ("da", "spoergsmaal"),
        ("da", "sporgsmal"),
        ("en", "couldnt"),
        ("en", "its"),
    ],
)
def test_habits_of_a_language_occur(language: str, typed: str) -> None:
    """Accents, apostrophes and Danish letters as keyboards and haste make them."""
    assert any(typed in text.lower() for text in variants(language))


def test_some_comments_stay_as_they_are() -> None:
    """Not everyone is in a hurry."""
    assert PRAISE["en"] in variants("en")


@given(st.text(min_size=1), st.sampled_from(["nl", "fr", "da", "en"]), st.text(max_size=3))
def test_the_same_text_and_seed_give_the_same_and_never_nothing(text: str, language: str, seed: str) -> None:
    """So a training run can be made again."""
    found = hurried(text, language, seed)
    assert found.strip()
    assert hurried(text, language, seed) == found


def test_rows_keep_all_but_their_text() -> None:
    """The rating is of the same experience."""
    rows = pl.DataFrame({"id": ["1", "2"], "lang": ["fr", "fr"], "text": [PRAISE["fr"]] * 2, "stars": [5, 5]})
    found = hurried_rows(rows)
    assert found.drop("text").equals(rows.drop("text"))
    assert found["text"][0] != found["text"][1]
