"""Groups and periods against each other."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from cxtext.compare import compare_groups
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.schema.columns import DIFFERENCES
from cxtext.schema.settings import Settings

Build = Callable[..., Any]


@pytest.fixture
def differences(scored_comments: Build, survey_rows: Build) -> Callable[..., pl.DataFrame]:
    """Return a function from survey rows and a breakdown to the differences."""

    def build(surveys: Any, by: Any = (("market",),), comments: Any = ()) -> pl.DataFrame:
        settings = Settings(themes=False, by=by)
        joined = join_surveys(scored_comments(comments), survey_rows(surveys))
        return compare_groups(measure_groups(joined, settings).metrics, settings)

    return build


def _survey(market: str, promoters: int, detractors: int) -> list[dict[str, Any]]:
    return [{"market": market, "nps_0_10": score} for score in [10] * promoters + [2] * detractors]


def test_markets_that_differ_are_found(differences: Build) -> None:
    """DK and NL differ by 60 points; DK and FR by nothing."""
    found = differences([*_survey("DK", 80, 20), *_survey("FR", 80, 20), *_survey("NL", 50, 50)])
    assert found.schema == pl.Schema(DIFFERENCES)
    rows = {
        (json.loads(row["group_a"])["market"], json.loads(row["group_b"])["market"]): row
        for row in found.filter(metric="nps").iter_rows(named=True)
    }
    assert set(rows) == {("DK", "FR"), ("DK", "NL"), ("FR", "NL")}
    assert rows["DK", "NL"]["difference"] == pytest.approx(-60)
    assert rows["DK", "NL"]["differs"]
    assert not rows["DK", "FR"]["differs"]
    assert 0 < rows["DK", "FR"]["smallest_detectable"] < 60
    assert rows["DK", "NL"]["p_adjusted"] > rows["DK", "NL"]["p"]


def test_a_suppressed_group_takes_no_part(differences: Build) -> None:
    """A market of five has no figure to compare."""
    found = differences([*_survey("DK", 80, 20), *_survey("FR", 80, 20), *_survey("LU", 3, 2)])
    assert not any("LU" in group for group in found["group_b"])


def test_periods_are_compared_with_the_one_before(differences: Build) -> None:
    """Three months make two comparisons, not three."""
    comments = [
        {"date": dt.date(2026, month, 3), "rating": 5.0 if place % (month + 1) else 1.0}
        for month in (1, 2, 3)
        for place in range(60)
    ]
    found = differences([], by=(("period",),), comments=comments).filter(metric="csat_stated")
    pairs = [
        (json.loads(a)["period"], json.loads(b)["period"]) for a, b in found["group_a", "group_b"].rows()
    ]
    assert pairs == [("2026-01", "2026-02"), ("2026-02", "2026-03")]
    assert found["difference"][0] == pytest.approx(100 * (2 / 3 - 1 / 2))


def test_crossed_groups_differ_in_one_dimension(differences: Build) -> None:
    """Belgian French is compared with Belgian Dutch and with French French, not with Dutch Dutch."""
    places = [("BE", "fr"), ("BE", "nl"), ("FR", "fr"), ("NL", "nl")]
    comments = [
        {"market": market, "language": language, "rating": float(1 + place % 5)}
        for market, language in places
        for place in range(20)
    ]
    found = differences([], by=(("market", "language"),), comments=comments).filter(metric="csat_stated")
    assert found.height == 3
    assert sorted(found["dimension"]) == ["language", "market", "market"]


def test_nothing_to_compare_gives_no_rows(differences: Build) -> None:
    """One market alone."""
    assert differences(_survey("DK", 80, 20)).is_empty()
