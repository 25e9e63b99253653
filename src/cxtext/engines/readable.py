"""What of a text an engine reads: its beginning, unshouted, without what a review page stamps on it.

And whether it says anything: one rule for all engines.
"""

import json
import re
from functools import lru_cache
from importlib import resources
from typing import Final

MAX_CHARACTERS: Final = 20_000  # the rest of a longer text is not read
_CAPITALS: Final = "[A-ZÀ-ÖØ-ÞŒŸ]+"  # their small letters are one character each, too
_IN_CAPITALS: Final = re.compile(rf"\b{_CAPITALS}(?:\W+{_CAPITALS})+\b")
_SHOUTED_LETTERS: Final = 6  # fewer may be an abbreviation and its neighbour
# Pictographs, dingbats and other symbols that are understood alike in every language.
EMOJI: Final = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
_WORD: Final = re.compile(r"[^\W\d_]")
_SMILEY: Final = re.compile("[:;=][-']?[)(D/]")


def readable(text: str, language: str) -> tuple[str, bool]:
    """Return what to read of a text whose language is known (`nl`) or not (""), and whether it was cut.

    The line in which a review page tells the day of the experience is blanked: no customer wrote it, and of a
    review of a title alone it is all that an export holds. Words in a row that are typed in capitals are read in
    small letters: praise is typed so as well as anger, and capitals cut words into pieces seldom seen. Characters
    keep their places.
    """
    cut = text[:MAX_CHARACTERS]
    if not language:
        cut = " ".join(EMOJI.findall(cut))
    elif ":" in cut:  # most texts have none, and the search takes as long as a linear model's answer
        cut = _stamp().sub(lambda found: " " * len(found[0]), cut)
    return _IN_CAPITALS.sub(_unshouted, cut), len(text) > MAX_CHARACTERS


def has_evidence(text: str, question: str | None) -> bool:
    """Return whether a readable text says anything: a word or an emoji, and more than "none" to no question."""
    says_more = _WORD.search(text) and (question or not _empty_answer().fullmatch(text))
    return bool(says_more or EMOJI.search(text) or _SMILEY.search(text))


@lru_cache(maxsize=1)
def _empty_answer() -> re.Pattern[str]:
    """Return the pattern of a text that says "none", whatever stands between and around its words."""
    data = resources.files("cxtext.engines").joinpath("empty_answers.json").read_text("utf-8")
    answers = [
        re.findall(r"[^\W_]+", answer) for language in json.loads(data).values() for answer in language
    ]
    alternatives = "|".join(r"[\W_]+".join(words) for words in answers)
    return re.compile(rf"[\W_]*(?:{alternatives})[\W_]*", re.IGNORECASE)


def _unshouted(run: re.Match[str]) -> str:
    """Return a run of words in capitals in small letters; a run of few letters as it is."""
    return run[0].lower() if sum(map(str.isalpha, run[0])) >= _SHOUTED_LETTERS else run[0]


@lru_cache(maxsize=1)
def _stamp() -> re.Pattern[str]:
    """Return the pattern of `Date of experience: 10 August 2023` in each language, in any order of the date."""
    data = resources.files("cxtext.engines").joinpath("review_stamps.json").read_text("utf-8")
    titles = "|".join(re.escape(title) for titles in json.loads(data).values() for title in titles)
    month = r"(?:[^\W\d_]+\.?\s+)?"
    return re.compile(rf"\b(?:{titles})\s*:\s*{month}\d{{1,2}}(?:er|[.,])?\s+{month}\d{{4}}\b", re.IGNORECASE)
