"""Totals: a market and how many were asked there."""

from collections.abc import Callable

import pytest

from cxtext.errors import InputError
from cxtext.read import read_totals
from cxtext.schema.results import TotalsRead
from cxtext.schema.settings import Settings


@pytest.fixture
def totals(write: Callable[[str, str], str]) -> Callable[..., TotalsRead]:
    """Read a text written as a file of totals."""
    return lambda content, **settings: read_totals(
        [write("totals.csv", content)], Settings.model_validate(settings)
    )


@pytest.mark.parametrize(
    "header",
    [
        *("market,invited", "country,sent", "land,uitgenodigd", "land,verstuurd", "pays,envoyés"),
        *("pays,invités", "land,inviteret", "marked,udsendt", "Market,Number invited"),
    ],
)
def test_headers_are_recognised_in_four_languages(totals: Callable[..., TotalsRead], header: str) -> None:
    """And markets become their codes, numbers numbers."""
    read = totals(f"{header}\nDanmark,1200\nUK,3\n")
    assert read.totals["market"].to_list() == ["DK", "GB"]
    assert read.totals["invited"].to_list() == [1200, 3]
    assert read.totals["source_row"].to_list() == [2, 3]


def test_a_column_can_be_named_and_thousands_have_their_mark(totals: Callable[..., TotalsRead]) -> None:
    """As people write numbers."""
    read = totals("land;mails\nDK;12.500\nNL;1.000\n", columns={"invited": ("mails",)})
    assert read.totals["invited"].to_list() == [12500, 1000]
    assert read.totals["column"].unique().to_list() == ["mails"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("market,answers\nDK,5\n", r"no column invited; .* --column invited=NAME"),
        ("invited,x\n5,1\n", "no column market"),
        ("market,invited\nDK,many\n", r"row 2, column 'invited': 'many' is no number of people"),
        ("market,invited\nDK,10\nNL,-4\n", r"row 3, column 'invited': '-4' is no number"),
        ("market,invited\nDK,10.5\nNL,7.25\n", r"row 2, column 'invited': '10.5' is no number"),
        ("market,invited\nDK,\n", r"row 2, column 'invited': None is no number"),
        ("market,invited\n,10\nNL,4\n", "row 2: no market"),
        ("market,invited\nDK,10\nDenmark,4\n", "row 3: market DK occurs twice"),
    ],
)
def test_totals_that_make_no_sense_are_refused(
    totals: Callable[..., TotalsRead], content: str, message: str
) -> None:
    """In one line that says where and what to change."""
    with pytest.raises(InputError, match=message):
        totals(content)
