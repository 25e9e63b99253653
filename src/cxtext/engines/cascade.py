"""Two star engines as one: the fast one where it is sure, the strong one for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxtext.engines.evidence import explain
from cxtext.engines.sentiments import sentiments
from cxtext.errors import MissingModelError
from cxtext.schema.protocols import Bools, Evidence, Floats, StarEngine, Stars


@dataclass(frozen=True)
class Sharpened:
    """A star engine whose probabilities are raised to the power `scale`, to sum to 1 again.

    The linear engine's are calibrated for industries it has not seen; more than that it is too unsure of itself.
    """

    engine: StarEngine
    scale: float

    @property
    def name(self) -> str:
        """Return the engine's name."""
        return self.engine.name

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages the engine reads."""
        return self.engine.languages

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the engine's stars, sharpened."""
        found = self.engine.predict(texts, languages, questions)
        return Stars(sharpened(found.probabilities, self.scale), found.truncated)


def sharpened(probabilities: Floats, scale: float) -> Floats:
    """Return probabilities (n, 5) to the power `scale`, each row summing to 1; rows of NaN stay."""
    powers = probabilities**scale
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


class CascadeEngine:
    """Asks `fast` first, and `strong` about every text of which `fast` is not sure.

    A fast answer stands where the probability of its sentiment is `sure_from` or more. Texts of no known language
    and answers to a question go to `strong`.
    """

    def __init__(self, fast: StarEngine, strong: StarEngine, sure_from: float) -> None:
        self.fast = fast
        self.strong = strong
        self.sure_from = sure_from
        self.name = "cascade"
        self.languages = strong.languages

    @classmethod
    def load(cls) -> "CascadeEngine":
        """Load the shipped linear model and transformer with the scale and thresholds in the transformer's config.

        Raises
        ------
        MissingModelError: a model is missing or altered, or has no thresholds.
        """
        from cxtext import registry
        from cxtext.engines import load_star_engine

        config = registry.model("stars").config
        if "cascade_sure_from" not in config:
            raise MissingModelError("stars: config.json has no cascade_sure_from; use --engine transformer")
        fast = Sharpened(load_star_engine("linear"), config["cascade_fast_scale"])
        return cls(fast, load_star_engine("transformer"), config["cascade_sure_from"])

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the fast engine's row where it is sure, else the strong engine's."""
        first = self.fast.predict(texts, languages, questions)
        rows = self._open(first, languages, questions).nonzero()[0].tolist()
        probabilities, truncated = first.probabilities.copy(), first.truncated.copy()
        if rows:
            second = self.strong.predict(*_chosen(rows, texts, languages, questions))
            probabilities[rows], truncated[rows] = second.probabilities, second.truncated
        return Stars(probabilities, truncated)

    def explain(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> list[list[Evidence]]:
        """Return the words that moved each rating most in the engine that gave it.

        A text with a word less is put to that same engine: a change of engine would pass for the word's weight.
        """
        left_open = self._open(self.fast.predict(texts, languages, questions), languages, questions)
        found: list[list[Evidence]] = [[] for _ in texts]
        for engine, mine in ((self.fast, ~left_open), (self.strong, left_open)):
            rows = mine.nonzero()[0].tolist()
            for row, words in zip(
                rows, explain(engine, *_chosen(rows, texts, languages, questions)), strict=True
            ):
                found[row] = words
        return found

    def _open(self, first: Stars, languages: Sequence[str], questions: Sequence[str | None]) -> Bools:
        """Return which rows the fast engine leaves to the strong one: unsure, or the answer to a question."""
        known = np.array([language in self.languages for language in languages], dtype=np.bool_)
        asked = np.array([question is not None for question in questions], dtype=np.bool_)
        left_open: Bools = ~is_sure(first.probabilities, self.sure_from) | ~known | asked
        return left_open


def _chosen(
    rows: list[int], texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
) -> tuple[list[str], list[str], list[str | None]]:
    return [texts[row] for row in rows], [languages[row] for row in rows], [questions[row] for row in rows]


def is_sure(probabilities: Floats, limit: float) -> Bools:
    """Return whether the largest sentiment of each row (n, 5) reaches the limit; NaN does not."""
    sure: Bools = sentiments(probabilities).max(axis=1) >= limit
    return sure
