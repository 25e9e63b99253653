"""What a report says, in one of four languages: its strings, and its numbers, dates and names by CLDR."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import format_decimal, format_percent

from cxtext.errors import UsageError
from cxtext.schema.columns import LANGUAGES

STRINGS = Path(__file__).parent / "strings"
FALLBACK = "en"
MINUS = "\N{MINUS SIGN}"
# English dates and numbers as most of Europe writes them; the other languages need no territory.
LOCALES = {"en": "en_GB"}

PERIODS = (
    (re.compile(r"\d{4}"), "year"),
    (re.compile(r"\d{4}-Q[1-4]"), "quarter"),
    (re.compile(r"\d{4}-\d{2}"), "month"),
    (re.compile(r"\d{4}-W\d{2}"), "week"),
)


@dataclass(frozen=True)
class Wording:
    """The strings of one language (key -> text with {placeholders}) and its locale."""

    language: str
    strings: dict[str, str]
    locale: Locale

    def __call__(self, key: str, **values: str) -> str:
        """Return the text of a key with its placeholders filled in."""
        return self.strings[key].format_map(values)

    def has(self, key: str) -> bool:
        """Return whether the key exists."""
        return key in self.strings

    def code(self, family: str, code: str) -> str:
        """Return the text of a code or phrase another stage gave, or that itself where it is unknown.

        The key is the phrase with an underscore for all but letters and digits: "as reported" is as_reported.
        """
        key = f"{family}.{slug(code)}"
        return self(key) if self.has(key) else code

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with that many decimals and the language's signs, never minus zero."""
        decimals = f".{'0' * digits}" if digits else ""
        text = str(format_decimal(_no_minus_zero(value, digits), f"#,##0{decimals}", locale=self.locale))
        return text.replace("-", MINUS)

    def signed(self, value: float, digits: int) -> str:
        """Return a number with its sign, plus too."""
        text = self.number(value, digits)
        return f"+{text}" if _no_minus_zero(value, digits) > 0 else text

    def percent(self, value: float, digits: int = 1) -> str:
        """Return a percentage given as 0..100."""
        number = f"#,##0.{'0' * digits}".rstrip(".")
        pattern = str(self.locale.percent_formats[None].pattern).replace("#,##0", number)
        return str(format_percent(_no_minus_zero(value, digits) / 100, pattern, locale=self.locale))

    def day(self, iso: str) -> str:
        """Return an ISO date written out."""
        return str(format_date(date.fromisoformat(iso), "long", locale=self.locale))

    def name(self, dimension: str, value: str) -> str:
        """Return how a group is called: a territory, a language or a period by its name, else as it is."""
        return NAMES.get(dimension, _as_is)(self, value)

    def sort_key(self, dimension: str, value: str) -> str:
        """Return what a group is sorted by: its name, case and accents aside."""
        return unicodedata.normalize("NFKD", self.name(dimension, value)).casefold()


def slug(code: str) -> str:
    """Return the part of a key that stands for a code or phrase."""
    return re.sub(r"[^0-9A-Za-z]+", "_", code).strip("_")


def _no_minus_zero(value: float, digits: int) -> float:
    return 0.0 if round(value, digits) == 0 else value


def _as_is(_: Wording, value: str) -> str:
    return value


def _market(wording: Wording, value: str) -> str:
    return str(wording.locale.territories.get(value, value)) if re.fullmatch("[A-Z]{2}", value) else value


def _language(wording: Wording, value: str) -> str:
    name = str(wording.locale.languages.get(value, value))
    return name[:1].upper() + name[1:]


def _period(wording: Wording, value: str) -> str:
    kind = next((kind for pattern, kind in PERIODS if pattern.fullmatch(value)), "")
    year, _, part = value.partition("-")
    if kind == "month" and 1 <= int(part) <= 12:
        return str(format_date(date(int(year), int(part), 1), "MMMM y", locale=wording.locale))
    if kind in ("quarter", "week"):
        return wording(f"period.{kind}", part=part[1:].lstrip("0"), year=year)
    return value


def _commented(wording: Wording, value: str) -> str:
    return wording.code("commented", value)


def _segment(wording: Wording, value: str) -> str:
    return wording.code("segment", value)


def _answered(wording: Wording, value: str) -> str:
    return wording.code("answered", value)


def _driver(wording: Wording, value: str) -> str:
    kind, _, term = value.partition(":")
    return wording(f"drivers.{kind}", term=term)


NAMES: dict[str, Callable[[Wording, str], str]] = {
    "market": _market,
    "language": _language,
    "period": _period,
    "commented": _commented,
    "driver": _driver,
    "answered": _answered,
    "satisfaction_stated": _segment,
    "satisfaction_inferred": _segment,
}


@lru_cache(maxsize=len(LANGUAGES))
def load_wording(language: str) -> Wording:
    """Return the wording of one of the four languages.

    Raises
    ------
    UsageError: it is none of the four.
    """
    if language not in LANGUAGES:  # before it becomes part of a path
        raise UsageError(f"no report in {language!r}; choose from {', '.join(LANGUAGES)}")
    strings: dict[str, Any] = json.loads((STRINGS / f"{language}.json").read_text("utf-8"))
    return Wording(language, strings, Locale.parse(LOCALES.get(language, language)))


def languages_of_market(market: str) -> tuple[str, ...]:
    """Return the languages of a market's page, largest first: its official ones, else English.

    A territory's official languages are CLDR's, limited to the four: Belgium gives nl and fr. A market
    that is no territory gives en.
    """
    try:
        official = get_official_languages(market, de_facto=True)
    except UnknownLocaleError:
        official = ()
    return tuple(language for language in official if language in LANGUAGES) or (FALLBACK,)
