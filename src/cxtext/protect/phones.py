"""Telephone numbers in a text, by phonenumbers, with the rules that keep dates, prices and order numbers."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

from cxtext.protect.numbers import Found
from cxtext.protect.words import has_word_near

# The markets a number may be of when the row's own is unknown.
DEFAULT_REGIONS = ("NL", "BE", "FR", "DK", "GB", "LU")

_S = r"[ \u00a0\u202f.\-\u2010-\u2015/()]"
_AREA = rf"(?:\(\d{{1,5}}\){_S}{{0,2}})?"  # a bracket round the whole number is not part of it
_NATIONAL = rf"(?<![\w@#/€$£+])(?<!\d[.,:]){_AREA}\d(?:{_S}{{0,2}}\d){{4,15}}(?![\w@%€$£:]|[.,]\d)"
# a plus may be glued to words
_INTERNATIONAL = rf"(?<![\d+])(?:\(\+\d{{1,3}}\){_S}?|\+{_S}?)\d(?:{_S}{{0,2}}\d){{5,15}}(?!\d)"
PHONE_SHAPE = re.compile(f"{_INTERNATIONAL}|{_NATIONAL}")

_DATE = re.compile(  # two-digit years only when nothing follows: 06 12 34 56 78 is a number
    r"[0-3]?\d[-/. ]{1,2}[0-3]?\d[-/. ]{1,2}(?:19|20)\d\d(?:\D.*)?|[0-3]?\d([-/. ])[01]?\d\1\d\d"
    r"|(?:19|20)\d\d([-/. ]?)[01]\d\2[0-3]\d(?:\D.*)?"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:([ \u00a0\u202f.])\d{3})(?:\1\d{3})*")
_YEARS = re.compile(r"(?:19|20)\d\d\D+(?:19|20)\d\d")
_NORTH_AMERICAN = re.compile(r"\(?[2-9]\d\d\)?[ .-]{1,2}\d{3}[ .-]\d{4}")


def is_phone(found: Found) -> bool:
    """Tell whether a candidate that PHONE_SHAPE matched is a telephone number.

    An international number must be possible in its country; a national one with its trunk 0 must be valid
    in the market, or possible and grouped; any other must be grouped as its country groups numbers, or stand
    by a word such as "tlf" or "bel". Numbers introduced as an order, customer or parcel are none.
    """
    shown = found.shown.lstrip("(")
    if shown.startswith("+"):
        return _is_international(shown)
    named = has_word_near("phone", found.text, found.start, found.end)
    if found.is_named_order or _DATE.fullmatch(shown) or _YEARS.fullmatch(shown):
        return False
    if shown.startswith("00"):
        return _is_international("+" + shown[2:], strict=True)
    regions = _regions(found.region)
    if shown.startswith("0"):
        return _is_with_trunk(shown, regions, named=named)
    if _THOUSANDS.fullmatch(shown) and not named:  # 100 000 km
        return found.region is not None and _is_grouped_number(shown, found.region)
    return _is_without_trunk(shown, regions, named=named, known=found.region is not None)


def _regions(market: str | None) -> Sequence[str]:
    return (market,) if market in phonenumbers.SUPPORTED_REGIONS and market else DEFAULT_REGIONS


def _is_international(shown: str, *, strict: bool = False) -> bool:
    number = _parsed(shown, None)
    if number is None or _digits(shown) < 8:
        return False
    strict = strict or bool(_THOUSANDS.fullmatch(shown[1:]))  # +1 000 000
    return phonenumbers.is_valid_number(number) if strict else phonenumbers.is_possible_number(number)


def _is_with_trunk(shown: str, regions: Sequence[str], *, named: bool) -> bool:
    if _digits(shown) > 12:
        return False
    separators = len(re.findall(r"\D+", shown))
    # with the 0: ten or eleven digits, in Belgium nine for a landline
    long_enough = 10 - (separators > 1) <= _digits(shown) <= 11 and shown[1] != "0"
    return any(
        phonenumbers.is_valid_number_for_region(number, region)
        or (long_enough and (separators > 0 or named) and phonenumbers.is_possible_number(number))
        for number, region in _readings(shown, regions)
    )


def _is_without_trunk(shown: str, regions: Sequence[str], *, named: bool, known: bool) -> bool:
    if _NORTH_AMERICAN.fullmatch(shown) and (not known or {"US", "CA"} & set(regions)):
        return True
    digits = _digits(shown)
    if digits > 12 or (digits < 8 and not (named and known)):
        return False
    if named:
        return any(phonenumbers.is_possible_number(number) for number, _ in _readings(shown, regions))
    return any(_is_grouped_number(shown, region) for region in regions)


@lru_cache(maxsize=1024)
def _is_grouped_number(shown: str, region: str) -> bool:
    if phonenumbers.ndd_prefix_for_region(region, True) == "0":
        return False  # there the usual form begins with 0, which `shown` does not
    number = _parsed(shown, region)
    if number is None or not phonenumbers.is_valid_number_for_region(number, region):
        return False
    usual = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    groups = re.findall(r"\d+", shown)
    return len(groups) > 1 and groups == re.findall(r"\d+", usual)


def _digits(shown: str) -> int:
    return sum(character.isdigit() for character in shown)


def _readings(shown: str, regions: Sequence[str]) -> Iterator[tuple[phonenumbers.PhoneNumber, str]]:
    parsed = ((_parsed(shown, region), region) for region in regions)
    return ((number, region) for number, region in parsed if number is not None)


@lru_cache(maxsize=1024)
def _parsed(shown: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(shown, region)
    except phonenumbers.NumberParseException:
        return None
