"""What is known of a row's language before its text is read: declared, market, the file's mix, or nothing.

The strongest that a row has is used alone. Each leaves a part of the probability to the weaker ones, so that clear
text overrules it: an English comment from Denmark is English.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
import polars as pl
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_territory_language_info

from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Floats
from cxtext.schema.settings import LanguageSettings

# What each prior leaves to the weaker ones.
DECLARED_LEAVES: Final = 0.02
MARKET_LEAVES: Final = 0.10
MIX_LEAVES: Final = 0.20  # the first rows of a file need not be like the rest
# How likely a decoy is beside a supported language when nothing is known. On training data 1% of Bokmål messages
# are then called Danish, and 0.3% of comments cut to three words are called a decoy.
DECOY_ODDS: Final = 0.1
# How much a share of the population that speaks a language counts, by its status in the territory.
STATUS_WEIGHTS: Final = {"official": 1.0, "de_facto_official": 1.0, "official_regional": 0.1, "None": 0.02}
_NEVER: Final = 1e-12
# CLDR's codes for a language that has a label of its own here.
_SAME: Final = {"no": "nb", "nb": "nb"}
_NAMED_IN: Final = ("en", "nl", "fr", "da", "de")


def log_priors(
    frame: pl.DataFrame, labels: tuple[str, ...], mix: Mapping[str, float] | None, settings: LanguageSettings
) -> Floats:
    """Return the log prior (rows, labels) of each row of the frame; `closed` leaves only those languages."""
    base = np.exp(open_log_prior(labels, settings))
    if mix is not None and settings.use_mix:
        shares = np.array([mix.get(label, 0.0) for label in labels])
        base_row = MIX_LEAVES * base + (1 - MIX_LEAVES) * shares
    else:
        base_row = base
    rows = len(frame)
    markets = _column(frame, "market") if settings.use_market else [None] * rows
    declared = _column(frame, "language_declared") if settings.use_declared else [None] * rows
    found: dict[tuple[str | None, str | None], Floats] = {}
    for key in zip(declared, markets, strict=True):
        if key not in found:
            found[key] = _row_prior(*key, labels=labels, base=base, fallback=base_row, settings=settings)
    table = [found[key] for key in zip(declared, markets, strict=True)]
    return np.array(table).reshape(rows, len(labels))


def open_log_prior(labels: tuple[str, ...], settings: LanguageSettings) -> Floats:
    """Return the log prior (labels,) of a text of which nothing is known."""
    odds = np.array([1.0 if label in LANGUAGES else DECOY_ODDS for label in labels])
    return np.asarray(np.log(_closed(odds, labels, settings)))


def market_shares(market: str, labels: tuple[str, ...]) -> Floats | None:
    """Return how likely each label is in a territory (ISO 3166), from CLDR's population shares; null if unknown."""
    shares = np.zeros(len(labels))
    for code, info in get_territory_language_info(market.strip().upper()).items():
        label = _SAME.get(code, code)
        weight = STATUS_WEIGHTS[str(info["official_status"])] * float(str(info["population_percent"]))
        place = labels.index(label) if label in labels else labels.index("other")
        shares[place] = max(shares[place], weight) if label in labels else shares[place] + weight
    return shares / shares.sum() if shares.sum() > 0 else None


def declared_label(value: str, labels: tuple[str, ...]) -> str | None:
    """Return the label that a declared language means: `nl-BE`, `nld`, `Dutch`, `Nederlands` are all `nl`."""
    code = _language_code(value.strip().lower())
    if code is None:
        return None
    return code if code in labels else "other"


def _row_prior(
    declared: str | None,
    market: str | None,
    *,
    labels: tuple[str, ...],
    base: Floats,
    fallback: Floats,
    settings: LanguageSettings,
) -> Floats:
    shares = market_shares(market, labels) if market else None
    prior = fallback if shares is None else MARKET_LEAVES * base + (1 - MARKET_LEAVES) * shares
    label = declared_label(declared, labels) if declared else None
    if label is not None:
        certain = np.array([float(other == label) for other in labels])
        prior = DECLARED_LEAVES * prior + (1 - DECLARED_LEAVES) * certain
    return np.asarray(np.log(_closed(prior, labels, settings)))


def _closed(odds: Floats, labels: tuple[str, ...], settings: LanguageSettings) -> Floats:
    allowed = [settings.closed is None or label in settings.closed for label in labels]
    kept = np.where(allowed, np.maximum(odds, _NEVER), 1e-300)
    return np.asarray(kept / kept.sum())


def _column(frame: pl.DataFrame, name: str) -> list[str | None]:
    return frame[name].to_list() if name in frame.columns else [None] * len(frame)


@lru_cache(maxsize=1024)
def _language_code(value: str) -> str | None:
    """Return the ISO 639-1 code a value means, null when it means none."""
    head = value.replace("_", "-").split("-")[0]
    aliases: Any = get_global("language_aliases")
    code = aliases.get(head, head) if len(head) in (2, 3) else _language_names().get(value)
    try:
        return None if code is None else _SAME.get(code, Locale.parse(code).language)
    except (UnknownLocaleError, ValueError):
        return None


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    """Return lower-cased language name -> code, in the languages of reports and in each language itself."""
    names: dict[str, str] = {}
    for language in _NAMED_IN:
        names |= {name.lower(): code for code, name in Locale.parse(language).languages.items()}
    return names
