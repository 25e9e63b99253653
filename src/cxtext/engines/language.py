"""The language detector: a linear model over hashed n-grams of characters and words.

Labels are the supported languages, decoys that are taken for them (Bokmål for Danish, Afrikaans for Dutch), and
`other` for every language else. A text's evidence is the sum of its n-grams' weights over the square root of
their number, so that repeated signs of the same kind count less and less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

from cxtext import registry
from cxtext.engines.language_names import FallbackNamer, foreign_script_share
from cxtext.engines.ngrams import NgramSpec, chunks_of, ngram_blocks
from cxtext.schema.protocols import Floats

WEIGHTS_FILE: Final = "weights.safetensors"
READ_CHARACTERS: Final = 300  # the language of a comment shows in its first lines
FOREIGN_SCRIPT_FROM: Final = 0.5  # share of letters outside the Latin script that makes a text `other`
FOREIGN_SCRIPT_LOG_ODDS: Final = 20.0


@dataclass(frozen=True)
class NgramDetector:
    """Weights of hashed n-grams for each label; the last column of `weights` is `nameless` (names, ok)."""

    name: str
    labels: tuple[str, ...]
    spec: NgramSpec
    weights: NDArray[np.float32]  # (buckets, labels + 1)
    power: float  # evidence is the sum of weights over (number of n-grams) ** power
    temperature: float  # calibrated on comments held out of training
    namer: FallbackNamer

    @classmethod
    def load(cls, name: str) -> Self:
        """Load a detector that ships with cxtext, or one from a model folder.

        Raises
        ------
        MissingModelError: there is no such model, or its files are missing or altered.
        """
        asset = registry.model(name)
        tensors = load_file(asset.path(WEIGHTS_FILE))
        return cls(
            name=f"{asset.name}-{asset.config['version']}",
            labels=tuple(asset.config["labels"]),
            spec=NgramSpec(**asset.config["ngrams"]),
            weights=tensors["weights"].astype(np.float32) * tensors["scale"].astype(np.float32)[:, None],
            power=asset.config["power"],
            temperature=asset.config["temperature"],
            namer=FallbackNamer(),
        )

    def log_likelihoods(self, texts: Sequence[str]) -> Floats:
        """Return an array (texts, labels) of calibrated log-likelihoods; a row of zeros has no evidence.

        Rows are normalised so that the largest is 0. Only the first 300 characters of a text are read.
        """
        heads = [text[:READ_CHARACTERS] for text in texts]
        parts = [self._chunk(heads[a:b]) for a, b in chunks_of(heads)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.labels)))

    def _chunk(self, texts: list[str]) -> Floats:
        scores = self.scores(texts) / self.temperature
        evidence = scores[:, :-1] - scores[:, :-1].max(axis=1, keepdims=True)
        evidence[scores[:, -1] > scores[:, :-1].max(axis=1)] = 0
        for row, text in enumerate(texts):
            if not text.isascii() and foreign_script_share(text) > FOREIGN_SCRIPT_FROM:
                evidence[row] = -FOREIGN_SCRIPT_LOG_ODDS
                evidence[row, self.labels.index("other")] = 0
        return evidence

    def scores(self, texts: Sequence[str]) -> Floats:
        """Return the raw scores (texts, labels + nameless), before calibration. Texts without letters score 0."""
        total = np.zeros((len(texts), self.weights.shape[1]), np.float32)
        count = np.zeros(len(texts))
        for block in ngram_blocks(texts, self.spec):
            ones = np.ones(len(block.buckets), np.float32)
            shape = (len(texts), self.spec.buckets)
            total += csr_matrix((ones, block.buckets, block.indptr), shape=shape) @ self.weights
            count += np.diff(block.indptr)
        return np.asarray(total, np.float64) / np.maximum(count, 1)[:, None] ** self.power

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Return for each text which of many languages it is in (ISO 639-1), null when it can't be told."""
        return [self.namer.name(text[:READ_CHARACTERS]) for text in texts]
