"""What of a text an engine reads: its beginning, without what a review page stamps on it; or the emoji alone."""

import json
import re
from functools import lru_cache
from importlib import resources
from typing import Final

MAX_CHARACTERS: Final = 20_000  # the rest of a longer text is not read
# Pictographs, dingbats and other symbols that are understood alike in every language.
EMOJI: Final = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")


def readable(text: str, language: str) -> tuple[str, bool]:
    """Return what to read of a text whose language is known (`nl`) or not (""), and whether it was cut.

    The line in which a review page tells the day of the experience is blanked: no customer wrote it, and of a
    review of a title alone it is all that an export holds. Characters keep their places.
    """
    cut = text[:MAX_CHARACTERS]
    if not language:
        cut = " ".join(EMOJI.findall(cut))
    elif ":" in cut:  # most texts have none, and the search takes as long as a linear model's answer
        cut = _stamp().sub(lambda found: " " * len(found[0]), cut)
    return cut, len(text) > MAX_CHARACTERS


@lru_cache(maxsize=1)
def _stamp() -> re.Pattern[str]:
    """Return the pattern of `Date of experience: 10 August 2023` in each language, in any order of the date."""
    data = resources.files("cxtext.engines").joinpath("review_stamps.json").read_text("utf-8")
    titles = "|".join(re.escape(title) for titles in json.loads(data).values() for title in titles)
    month = r"(?:[^\W\d_]+\.?\s+)?"
    return re.compile(rf"\b(?:{titles})\s*:\s*{month}\d{{1,2}}(?:er|[.,])?\s+{month}\d{{4}}\b", re.IGNORECASE)
