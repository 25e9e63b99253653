"""What of a text an engine reads: its beginning, and of an unknown language the emoji alone."""

import re
from typing import Final

MAX_CHARACTERS: Final = 20_000  # the rest of a longer text is not read
# Pictographs, dingbats and other symbols that are understood alike in every language.
EMOJI: Final = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")


def readable(text: str, language: str) -> tuple[str, bool]:
    """Return what to read of a text whose language is known (`nl`) or not (""), and whether it was cut."""
    cut = text[:MAX_CHARACTERS]
    return cut if language else " ".join(EMOJI.findall(cut)), len(text) > MAX_CHARACTERS
