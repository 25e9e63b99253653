"""Trends, shifts and alerts over the periods of a run."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest

from cxtext.compare import compare_all
from cxtext.compare.alerts import find_alerts
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.schema.columns import ALERTS, DIFFERENCES, TRENDS
from cxtext.schema.results import Compared
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
BY = (("period",), ("market", "period"))
GOOD, BAD = (0.0, 0.0, 0.05, 0.25, 0.7), (0.7, 0.25, 0.05, 0.0, 0.0)


def months(satisfied: Sequence[int], of: int = 40, **fields: Any) -> list[dict[str, Any]]:
    """Return rated comments of one month after another, so many of them satisfied."""
    return [
        {
            "date": dt.date(2025 + month // 12, month % 12 + 1, 3),
            "rating": 5.0 if place < good else 2.0,
            "stars": GOOD if place < good else BAD,
            **fields,
        }
        for month, good in enumerate(satisfied)
        for place in range(of)
    ]


@pytest.fixture
def compared(scored_comments: Build, survey_rows: Build) -> Callable[..., Compared]:
    """Return a function from comments, surveys and settings to what is compared."""

    def build(comments: Any = (), surveys: Any = (), groups: Any = (), **settings: Any) -> Compared:
        chosen = Settings(themes=False, drivers=False, **({"by": BY} | settings))
        joined = join_surveys(scored_comments(comments), survey_rows(surveys, groups))
        return compare_all(joined, measure_groups(joined, chosen), chosen)

    return build


SHIFTED = [30, 31, 29, 30, 31, 12, 10, 11, 12, 10]


def test_a_shift_is_dated_sized_and_an_alert(compared: Build) -> None:
    """From 75% to 28% in June: stated and inferred, each with the period and the points."""
    found = compared(months(SHIFTED))
    assert found.trends.schema == pl.Schema(TRENDS)
    assert found.alerts.schema == pl.Schema(ALERTS)
    stated = found.trends.row(by_predicate=pl.col("metric") == "csat_stated", named=True)
    assert (stated["first_period"], stated["last_period"], stated["periods"]) == ("2025-01", "2025-10", 10)
    assert stated["shift_period"] == "2025-06"
    assert stated["shift"] == pytest.approx(100 * (55 / 200 - 151 / 200))
    assert stated["shift_low"] < stated["shift"] < stated["shift_high"] < 0
    assert stated["shifted"]
    assert stated["unit"] == "points"
    alerts = found.alerts.filter(kind="shift")
    assert set(alerts["metric"]) == {"csat_stated", "csat_inferred", "rating_inferred_mean"}
    assert alerts["period"].unique().to_list() == ["2025-06"]


def test_a_trend_is_told_a_period(compared: Build) -> None:
    """Five points a month, over a month that is missing too."""
    found = compared(
        row for row in months([50, 60, 70, 80, 90, 100, 110, 120], 200) if row["date"].month != 4
    )
    trend = found.trends.row(by_predicate=pl.col("metric") == "csat_stated", named=True)
    assert trend["periods"] == 7
    assert trend["slope"] == pytest.approx(5)
    assert trend["direction"] == "up"
    assert trend["dispersion"] == 1


def test_steady_figures_raise_no_alert(compared: Build) -> None:
    """Neither trend nor shift."""
    found = compared(months([20, 22, 19, 21, 20, 18, 21, 20]))
    assert found.trends["direction"].unique().to_list() == ["none"]
    assert not found.trends["shifted"].any()
    assert found.alerts.is_empty()


def test_a_fall_in_the_last_period_is_an_alert_and_an_older_one_is_not(compared: Build) -> None:
    """Of each market that still has figures: NL fell in the last month, DK ended with a fall two months before."""
    rows = [*months([30] * 5 + [10], market="NL"), *months([30] * 3 + [10], market="DK")]
    last = compared(rows).alerts.filter(kind="last_period", metric="csat_stated")
    groups = [json.loads(group) for group in last["group"]]
    assert {"market": "NL"} in groups
    assert {"market": "DK"} not in groups
    assert last["period"].unique().to_list() == ["2025-06"]
    assert last.filter(group='{"market": "NL"}')["difference"].item() == pytest.approx(-50)


def test_each_metric_has_a_last_period_of_its_own(compared: Build) -> None:
    """NPS goes on for a month after the ratings stop: its fall of the month before is no news, theirs is."""
    ratings = {"dimension": "period", "group_a": '{"period": "2025-04"}', "group_b": '{"period": "2025-05"}'}
    changed = {**ratings, "difference": -9.0, "differs": True, "n_a": 40, "n_b": 50, "unit": "points"}
    later = {"group_a": '{"period": "2025-05"}', "group_b": '{"period": "2025-06"}', "differs": False}
    rows = [
        changed | {"metric": "csat_stated"},
        changed | {"metric": "nps"},
        changed | later | {"metric": "nps"},
    ]
    alerts = find_alerts(pl.DataFrame(rows, schema=DIFFERENCES), pl.DataFrame(schema=TRENDS))
    assert alerts.select("metric", "period", "n").rows() == [("csat_stated", "2025-05", 90)]


def test_all_tests_of_a_run_are_adjusted_together(compared: Build) -> None:
    """Holm's largest factor is the number of differences, trends and shifts."""
    found = compared(months(SHIFTED))
    p = [*found.differences["p"], *found.trends["slope_p"], *found.trends["shift_p"]]
    adjusted = [
        *found.differences["p_adjusted"],
        *found.trends["slope_p_adjusted"],
        *found.trends["shift_p_adjusted"],
    ]
    least = min(range(len(p)), key=p.__getitem__)
    assert adjusted[least] == pytest.approx(min(1, p[least] * len(p)))


