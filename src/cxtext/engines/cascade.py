"""Two star engines as one: the fast one where it is sure, both for the rest."""

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


@dataclass(frozen=True)
class PooledEngine:
    """Both engines' answer: the strong one's, and where the fast one can tell, a share of its too.

    Two readers of different kinds err in different places. See `pooled` for `fast_weight`.
    """

    fast: StarEngine
    strong: StarEngine
    fast_weight: float

    @property
    def name(self) -> str:
        """Return the name under which the two are known."""
        return "cascade"

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages the strong engine reads."""
        return self.strong.languages

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the stars of both."""
        return self.completed(self.fast.predict(texts, languages, questions), texts, languages, questions)

    def completed(
        self, first: Stars, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the stars of both, where `first` is what the fast engine said of the same texts."""
        second = self.strong.predict(texts, languages, questions)
        told = np.where(self.tells(languages, questions)[:, None], first.probabilities, np.nan)
        return Stars(pooled(told, second.probabilities, self.fast_weight), second.truncated)

    def tells(self, languages: Sequence[str], questions: Sequence[str | None]) -> Bools:
        """Return of which texts the fast engine can tell: no answers to a question, in languages that it reads."""
        known = np.array([language in self.languages for language in languages], dtype=np.bool_)
        asked = np.array([question is not None for question in questions], dtype=np.bool_)
        found: Bools = known & ~asked
        return found


def pooled(fast: Floats, strong: Floats, fast_weight: float) -> Floats:
    """Return the weighted geometric mean of star probabilities (n, 5), each row summing to 1.

    A logarithmic opinion pool (Genest and Zidek 1986): `fast_weight`, 0..1, is the exponent of `fast`, the rest that
    of `strong`, which stands alone where a row of `fast` is NaN.
    """
    silent = np.isnan(fast).any(axis=1, keepdims=True)
    powers = np.where(
        silent, strong, np.where(silent, 1.0, fast) ** fast_weight * strong ** (1 - fast_weight)
    )
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


class CascadeEngine:
    """Asks `fast` first, and `strong` too about every text of which `fast` is not sure.

    A fast answer stands where the probability of its sentiment is `sure_from` or more; else both count, `fast` with
    `fast_weight`. Texts of no known language and answers to a question are for `strong` alone.
    """

    def __init__(self, fast: StarEngine, strong: StarEngine, sure_from: float, fast_weight: float) -> None:
        self.fast = fast
        self.strong = strong
        self.sure_from = sure_from
        self.both = PooledEngine(fast, strong, fast_weight)
        self.name = self.both.name
        self.languages = strong.languages

    @classmethod
    def load(cls) -> "CascadeEngine":
        """Load the shipped linear model and transformer; what config.json of the latter says joins them.

        Raises
        ------
        MissingModelError: a model is missing or altered, or the transformer's config says nothing of a cascade.
        """
        from cxtext import registry
        from cxtext.engines import load_star_engine

        config = registry.model("stars").config
        if "cascade_sure_from" not in config:
            raise MissingModelError("stars: config.json has no cascade_sure_from; use --engine transformer")
        fast = Sharpened(load_star_engine("linear"), config["cascade_fast_scale"])
        limits = config["cascade_sure_from"], config["cascade_fast_weight"]
        return cls(fast, load_star_engine("transformer"), *limits)

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the fast engine's row where it is sure, else the row of both."""
        first = self.fast.predict(texts, languages, questions)
        rows = self._open(first, languages, questions).nonzero()[0].tolist()
        probabilities, truncated = first.probabilities.copy(), first.truncated.copy()
        if rows:
            begun = Stars(probabilities[rows], truncated[rows])
            found = self.both.completed(begun, *_chosen(rows, texts, languages, questions))
            probabilities[rows], truncated[rows] = found.probabilities, found.truncated
        return Stars(probabilities, truncated)

    def explain(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> list[list[Evidence]]:
        """Return the words that moved each rating most, in the fast engine or in both, as it was given.

        A text with a word less is put to the same: a change of engine would pass for the word's weight.
        """
        left_open = self._open(self.fast.predict(texts, languages, questions), languages, questions)
        found: list[list[Evidence]] = [[] for _ in texts]
        for engine, mine in ((self.fast, ~left_open), (self.both, left_open)):
            rows = mine.nonzero()[0].tolist()
            for row, words in zip(
                rows, explain(engine, *_chosen(rows, texts, languages, questions)), strict=True
            ):
                found[row] = words
        return found

    def _open(self, first: Stars, languages: Sequence[str], questions: Sequence[str | None]) -> Bools:
        """Return which rows the fast engine leaves open: unsure, or none that it can tell of."""
        sure = is_sure(first.probabilities, self.sure_from)
        left_open: Bools = ~sure | ~self.both.tells(languages, questions)
        return left_open


def _chosen(
    rows: list[int], texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
) -> tuple[list[str], list[str], list[str | None]]:
    return [texts[row] for row in rows], [languages[row] for row in rows], [questions[row] for row in rows]


def is_sure(probabilities: Floats, limit: float) -> Bools:
    """Return whether the largest sentiment of each row (n, 5) reaches the limit; NaN does not."""
    sure: Bools = sentiments(probabilities).max(axis=1) >= limit
    return sure
