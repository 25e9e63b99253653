"""The demo corpus holds what its card promises."""

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from cxtext import registry
from cxtext.schema.columns import LANGUAGES

MARKETS = ("NL", "BE", "FR", "DK", "GB", "LU")
SPELLED = {"UK": "GB", "Danmark": "DK"}


@pytest.fixture(scope="module")
def folder() -> Path:
    """Find the demo corpus, in a checkout or installed."""
    return registry.assets("corpora")["demo"]


@pytest.fixture(scope="module")
def comments(folder: Path) -> pl.DataFrame:
    """Return the comments as shipped."""
    return pl.read_ndjson(folder / "comments.jsonl", infer_schema_length=None)


@pytest.fixture(scope="module")
def gold(folder: Path) -> pl.DataFrame:
    """Return the language and tone of each comment as its writer meant them."""
    schema = {"comment_id": pl.String, "language": pl.String, "stars": pl.Int64, "note": pl.String}
    return pl.read_csv(folder / "gold.csv", schema=schema)


@pytest.fixture(scope="module")
def surveys(folder: Path) -> pl.DataFrame:
    """Return the survey answers, each field as its text."""
    return pl.read_csv(folder / "surveys.csv", separator=";", infer_schema=False)


@pytest.mark.parametrize("file", ["comments.jsonl", "surveys.csv", "gold.csv"])
def test_the_files_are_those_that_were_sealed(folder: Path, file: str) -> None:
    """Byte for byte, after any checkout."""
    sealed = json.loads((folder / "config.json").read_text("utf-8"))["files"]
    assert registry.sha256(folder / file) == sealed[file]


def test_gold_stands_beside_the_comments(comments: pl.DataFrame, gold: pl.DataFrame) -> None:
    """One gold row a comment, in the same order, each comment with its own id."""
    assert comments["comment_id"].is_unique().all()
    assert gold["comment_id"].to_list() == comments["comment_id"].to_list()


def test_each_market_is_large_enough_to_show_figures(comments: pl.DataFrame) -> None:
    """Six markets of 40 or more comments, Luxembourg smaller."""
    sizes = Counter(comments["market"])
    assert set(sizes) == set(MARKETS)
    assert comments.height >= 240
    assert min(n for market, n in sizes.items() if market != "LU") >= 40
    assert 15 <= sizes["LU"] < 40


def test_one_channel_of_a_large_market_is_too_small_to_show(comments: pl.DataFrame) -> None:
    """Suppression has something to suppress."""
    sizes = Counter(zip(comments["market"], comments["channel"], strict=True))
    assert [cell for cell, n in sizes.items() if n < 10] == [("DK", "shop kiosk")]


def test_the_card_counts_what_is_there(folder: Path, comments: pl.DataFrame, gold: pl.DataFrame) -> None:
    """Each row of the card's table is a recount by market and language."""
    rows = [line.split("|")[1:-1] for line in (folder / "README.md").read_text("utf-8").splitlines()]
    card = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows if len(row) == 9}
    joined = comments.join(gold, on="comment_id", validate="1:1")
    for market in MARKETS:
        part = joined.filter(pl.col("market") == market)
        by_language = Counter(part["language"])
        expected = [by_language[language] for language in LANGUAGES] + [by_language[None], part.height]
        told = [int(cell or 0) for cell in card[market][:4] + card[market][5:7]]
        assert told == [*expected], market
        assert int(card[market][7]) == part["rating"].count(), market


def test_every_language_has_comments_enough(gold: pl.DataFrame) -> None:
    """All four languages, and some that are not supported."""
    counts = Counter(gold["language"])
    assert min(counts[language] for language in LANGUAGES) >= 50
    assert {"de", "nb", "sv", "pl"} <= set(counts)


def test_comments_of_a_supported_language_have_a_tone_unless_they_say_nothing(gold: pl.DataFrame) -> None:
    """Stars are missing only where the note says there is nothing to judge."""
    without = gold.filter(pl.col("stars").is_null())
    assert set(without["note"]) <= {"empty", "whitespace", "none", "number"}
    assert gold["stars"].drop_nulls().is_between(1, 5).all()
    assert set(gold["stars"].drop_nulls()) == {1, 2, 3, 4, 5}


def test_half_of_each_market_and_channel_is_rated(comments: pl.DataFrame) -> None:
    """Rated and unrated comments share market and channel, so they can be compared."""
    cells = comments.group_by("market", "channel").agg(pl.len().alias("n"), pl.col("rating").count())
    assert (cells["rating"] - cells["n"] / 2).abs().max() <= 0.5
    assert comments["rating"].drop_nulls().is_between(1, 5).all()


def test_rated_and_unrated_comments_are_of_like_tone(comments: pl.DataFrame, gold: pl.DataFrame) -> None:
    """Being rated says nothing about the tone."""
    joined = comments.join(gold, on="comment_id", validate="1:1")
    rated = joined.filter(pl.col("rating").is_not_null())["stars"].drop_nulls().to_numpy()
    unrated = joined.filter(pl.col("rating").is_null())["stars"].drop_nulls().to_numpy()
    assert abs(rated.mean() - unrated.mean()) < 0.2


def test_some_ratings_contradict_their_comment(comments: pl.DataFrame, gold: pl.DataFrame) -> None:
    """Exactly those that the gold notes name are two points or more apart."""
    joined = comments.join(gold, on="comment_id", validate="1:1")
    apart = joined.filter((pl.col("rating") - pl.col("stars")).abs() >= 2)
    named = joined.filter(pl.col("note").str.contains("rating-contradicts"))
    assert apart["comment_id"].to_list() == named["comment_id"].to_list()
    assert apart.height >= 5


def test_surveys_hold_the_promised_misfits(comments: pl.DataFrame, surveys: pl.DataFrame) -> None:
    """Duplicates, conflicts, an NPS of 11, blanks and respondents nobody knows."""
    keyed = surveys.drop_nulls("respondent_id").unique(maintain_order=True)
    conflicting = keyed.filter(pl.col("respondent_id").is_duplicated())["respondent_id"].n_unique()
    assert surveys.height - surveys.unique().height == 4
    assert conflicting == 3
    assert surveys["respondent_id"].null_count() == 1
    assert {"11", None} <= set(surveys["nps"])
    assert {"n.v.t.", None} <= set(surveys["ces"])
    assert {"onbekend", "NV-test"} <= set(surveys["respondent_id"]) - set(comments["respondent_id"])


def test_most_respondents_answered_the_survey(comments: pl.DataFrame, surveys: pl.DataFrame) -> None:
    """And about 60 answered without leaving a comment; no respondent changes market."""
    commented, answered = (set(frame["respondent_id"].drop_nulls()) for frame in (comments, surveys))
    assert len(commented & answered) / len(commented) > 0.8
    assert 55 <= len(answered - commented) <= 70
    market = dict(zip(comments["respondent_id"], comments["market"], strict=True))
    both = surveys.filter(pl.col("respondent_id").is_in(list(commented)))
    assert all(SPELLED.get(m, m) == market[r] for r, m in both.select("respondent_id", "market").iter_rows())
