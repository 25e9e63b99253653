"""The section on periods: alerts, charts, trends and shifts, in each language."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from cxtext.report.compose import compose_pages
from cxtext.report.document import Bullets, LineChart, Table
from cxtext.report.lines import FRAMES, line_svg
from cxtext.report.page import render_page
from cxtext.report.scope import Scope
from cxtext.report.sections.satisfaction import metric_table
from cxtext.report.sections.trends import trends
from cxtext.report.wording import load_wording
from cxtext.schema.columns import LANGUAGES, TRENDS

Data = dict[str, Any]


def section(data: Data, language: str = "en", market: str | None = None) -> Any:
    """Return the section's blocks by kind."""
    blocks = trends(Scope(data, load_wording(language), market)).blocks
    return {
        kind: [block for block in blocks if isinstance(block, kind)] for kind in (LineChart, Table, Bullets)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_alerts_come_first_and_each_figure_has_its_chart(moving: Data, language: str) -> None:
    """With the shift marked, the trend in words, and the same figures as a table."""
    found = section(moving, language)
    alerts = [item for bullets in found[Bullets] for item in bullets.items]
    wording = load_wording(language)
    assert len(alerts) == 2
    assert all("n\u00a0=\u00a0412" in alert for alert in alerts)
    assert all(wording.name("period", period) in "".join(alerts) for period in ("2025-05", "2025-08"))
    chart = found[LineChart][0]
    assert len(chart.points) == 8
    assert chart.shift == chart.points[4]
    table = found[Table][-1]
    assert wording("trends.up") in str(table.rows[0][4])
    assert wording.name("period", "2025-05") in str(table.rows[0])
    assert "n\u00a0=\u00a0400" in str(table.rows[0][2])


def test_an_alert_says_what_it_is_counted_in(moving: Data) -> None:
    """Points or stars; a mean on a CES scale is a bare number."""
    effort = moving["alerts"][0] | {"metric": "ces_mean", "difference": -0.41, "unit": "ces 1-5 high_is_easy"}
    [bullets] = section(moving | {"alerts": [*moving["alerts"], effort]})[Bullets]
    assert ["points" in item for item in bullets.items] == [True, False, False]
    assert ["stars" in item for item in bullets.items] == [False, True, False]
    assert "\u22120.41 in" in bullets.items[2]


def test_a_market_is_told_of_its_own(moving: Data) -> None:
    """Its page has no alert, trend or chart of another market or of all."""
    found = section(moving, market="DK")
    assert [row[1] for row in found[Table][-1].rows] == ["Denmark"]
    assert found[Bullets] == []


def test_without_periods_there_is_no_section(data: Data) -> None:
    """Nor an empty heading."""
    assert trends(Scope(data, load_wording("en"))).blocks == ()


def test_a_chart_holds_its_band_line_and_last_value_in_both_frames(moving: Data) -> None:
    """Nothing stands outside, and a gap in time is a gap on the axis."""
    chart = section(moving)[LineChart][0]
    svg = line_svg(chart, "alternative")
    assert svg.count('class="band stated"') == svg.count('class="line stated"') == len(FRAMES)
    assert svg.count("<circle") == len(FRAMES) * len(chart.points)
    assert svg.count('class="shift"') == len(FRAMES)
    assert svg.count(f">{chart.points[-1].figure.value}<") == len(FRAMES)
    places = [float(x) for x in re.findall(r'cx="([\d.]+)"', svg)]
    assert max(places) <= FRAMES[0].plot[2]
    assert min(places) >= FRAMES[1].plot[0]


def test_labels_of_the_time_axis_stand_apart(moving: Data) -> None:
    """However many periods there are."""
    svg = line_svg(section(moving)[LineChart][0], "").split("</svg>")[0]
    labels = [float(x) for x in re.findall(r'<text x="([\d.]+)"[^>]*tick middle', svg)]
    assert len(labels) > 1
    assert min(first - second for first, second in pairwise(labels)) >= FRAMES[0].apart


def test_the_page_is_whole(moving: Data, over_time: Callable[[Data], list[Data]]) -> None:
    """With every variant of the section."""
    for variant in over_time(moving):
        pages = compose_pages(variant)
        assert "None" not in render_page(pages[0], pages)


def test_trends_are_rows_of_the_contract(moving: Data) -> None:
    """What report.json holds has the columns that compare gives."""
    assert all(row.keys() == TRENDS.keys() for row in moving["trends"])
    assert json.loads(json.dumps(moving)) == moving


@pytest.mark.parametrize("language", LANGUAGES)
def test_periods_without_a_figure_are_counted_in_the_title_alone(moving: Data, language: str) -> None:
    """Twenty years of quarters, three of them with a figure, are three rows."""
    scope = Scope(_with_quarters(moving, shown=3), load_wording(language))
    [breakdown] = (found for found in scope.breakdowns(of=["ces_mean"]) if "period" in found.groups[-1][1])
    assert [group["period"] for _, group in breakdown.groups] == ["2019-Q1", "2020-Q1", "2021-Q1"]
    assert "77" in breakdown.title


def test_many_periods_are_folded_away(moving: Data) -> None:
    """The line charts have them; where none has a figure all are told, with the reason."""
    for shown in (0, 80):
        scope = Scope(_with_quarters(moving, shown=shown), load_wording("en"))
        breakdown = scope.breakdowns(of=["ces_mean"])[-1]
        table = metric_table(scope, breakdown, ["ces_mean"])
        assert len(table.rows) == 80
        assert table.summary == breakdown.title


def _with_quarters(data: Data, *, shown: int) -> Data:
    """Return data whose periods are twenty years of quarters; the first quarters of the last years have CES."""
    years = range(2021, 2001, -1)
    quarters = [f"{year}-Q{quarter}" for quarter in range(1, 5) for year in years]
    row = next(row for row in data["metrics"] if row["metric"] == "ces_mean" and row["value"] is not None)
    hidden = {"value": None, "low": None, "high": None, "note": "suppressed: too few", "suppressed": True}
    rows = [
        row | {"group": {"period": quarter}} | (hidden if place >= shown else {})
        for place, quarter in enumerate(quarters)
    ]
    return data | {"metrics": [*(row for row in data["metrics"] if "period" not in row["group"]), *rows]}
