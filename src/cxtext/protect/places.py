"""Places in a protected text, as places in the text before personal data was replaced."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

import polars as pl

from cxtext.protect.texts import LABELS

_PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(LABELS)})\]")


def in_original(spans: pl.Series, protected: pl.Series, original: pl.Series) -> pl.Series:
    """Return lists of structs with `start` and `end` in protected texts, moved to where that is in the originals.

    A span whose place in the original can't be told for certain is left out.
    """
    moved = spans.to_list()
    for row in (protected != original).fill_null(value=False).arg_true():
        if moved[row]:
            parts = list(kept_parts(protected[row], original[row]))
            moved[row] = [found for span in moved[row] if (found := _moved(span, parts))]
    return pl.Series(spans.name, moved, dtype=spans.dtype)


def kept_parts(protected: str, original: str) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of a protected text between its placeholders: start, end and how far off the original stands.

    Only parts that can stand in one place alone: the first at the start, the last at the end, and between them
    those that are found in the same place from the start, after the parts before, as from the end.
    """
    parts = _PLACEHOLDER.split(protected)
    starts = [0, *(found.end() for found in _PLACEHOLDER.finditer(protected))]
    if len(parts) == 1 or not (original.startswith(parts[0]) and original.endswith(parts[-1])):
        return
    earliest = _earliest(parts, original)
    backwards = _earliest([part[::-1] for part in reversed(parts)], original[::-1])
    latest = [len(original) - end for end in reversed(backwards)]  # where each part ends
    earliest[-1], latest[0] = len(original) - len(parts[-1]), len(parts[0])
    for part, start, first, last in zip(parts, starts, earliest, latest, strict=True):
        if first + len(part) == last:
            yield start, start + len(part), first - start


def _earliest(parts: Sequence[str], text: str) -> list[int]:
    """Return where each part can first stand after the one before it, with something replaced between them."""
    found = [0]
    for before, part in pairwise(parts):
        place = text.find(part, found[-1] + len(before) + 1)
        found.append(place if place >= 0 else len(text))
    return found


def _moved(span: dict[str, Any], parts: Sequence[tuple[int, int, int]]) -> dict[str, Any] | None:
    for start, end, off in parts:
        if start <= span["start"] and span["end"] <= end:
            return span | {"start": span["start"] + off, "end": span["end"] + off}
    return None
