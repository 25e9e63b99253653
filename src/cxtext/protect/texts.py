"""One text: its personal data found and replaced by labelled placeholders."""

import re
from collections.abc import Iterator

from cxtext.protect.numbers import NUMBERS, Found, Kind
from cxtext.protect.phones import PHONE_SHAPE, is_phone

_AT = r"(?:@| ?[(\[][aA][tT][)\]] ?)"
# the end of the last label is also a change of case: "info@example.dkMed venlig hilsen"
_TOP = r"(?:[A-Za-z][a-z]{1,23}(?![a-z\d_@])|[A-Z]{2,24}(?![\w@]))"
_EMAIL = re.compile(rf"(?<![\w.+%-])[\w+%][\w.+%'&-]{{0,63}}{_AT}(?:[\w-]{{1,63}}\.){{1,8}}{_TOP}")


_GROUP_END = re.compile(r"(?<=\w)\W")


def _any(_: Found) -> bool:
    return True


# Longer and stricter kinds first: what they take is out of the reach of the others.
KINDS: tuple[Kind, ...] = (Kind("EMAIL", _EMAIL, _any), *NUMBERS, Kind("PHONE", PHONE_SHAPE, is_phone))
LABELS = tuple(kind.label for kind in KINDS)

# What any personal data holds: an @, or six digits with little between them. Decides by itself that most
# rows need no look; it runs inside polars.
SUSPICIOUS = r"(?i)\w@\w|[(\[]at[)\]]|[0-9](?:[^0-9\pL]{0,3}[0-9]){5}|[a-z]{2}[0-9]{2}[a-z0-9 ]{11}"


def protect_text(text: str, region: str | None = None, *, heading: str = "") -> tuple[str, list[str]]:
    """Replace the personal data in `text`; return the new text and the kind of each placeholder put into it.

    `region` is the ISO 3166 code of the market, null when unknown: it says how telephone numbers are
    written. `heading` (a column's name) is read as if it stood before the text: `Tlf.` makes a bare number
    a telephone number.
    """
    found: list[str] = []
    text = f"{heading}: {text}" if heading else text
    for kind in KINDS:
        text = _replace(text, kind, region, found)
    return text[len(heading) + 2 :] if heading else text, found


def _replace(text: str, kind: Kind, region: str | None, labels: list[str]) -> str:
    parts = []
    done = position = 0
    while match := kind.shape.search(text, position):
        end = _end_of_number(kind, text, match, region)
        if end is None:
            # the candidate may begin with a stranger: look again from its second group
            position = match.start() + len(_GROUP_END.split(match.group(), maxsplit=1)[0])
            continue
        parts += [text[done : match.start()], f"[{kind.label}]"]
        labels.append(kind.label)
        done = position = end
    return "".join([*parts, text[done:]])


def _end_of_number(kind: Kind, text: str, match: re.Match[str], region: str | None) -> int | None:
    for end in _ends(match):
        found = Found(text, match.start(), end, region)
        if kind.shape.fullmatch(text, found.start, end) and kind.holds(found):
            return end
    return None


def _ends(match: re.Match[str]) -> Iterator[int]:
    # A number can run into the next words or figures ("... 6789 24 euro"): try without the last groups.
    yield match.end()
    gaps = [gap.start() for gap in re.finditer(r"[^\w]+", match.group())]
    yield from (match.start() + gap for gap in reversed(gaps[-6:]) if gap >= 6)
