"""Stated beside inferred, on the comments that have both."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from cxtext.compare import compare_stated_with_inferred
from cxtext.join import join_surveys
from cxtext.schema.results import Compared
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
STARS = {star: tuple(0.8 if place == star else 0.05 for place in range(1, 6)) for star in range(1, 6)}


@pytest.fixture
def compared(scored_comments: Build, survey_rows: Build) -> Callable[..., Compared]:
    """Return a function from rows to the comparison."""

    def build(rows: Any) -> Compared:
        return compare_stated_with_inferred(join_surveys(scored_comments(rows), survey_rows()), Settings())

    return build


def _figure(found: Compared, metric: str, **group: str) -> dict[str, Any]:
    return found.metrics.filter(metric=metric, group=json.dumps(group)).row(0, named=True)


def _rows() -> list[dict[str, Any]]:
    pairs = [(5, 5), (5, 4), (4, 4), (1, 1), (1, 2), (2, 1), (3, 3), (3, 5), (1, 5), (5, 1), (4, 5), (2, 2)]
    return [{"rating": float(stated), "stars": STARS[inferred]} for stated, inferred in pairs]


def test_agreement_counts_whole_stars(compared: Build) -> None:
    """Of twelve pairs five are equal and nine within one star."""
    found = compared(_rows())
    assert _figure(found, "agreement_exact")["value"] == pytest.approx(100 * 5 / 12)
    assert _figure(found, "agreement_within_one")["value"] == pytest.approx(100 * 9 / 12)


def test_the_limits_of_single_comments_are_95_percent_at_any_level(
    scored_comments: Build, survey_rows: Build
) -> None:
    """Bland and Altman's; the intervals beside them are of the level asked for."""
    joined = join_surveys(scored_comments(_rows()), survey_rows())
    found = compare_stated_with_inferred(joined, Settings(level=0.8))
    assert _figure(found, "limits_of_agreement")["level"] == 0.95
    assert _figure(found, "bias")["level"] == 0.8


def test_the_gap_is_paired(compared: Build) -> None:
    """Inferred minus stated CSAT on the same comments, with the paired t interval."""
    rows = _rows()
    inferred = np.array([100.0 * (sum(row["stars"][3:]) > 0.5) for row in rows])
    stated = np.array([100.0 * (row["rating"] >= 4) for row in rows])
    expected = stats.ttest_rel(inferred, stated).confidence_interval()
    found = _figure(compared([*rows, {"rating": 5.0}, {"stars": STARS[1]}]), "csat_gap")
    assert found["value"] == pytest.approx((inferred - stated).mean())
    assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high))
    assert found["n"] == 12


def test_error_and_bias_are_in_stars(compared: Build) -> None:
    """Bias keeps the sign, the error does not."""
    rows = [{"rating": 5.0, "stars": STARS[4]}] * 10 + [{"rating": 3.0, "stars": STARS[4]}] * 10
    found = compared(rows)
    inferred = sum(star * p for star, p in enumerate(STARS[4], start=1))
    assert _figure(found, "bias")["value"] == pytest.approx(inferred - 4)
    assert _figure(found, "mae")["value"] == pytest.approx(((5 - inferred) + (inferred - 3)) / 2)


def test_the_order_of_rows_changes_nothing(compared: Build) -> None:
    """Bootstrap intervals come from counts, and ties are ranked by id."""
    rows = [row | {"id": f"c{place}"} for place, row in enumerate(_rows() * 3)]
    one, other = compared(rows), compared(rows[::-1])
    floats = pl.col(pl.Float64).round(9)
    assert one.metrics.with_columns(floats).equals(other.metrics.with_columns(floats))
    assert one.disagreements["id"].to_list() == other.disagreements["id"].to_list()


def test_the_comments_that_part_most_come_first(compared: Build) -> None:
    """Largest gap first, and none that agree."""
    found = compared(_rows()).disagreements
    gaps = found["gap"].abs().to_list()
    assert gaps == sorted(gaps, reverse=True)
    assert found["gap"][0] == pytest.approx(found["inferred_rating_1_5"][0] - found["stated_rating_1_5"][0])
    assert min(gaps) >= 1


