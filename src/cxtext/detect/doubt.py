"""How clearly the best label leads, and the second look at texts where it hardly does."""

from typing import Final

import numpy as np

from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Detector, Floats

HEAD: Final = 300  # characters the detector reads at once
# A supported language is doubted when its lead stays below this: in 1% of comments in the four languages, and in
# three quarters of the sentences of other languages that are taken for one of them (measured on training data and
# on translations of the Universal Declaration of Human Rights).
FOREIGN_BELOW: Final = 0.8
_SHORTEST: Final = 15  # characters; of less text nobody can say more


def lead(logits: Floats, texts: list[str]) -> Floats:
    """Return how far the best label of each row is ahead of the second: log-odds over the root of the length."""
    best_two = np.partition(logits, -2, axis=1)[:, -2:]
    lengths = np.array([min(max(len(text), 1), HEAD) for text in texts])
    return np.asarray((best_two[:, 1] - best_two[:, 0]) / np.sqrt(lengths))


def foreign_languages(
    detector: Detector, texts: list[str], readable: Bools, logits: Floats
) -> dict[int, str]:
    """Return row -> language for texts that seem supported but are surely in a language without a label."""
    supported = np.isin(np.array(detector.labels)[logits.argmax(axis=1)], LANGUAGES)
    long_enough = np.array([len(text) >= _SHORTEST for text in texts], dtype=bool)
    doubtful = readable & supported & long_enough & (lead(logits, texts) < FOREIGN_BELOW)
    rows = np.flatnonzero(doubtful).tolist()
    named = detector.identify([texts[row] for row in rows])
    return {row: name for row, name in zip(rows, named, strict=True) if name and name not in detector.labels}
