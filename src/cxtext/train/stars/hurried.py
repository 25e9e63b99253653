"""Comments as hurried customers type them: no capitals, no accents, no apostrophes, slips of the fingers."""

import random
import re
import unicodedata
from collections.abc import Callable
from typing import Final

import polars as pl

HABITS: Final = 0.4  # the share of comments that have one, each
SLIPS: Final = 0.6  # the share of comments with slips
LETTERS_A_SLIP: Final = 60
_DANISH: Final = (
    str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"}),
    str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A"}),
)
_FREQUENT: Final = "aeinrstlo"
_WITHIN_A_WORD: Final = re.compile(r"(?<=\w)['\N{RIGHT SINGLE QUOTATION MARK}](?=\w)")
_STOPS: Final = re.compile(r"[.,;:]+")
_GLUED: Final = re.compile(r"\b(je|de|la|le|tr[eè]s) (?=\w)", re.IGNORECASE)


def hurried(text: str, language: str, seed: str) -> str:
    """Return a comment as its writer might have typed it in a hurry; the same text and seed give the same.

    Each habit is drawn by itself: small letters, no accents (in Danish ae, oe, aa), apostrophes left out or a
    space, stops left out or doubled, in French short words glued to the next, and some letters left out,
    doubled, exchanged or hit beside. A comment never becomes empty.
    """
    draw = random.Random(f"{seed} {text}")  # noqa: S311 (habits, no secrets)
    for habit in (str.lower, _plain(language, draw), _unquoted(language, draw), _unstopped(draw)):
        if draw.random() < HABITS:
            text = habit(text)
    if language == "fr" and draw.random() < HABITS:
        text = _GLUED.sub(lambda found: found[draw.random() < HABITS], text)
    if draw.random() < SLIPS:
        text = _with_slips(text, draw)
    return text if text.strip() else "."


def _plain(language: str, draw: random.Random) -> Callable[[str], str]:
    if language == "da":
        table = draw.choice(_DANISH)
        return lambda text: text.translate(table)
    return lambda text: "".join(
        each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each)
    )


def _unquoted(language: str, draw: random.Random) -> Callable[[str], str]:
    instead = draw.choice((" ", "")) if language == "fr" else ""
    return lambda text: _WITHIN_A_WORD.sub(instead, text)


def _unstopped(draw: random.Random) -> Callable[[str], str]:
    instead = draw.choice((" ", "", " ,", ".."))
    return lambda text: _STOPS.sub(instead, text)


def _with_slips(text: str, draw: random.Random) -> str:
    """Return the text with a letter left out, doubled, exchanged with the next or hit beside, now and then."""
    for _ in range(1 + len(text) // LETTERS_A_SLIP):
        at = draw.randrange(max(len(text), 1))
        here, rest = text[at : at + 1], text[at + 1 :]
        if here.isalpha():
            slips = rest, here * 2 + rest, rest[:1] + here + rest[1:], draw.choice(_FREQUENT) + rest
            text = text[:at] + draw.choice(slips)
    return text


def hurried_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their texts as hurried customers type them."""
    texts = [
        hurried(text, language, identifier)
        for text, language, identifier in rows.select("text", "lang", "id").iter_rows()
    ]
    return rows.with_columns(text=pl.Series(texts, dtype=pl.String))
