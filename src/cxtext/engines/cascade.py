"""Two star engines as one: the fast one where it is sure, the strong one for the rest."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cxtext.engines.evidence import explain
from cxtext.errors import MissingModelError
from cxtext.schema.protocols import Bools, Evidence, Floats, StarEngine, Stars

SENTIMENTS: Final = ((0, 1), (2,), (3, 4))  # star indices of negative, neutral, positive


class CascadeEngine:
    """Asks `fast` first, and `strong` about every text of which `fast` is not sure.

    `sure_from` holds, for each language, the probability of its sentiment from which a fast answer stands.
    """

    def __init__(self, fast: StarEngine, strong: StarEngine, sure_from: dict[str, float]) -> None:
        self.fast = fast
        self.strong = strong
        self.sure_from = sure_from
        self.name = "cascade"
        self.languages = strong.languages

    @classmethod
    def load(cls) -> "CascadeEngine":
        """Load the shipped linear model and transformer with the thresholds in the transformer's config.

        Raises
        ------
        MissingModelError: a model is missing or altered, or has no thresholds.
        """
        from cxtext import registry
        from cxtext.engines import load_star_engine

        thresholds = registry.model("stars").config.get("cascade_sure_from")
        if not thresholds:
            raise MissingModelError("stars: config.json has no cascade_sure_from; use --engine transformer")
        return cls(load_star_engine("linear"), load_star_engine("transformer"), thresholds)

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
        limits = np.array([self.sure_from.get(language, np.inf) for language in languages])
        asked = np.array([question is not None for question in questions], dtype=np.bool_)
        left_open: Bools = ~is_sure(first.probabilities, limits) | asked
        return left_open


def _chosen(
    rows: list[int], texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
) -> tuple[list[str], list[str], list[str | None]]:
    return [texts[row] for row in rows], [languages[row] for row in rows], [questions[row] for row in rows]


def is_sure(probabilities: Floats, limits: Floats) -> Bools:
    """Return whether the largest sentiment of each row (n, 5) reaches the row's limit; NaN does not."""
    largest = np.max([probabilities[:, stars].sum(1) for stars in SENTIMENTS], axis=0)
    sure: Bools = largest >= limits
    return sure
