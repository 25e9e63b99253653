"""What columns and answers are called: the words of all languages, from one data file each."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cxtext.schema.columns import LANGUAGES

_FOLDER: Final = Path(__file__).parent / "words"
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "o", "œ": "oe", "ß": "ss"})
_EMOJI_VARIANTS: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")


@dataclass(frozen=True)
class Vocabulary:
    """The words of all languages, normalised.

    `columns` maps a column name without spaces to its family: a role, or `satisfaction`, the kind of
    rating that companies ask for on many scales. `likert` and `effort` map an answer to 1..5, 5 being the best.
    """

    columns: dict[str, str]
    customers: dict[str, str]  # the same, of customers files only
    fillers: frozenset[str]  # words that may surround a column name
    questions: tuple[tuple[str, re.Pattern[str]], ...]  # family, what a question of it looks like
    answer_headers: frozenset[str]
    open_answer_headers: frozenset[str]
    likert: dict[str, int]
    effort: dict[str, int]
    signs: dict[str, int]
    out_of: str  # regular expression
    stars: str  # regular expression
    missing: frozenset[str]


def normalise(text: str) -> str:
    """Return words in lower case without accents and punctuation: `Bemærkning:` -> `bemaerkning`."""
    decomposed = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text).casefold().translate(_LETTERS))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", plain).strip()


def squeeze(text: str) -> str:
    """Return the normalised text without spaces, so that `touch point` and `touchpoint` are one."""
    return normalise(text).replace(" ", "")


def plain_sign(text: str) -> str:
    """Return an emoji without its variant selectors and skin tones."""
    return _EMOJI_VARIANTS.sub("", text).strip()


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the words of all languages."""
    files = [_load(language) for language in LANGUAGES]
    return Vocabulary(
        columns=_families(file["columns"] for file in files),
        customers=_families(file["customers"] for file in files),
        fillers=_normalised(word for file in files for word in file["fillers"]),
        questions=tuple(
            (family, _question(phrase))
            for file in files
            for family, phrases in file["questions"].items()
            for phrase in phrases
        ),
        answer_headers=_normalised(word for file in files for word in file["answer_headers"]),
        open_answer_headers=_normalised(word for file in files for word in file["open_answer_headers"]),
        likert=_points(file["likert"] for file in files),
        effort=_points(file["effort"] for file in files),
        signs={plain_sign(sign): int(point) for point, signs in _load("signs").items() for sign in signs},
        out_of=_any_of(word for file in files for word in file["out_of"]),
        stars=_any_of(word for file in files for word in file["stars"]),
        missing=_normalised(word for file in files for word in file["missing"]),
    )


def territory_aliases() -> dict[str, list[str]]:
    """Return unofficial names of territories by ISO 3166 code."""
    aliases: dict[str, list[str]] = _load("territories")
    return aliases


def _load(name: str) -> Any:
    return json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))


def _families(columns: Iterable[dict[str, list[str]]]) -> dict[str, str]:
    return {squeeze(name): family for file in columns for family, names in file.items() for name in names}


def _normalised(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normalise(word) for word in words)


def _points(scales: Iterable[dict[str, list[str]]]) -> dict[str, int]:
    return {
        normalise(answer): int(point)
        for scale in scales
        for point, answers in scale.items()
        for answer in answers
    }


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted({re.escape(normalise(word)) for word in words}, key=len, reverse=True))


def _question(phrase: str) -> re.Pattern[str]:
    # `*` stands for any words between, or for the end of a word
    words = [r".*" if word == "*" else re.escape(normalise(word)) for word in phrase.split()]
    ends = [
        word + (r"\w*" if raw.endswith("*") and raw != "*" else "")
        for word, raw in zip(words, phrase.split(), strict=True)
    ]
    return re.compile(r"\b" + " ".join(ends).replace(" .* ", r"\b.*\b") + r"\b")
