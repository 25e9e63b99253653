"""The cascade asks the strong engine only about what the fast one leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cxtext.engines.cascade import CascadeEngine, is_sure, pooled, sharpened
from cxtext.schema.protocols import Stars

SURE = [0.0, 0.0, 0.0, 0.1, 0.9]
OPEN = [0.2, 0.2, 0.2, 0.2, 0.2]
NONE = [np.nan] * 5


@dataclass
class FakeEngine:
    """Answers from a table and remembers what it was asked."""

    name: str
    answers: dict[str, list[float]]
    languages: tuple[str, ...] = ("nl", "da")
    asked: list[str] = field(default_factory=list)

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the table's row of each text."""
        assert len(texts) == len(languages) == len(questions)
        self.asked += texts
        rows = np.array([self.answers[text] for text in texts], dtype=np.float64)
        return Stars(rows, np.zeros(len(texts), dtype=np.bool_))


def cascade() -> tuple[CascadeEngine, FakeEngine]:
    """Return a cascade, and its strong engine."""
    fast = FakeEngine("fast", {"fine": SURE, "well": OPEN, "?": NONE})
    strong = FakeEngine("strong", {"fine": OPEN, "well": SURE, "?": SURE})
    return CascadeEngine(fast, strong, 0.9, 0.25), strong


def test_keeps_what_the_fast_engine_is_sure_of() -> None:
    """A sure row is the fast engine's, an open one both's, one without evidence the strong engine's."""
    engine, strong = cascade()
    found = engine.predict(["fine", "well", "?"], ["nl", "nl", "nl"], [None, None, None])
    assert strong.asked == ["well", "?"]
    both = [0.0, 0.0, 0.0, 0.161390, 0.838610]  # 0.1 and 0.9 to the power 0.75, as shares
    np.testing.assert_allclose(found.probabilities, [SURE, both, SURE], atol=1e-6)


def test_an_unknown_language_goes_to_the_strong_engine() -> None:
    """The threshold was chosen on comments in the four languages."""
    engine, strong = cascade()
    engine.predict(["fine"], [""], [None])
    assert strong.asked == ["fine"]


def test_an_answer_to_a_question_goes_to_the_strong_engine() -> None:
    """Only the strong engine reads the question."""
    engine, strong = cascade()
    engine.predict(["fine"], ["nl"], ["What could be better?"])
    assert strong.asked == ["fine"]


def test_the_strong_engine_alone_answers_what_the_fast_one_cannot_tell_of() -> None:
    """In another language, and to a question, the fast engine's row has no share."""
    engine, _ = cascade()
    found = engine.predict(["well", "well"], ["", "nl"], [None, "What could be better?"])
    np.testing.assert_allclose(found.probabilities, [SURE, SURE])


def test_a_pool_of_opinions_is_their_weighted_geometric_mean() -> None:
    """All weight to one gives that one; a side that is silent is left out, and no answer of the strong one stays."""
    fast, strong = np.array([SURE, SURE, NONE, SURE]), np.array([OPEN, SURE, OPEN, NONE])
    np.testing.assert_allclose(pooled(fast, strong, 0.0)[:3], strong[:3])
    np.testing.assert_allclose(pooled(fast, strong, 1.0)[:2], fast[:2])
    found = pooled(fast, strong, 0.5)
    np.testing.assert_allclose(found[:3], [[0.0, 0.0, 0.0, 0.25, 0.75], SURE, OPEN])
    assert np.isnan(found[3]).all()


def test_does_not_load_the_strong_engine_with_nothing() -> None:
    """When every row is sure, the strong engine is not asked at all."""
    engine, strong = cascade()
    engine.predict(["fine", "fine"], ["nl", "nl"], [None, None])
    assert strong.asked == []


def test_sureness_adds_the_stars_of_a_sentiment() -> None:
    """Four and five stars together make a sure positive; a flat row is not sure."""
    rows = np.array([[0.0, 0.0, 0.05, 0.5, 0.45], OPEN])
    assert is_sure(rows, 0.9).tolist() == [True, False]


def test_sharpened_probabilities_are_surer_of_the_same() -> None:
    """A scale above 1 moves mass to the likeliest stars; 1 changes nothing; no answer stays none."""
    given = np.array([[0.5, 0.2, 0.1, 0.1, 0.1], [np.nan] * 5])
    found = sharpened(given, 2.0)
    np.testing.assert_allclose(found[0], [25 / 32, 4 / 32, 1 / 32, 1 / 32, 1 / 32])
    assert np.isnan(found[1]).all()
    np.testing.assert_allclose(sharpened(given, 1.0), given)
