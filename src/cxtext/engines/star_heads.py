"""What the classes of a checkpoint mean in stars, read from their labels."""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from cxtext.errors import MissingModelError
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Floats

# A class that doesn't tell two stars apart gives half to each.
_STARS: Final = {
    "very negative": (1.0, 0, 0, 0, 0),
    "negative": (0.5, 0.5, 0, 0, 0),
    "neutral": (0, 0, 1.0, 0, 0),
    "positive": (0, 0, 0, 0.5, 0.5),
    "very positive": (0, 0, 0, 0, 1.0),
}
_THREE: Final = {"negative", "neutral", "positive"}
_FIVE: Final = set(_STARS)


def stars_of_labels(labels: Sequence[str]) -> Floats:
    """Return an array (labels, 5): how the probability of each class spreads over 1..5 stars.

    Taken: five classes named 1 to 5 (`1 star`, `5 sterren`, `3`) or very negative to very positive; three
    named negative, neutral, positive; two of these without neutral; in any order, in the four languages.

    Raises
    ------
    MissingModelError: the labels say something else, or nothing (`LABEL_0`).
    """
    numbers = [_number(label) for label in labels]
    if sorted(str(number) for number in numbers) == ["1", "2", "3", "4", "5"]:
        return np.eye(5)[[int(number) - 1 for number in numbers if number]]
    meanings = [_meaning(label) for label in labels]
    if len(set(meanings)) == len(labels):
        if set(meanings) == _FIVE:
            ordered = ["very negative", "negative", "neutral", "positive", "very positive"]
            return np.eye(5)[[ordered.index(str(meaning)) for meaning in meanings]]
        if set(meanings) in (_THREE, _THREE - {"neutral"}):
            return np.array([_STARS[str(meaning)] for meaning in meanings])
    shown = ", ".join(labels[:6]) + (" ..." if len(labels) > 6 else "")
    raise MissingModelError(
        f"its classes ({shown}) are neither 1 to 5 stars nor negative, neutral, positive; "
        'name them in "id2label" of its config.json'
    )


def _number(label: str) -> int | None:
    """Return 4 for `4`, `4 stars`, `4_sterren`; None for anything else."""
    match = re.fullmatch(r"([1-5])[\s_-]*(.*)", label.strip().lower())
    known = match and (not match[2] or match[2] in _words()["star"])
    return int(match[1]) if match and known else None


def _meaning(label: str) -> str | None:
    """Return the key of _STARS that a label stands for."""
    *before, last = re.split(r"[\s_-]+", unicodedata.normalize("NFC", label.strip().lower()))
    meaning = next((key for key in ("negative", "neutral", "positive") if last in _words()[key]), None)
    if not before or meaning is None:
        return meaning
    return f"very {meaning}" if before[0] in _words()["very"] and len(before) == 1 else None


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """Return the label words of the four languages together."""
    files = [Path(__file__).parent / "labels" / f"{language}.json" for language in LANGUAGES]
    tables = [json.loads(file.read_text("utf-8")) for file in files]
    return {key: frozenset(word for table in tables for word in table[key]) for key in tables[0]}
