"""Weighted figures beside the unweighted, against weights worked out by hand."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.schema.figures import Note
from cxtext.schema.results import WeightsRead
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import net_promoter_score

Build = Callable[..., Any]
SETTINGS = Settings(themes=False, drivers=False)
HALF = {"market": {"DK": 0.5, "NL": 0.5}}
# 60 Danes, half of them satisfied promoters; 20 Dutch, all of them
ROWS = [
    {"market": market, "rating": 5.0 if happy else 1.0, "nps_0_10": 10 if happy else 0, "channel": "web"}
    for market, count, unhappy in (("DK", 60, 30), ("NL", 20, 0))
    for happy in [False] * unhappy + [True] * (count - unhappy)
]


@pytest.fixture
def weighted(scored_comments: Build, survey_rows: Build) -> Callable[..., pl.DataFrame]:
    """Return a function from comments and margins to the metrics."""

    def build(rows: Any, margins: dict[str, dict[str, float]], settings: Settings = SETTINGS) -> pl.DataFrame:
        cells = [(name, value, share) for name, of in margins.items() for value, share in of.items()]
        frame = pl.DataFrame(cells, schema=["dimension", "value", "share"], orient="row")
        joined = join_surveys(scored_comments(rows), survey_rows())
        return measure_groups(joined, settings, weights=WeightsRead(frame) if cells else None).metrics

    return build


def _figure(metrics: pl.DataFrame, metric: str, **group: str) -> dict[str, Any]:
    found = metrics.filter(metric=metric, group=json.dumps(group))
    assert found.height == 1, f"{metric} of {group}: {found.height} rows"
    return found.row(0, named=True)


def test_each_market_weighs_what_the_margins_say(weighted: Build) -> None:
    """Half of 50% and half of 100% is 75%, where the sample has 62.5%; NPS 50, where it has 25."""
    metrics = weighted(ROWS, HALF)
    csat, nps = (_figure(metrics, f"{name}_weighted") for name in ("csat_stated", "nps"))
    assert (csat["value"], csat["n"], csat["method"]) == (pytest.approx(75), 80, "raked")
    assert nps["value"] == pytest.approx(50)
    assert csat["low"] < 75 < csat["high"]
    assert _figure(metrics, "csat_stated")["value"] == pytest.approx(62.5)
    effect = 80 * (60 * (2 / 3) ** 2 + 20 * 2**2) / 80**2
    assert _figure(metrics, "csat_stated_design_effect")["value"] == pytest.approx(effect)
    assert _figure(metrics, "nps_effective_n")["value"] == pytest.approx(80 / effect)


def test_within_a_market_weights_by_market_change_nothing(weighted: Build) -> None:
    """Nor does its interval, but for the degree of freedom that the margins take."""
    metrics = weighted(ROWS, HALF)
    danish = _figure(metrics, "nps_weighted", market="DK")
    plain = net_promoter_score([30 * 78 / 80], [0], [30 * 78 / 80])
    assert danish["value"] == pytest.approx(0)
    assert danish["high"] == pytest.approx(plain.high.item())
    assert _figure(metrics, "nps_design_effect", market="DK")["value"] == pytest.approx(1)


def test_who_is_outside_the_margins_is_left_out(weighted: Build) -> None:
    """Ten without a market, five of one that the margins don't name."""
    rows = [*ROWS, *[{"rating": 1.0}] * 10, *[{"rating": 1.0, "market": "FR"}] * 5]
    metrics = weighted(rows, HALF)
    assert _figure(metrics, "csat_stated_weighted")["n"] == 80
    assert _figure(metrics, "csat_stated")["n"] == 95


def test_margins_may_be_of_what_is_not_broken_down(weighted: Build) -> None:
    """By channel, in a run by market."""
    rows = [row | {"channel": "web" if place % 4 else "shop"} for place, row in enumerate(ROWS)]
    found = _figure(weighted(rows, {"channel": {"web": 0.2, "shop": 0.8}}), "csat_stated_design_effect")
    assert found["value"] == pytest.approx(80 * (60 * (0.2 / 0.75) ** 2 + 20 * (0.8 / 0.25) ** 2) / 80**2)


@pytest.mark.parametrize(
    ("margins", "note", "has_value"),
    [
        ({"market": {"DK": 0.5, "NL": 0.4, "FR": 0.1}}, Note.EMPTY_MARGIN, False),
        (
            {"market": {"DK": 0.75, "NL": 0.25}, "touchpoint": {"a": 0.5, "b": 0.5}},
            Note.MARGINS_CONTRADICT,
            False,
        ),
        ({"market": {"DK": 0.2, "NL": 0.8}}, None, True),
        ({"touchpoint": {"c": 1.0}}, Note.NO_DATA, False),
    ],
)
def test_what_can_t_be_weighted_says_why(
    weighted: Build, margins: Any, note: Note | None, has_value: bool
) -> None:
    """Touchpoint a is Denmark's and b the Netherlands': two margins of one thing."""
    rows = [row | {"touchpoint": "a" if row["market"] == "DK" else "b"} for row in ROWS]
    found = _figure(weighted(rows, margins), "csat_stated_weighted")
    assert (found["note"], found["value"] is not None) == (note, has_value)


def test_trimming_is_said_where_it_shows(weighted: Build) -> None:
    """Two Dutch can't stand for half of the population at twice the mean weight."""
    settings = SETTINGS.model_copy(update={"largest_weight": 2.0})
    found = _figure(weighted(ROWS[:62], HALF, settings), "csat_stated_weighted")
    assert found["note"] == Note.TRIMMED
    assert found["value"] < 75


def test_nothing_is_weighted_unless_asked(weighted: Build) -> None:
    """No row at all."""
    assert weighted(ROWS, {}).filter(pl.col("metric").str.ends_with("weighted")).is_empty()


def test_the_order_of_rows_changes_nothing(weighted: Build) -> None:
    """Not in the last digit."""
    both = {**HALF, "channel": {"web": 1.0}}
    of_weights = pl.col("metric").str.contains("weighted|effect")
    one, other = (weighted(rows, both).filter(of_weights) for rows in (ROWS, ROWS[::-1]))
    assert one.height > 0
    assert one.equals(other)
