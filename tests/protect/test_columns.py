"""Columns of numbers, and what their names say of them."""

from decimal import Decimal

import polars as pl
import pytest

from cxtext.protect import numbers_as_text, protect
from cxtext.protect.words import names_telephones

PHONES = [31612345678, 31687654321, None]


@pytest.mark.parametrize(
    "name",
    [
        "phone",
        "customer_phone",
        "customerPhone",
        "telNr2",
        "numero_telephone",
        "mobile_nr",
        "Tlf.",
        "Tel. nummer",
    ],
)
def test_a_column_is_one_of_telephones_if_its_name_ends_so(name: str) -> None:
    """However its words are put together."""
    assert names_telephones(name)


@pytest.mark.parametrize(
    "name", ["phone_model", "phone_id", "call_id", "mobile_visits", "last_call", "hotel"]
)
def test_a_name_that_goes_on_means_something_else(name: str) -> None:
    """Ids, counts and times stay."""
    assert not names_telephones(name)


@pytest.mark.parametrize("values", [PHONES, [31612345678.0, None], [Decimal(31612345678)]])
def test_telephone_numbers_among_integers_are_protected(values: list[object]) -> None:
    """As the same numbers are in a text file."""
    frame = pl.DataFrame({"text": ["ok"] * len(values), "customer_phone": values})
    found = protect(numbers_as_text(frame), keep=False)["customer_phone"]
    assert found.to_list() == ["[PHONE]" if value else None for value in values]


@pytest.mark.parametrize("name", ["order_id", "amount", "last_call", "reach", "called", "id_number"])
def test_ids_amounts_and_times_stay_numbers(name: str) -> None:
    """Any number of eight digits could be dialled."""
    frame = pl.DataFrame({name: PHONES, "nps_0_10": [9, 10, 8]})
    assert numbers_as_text(frame).equals(frame)


def test_a_few_ids_that_could_be_cards_are_none() -> None:
    """One sixteen-digit number in ten passes the check of a card."""
    frame = pl.DataFrame({"article": range(4111111111111100, 4111111111111120), "rating": range(20)})
    assert numbers_as_text(frame).equals(frame)


def test_a_telephone_column_in_text_is_known_by_the_end_of_its_name() -> None:
    """A number without its leading 0 or +."""
    frame = pl.DataFrame({"text": ["ok"], "klant_telefoon": ["612345678"], "klant_id": ["612345678"]})
    assert protect(frame, keep=False).select("klant_telefoon", "klant_id").row(0) == ("[PHONE]", "612345678")
