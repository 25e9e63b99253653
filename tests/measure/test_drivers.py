"""What goes with ratings and NPS: found where it was planted, refused where nothing can be told."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxtext.measure.drivers import driver_figures
from cxtext.measure.predictors import design, respondents_who_wrote
from cxtext.schema.figures import Note
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
SETTINGS = Settings()


def _themes(*terms: str) -> list[dict[str, str]]:
    return [{"term": term, "polarity": "positive", "evidence": term} for term in terms]


def _rows(n: int = 400, *, planted: bool = True, **other: Any) -> list[dict[str, Any]]:
    """Return comments in which the touchpoint tells much, one term a little, the channel nothing."""
    generator = np.random.default_rng(5)
    rows = []
    for number in range(n):
        till, price, web = generator.random(3) < 0.5
        lift = 2.0 * till - 0.8 * price if planted else 0.0
        rating = float(np.clip(np.round(3 + lift + generator.normal()), 1, 5))
        row = {
            "respondent_id": f"r{number}",
            "rating": rating,
            "nps_0_10": int(2 * rating),
            "touchpoint": "till" if till else "home",
            "channel": "web" if web else "post",
            "themes": _themes("price") if price else [],
            "market": "DK",
            "language": "da",
        }
        rows.append(row | other)
    return rows


def _figure(metrics: pl.DataFrame, metric: str, **group: str) -> dict[str, Any]:
    found = metrics.filter(metric=metric, group=json.dumps(group))
    assert found.height == 1, f"{metric} of {group}: {found.height} rows"
    return found.row(0, named=True)


@pytest.mark.parametrize("outcome", ["rating", "nps"])
def test_what_was_planted_is_found(scored_comments: Build, outcome: str) -> None:
    """In its order, with shares that add to 100 and a firm first rank."""
    metrics = driver_figures(scored_comments(_rows()), SETTINGS)
    shares = metrics.filter(metric=f"{outcome}_driver_share").sort("value", descending=True)
    assert [json.loads(group)["driver"] for group in shares["group"]] == [
        "touchpoint",
        "theme:price",
        "channel",
    ]
    assert shares["value"].sum() == pytest.approx(100)
    assert (shares["low"] <= shares["value"]).all()
    assert (shares["value"] <= shares["high"]).all()
    assert _figure(metrics, f"{outcome}_driver_rank_kept", driver="touchpoint")["value"] == 100


def test_those_who_mention_a_term_differ_by_its_slope(scored_comments: Build) -> None:
    """Touchpoint and channel alike; touchpoints have no single difference."""
    rows = _rows(2_000)
    metrics = driver_figures(scored_comments(rows), SETTINGS)
    y = np.array([row["rating"] for row in rows])
    x = np.array(
        [[1, r["touchpoint"] == "till", r["channel"] == "web", bool(r["themes"])] for r in rows], float
    )
    slope = np.linalg.lstsq(x, y, rcond=None)[0][3]
    found = _figure(metrics, "rating_driver_difference", driver="theme:price")
    assert found["value"] == pytest.approx(slope, abs=1e-6)
    assert found["low"] < found["value"] < found["high"] < 0
    assert metrics.filter(metric="rating_driver_difference").height == 1


def test_differences_between_markets_are_nobody_s_share(scored_comments: Build) -> None:
    """Danes rate lower and come by the web: that tells of Danes, not of the web."""
    rows = _rows(600, planted=False)
    for place, row in enumerate(rows):
        danish = place % 2 == 0
        row |= {"market": "DK" if danish else "NL", "touchpoint": None}
        row["channel"] = "web" if danish == (place % 10 < 8) else "post"
        row["rating"] = max(1.0, row["rating"] - 2) if danish else row["rating"]
    metrics = driver_figures(scored_comments(rows), SETTINGS)
    assert _figure(metrics, "rating_drivers_r2")["note"] == Note.BY_CHANCE


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (_rows(99), Note.TOO_FEW_FOR_DRIVERS),
        (_rows(120, rating=4.0), Note.ONE_VALUE),
        (_rows(120, touchpoint="till", channel=None, themes=[]), Note.NO_DRIVERS),
    ],
)
def test_what_can_t_be_told_is_refused(scored_comments: Build, rows: Any, note: Note) -> None:
    """With the reason, and no shares."""
    metrics = driver_figures(scored_comments(rows), SETTINGS).filter(
        pl.col("metric").str.starts_with("rating")
    )
    assert metrics.select("value", "note").rows() == [(None, note)]


def test_chance_gives_no_shares(scored_comments: Build) -> None:
    """R2 is told, as what chance gives."""
    metrics = driver_figures(scored_comments(_rows(planted=False)), SETTINGS)
    found = _figure(metrics, "rating_drivers_r2")
    assert found["note"] == Note.BY_CHANCE
    assert 0 < found["value"] < 3
    assert metrics.filter(metric="rating_driver_share").is_empty()


def test_markets_have_their_own(scored_comments: Build) -> None:
    """Where there are several; one that is too small is refused."""
    rows = [*_rows(300), *_rows(50, market="NL")]
    for place, row in enumerate(rows):
        row["respondent_id"] = f"r{place}"
    metrics = driver_figures(scored_comments(rows), SETTINGS)
    assert _figure(metrics, "rating_driver_share", market="DK", driver="touchpoint")["n"] == 300
    assert _figure(metrics, "rating_drivers_r2", market="NL")["note"] == Note.TOO_FEW_FOR_DRIVERS


def test_the_order_of_rows_changes_nothing(scored_comments: Build) -> None:
    """Nor does a second run; another seed does."""
    comments = scored_comments(_rows())
    first = driver_figures(comments, SETTINGS)
    assert driver_figures(comments.sample(fraction=1, shuffle=True, seed=3), SETTINGS).equals(first)
    assert not driver_figures(comments, Settings(seed=1)).equals(first)


def test_a_channel_of_each_market_s_own_is_no_predictor(scored_comments: Build) -> None:
    """It tells which market, nothing within."""
    rows = [row | {"market": "DK" if row["channel"] == "web" else "NL"} for row in _rows(300)]
    found = design(respondents_who_wrote(scored_comments(rows)), "rating")
    assert found.names == ("touchpoint", "theme:price")


def test_it_can_be_switched_off(scored_comments: Build) -> None:
    """No row at all."""
    assert driver_figures(scored_comments(_rows()), Settings(drivers=False)).is_empty()


def test_a_respondent_of_several_comments_counts_once(scored_comments: Build) -> None:
    """With the mean rating and all that the comments mention."""
    comments = [
        {"respondent_id": "a", "rating": 2.0, "themes": _themes("price")},
        {"respondent_id": "a", "rating": 4.0, "themes": _themes("staff", "price"), "channel": "web"},
        {"rating": 5.0},
        {"rating": 5.0},
    ]
    rows = respondents_who_wrote(scored_comments(comments)).sort("who")
    assert rows["stated_rating_1_5"].to_list() == [3, 5, 5]
    assert sorted(rows["terms"][0]) == ["price", "staff"]
    assert rows["channel"][0] == "web"


def test_small_levels_are_one_and_rare_terms_none(scored_comments: Build) -> None:
    """Under ten respondents nothing is told apart; those without a touchpoint are a level."""
    rows = _rows(200)
    for place, row in enumerate(rows):
        row["touchpoint"] = ("till", "home", None)[place % 3] if place >= 12 else f"rare {place}"
        row["themes"] = _themes("rare") if place < 9 else []
        row["channel"] = "web"
    found = design(respondents_who_wrote(scored_comments(rows)), "rating")
    assert found.names == ("touchpoint",)
    assert len(found.columns[0]) == 2


def test_a_channel_of_each_markets_own_is_left_out(scored_comments: Build) -> None:
    """It tells nothing within a market; the other predictors keep their own slopes."""
    rows = [row | {"channel": "web"} for row in _rows(1_000)]
    rows += [
        row | {"channel": "post", "market": "FR", "respondent_id": f"f{row['respondent_id']}"} for row in rows
    ]
    metrics = driver_figures(scored_comments(rows), SETTINGS)
    drivers = {json.loads(group).get("driver") for group in metrics["group"]} - {None}
    assert drivers == {"touchpoint", "theme:price"}
    assert _figure(metrics, "rating_driver_difference", driver="theme:price")["high"] < 0
