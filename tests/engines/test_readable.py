"""What of a text an engine reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.engines import load_star_engine
from cxtext.engines.readable import has_evidence, readable


@pytest.mark.parametrize(
    "stamp",
    [
        "Datum van ervaring: 10 augustus 2023",
        "Date de l'expérience: 1er août 2022",
        "Dato for oplevelse: 3. maj 2024",
        "Date of experience: June 10, 2023",
    ],
)
def test_the_date_that_a_review_page_stamps_on_a_review_is_blanked(stamp: str) -> None:
    """What was written around it stays, each character in its place."""
    text = f"Prima. {stamp} Bedankt"
    assert readable(text, "nl") == (f"Prima. {' ' * len(stamp)} Bedankt", False)


def test_a_date_that_the_customer_tells_is_read() -> None:
    """Only the page's own line goes."""
    text = "Date of delivery: 10 June 2023, date of experience: too long ago"
    assert readable(text, "en") == (text, False)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("DES PROFESSIONNELS, TRÈS SÉRIEUX ! Merci", "des professionnels, très sérieux ! Merci"),
        ("ALDRIG BØVL", "aldrig bøvl"),
        ("J'AI TOUT REÇU", "j'ai tout reçu"),
        ("The NHS GP was a GREAT help", "The NHS GP was a GREAT help"),
        ("A B test", "A B test"),
    ],
)
def test_words_in_a_row_in_capitals_are_read_in_small_letters(typed: str, read: str) -> None:
    """A single word, and short abbreviations, keep theirs."""
    assert readable(typed, "en") == (read, False)


@given(st.text())
def test_characters_keep_their_places(text: str) -> None:
    """So the spans of the words that moved a score are those of the comment as it was written."""
    assert len(readable(text, "en")[0]) == len(text)


def test_praise_in_capitals_is_praise() -> None:
    """Capitals alone are not anger."""
    small, loud = (
        load_star_engine("transformer")
        .predict(
            ["accueil rapide et prix attractifs, merci", "ACCUEIL RAPIDE ET PRIX ATTRACTIFS, MERCI"],
            ["fr", "fr"],
            [None, None],
        )
        .probabilities
    )
    assert loud.tolist() == pytest.approx(small.tolist())


@pytest.mark.parametrize("engine", ["linear", "transformer", "cascade"])
def test_a_review_of_nothing_but_the_stamp_gives_no_stars(engine: str) -> None:
    """An export without titles leaves the date alone of a review that is a title."""
    found = load_star_engine(engine).predict(["Date de l'expérience: 25 septembre 2023"], ["fr"], [None])
    assert np.isnan(found.probabilities).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", False), ("12 3", False), ("RAS", False), ("Rien à signaler", True), ("ok", True), (":-)", True)],
)
def test_evidence_is_a_word_or_a_sign(text: str, expected: bool) -> None:
    """Digits and answers that mean "none" are no evidence."""
    assert has_evidence(text, None) is expected


@pytest.mark.parametrize("spec", ["linear", "transformer", "cascade"])
def test_an_empty_answer_says_nothing_to_any_engine(spec: str) -> None:
    """Alone, in any of the languages; to a question "no" and "none" are answers."""
    engine = load_star_engine(spec)
    said = {
        "nl": ["nee", "geen", "Geen opmerkingen"],
        "da": ["Nej.", "ingen"],
        "fr": ["non", "aucun", "rien"],
    }
    said["en"] = ["No!", "nothing", "no comment", "None"]
    texts = [text for of in said.values() for text in of]
    languages = [language for language, of in said.items() for _ in of]
    alone = engine.predict(texts, languages, [None] * len(texts)).probabilities
    assert np.isnan(alone).all()
    asked = engine.predict(["geen"], ["nl"], ["Wat kan er beter?"]).probabilities
    assert not np.isnan(asked).any()
