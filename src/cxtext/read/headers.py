"""Column names from the header of a table, and from the extra header rows that survey tools write."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from cxtext.read.decode import without_surrogates
from cxtext.read.vocabulary import normalise, vocabulary

_QUALTRICS: Final = re.compile(r"""\s*\{\s*["']+ImportId""")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class Header(NamedTuple):
    """Names of the columns (unique), the question each answers if a header row says so, and rows used."""

    names: tuple[str, ...]
    titles: dict[str, str]
    rows: int
    open_answers: frozenset[str] = frozenset()  # columns that a survey tool marks as free text


def read_header(first: Sequence[Sequence[str | None]]) -> Header:
    """Return the header that the first rows (at most three) of a table hold.

    Qualtrics writes names, questions and import ids; SurveyMonkey questions and answer options.
    """
    if len(first) > 2 and any(_QUALTRICS.match(cell or "") for cell in first[2]):
        names = unique_names(first[0])
        return Header(names, _titles(names, first[1]), 3)
    if len(first) > 1 and _is_surveymonkey(first[0], first[1]):
        questions = _fill_forward(first[0])
        joined = [_with_option(*pair) for pair in zip_longest(questions, first[1][: len(questions)])]
        names = unique_names(joined)
        open_headers = vocabulary().open_answer_headers
        pairs = zip_longest(names, first[1][: len(names)])
        free = frozenset(name for name, cell in pairs if name and normalise(cell or "") in open_headers)
        return Header(names, dict(zip(names, questions, strict=True)), 2, free)
    return Header(unique_names(first[0]), {}, 1)


def unique_names(cells: Sequence[str | None]) -> tuple[str, ...]:
    """Return a name for each column: blank ones by their position, repeated ones with a number."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        base = _CONTROLS.sub(" ", without_surrogates(cell or "")).strip() or f"column_{position}"
        name, copy = base, 2
        while name in names:
            name, copy = f"{base}_{copy}", copy + 1
        names.append(name)
    return tuple(names)


def _titles(names: Sequence[str], questions: Sequence[str | None]) -> dict[str, str]:
    pairs = zip_longest(names, questions[: len(names)])
    return {name: title.strip() for name, title in pairs if title and title.strip() and title != name}


def _is_surveymonkey(first: Sequence[str | None], second: Sequence[str | None]) -> bool:
    # The second row names answer options, and is blank under what the tool itself records.
    generic = vocabulary().answer_headers
    has_generic = any(normalise(cell or "") in generic for cell in second)
    blank_under_own = not (second[0] or "").strip() and bool((first[0] or "").strip())
    return has_generic and blank_under_own


def _fill_forward(cells: Sequence[str | None]) -> list[str]:
    filled: list[str] = []
    for cell in cells:
        blank = not (cell or "").strip()
        filled.append(filled[-1] if blank and filled else (cell or "").strip())
    return filled


def _with_option(question: str | None, option: str | None) -> str:
    generic = normalise(option or "") in vocabulary().answer_headers
    asked, chosen = question or "", (option or "").strip()
    return asked if generic or not chosen else f"{asked}: {chosen}"
