"""What becomes a placeholder, and what stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtext.protect import protect_text

REPLACED = [
    ("EMAIL", None, "mail naar piet.jansen+shop@mail.example.nl graag", "mail naar [EMAIL] graag"),
    ("EMAIL", None, "skriv til bo@example.dkMed venlig hilsen", "skriv til [EMAIL]Med venlig hilsen"),
    ("EMAIL", None, "écrire à zoé.martin (at) example.fr.", "écrire à [EMAIL]."),
    ("PHONE", "NL", "bel 06-12345678 even", "bel [PHONE] even"),
    ("PHONE", "NL", "of 06 12 34 56 78 na zessen", "of [PHONE] na zessen"),
    ("PHONE", "NL", "0612345678 24 euro betaald", "[PHONE] 24 euro betaald"),
    ("PHONE", "BE", "gsm 0470/12.34.56", "gsm [PHONE]"),
    ("PHONE", "FR", "au 01.23.45.67.89 svp", "au [PHONE] svp"),
    ("PHONE", None, "joignable au +33 (0)6 12 34 56 78", "joignable au [PHONE]"),
    ("PHONE", "DK", "jeg bor her, 22 33 44 55", "jeg bor her, [PHONE]"),
    ("PHONE", "DK", "Tlf. 22334455", "Tlf. [PHONE]"),
    ("PHONE", "DK", "ring på 70 313 313", "ring på [PHONE]"),
    ("PHONE", "GB", "call 07700 900123 please", "call [PHONE] please"),
    ("PHONE", "LU", "le 621 123 456", "le [PHONE]"),
    ("PHONE", "US", "I'm at (555) 123-4567", "I'm at [PHONE]"),
    ("PHONE", None, "0031 6 12345678", "[PHONE]"),
    ("PHONE", "GB", "office (0116) 232 7663", "office [PHONE]"),
    ("PHONE", "GB", "the team (0345 6000 642).", "the team ([PHONE])."),
    ("PHONE", "DK", "nå (+45) 33 33 01 35", "nå [PHONE]"),
    ("IBAN", None, "op NL91 ABNA 0417 1643 00 op 3 mei", "op [IBAN] op 3 mei"),
    ("IBAN", None, "fr14 2004 1010 0505 0001 3m02 606 merci", "[IBAN] merci"),
    ("IBAN", "BE", "op BE68 5390 0754 7034 graag", "op [IBAN] graag"),  # of a bank that no list has
    ("CARD", None, "carte 4111 1111 1111 1111 12/29", "carte [CARD] 12/29"),
    ("BSN", "NL", "mijn burgerservicenummer is 111222333", "mijn burgerservicenummer is [BSN]"),
    ("BSN", None, "1112.22.333 staat erop", "[BSN] staat erop"),
    ("CPR", "DK", "født 211062-5629", "født [CPR]"),
    ("CPR", "DK", "mit cpr-nr er 2110625629", "mit cpr-nr er [CPR]"),
    ("NIR", "FR", "sécu 2 95 10 99 126 111 93", "sécu [NIR]"),
    ("NINO", "GB", "it is AB 12 34 56 C", "it is [NINO]"),
    ("NINO", None, "my NI number: ab123456c", "my NI number: [NINO]"),
]

KEPT = [
    ("NL", "besteld op 01-02-2024 om 12:30, geleverd 3/3/24"),
    ("NL", "ordernummer 0612345678 en klantnr. 111222333"),
    ("NL", "nummer 111222333 past toevallig bij de elfproef"),
    ("NL", "€ 1.234.567,89 of 100 000 km, 2019-2023"),
    ("NL", "artikel 120524-1234 kwam niet"),
    ("DK", "Ordre nr. 22 33 44 55, sagsnummer 22334455, kr. 25.000.000"),
    ("DK", "d. 13/10-2017 og 26.06-2017, mellem 10.00-18.00"),
    ("DK", "320162-1234 er ingen dato"),
    ("FR", "facture 2024-03-12, commande n° 0612345678, 12,50 €"),
    ("FR", "dossier 295109912611199, sa clé est fausse"),
    ("GB", "order AB123456C, parcel 4111111111111112"),
    ("US", "I was called on 2/21/2015 and 12-31-2015"),
    (None, "EAN 8712345678906, IMEI 356938035643809, tracking 3SABCD1234567"),
    (None, "NL92ABNA0417164300 has the wrong check digits"),
    (None, "thanks @shop and @help.desk, see medium.com/@writer 5/5"),
]


@pytest.mark.parametrize(("kind", "region", "text", "expected"), REPLACED)
def test_personal_data_becomes_a_labelled_placeholder(
    kind: str, region: str | None, text: str, expected: str
) -> None:
    """Each kind is found as people write it, and nothing around it is lost."""
    assert protect_text(text, region) == (expected, [kind])


@pytest.mark.parametrize(("region", "text"), KEPT)
def test_prices_dates_and_order_numbers_stay(region: str | None, text: str) -> None:
    """Numbers that are no one's stay as they are."""
    assert protect_text(text, region) == (text, [])


def test_several_kinds_in_one_text_are_all_named() -> None:
    """Every placeholder is listed, repeats too."""
    text = "a@example.com, b@example.com of NL91ABNA0417164300"
    assert protect_text(text) == ("[EMAIL], [EMAIL] of [IBAN]", ["EMAIL", "EMAIL", "IBAN"])


def test_a_heading_says_what_a_bare_number_is() -> None:
    """A column's name is read as if it stood before the text, and does not come back with it."""
    assert protect_text("22334455", "DK", heading="Telefon")[0] == "[PHONE]"
    assert protect_text("22334455", "DK", heading="Ordrenummer")[0] == "22334455"


@settings(deadline=None)  # the first number loads the rules of its country
@given(st.text(alphabet="ab0123456789 .-+@/()[]€,", max_size=60), st.sampled_from([None, "DK", "NL", "US"]))
def test_protecting_twice_changes_nothing_more(text: str, region: str | None) -> None:
    """A protected text holds nothing that protect would take."""
    once, _ = protect_text(text, region)
    assert protect_text(once, region) == (once, [])


@pytest.mark.parametrize("unit", ["12 34 56 ", "0", "a@", "NL91 ABNA ", "a", "22 33 44 55 "])
def test_a_huge_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """No pattern backtracks over the whole text: 40 kB take seconds at most."""
    start = time.perf_counter()
    protect_text(unit * (40_000 // len(unit)))
    assert time.perf_counter() - start < 10
