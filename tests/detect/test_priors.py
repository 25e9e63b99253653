import numpy as np
import polars as pl
import pytest

from cxtext.detect.priors import DECLARED_LEAVES, MARKET_LEAVES, declared_label, log_priors, market_shares
from cxtext.schema.settings import LanguageSettings

LABELS = ("nl", "fr", "da", "en", "nb", "nn", "sv", "de", "af", "es", "it", "pt", "other")


def shares(market: str) -> dict[str, float]:
    """Return label -> share of a market."""
    found = market_shares(market, LABELS)
    assert found is not None
    return dict(zip(LABELS, found.tolist(), strict=True))


@pytest.mark.parametrize(
    ("market", "main"),
    [
        ("DK", "da"),
        ("NL", "nl"),
        ("FR", "fr"),
        ("GB", "en"),
        ("US", "en"),
        ("NO", "nb"),
        ("DE", "de"),
        ("BE", "nl"),
    ],
)
def test_the_main_language_of_a_territory_leads(market: str, main: str) -> None:
    """Shares come from CLDR and add up to 1."""
    found = shares(market)
    assert max(found, key=lambda label: found[label]) == main
    assert sum(found.values()) == pytest.approx(1)


def test_both_languages_of_belgium_count() -> None:
    """A second official language has a share of its size; a language learnt at school hardly any."""
    found = shares("be")
    assert found["fr"] > 0.2
    assert found["en"] < 0.05


def test_a_language_without_a_label_falls_to_other() -> None:
    """Poland speaks a language of no label."""
    assert shares("PL")["other"] > 0.9


@pytest.mark.parametrize("market", ["XX", "", "Atlantis"])
def test_an_unknown_market_is_no_prior(market: str) -> None:
    """Names that are no territory give nothing."""
    assert market_shares(market, LABELS) is None


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("nl", "nl"), ("nl-BE", "nl"), ("NL_be", "nl"), ("Dutch", "nl"), ("Nederlands", "nl"), ("néerlandais", "nl"),
        ("fra", "fr"), ("français", "fr"), ("dansk", "da"), ("no", "nb"), ("Polish", "other"), ("pl", "other"),
        ("??", None), ("", None), ("not a language", None),
    ],
)  # fmt: skip
def test_a_declared_language_is_read_as_written_in_practice(value: str, label: str | None) -> None:
    """Codes of two and three letters, locales, and names in the report languages."""
    assert declared_label(value, LABELS) == label


def frame(**columns: str | None) -> pl.DataFrame:
    """Return one row with the columns given."""
    return pl.DataFrame(
        {"text": ["x"], **{name: pl.Series([value], dtype=pl.String) for name, value in columns.items()}}
    )


@pytest.mark.parametrize(
    "row", [{}, {"market": "DK"}, {"language_declared": "fr"}, {"market": "BE", "language_declared": "nl"}]
)
def test_priors_are_probabilities(row: dict[str, str]) -> None:
    """Each row adds up to 1 and leaves no language impossible."""
    prior = np.exp(log_priors(frame(**row), LABELS, {"da": 1.0}, LanguageSettings()))
    assert prior.sum() == pytest.approx(1)
    assert (prior > 0).all()


def test_each_prior_leaves_what_it_says() -> None:
    """What is not the market's or the declared language's share comes from the weaker priors."""
    market = np.exp(log_priors(frame(market="DK"), LABELS, None, LanguageSettings()))[0]
    declared = np.exp(log_priors(frame(language_declared="fr"), LABELS, None, LanguageSettings()))[0]
    assert MARKET_LEAVES * 0.2 < 1 - market[LABELS.index("da")] < 2 * MARKET_LEAVES
    assert 1 - declared[LABELS.index("fr")] < DECLARED_LEAVES


def test_a_closed_set_shuts_the_rest_out() -> None:
    """Languages that are not in the set have no chance, whatever the market."""
    prior = np.exp(log_priors(frame(market="DE"), LABELS, None, LanguageSettings(closed=("nl", "da"))))[0]
    assert prior[[LABELS.index("nl"), LABELS.index("da")]].sum() == pytest.approx(1)
