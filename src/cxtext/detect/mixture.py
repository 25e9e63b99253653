"""Finds comments that really hold two languages, sentence by sentence."""

import re
from typing import Final

import numpy as np

from cxtext.detect.doubt import HEAD, lead
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Detector, Floats

MIXED_FROM: Final = 0.2  # the second language's least share of the letters
SURE: Final = 0.99  # probability a sentence needs to speak for a language
# Texts are taken apart when the lead of their best label stays below this: 95% of comments joined from two
# languages, 31% of the others (measured on training data). Texts longer than the detector reads always are.
TAKEN_APART_BELOW: Final = 2.5
READ_CHARACTERS: Final = 1_000  # of a text that is taken apart
_WORDS: Final = 4  # fewest words of a sentence that is evidence for a second language
_SENTENCE: Final = re.compile(r"(?<=[.!?\u2026])\s+|[\r\n]+|\s[-/|]\s")

Shares = dict[str, float]


def language_shares(
    detector: Detector, texts: list[str], log_priors: Floats, readable: Bools, posterior_logits: Floats
) -> dict[int, Shares]:
    """Return row -> share of each language by letters, largest first, for the rows that hold two languages.

    `log_priors` and `posterior_logits` (log prior plus evidence, up to a constant) have a row a text.
    """
    parts = _parts_of_doubtful(texts, readable, posterior_logits)
    if not parts:
        return {}
    evidence = detector.log_likelihoods([part for _, part in parts])
    logits = evidence + log_priors[[row for row, _ in parts]]
    speaks = (_largest_share(logits) >= SURE) & evidence.any(axis=1)
    spoken: dict[int, list[tuple[str, str]]] = {}
    for (row, part), label, counts in zip(
        parts, logits.argmax(axis=1).tolist(), speaks.tolist(), strict=True
    ):
        if counts:
            spoken.setdefault(row, []).append((detector.labels[label], part))
    shares = {row: _shares(said) for row, said in spoken.items() if len({label for label, _ in said}) > 1}
    return {row: found for row, found in shares.items() if _holds_two(found)}


def _parts_of_doubtful(texts: list[str], readable: Bools, logits: Floats) -> list[tuple[int, str]]:
    """Return (row, sentence) of the texts that may hold two languages and have two sentences to show it."""
    long = np.array([len(text) > HEAD for text in texts], dtype=bool)
    rows = np.flatnonzero(readable & (long | (lead(logits, texts) < TAKEN_APART_BELOW))).tolist()
    return [(row, part) for row in rows for part in _sentences(texts[row][:READ_CHARACTERS])]


def _sentences(text: str) -> list[str]:
    """Return the sentences that are long enough to tell a language, or none when there is only one."""
    parts = [part for part in _SENTENCE.split(text) if part.strip().count(" ") >= _WORDS - 1]
    return parts if len(parts) > 1 else []


def _largest_share(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(1 / odds.sum(axis=1))


def _shares(said: list[tuple[str, str]]) -> Shares:
    """Return label -> its share of the letters of the sentences, largest first."""
    letters: dict[str, int] = {}
    for label, part in said:
        letters[label] = letters.get(label, 0) + sum(map(str.isalpha, part))
    total = sum(letters.values())
    ordered = sorted(letters.items(), key=lambda item: (-item[1], item[0]))
    return {label: count / total for label, count in ordered}


def _holds_two(shares: Shares) -> bool:
    """Return whether a second language has its share, and the dominant one is supported."""
    return sorted(shares.values())[-2] >= MIXED_FROM and next(iter(shares)) in LANGUAGES
