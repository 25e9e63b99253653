"""File names that no market can break."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cxtext.report.names import page_names


def test_a_plain_market_names_its_page() -> None:
    """What a reader expects to find."""
    assert page_names(["DK", "Nordics"]) == {"DK": "report-DK.html", "Nordics": "report-Nordics.html"}


@given(st.lists(st.text(max_size=80), unique=True))
def test_names_are_safe_and_different(markets: list[str]) -> None:
    """No path, no device, no two alike on a system that ignores case, whatever a market is called."""
    names = list(page_names(markets).values())
    assert all(re.fullmatch(r"report-[A-Za-z0-9-]{1,60}\.html", name) for name in names)
    assert len({name.casefold() for name in names}) == len(markets)


def test_names_that_differ_in_case_only_stay_apart() -> None:
    """On many systems report-dk.html would overwrite report-DK.html."""
    names = page_names(["DK", "dk"])
    assert names["DK"].casefold() != names["dk"].casefold()


def test_devices_are_no_file_names() -> None:
    """Windows can't open report-less CON, so it gets a hash."""
    assert page_names(["CON"])["CON"] != "report-CON.html"
