"""The section on what goes with ratings and NPS."""

from typing import Any

import pytest

from cxtext.report.document import Table
from cxtext.report.scope import Scope
from cxtext.report.sections.drivers import METRICS, drivers
from cxtext.report.wording import load_wording
from cxtext.schema.columns import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_share_stands_first(data: dict[str, Any], language: str) -> None:
    """With its name in the page's language, and no word of causes but that it is none."""
    wording = load_wording(language)
    section = drivers(Scope(data, wording))
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [row[0] for row in tables[0].rows] == [
        wording("drivers.theme", term="levering"),
        wording("drivers.channel"),
        wording("drivers.touchpoint"),
    ]


def test_chance_shows_no_table(data: dict[str, Any]) -> None:
    """Of NPS in Denmark."""
    section = drivers(Scope(data, load_wording("da"), "DK"))
    assert [len(block.rows) for block in section.blocks if isinstance(block, Table)] == [3]
    assert load_wording("da")("drivers.by_chance") in str(section.blocks[-1])


def test_a_refusal_tells_its_reason(data: dict[str, Any]) -> None:
    """Too few respondents are no driver."""
    refused = {"value": None, "low": None, "high": None, "note": "refused: fewer than 100 respondents"}
    kept = [row for row in data["metrics"] if "driver" not in row["group"]]
    data["metrics"] = [row | (refused if row["metric"].endswith("_r2") else {}) for row in kept]
    told = str(drivers(Scope(data, load_wording("en"))).blocks)
    assert told.count("no figure (fewer than 100 respondents)") == 2


def test_without_figures_there_is_no_section(data: dict[str, Any]) -> None:
    """Switched off is not refused."""
    data["metrics"] = [row for row in data["metrics"] if row["metric"] not in METRICS]
    assert drivers(Scope(data, load_wording("en"))).blocks == ()
