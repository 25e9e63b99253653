"""The words named are those that move the score, and the spans point at them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.engines import load_star_engine
from cxtext.engines.cascade import CascadeEngine
from cxtext.engines.evidence import LONG, MOST, explain, without, word_spans
from cxtext.engines.readable import MAX_CHARACTERS
from cxtext.protect.texts import LABELS
from cxtext.schema.protocols import Evidence, StarEngine, Stars

TEXTS = {
    "nl": "Heel tevreden over de levering, maar de klantenservice was waardeloos en onbeschoft.",
    "fr": "Livraison rapide et personnel tre\u0300s aimable 👍 mais l'emballage e\u0301tait abîmé.",
    "da": "Dårlig service, men en venlig medarbejder hjalp mig til sidst.",
    "en": "Terrible, I don't recommend it ❤️ 👍🏽 :)",
}
EFFECT = {"good": 1.0, "great": 2.0, "fair": 0.5, "bad": -1.5, "awful": -3.0}


@dataclass
class WordEngine:
    """Adds up EFFECT of the words of a text, around 3 stars; without a word there is no score."""

    name: str = "words"
    factor: float = 1.0
    languages: tuple[str, ...] = ("en",)
    asked: int = 0

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return stars between two of which the rating lies."""
        assert len(texts) == len(languages) == len(questions)
        self.asked += len(texts)
        shares = np.full((len(texts), 5), np.nan)
        for row, text in enumerate(texts):
            words = text.replace(",", " ").split()
            if any(map(str.isalpha, words)):
                rating = min(max(3 + self.factor * sum(EFFECT.get(word, 0) for word in words), 1), 5)
                shares[row] = np.maximum(1 - np.abs(np.arange(1, 6) - rating), 0)
        return Stars(shares, np.zeros(len(texts), dtype=bool))


def evidence(engine: StarEngine, text: str, language: str = "en") -> list[Evidence]:
    """Return the evidence of one text."""
    return explain(engine, [text], [language], [None])[0]


def rating(engine: StarEngine, text: str, language: str = "en") -> float:
    """Return the inferred rating of one text."""
    return float(engine.predict([text], [language], [None]).probabilities[0] @ np.arange(1, 6))


def test_the_words_that_move_the_rating_are_named_largest_first() -> None:
    """With what the rating falls without them; words that change nothing are not named."""
    assert evidence(WordEngine(), "the good room, bad food") == [Evidence(15, 18, -1.5), Evidence(4, 8, 1.0)]


@pytest.mark.parametrize("language", TEXTS)
def test_leaving_out_a_word_changes_the_rating_by_its_weight(language: str) -> None:
    """Of the shipped linear model, for every word named, in the direction of its weight."""
    engine, text = load_star_engine("linear"), TEXTS[language]
    found = evidence(engine, text, language)
    assert found
    for word in found:
        assert word.weight is not None
        rest = text[: word.start] + text[word.end :]
        fall = rating(engine, text, language) - rating(engine, rest, language)
        assert fall == pytest.approx(word.weight, abs=1e-4)
        assert np.sign(fall) == np.sign(word.weight)


def test_praise_and_complaint_are_told_apart() -> None:
    """The complaint of a mixed comment weighs below zero, its praise above."""
    text = TEXTS["nl"]
    weights = {text[w.start : w.end]: w.weight for w in evidence(load_star_engine("linear"), text, "nl")}
    assert weights["waardeloos"] < 0
    assert weights["tevreden"] > 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Très bien, c\u2019est ça!", ["Très", "bien", "c\u2019est", "ça"]),
        ("tre\u0300s re\u0301actif", ["tre\u0300s", "re\u0301actif"]),
        ("don't e-mail -me-", ["don't", "e-mail", "me"]),
        ("top👍🏽👍 ❤️ 👩\u200d🔧 🇩🇰", ["top", "👍🏽", "👍", "❤️", "👩\u200d🔧", "🇩🇰"]),
        ("ok :) zie https://x.nl", ["ok", ":)", "zie", "https", "x", "nl"]),
        ("10 dagen, 3x", ["10", "dagen", "3x"]),
        ("", []),
        ("... !!", []),
    ],
)
def test_words_are_whole(text: str, words: list[str]) -> None:
    """With their accents, composed or not, apostrophes and hyphens; an emoji with its skin tone or flag."""
    assert [text[start:end] for start, end in word_spans(text)] == words