def test_small_groups_are_suppressed(compared: Build) -> None:
    """Nine pairs of a language show no agreement."""
    rows = [row | {"language": "da" if place < 9 else "nl"} for place, row in enumerate(_rows() * 2)]
    found = compared(rows)
    assert _figure(found, "qwk", language="da")["suppressed"]
    assert _figure(found, "qwk", language="nl")["value"] is not None


def test_a_group_gets_a_verdict(compared: Build) -> None:
    """Perfect agreement is usable, chance agreement is not to be used, few pairs say nothing."""
    perfect = [
        {"rating": float(star), "stars": STARS[star], "language": "da"} for star in (1, 2, 3, 4, 5) * 20
    ]
    chance = [
        {"rating": float(1 + place % 5), "stars": STARS[1 + place // 5 % 5], "language": "fr"}
        for place in range(100)
    ]
    few = [{"rating": 5.0, "stars": STARS[5], "language": "nl"}] * 12
    found = compared([*perfect, *chance, *few]).verdicts
    verdicts = {
        json.loads(group).get("language"): verdict for group, verdict in found["group", "verdict"].rows()
    }
    assert (verdicts["da"], verdicts["fr"], verdicts["nl"]) == ("usable", "do_not_use", "not_known")


def test_a_verdict_that_can_not_be_given_says_why(compared: Build) -> None:
    """All alike, too few, or hidden for another group: not one for the other."""
    rows = [
        {"rating": 5.0, "stars": STARS[5], "market": market}
        for market, count in (("DK", 80), ("NL", 40), ("LU", 4))
        for _ in range(count)
    ]
    found = compared(rows).verdicts
    reasons = {json.loads(group).get("market"): reason for group, reason in found["group", "reason"].rows()}
    assert reasons == {None: "all_alike", "DK": "all_alike", "NL": "hidden", "LU": "too_few_rated"}


def test_calibration_sets_scores_beside_ratings(compared: Build) -> None:
    """Of twenty comments given 0.85 of being satisfied, fifteen are."""
    rows = [{"rating": 5.0 if place < 15 else 1.0, "stars": STARS[4]} for place in range(20)]
    row = compared([*rows, {"rating": 1.0, "stars": STARS[1]}]).calibration.filter(group="{}")
    assert row["n"].to_list() == [1, 20]
    assert row["suppressed"].to_list() == [True, False]
    assert (row["inferred"][1], row["stated"][1]) == (pytest.approx(85), pytest.approx(75))
    assert row["bin_from"][1] == pytest.approx(0.8)


def test_calibration_of_a_market_hidden_for_another_is_hidden(compared: Build) -> None:
    """The tenths of NL would add up to its stated CSAT, and that would tell LU's."""
    rows = [{"market": m, "rating": 5.0, "stars": STARS[5]} for m in ["DK"] * 30 + ["NL"] * 20 + ["LU"] * 4]
    table = compared(rows).calibration
    shown = {
        m: table.filter(group=json.dumps({"market": m}))["stated"].count() > 0 for m in ("DK", "NL", "LU")
    }
    assert shown == {"DK": True, "NL": False, "LU": False}


def test_the_quiet_unhappy_and_the_loud_happy_are_named(compared: Build) -> None:
    """Rated 5 with words of 1, rated 1 with words of 5, each with the words that show it."""
    themes = [
        {"term": "wait", "polarity": "negative", "evidence": "waited weeks"},
        {"term": "staff", "polarity": "positive", "evidence": "kind staff"},
    ]
    rows = [
        {"rating": 5.0, "stars": STARS[1], "themes": themes},
        {"rating": 1.0, "stars": STARS[5], "themes": themes},
        {"rating": 5.0, "stars": STARS[3], "themes": themes},
    ]
    found = compared(rows).disagreements.sort("id")
    assert found["kind"].to_list() == ["quiet_unhappy", "loud_happy", None]
    assert found["evidence"].to_list() == [["waited weeks"], ["kind staff"], []]
