"""How clearly the best label leads, and the second look at texts that may be in a language without a label."""

from typing import Final

import numpy as np

from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Detector, Floats

HEAD: Final = 300  # characters the detector reads at once
# A supported language is doubted when its lead over `other` stays below this: in less than 0.1% of comments in the
# four languages (0.8% when cut to three words; training data), and in nine in ten paragraphs of other languages
# that are taken for one of them (the Universal Declaration of Human Rights in 31 languages).
FOREIGN_BELOW: Final = 1.5
_SHORTEST: Final = 15  # characters; of less text nobody can say more


def lead(logits: Floats, texts: list[str]) -> Floats:
    """Return how far the best label of each row is ahead of the second: log-odds over the root of the length."""
    best_two = np.partition(logits, -2, axis=1)[:, -2:]
    return np.asarray((best_two[:, 1] - best_two[:, 0]) / _root_length(texts))


def foreign_languages(
    detector: Detector, texts: list[str], readable: Bools, logits: Floats
) -> dict[int, str]:
    """Return row -> language for texts that seem supported but are surely in a language without a label."""
    supported = np.isin(np.array(detector.labels)[logits.argmax(axis=1)], LANGUAGES)
    ahead = (logits.max(axis=1) - logits[:, detector.labels.index("other")]) / _root_length(texts)
    long_enough = np.array([len(text) >= _SHORTEST for text in texts], dtype=bool)
    rows = np.flatnonzero(readable & supported & long_enough & (ahead < FOREIGN_BELOW)).tolist()
    named = detector.identify([texts[row] for row in rows])
    return {row: name for row, name in zip(rows, named, strict=True) if name and name not in detector.labels}


def _root_length(texts: list[str]) -> Floats:
    return np.sqrt(np.array([min(max(len(text), 1), HEAD) for text in texts], dtype=np.float64))
