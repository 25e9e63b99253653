"""Markets to ISO 3166 codes and languages to ISO 639 codes, from Babel's CLDR names in the languages."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import polars as pl

from cxtext.read.vocabulary import normalise, territory_aliases
from cxtext.schema.columns import LANGUAGES

_LOCALE: Final = re.compile(r"[a-z]{2,3}[-_]([A-Z]{2})")
_LANGUAGE_TAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z]{2,4})?")
_NO_LANGUAGE: Final = frozenset({"und", "mul", "zxx", "mis"})  # codes of any, several, none
_COUNTRY_AS_LANGUAGE: Final = {"dk": "da"}  # no language's code, and what people mean by it
_ARTICLE: Final = re.compile(r"^(the|les|la|le|l|de|het) ")


def market_codes(markets: pl.Series) -> pl.Series:
    """Return the ISO 3166 code of each market; what can't be mapped as it is written, blank as null."""
    return _map_different(markets, market_code)


def language_codes(languages: pl.Series) -> pl.Series:
    """Return the ISO 639 code of each declared language; what can't be mapped as it is written."""
    return _map_different(languages, language_code)


def is_language(code: str) -> bool:
    """Return whether a code that `language_code` gave is that of one language."""
    return code in _languages().values() and code not in _NO_LANGUAGE


def market_code(market: str) -> str:
    """Return the code of one market: `Danmark`, `dk`, `DNK`, `da-DK` -> `DK`."""
    text = market.strip()
    locale = _LOCALE.fullmatch(text)
    key = normalise(locale[1] if locale else text)
    codes = _territories()
    return codes.get(key) or codes.get(_ARTICLE.sub("", key)) or text


def language_code(language: str) -> str:
    """Return the code of one language: `Nederlands`, `nl-BE`, `nld`, `NL` -> `nl`."""
    text = language.strip()
    tag = _LANGUAGE_TAG.fullmatch(text)
    codes = _languages()
    return codes.get(normalise(text)) or (codes.get(tag[1].lower()) if tag else None) or text


def _map_different(values: pl.Series, to_code: Callable[[str], str]) -> pl.Series:
    texts = values.cast(pl.String).str.strip_chars().replace("", None)
    different = texts.drop_nulls().unique().sort()
    codes = pl.Series([to_code(text) for text in different], dtype=pl.String)
    return texts.replace_strict(different, codes, default=None, return_dtype=pl.String)


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    codes: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes |= {normalise(code): code, normalise(name): code}
    official = set(codes.values())
    for old, new in get_global("territory_aliases").items():
        if old.isalpha() and len(new) == 1 and new[0] in official:
            codes.setdefault(normalise(old), new[0])
    aliases = {normalise(name): code for code, names in territory_aliases().items() for name in names}
    return codes | aliases


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    from babel import Locale
    from babel.core import get_global

    names = [(code, name) for language in LANGUAGES for code, name in Locale(language).languages.items()]
    names += [(language, Locale(language).get_display_name()) for language in LANGUAGES]
    codes = {normalise(name): code for code, name in names if "_" not in code}
    codes |= {code: code for code, _ in names if "_" not in code}
    aliases = {old: new for old, new in get_global("language_aliases").items() if new in codes}
    return aliases | _COUNTRY_AS_LANGUAGE | codes
