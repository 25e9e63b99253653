"""Markets and declared languages as people write them."""

import polars as pl
import pytest

from cxtext.read.territories import language_code, market_code, market_codes


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("UK", "GB"),
        ("Danmark", "DK"),
        ("Belgique", "BE"),
        ("België", "BE"),
        ("Belgie", "BE"),
        ("Nederland", "NL"),
        ("Holland", "NL"),
        ("the Netherlands", "NL"),
        ("Les Pays-Bas", "NL"),
        ("DK", "DK"),
        ("dk ", "DK"),
        ("Luxembourg", "LU"),
        ("FRANCE", "FR"),
        ("Frankrijk", "FR"),
        ("Frankrig", "FR"),
        ("États-Unis", "US"),
        ("USA", "US"),
        ("GBR", "GB"),
        ("Royaume-Uni", "GB"),
        ("nl-BE", "BE"),
        ("Duitsland", "DE"),
        ("Benelux", "Benelux"),
        ("BE-FR", "BE-FR"),
        ("Région 3", "Région 3"),
    ],
)
def test_a_market_becomes_its_code(written: str, code: str) -> None:
    """What can't be mapped stays as it is written."""
    assert market_code(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NL", "nl"),
        ("da-DK", "da"),
        ("Nederlands", "nl"),
        ("français", "fr"),
        ("Danish", "da"),
        ("dansk", "da"),
        ("dan", "da"),
        ("dk", "da"),
        ("Klingons", "Klingons"),
    ],
)
def test_a_declared_language_becomes_its_code(written: str, code: str) -> None:
    """Names, codes and locales."""
    assert language_code(written) == code


def test_blank_markets_are_null() -> None:
    """And every row keeps its place."""
    assert market_codes(pl.Series("m", ["UK", " ", None, "DK"])).to_list() == ["GB", None, None, "DK"]
    assert market_codes(pl.Series("m", [None, None])).to_list() == [None, None]
