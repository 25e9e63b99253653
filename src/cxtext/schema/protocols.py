"""What an engine must offer: evidence for languages, probabilities of stars, content terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Detector(Protocol):
    """Gives the evidence for each language in a text, without any prior."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """Supported languages and decoys, ISO 639-1 (nb, nn for Norwegian)."""
        ...

    def log_likelihoods(self, texts: Sequence[str]) -> Floats:
        """Return an array (texts, labels) of calibrated log-likelihoods; a row of zeros has no evidence."""
        ...

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Return the language each text is surely in, of all it knows by name, else null; slow, for a few texts."""
        ...


@dataclass(frozen=True)
class Stars:
    """Star probabilities of a batch of n texts."""

    probabilities: Floats  # (n, 5), each row sums to 1, or NaN where the engine found no evidence
    truncated: Bools  # (n,), text was longer than the engine reads


class StarEngine(Protocol):
    """Turns texts into probabilities over 1..5 stars. The same text gives the same row in any batch."""

    @property
    def name(self) -> str:
        """What the `engine` column records."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it was made for, ISO 639-1."""
        ...

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the star probabilities of n texts, each with its language and its survey question if any."""
        ...


@dataclass(frozen=True)
class Evidence:
    """A word of a text, and how much the text's inferred rating falls without it.

    weight: in stars, above 0 where the word is praise; null where the text has no score without it.
    """

    start: int
    end: int
    weight: float | None


@runtime_checkable
class ExplainingEngine(StarEngine, Protocol):
    """An engine that has a way of its own to tell which words moved a rating; any other is asked word by word."""

    def explain(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> list[list[Evidence]]:
        """Return the words that moved the rating of each text most, largest weight first; none without a score."""
        ...


@dataclass(frozen=True)
class Term:
    """A content term of a text: its normal form, and the characters that show it."""

    term: str
    start: int
    end: int


class TermExtractor(Protocol):
    """Finds content terms: lemmas and noun phrases of one language."""

    name: str

    def terms(self, texts: Sequence[str]) -> list[list[Term]]:
        """Return the content terms of each text, in text order."""
        ...
