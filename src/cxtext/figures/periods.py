"""The order of periods and waves, and how far apart they are, told from their names.

`2026-W07`, `2026-04`, `2026-Q2` and `2026` are of the calendar; waves are called anything: `2`, `Wave 10`,
`2024 H1`, `Q3 2023`, `maart 2024`.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from cxtext.schema.columns import LANGUAGES

NUMBER: Final = "#"
MONTH: Final = "month"
YEAR: Final = "year"
_PART: Final = re.compile(r"\d+|[^\W\d_]+")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_LAST_MONTH: Final = 12


class Place(NamedTuple):
    """Where a period stands among those called alike (`shape`): by its year, then by its other numbers."""

    order: tuple[int, ...]
    shape: tuple[str, ...]


@lru_cache(maxsize=4096)
def place_of(label: str) -> Place:
    """Return the place of a period or wave; names of months are numbers, as is a last single letter."""
    parts = _PART.findall(unicodedata.normalize("NFKC", label).casefold())
    years = [part for part in parts if _YEAR.fullmatch(part)]
    year = years[0] if years else None
    if year:
        parts.remove(year)
    if parts and len(parts[-1]) == 1 and not any(part.isdecimal() for part in parts):
        parts[-1] = str(ord(parts[-1]))
    read = [(MONTH, _months()[part]) if part in _months() else _plain(part) for part in parts]
    numbers = tuple(number for _, number in read if number is not None)
    shape = tuple(kind for kind, _ in read)
    return Place((int(year), *numbers), (YEAR, *shape)) if year else Place(numbers, shape)


def sort_key(label: str) -> str:
    """Return a text that sorts periods by time, where their names tell it."""
    return " ".join(f"{number:020d}" for number in place_of(label).order) + f" {label}"


def in_order(labels: Iterable[str]) -> list[list[str]]:
    """Return the periods in order of time, those called alike together: months apart from quarters."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for label in sorted(set(labels), key=lambda label: (place_of(label).order, label)):
        alike.setdefault(place_of(label).shape, []).append(label)
    return list(alike.values())


def steps(labels: Iterable[str], *, waves: bool) -> dict[str, int]:
    """Return how many periods each lies from some first one; waves, and what is no calendar's, by their rank."""
    found: dict[str, int | None] = {}
    for alike in in_order(labels):
        far = None if waves else [_calendar(label) for label in alike]
        known = far is not None and all(step is not None for step in far)
        found.update(zip(alike, far if known and far else range(len(alike)), strict=True))
    return {label: step for label, step in found.items() if step is not None}


def unclear(labels: Sequence[str]) -> tuple[str, str] | None:
    """Return two waves whose order their names don't tell; null where all are clear."""
    places = {label: place_of(label) for label in dict.fromkeys(labels)}
    ordered = sorted(places, key=lambda label: (places[label], label))
    for one, other in pairwise(ordered):
        alike = places[one].shape == places[other].shape
        if not alike or places[one].order == places[other].order or _may_turn(places[one], places[other]):
            return one, other
    return None


def _may_turn(one: Place, other: Place) -> bool:
    """Return whether two places without a year stand the other way round if their last number counts first."""
    return YEAR not in one.shape and one.order[::-1] > other.order[::-1] and len(one.order) > 1


def _plain(part: str) -> tuple[str, int | None]:
    return (NUMBER, int(part)) if part.isdecimal() else (part, None)


def _calendar(label: str) -> int | None:
    order, shape = place_of(label)
    match shape, order:
        case (("year",), (year,)):
            return year
        case (("year", "q", "#"), (year, quarter)) if 1 <= quarter <= 4:
            return 4 * year + quarter
        case (("year", "#") | ("year", "month"), (year, month)) if 1 <= month <= _LAST_MONTH:
            return 12 * year + month
        case (("year", "w", "#"), (year, week)) if 1 <= week <= 53:
            return _week(year, week)
    return None


def _week(year: int, week: int) -> int | None:
    try:
        return date.fromisocalendar(year, week, 1).toordinal() // 7
    except ValueError:  # a year without a 53rd week
        return None


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    from babel import Locale

    return {
        name.casefold().rstrip("."): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }
