"""What praise and complaints talk about, per market and language."""

import polars as pl
import pytest

from cxtext.measure.themes import THEMES_SCHEMA, distinctive_themes
from cxtext.schema.columns import THEMES
from cxtext.schema.settings import Settings

SCHEMA = {
    "id": pl.String,
    "text": pl.String,
    "market": pl.String,
    "language": pl.String,
    "stated_rating_1_5": pl.Float64,
    "sentiment": pl.String,
    "themes": THEMES,
}


def _comments(
    *parts: tuple[int, float | None, str | None, list[str]], market: str | None = "NL"
) -> pl.DataFrame:
    """Return n comments for each (n, stated rating, sentiment, terms)."""
    rows = [
        {
            "id": f"{market}{part}-{number:03}",
            "text": f"a comment of its own about {' and '.join(terms)}, number {part}.{number:03}",
            "market": market,
            "language": "nl",
            "stated_rating_1_5": rating,
            "sentiment": sentiment,
            "themes": [{"term": term, "polarity": sentiment, "evidence": term} for term in terms],
        }
        for part, (n, rating, sentiment, terms) in enumerate(parts)
        for number in range(n)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


MIXED = _comments((30, 5.0, None, ["personeel", "winkel"]), (30, 1.0, None, ["levering", "winkel"]))


def test_each_side_gets_its_own_terms() -> None:
    """What both talk about alike is distinctive of neither."""
    found = distinctive_themes(MIXED, Settings())
    assert found.select("side", "term", "n_satisfied", "n_dissatisfied").rows() == [
        ("praise", "personeel", 30, 0),
        ("complaint", "levering", 0, 30),
    ]
    assert (found["z"] > 1.96).all()


def test_the_stated_rating_goes_before_the_sentiment() -> None:
    """Sentiment decides only where there is no rating; a 3 is on neither side."""
    comments = _comments(
        (20, 5.0, "negative", ["personeel"]),
        (20, None, "negative", ["levering"]),
        (20, 3.0, "negative", ["levering"]),
        (9, None, "neutral", ["personeel"]),
    )
    counts = distinctive_themes(comments, Settings()).select("term", "n_satisfied", "n_dissatisfied")
    assert sorted(counts.rows()) == [("levering", 0, 20), ("personeel", 20, 0)]


def test_small_groups_show_neither_terms_nor_words() -> None:
    """Under min_group_n comments a group gives no rows at all; a group just large enough does."""
    small = _comments((25, 5.0, None, ["personeel"]), (25, 1.0, None, ["levering"]), market="LU")
    comments = pl.concat([MIXED, small])
    assert set(distinctive_themes(comments, Settings(min_group_n=51))["market"]) == {"NL"}
    assert set(distinctive_themes(comments, Settings(min_group_n=50))["market"]) == {"NL", "LU"}


def test_a_term_of_two_comments_is_no_theme() -> None:
    """At least three comments of the side must mention it, however clear the difference."""
    rare = _comments((2, 1.0, None, ["brand"]), (300, 5.0, None, ["winkel"]), (10, 1.0, None, []))
    assert "brand" not in distinctive_themes(rare, Settings())["term"]


def test_a_word_gives_way_to_the_phrase_it_mostly_stands_in() -> None:
    """`customer service`, not `customer` and `service` beside it."""
    comments = _comments(
        (90, 1.0, None, ["customer service"]), (90, 5.0, None, ["shop"]), (2, 1.0, None, ["service"])
    )
    complaints = distinctive_themes(comments, Settings()).filter(side="complaint")
    assert complaints["term"].to_list() == ["customer service"]
    assert complaints["n_dissatisfied"].to_list() == [90]


def test_comments_without_a_market_are_a_group_of_their_own() -> None:
    """Input without a market still has themes by language."""
    found = distinctive_themes(MIXED.with_columns(market=pl.lit(None, pl.String)), Settings())
    assert found["market"].to_list() == [None, None]


def test_examples_are_the_shortest_that_say_something() -> None:
    """Two comments of the side itself; a text that is there twice is shown once."""
    extra = _comments((4, 1.0, None, ["levering"]), market="NL").with_columns(
        id=pl.Series(["a", "b", "c", "d"]),
        text=pl.Series(
            ["levering?", "levering was te laat en de doos was helemaal stuk"] + ["levering! " * 5] * 2
        ),
    )
    found = distinctive_themes(pl.concat([MIXED, extra]), Settings()).filter(term="levering")
    assert found["examples"][0].to_list() == [
        "levering was te laat en de doos was helemaal stuk",
        "levering! " * 5,
    ]


def test_at_most_top_n_a_side() -> None:
    """The setting limits each side; the clearest come first."""
    comments = _comments(
        (30, 5.0, None, ["personeel"]),
        (20, 5.0, None, ["sfeer"]),
        (30, 1.0, None, ["levering"]),
        (20, 1.0, None, ["prijs"]),
    )
    assert distinctive_themes(comments, Settings(theme_top_n=1))["term"].to_list() == [
        "personeel",
        "levering",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    """Shuffled comments give the same table, examples too."""
    shuffled = MIXED.sample(fraction=1, shuffle=True, seed=seed)
    assert distinctive_themes(shuffled, Settings()).equals(distinctive_themes(MIXED, Settings()))


def test_no_comments_give_an_empty_table() -> None:
    """No rows, the promised columns."""
    assert distinctive_themes(pl.DataFrame(schema=SCHEMA), Settings()).schema == THEMES_SCHEMA
