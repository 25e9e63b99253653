"""Finds comments that really hold two languages, sentence by sentence."""

import re
from typing import Final

import numpy as np

from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Detector, Floats

MIXED_FROM: Final = 0.2  # the second language's least share of the letters
SURE: Final = 0.99  # posterior a sentence needs to speak for a language
DOUBT: Final = 0.98  # texts whose language is surer than this are not taken apart
_WORDS: Final = 4  # fewest words of a sentence that is evidence for a second language
_SENTENCE: Final = re.compile(r"(?<=[.!?\u2026])\s+|[\r\n]+|\s[-/|]\s")


def language_shares(
    detector: Detector, texts: list[str], priors: Floats, readable: Bools, posterior: Floats
) -> dict[int, dict[str, float]]:
    """Return row -> share of each language by letters, largest first, for the rows that hold two languages."""
    doubtful = np.flatnonzero(readable & (posterior.max(axis=1) < DOUBT)).tolist()
    parts = [(row, part) for row in doubtful for part in _sentences(texts[row])]
    if not parts:
        return {}
    evidence = detector.log_likelihoods([part for _, part in parts])
    logits = evidence + priors[[row for row, _ in parts]]
    best, sure = logits.argmax(axis=1), _largest_share(logits) >= SURE
    letters: dict[int, dict[str, int]] = {}
    for i, (row, part) in enumerate(parts):
        if sure[i] and evidence[i].any():
            of_row = letters.setdefault(row, {})
            label = detector.labels[best[i]]
            of_row[label] = of_row.get(label, 0) + sum(map(str.isalpha, part))
    shares = {row: _normalised(counts) for row, counts in letters.items()}
    return {row: found for row, found in shares.items() if _holds_two(found)}


def _sentences(text: str) -> list[str]:
    """Return the sentences that are long enough to tell a language, or none when there is only one."""
    parts = [part for part in _SENTENCE.split(text) if len(part.split()) >= _WORDS]
    return parts if len(parts) > 1 else []


def _largest_share(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(1 / odds.sum(axis=1))


def _normalised(letters: dict[str, int]) -> dict[str, float]:
    total = sum(letters.values())
    ordered = sorted(letters.items(), key=lambda item: (-item[1], item[0]))
    return {label: count / total for label, count in ordered}


def _holds_two(shares: dict[str, float]) -> bool:
    """Return whether a second language has its share, and the dominant one is supported."""
    return len(shares) > 1 and sorted(shares.values())[-2] >= MIXED_FROM and next(iter(shares)) in LANGUAGES