@pytest.mark.parametrize("label", LABELS)
def test_a_placeholder_is_no_word(label: str) -> None:
    """It is not what the customer wrote."""
    text = f"bel [{label}] nu"
    assert [text[start:end] for start, end in word_spans(text)] == ["bel", "nu"]


@given(st.text(st.sampled_from("aé\u0301 '-👍🏽\ufe0f\u200d.[]E:)1"), max_size=40))
def test_spans_follow_each_other_within_the_text(text: str) -> None:
    """None is empty, none overlaps."""
    ends = [0, *(place for span in word_spans(text) for place in span), len(text)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in word_spans(text))


def test_only_one_space_is_left_where_a_word_was() -> None:
    """As if it had never been written."""
    assert [without("a bad day", span) for span in ((0, 1), (2, 5), (6, 9))] == ["bad day", "a day", "a bad "]


def test_a_word_without_which_nothing_is_left_has_no_weight() -> None:
    """It stands first: it decides alone."""
    assert evidence(WordEngine(), "good 👍") == [Evidence(0, 4, None)]


def test_a_text_without_a_score_has_no_evidence() -> None:
    """Nothing moved what is not there."""
    assert evidence(WordEngine(), "👍 :) 12") == []


def test_at_most_five_words_and_ties_in_text_order() -> None:
    """Of four words that weigh alike the first three have a place left."""
    text = "good good bad good awful good"
    found = evidence(WordEngine(), text)
    assert [text[word.start : word.end] for word in found] == ["awful", "bad", "good", "good", "good"]
    assert [word.start for word in found[2:]] == [0, 5, 14]
    assert len(found) == MOST


def test_a_long_comment_is_searched_by_passages() -> None:
    """The word is found wherever it stands, without as many scorings as there are words."""
    engine = WordEngine()
    filler = "and so on " * LONG
    text = filler + "awful " + filler
    assert [text[w.start : w.end] for w in evidence(engine, text)] == ["awful"]
    assert engine.asked < len(word_spans(text))


def test_what_an_engine_does_not_read_is_no_evidence() -> None:
    """Leaving out a word must not bring in what came after the end."""
    text = "good " + "x" * (MAX_CHARACTERS - 5) + " bad"
    found = evidence(load_star_engine("linear"), text)
    assert all(word.end <= MAX_CHARACTERS for word in found)


def test_neighbours_and_order_change_nothing() -> None:
    """Each text has the same evidence alone, together and reversed."""
    engine, questions = load_star_engine("linear"), [None] * len(TEXTS)
    together = explain(engine, list(TEXTS.values()), list(TEXTS), questions)
    alone = [evidence(engine, text, language) for language, text in TEXTS.items()]
    reverse = explain(engine, list(TEXTS.values())[::-1], list(TEXTS)[::-1], questions)
    assert together == alone == reverse[::-1]
    assert explain(engine, [], [], []) == []


def test_of_an_unknown_language_emoji_alone_are_evidence() -> None:
    """No word was read."""
    text = "wunderbar 👍 👎"
    found = evidence(load_star_engine("linear"), text, "")
    assert {text[word.start : word.end] for word in found} <= {"👍", "👎"}


def test_a_cascade_explains_with_the_engine_that_answered() -> None:
    """A text that the fast engine is sure of stays with it, also without the word that made it sure."""
    fast, strong = WordEngine(), WordEngine("strong", factor=-0.5)
    cascade = CascadeEngine(fast, strong, 0.9, 0.0)
    sure, unsure = "good fair", "fair"
    found = explain(cascade, [sure, unsure, "👍"], ["en"] * 3, [None] * 3)
    assert found == [[Evidence(0, 4, 1.0), Evidence(5, 9, 0.5)], [Evidence(0, 4, None)], []]
    assert explain(cascade, ["fair day"], ["en"], [None]) == [[Evidence(0, 4, -0.25)]]
