from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.proportion import proportion_confint

from cxtext.evaluate.language import cut_to_words, evaluate_language, expected_calibration_error
from cxtext.schema.protocols import Floats
from cxtext.schema.settings import LanguageSettings


class FirstWordDetector:
    """Believes a first word that is a label."""

    name = "fake"
    labels = ("nl", "fr", "da", "en", "other")

    def log_likelihoods(self, texts: Sequence[str]) -> Floats:
        """Return 0 for the label that starts the text and -6 for the others."""
        words = [(text.split() or [""])[0] for text in texts]
        return np.array(
            [[-6.0 * (w != label) if w in self.labels else 0.0 for label in self.labels] for w in words]
        )

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Name nothing."""
        return [None] * len(texts)


GOLD = pl.DataFrame(
    {
        "text": ["nl a b c", "nl a", "nl b", "da x", "nl wrong", "7", "en", "other x", None],
        "gold": ["nl", "nl", "nl", "da", "da", "fr", "en", None, "en"],
    }
)
RESULT = evaluate_language(GOLD, FirstWordDetector(), LanguageSettings())


def accuracy(language: str, length: str = "whole") -> dict[str, object]:
    """Return the accuracy row of one language."""
    return RESULT.accuracy.filter(language=language, length=length).to_dicts()[0]


def test_accuracy_is_counted_per_gold_language_and_length() -> None:
    """Rows without gold or text are left out; an abstention is wrong."""
    counts = {
        language: (accuracy(language)["correct"], accuracy(language)["n"])
        for language in ("nl", "da", "fr", "en")
    }
    assert counts == {"nl": (3, 3), "da": (1, 2), "fr": (0, 1), "en": (1, 1)}
    assert accuracy("mean")["accuracy"] == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert accuracy("nl", "first 3 words")["n"] == 3


def test_unsupported_is_right_of_a_language_that_is_not_supported() -> None:
    """And of no other; not to know is wrong."""
    gold = pl.DataFrame(
        {
            "text": ["other a", "other b", "nl c", "7", "other d"],
            "gold": ["sv", "unsupported", "sv", "sv", "nl"],
        }
    )
    found = evaluate_language(gold, FirstWordDetector(), LanguageSettings())
    whole = found.accuracy.filter(length="whole")
    counts = {row["language"]: (row["correct"], row["n"]) for row in whole.iter_rows(named=True)}
    assert counts == {"sv": (1, 3), "unsupported": (1, 1), "nl": (0, 1), "mean": (2, 5)}


def test_intervals_are_wilsons() -> None:
    """The interval of 1 in 2 equals that of statsmodels."""
    low, high = proportion_confint(1, 2, method="wilson")
    assert (accuracy("da")["low"], accuracy("da")["high"]) == pytest.approx((low, high))


def test_confusions_name_the_answer_or_its_reason() -> None:
    """Every text is in exactly one cell a length."""
    cells = {
        (row["gold"], row["answer"]): row["n"] for row in RESULT.confusion.filter(length="whole").to_dicts()
    }
    assert cells == {
        ("nl", "nl"): 3,
        ("da", "da"): 1,
        ("da", "nl"): 1,
        ("fr", "undetermined"): 1,
        ("en", "en"): 1,
    }


def test_sure_contradictions_are_listed_by_row() -> None:
    """Row 4 says da and is answered nl with confidence."""
    assert RESULT.contradicted.select("row", "gold", "answer").rows() == [(4, "da", "nl")]


def test_calibration_error_of_hand_counted_answers() -> None:
    """Ten answers at 0.8 of which six are right are 0.2 off; right ones at 1.0 are not off at all."""
    confidence = np.array([0.8] * 10 + [1.0] * 10)
    correct = np.array([True] * 6 + [False] * 4 + [True] * 10)
    assert expected_calibration_error(confidence, correct) == pytest.approx(0.1)
    assert np.isnan(expected_calibration_error(np.array([]), np.array([], dtype=bool)))


def test_texts_are_cut_to_whole_words() -> None:
    """White space is how words are told apart."""
    assert cut_to_words("een  twee\ndrie vier", 3) == "een twee drie"
    assert cut_to_words("een  twee", None) == "een  twee"
