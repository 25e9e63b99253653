"""Two star engines as one: the fast one where it is sure, the strong one for the rest."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cxtext.errors import MissingModelError
from cxtext.schema.protocols import Bools, Floats, StarEngine, Stars

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
        limits = np.array([self.sure_from.get(language, np.inf) for language in languages])
        asked = np.array([question is not None for question in questions], dtype=np.bool_)
        rows = np.flatnonzero(~is_sure(first.probabilities, limits) | asked).tolist()
        probabilities, truncated = first.probabilities.copy(), first.truncated.copy()
        if rows:
            second = self.strong.predict(
                [texts[row] for row in rows],
                [languages[row] for row in rows],
                [questions[row] for row in rows],
            )
            probabilities[rows], truncated[rows] = second.probabilities, second.truncated
        return Stars(probabilities, truncated)


def is_sure(probabilities: Floats, limits: Floats) -> Bools:
    """Return whether the largest sentiment of each row (n, 5) reaches the row's limit; NaN does not."""
    largest = np.max([probabilities[:, stars].sum(1) for stars in SENTIMENTS], axis=0)
    sure: Bools = largest >= limits
    return sure