def test_five_periods_are_too_few_and_small_ones_do_not_count(compared: Build) -> None:
    """A suppressed month takes no part: of six months here one has five comments."""
    assert compared(months(SHIFTED[:5])).trends.is_empty()
    rows = [row for row in months(SHIFTED[:6]) if row["date"].month != 2] + months([3, 3], of=5)[5:]
    assert compared(rows).trends.is_empty()
    assert compared(months([40] * 8)).trends.filter(metric="csat_stated").is_empty()  # nothing varies


def test_nps_of_respondents_and_nps_that_came_as_a_figure(compared: Build) -> None:
    """Both have trends; the second with the largest variance that its score allows."""
    scores = [[10] * (10 + 3 * month) + [8] * 10 + [3] * (35 - 3 * month) for month in range(8)]
    surveys = [
        {"date": dt.date(2025, month + 1, 2), "nps_0_10": score}
        for month, given in enumerate(scores)
        for score in given
    ]
    own = compared(surveys=surveys).trends.row(by_predicate=pl.col("metric") == "nps", named=True)
    groups = [
        {"market": "DK", "period": f"2025-{month + 1:02}", "metric": "nps", "value": nps, "n": 55}
        for month, given in enumerate(scores)
        for nps in [100 * (given.count(10) - given.count(3)) / 55]
    ]
    given = compared(groups=groups).trends.row(by_predicate=pl.col("metric") == "nps", named=True)
    assert own["slope"] == pytest.approx(given["slope"])
    assert given["slope_high"] - given["slope_low"] > own["slope_high"] - own["slope_low"]


def test_waves_are_compared_with_the_one_before(compared: Build) -> None:
    """Ten after nine, whatever the dates say."""
    rows = [row | {"wave": f"Wave {row['date'].month + 2}"} for row in months(SHIFTED[:9])]
    found = compared(rows[::-1], period="wave")
    pairs = [
        (json.loads(a)["period"], json.loads(b)["period"])
        for a, b in found.differences.filter(metric="csat_stated")["group_a", "group_b"].rows()
    ]
    assert pairs == [(f"Wave {wave}", f"Wave {wave + 1}") for wave in range(3, 11)]
    trend = found.trends.row(by_predicate=pl.col("metric") == "csat_stated", named=True)
    assert (trend["last_period"], trend["shift_period"]) == ("Wave 11", "Wave 8")


def test_the_same_run_gives_the_same_p(compared: Build) -> None:
    """The draws depend on the seed and the group, not on the order of rows."""
    rows = months([22, 18, 25, 16, 21, 14, 15, 18])
    first, second = compared(rows).trends, compared(rows[::-1]).trends
    assert first["shift_p"].to_list() == pytest.approx(second["shift_p"].to_list())
    assert 0.001 < first["shift_p"][0] < 1
