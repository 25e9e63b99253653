"""The language detector: a linear model over hashed n-grams of characters and words.

Labels are the supported languages, decoys that are taken for them (Bokmål for Danish, Afrikaans for Dutch),
and `other` for every language else. A text's evidence is the sum of its n-grams' weights over the square
root of their number, so that repeated signs of the same kind count less and less.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.sparse import csr_matrix

from cxtext import registry
from cxtext.engines.language_names import ForeignNamer, foreign_script_share
from cxtext.engines.ngrams import NgramSpec, chunks_of, ngram_blocks
from cxtext.schema.protocols import Bools, Floats

Hashes = NDArray[np.uint32]  # sorted

WEIGHTS_FILE: Final = "weights.safetensors"
READ_CHARACTERS: Final = 300  # the language of a comment shows in its first lines
WORD_LISTS: Final = ("nameless", "ordinary_names")
# Words by a hash of 32 bits, to know names by.
HASHED_WORDS: Final = NgramSpec(
    char_min=1, char_max=0, word_min=1, word_max=1, buckets=2**32, letters_only=True
)
_NAMELESS_CHARACTERS: Final = 60  # longer texts are more than a name
_FOREIGN_SCRIPT_FROM: Final = 0.5  # share of letters outside the Latin script that makes a text `other`
_FOREIGN_SCRIPT_LOG_ODDS: Final = 1000.0
# Addresses and the placeholders of personal data say nothing of the language around them.
_ADDRESS: Final = re.compile(r"https?://\S+|\bwww\.\S+|\S+@\S+|\[[A-Z][A-Z -]+\]")


@dataclass(frozen=True)
class NgramDetector:
    """Weights of hashed n-grams for each label, and the words that are no evidence at all."""

    name: str
    labels: tuple[str, ...]
    spec: NgramSpec
    weights: NDArray[np.float32]  # (buckets, labels)
    nameless: Hashes  # of names and of words said alike everywhere
    ordinary_names: Hashes  # of names that are words as well: Mette, Rose
    power: float  # evidence is the sum of weights over (number of n-grams) ** power
    temperature: float  # scores are divided by it; calibrated on comments held out of training
    namer: ForeignNamer

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
            **{name: tensors[name] for name in WORD_LISTS},
            power=asset.config["power"],
            temperature=asset.config["temperature"],
            namer=ForeignNamer(),
        )

    def log_likelihoods(self, texts: Sequence[str]) -> Floats:
        """Return an array (texts, labels) of calibrated log-likelihoods; a row of zeros has no evidence.

        The largest of each row is 0. Only the first 300 characters of a text are read.
        """
        heads = [_readable_head(text) for text in texts]
        parts = [self._evidence(heads[a:b]) for a, b in chunks_of(heads)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.labels)))

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Return for each text which of many languages it is in (ISO 639-1), null when it can't be told."""
        return [self.namer.name(_readable_head(text)) for text in texts]

    def _evidence(self, texts: list[str]) -> Floats:
        scores = linear_scores(texts, self.spec, self.weights, self.power) / self.temperature
        scores -= scores.max(axis=1, keepdims=True)
        scores[self._is_nameless(texts)] = 0
        for row, text in enumerate(texts):
            if foreign_script_share(text) > _FOREIGN_SCRIPT_FROM:
                scores[row] = -_FOREIGN_SCRIPT_LOG_ODDS
                scores[row, self.labels.index("other")] = 0
        return scores

    def _is_nameless(self, texts: list[str]) -> Bools:
        """Return which texts hold nothing but names and words said alike everywhere.

        Names that are words as well count when every word is capitalised and one of them is only a name.
        """
        short = [text if len(text) <= _NAMELESS_CHARACTERS else "" for text in texts]
        block = next(ngram_blocks(short, HASHED_WORDS))
        words = np.diff(block.indptr)
        nameless = _counted(_is_in(block.buckets, self.nameless), block.indptr)
        names = nameless + _counted(_is_in(block.buckets, self.ordinary_names), block.indptr)
        found = (words > 0) & (nameless == words)
        for row in np.flatnonzero((nameless > 0) & (names == words) & ~found).tolist():
            found[row] = short[row].istitle()
        return np.asarray(found)


def _is_in(buckets: NDArray[np.int64], hashes: Hashes) -> Bools:
    if not len(hashes):
        return np.zeros(len(buckets), dtype=bool)
    place = np.minimum(np.searchsorted(hashes, buckets), len(hashes) - 1)
    return np.asarray(hashes[place] == buckets)


def _counted(hits: Bools, indptr: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of hits in each text's stretch of the buckets."""
    before = np.concatenate([[0], np.cumsum(hits)])
    return np.asarray(before[indptr[1:]] - before[indptr[:-1]])


def linear_scores(
    texts: Sequence[str], spec: NgramSpec, weights: NDArray[np.float32], power: float
) -> Floats:
    """Return for each text the sum of its n-grams' weights over (number of n-grams) ** power."""
    total = np.zeros((len(texts), weights.shape[1]), np.float32)
    count = np.zeros(len(texts))
    for block in ngram_blocks(texts, spec):
        ones = np.ones(len(block.buckets), np.float32)
        table: Any = csr_matrix((ones, block.buckets, block.indptr), shape=(len(texts), spec.buckets))
        total += table @ weights
        count += np.diff(block.indptr)
    return np.asarray(total, np.float64) / np.maximum(count, 1)[:, None] ** power


def word_hashes(words: Sequence[str]) -> Hashes:
    """Return the sorted hashes of single words."""
    block = next(ngram_blocks(words, HASHED_WORDS))
    return np.unique(block.buckets).astype(np.uint32)


def _readable_head(text: str) -> str:
    """Return the first characters of a text, without addresses and placeholders."""
    head = text[:READ_CHARACTERS]
    if "[" in head or "@" in head or "www" in head or "http" in head:
        return _ADDRESS.sub(" ", head)
    return head
