"""The linear star model: hashed n-grams of characters and words, one weight a bucket and star.

logits = scale[language] * (x @ weights) + offset[language], where x is the text's n-gram vector:
1 + log(count), divided by its Euclidean length. `scale` and `offset` calibrate each language; their first row
serves a text of unknown language, of which only the emoji are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cxtext import registry
from cxtext.engines.ngrams import NgramSpec, chunks_of, hashed_ngrams, ngram_blocks
from cxtext.engines.readable import has_evidence, readable
from cxtext.errors import MissingModelError
from cxtext.schema.protocols import Bools, Floats, Stars

Floats32 = NDArray[np.float32]

WEIGHTS_FILE: Final = "weights.safetensors"


@dataclass(frozen=True)
class LinearEngine:
    """A linear model over hashed n-grams. Of a question it reads only that there is one.

    weights: (buckets, 5). scale: (1 + languages,), offset: (1 + languages, 5). known: (word buckets,), if a
    word was seen in training; a text of which no word was seen has no evidence.
    """

    name: str
    languages: tuple[str, ...]
    ngrams: NgramSpec
    words: NgramSpec
    weights: Floats32
    scale: Floats
    offset: Floats
    known: Bools

    @classmethod
    def load(cls, name_or_folder: str) -> "LinearEngine":
        """Load a model that ships with cxtext by its name, or any by its folder.

        Raises
        ------
        MissingModelError: a file is missing or altered, or the folder holds another kind of model.
        """
        from safetensors.numpy import load_file

        asset = registry.model(name_or_folder)
        if asset.config.get("kind") != "linear":
            raise MissingModelError(f"{asset.folder}: not a linear star model; see cxtext models")
        tensors = load_file(asset.path(WEIGHTS_FILE))
        return cls(
            name=asset.name,
            languages=tuple(asset.config["languages"]),
            ngrams=NgramSpec(**asset.config["ngrams"]),
            words=NgramSpec(**asset.config["words"]),
            weights=tensors["weights"].astype(np.float32),
            scale=tensors["scale"].astype(np.float64),
            offset=tensors["offset"].astype(np.float64),
            known=np.unpackbits(tensors["known"]).astype(bool),
        )

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the star probabilities of n texts; NaN where no word of a text is known or it says nothing."""
        parts = [readable(text, language) for text, language in zip(texts, languages, strict=True)]
        read, truncated = [part for part, _ in parts], np.array([cut for _, cut in parts], dtype=bool)
        row = np.array(
            [1 + self.languages.index(x) if x in self.languages else 0 for x in languages], dtype=int
        )
        evidence = np.asarray(vectors(read, self.ngrams) @ self.weights, dtype=np.float64)
        logits = self.scale[row, None] * evidence + self.offset[row]
        probabilities = softmax(logits)
        says = [has_evidence(text, asked) for text, asked in zip(read, questions, strict=True)]
        probabilities[~(self._has_known_word(read) & np.array(says, dtype=bool))] = np.nan
        return Stars(probabilities, truncated)

    def _has_known_word(self, texts: Sequence[str]) -> Bools:
        found = np.zeros(len(texts), dtype=bool)
        for a, b in chunks_of(texts):
            for block in ngram_blocks(texts[a:b], self.words):
                text_of = np.repeat(np.arange(a, b), np.diff(block.indptr))
                found[text_of[self.known[block.buckets]]] = True
        return found


def vectors(texts: Sequence[str], spec: NgramSpec) -> Any:
    """Return a CSR matrix (n, buckets) of float32: 1 + log(count), each row scaled to length 1."""
    counts = hashed_ngrams(texts, spec)
    values = 1 + np.log(counts.data)
    rows = np.diff(counts.indptr)
    # Each row's sum on its own (no running total), so that a row is the same in any batch.
    squares = csr_matrix((values * values, counts.indices, counts.indptr), shape=counts.shape).sum(axis=1)
    length = np.sqrt(np.asarray(squares, dtype=np.float32).ravel())
    length[length == 0] = 1
    counts.data = (values / np.repeat(length, rows)).astype(np.float32)
    return counts


def softmax(logits: Floats) -> Floats:
    """Return probabilities (n, k) of logits (n, k)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
