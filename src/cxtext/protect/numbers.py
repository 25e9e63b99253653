"""Bank and identity numbers in a text: what they look like, and when a look-alike is one.

Check digits alone are not enough for the short ones: 1 in 11 nine-digit order numbers passes the test of
a BSN, and every ten-digit number that starts like a date looks like a CPR. Those need their usual grouping
or a word that names them (docs/decisions/0004-personal-data.md).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.dk import cpr
from stdnum.exceptions import ValidationError
from stdnum.fr import nir
from stdnum.nl import bsn

from cxtext.protect.words import has_word_near, is_order_number

_S = r"[ \u00a0\u202f.\-\u2010-\u2015]"  # what people put between the groups of a number


@dataclass(frozen=True)
class Found:
    """A candidate in its text: the characters text[start:end], and the market of the row if known."""

    text: str
    start: int
    end: int
    region: str | None

    @property
    def shown(self) -> str:
        """The characters as written."""
        return self.text[self.start : self.end]

    @property
    def compact(self) -> str:
        """The letters and digits alone, upper case."""
        return "".join(character for character in self.shown if character.isalnum()).upper()

    @property
    def is_named_order(self) -> bool:
        """Whether the text introduces it as an order, customer or parcel number."""
        return is_order_number(self.text, self.start)

    def is_near(self, role: str) -> bool:
        """Whether a word of `role` stands close by, and the text does not call it an order number."""
        near = has_word_near(role, self.text, self.start, self.end, before=40, after=25)
        return near and not self.is_named_order

    def in_market(self, *regions: str) -> bool:
        """Whether the row is of one of these markets, or of an unknown one."""
        return self.region is None or self.region in regions


@dataclass(frozen=True)
class Kind:
    """A kind of personal data: its label, what it looks like, and the test a look-alike must pass."""

    label: str
    shape: re.Pattern[str]
    holds: Callable[[Found], bool]


def _is_iban(found: Found) -> bool:
    # The check digits alone: the lists of banks per country lag behind the banks.
    return bool(iban.is_valid(found.compact, check_country=False))


# Issuer prefixes and lengths still in use; without them one order or parcel number in ten passes Luhn.
_ISSUER = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Visa, Mastercard
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}"  # Amex, Diners, JCB
    r"|6(?:011|5\d\d|4[4-9]\d)\d{12}|5019\d{12}"  # Discover, Dankort
    r"|(?:50(?:18|20|38)|5893|6304|67(?:03|59|6[1-3]))\d{8,15}"  # Maestro, Bancontact
)


def _is_card(found: Found) -> bool:
    return bool(_ISSUER.fullmatch(found.compact)) and bool(luhn.is_valid(found.compact))


def _is_bsn(found: Found) -> bool:
    official = re.fullmatch(r"\d{4}\.\d\d\.\d{3}", found.shown) and not found.is_named_order
    return bool(bsn.is_valid(found.compact)) and bool(official or found.is_near("bsn"))


def _is_cpr(found: Found) -> bool:
    try:
        cpr.get_birth_date(found.compact)  # not is_valid, which asks the clock
    except ValidationError:
        return False
    hyphen = found.shown[6] in "-\u2010\u2011\u2012\u2013" and found.in_market("DK", "GL", "FO")
    return (hyphen and not found.is_named_order) or found.is_near("cpr")


def _is_nir(found: Found) -> bool:
    return bool(nir.is_valid(found.compact))


def _is_nino(found: Found) -> bool:
    if found.is_near("nino"):
        return True
    return found.shown.isupper() and found.in_market("GB", "IM") and not found.is_named_order


_BIRTH_MONTH = r"(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)"  # above 12: month unknown, or a fictitious one
_NIR = rf"[12]{_S}?\d\d{_S}?{_BIRTH_MONTH}{_S}?\d[\dAB](?:{_S}?\d{{3}}){{2}}{_S}?\d\d"
_NINO_PREFIX = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"


def _shape(pattern: str) -> re.Pattern[str]:
    # A number stands alone: no letter, digit or decimal goes on before or after it.
    return re.compile(rf"(?<![\w@#/])(?<!\d[.,])(?:{pattern})(?![\w@]|[.,]\d)", re.IGNORECASE)


# In the order in which they are looked for: the longer and stricter first.
NUMBERS: tuple[Kind, ...] = (
    Kind("IBAN", _shape(rf"[A-Z]{{2}} ?\d\d(?:{_S}?[A-Z0-9]){{11,30}}"), _is_iban),
    Kind("CARD", _shape(rf"\d(?:{_S}?\d){{11,18}}"), _is_card),
    Kind("NIR", _shape(_NIR), _is_nir),
    Kind("NINO", _shape(rf"{_NINO_PREFIX}(?:{_S}?\d\d){{3}}{_S}?[A-D]"), _is_nino),
    Kind("CPR", _shape(rf"[0-3]\d[01]\d\d\d{_S}?\d{{4}}"), _is_cpr),
    Kind("BSN", _shape(rf"\d(?:{_S}?\d){{7,8}}"), _is_bsn),
)
