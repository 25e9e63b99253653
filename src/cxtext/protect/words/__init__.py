"""Words that tell, when they stand near a number, what the number is. One JSON file per language.

Each file maps a role to regular expressions of whole words: `phone` and the kinds `bsn`, `cpr`, `nir`,
`nino` make a number personal data; `telephone` ends the name of a column of such numbers; `order` names what
else is numbered (orders, customers, parcels) and `link` the small words that may stand between such a name and
its number; `no_value` is what programs write into a cell that holds nothing. All languages are used together:
protect runs before the language is known, and people mix them.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_PART_OF_NAME = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)")


@cache
def words(role: str) -> str:
    """Return one regular expression that matches any word of `role` in any language."""
    return rf"(?<!\w)(?:{alternatives(role)})(?!\w)"


@cache
def alternatives(role: str) -> str:
    """Return the words of `role` in any language, the longest first, as alternatives of a regular expression."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.json"))]
    found = {word for file in files for word in file.get(role, [])}
    return "|".join(sorted(found, key=lambda word: (-len(word), word)))


@cache
def _near(role: str) -> re.Pattern[str]:
    return re.compile(words(role), re.IGNORECASE)


@cache
def _names_the_number() -> re.Pattern[str]:
    # "ordernummer is: 12", "n° de commande 12", "order #12": nothing but small words up to the number
    return re.compile(rf"{words('order')}(?:{words('link')}|[\s.:#°º=()\-])*$", re.IGNORECASE)


def has_word_near(role: str, text: str, start: int, end: int, *, before: int = 40, after: int = 0) -> bool:
    """Tell whether a word of `role` stands within `before` characters before text[start:end], or `after`."""
    return _holds_word(role, text[max(0, start - before) : start]) or _holds_word(
        role, text[end : end + after]
    )


@lru_cache(maxsize=1024)  # the readings of one candidate ask for the same few characters
def _holds_word(role: str, characters: str) -> bool:
    return bool(_near(role).search(characters))


def is_order_number(text: str, start: int) -> bool:
    """Tell whether the number at `start` is introduced as that of an order, customer, parcel and so on."""
    return _ends_in_order_name(text[max(0, start - 40) : start])


def names_telephones(column: str) -> bool:
    """Tell whether a column's name ends in what its numbers are, telephones: `customer_phone`, `telNr2`.

    `phone_model`, `call_id` and `mobile_visits` hold something else.
    """
    return bool(_ends_in_telephone().search(_PART_OF_NAME.sub(" ", column)))


@cache
def _ends_in_telephone() -> re.Pattern[str]:
    return re.compile(rf"{words('telephone')}(?: \d\d?)?\W*$", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _ends_in_order_name(characters: str) -> bool:
    return bool(_names_the_number().search(characters))
