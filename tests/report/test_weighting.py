"""The section on weighted figures."""

from typing import Any

import pytest

from cxtext.report.document import Table
from cxtext.report.scope import Scope
from cxtext.report.sections.weighting import METRICS, weighting
from cxtext.report.wording import load_wording
from cxtext.schema.columns import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_weighted_stands_beside_unweighted(data: dict[str, Any], language: str) -> None:
    """With design effect and effective n, in the page's language."""
    wording = load_wording(language)
    tables = [b for b in weighting(Scope(data, wording)).blocks if isinstance(b, Table)]
    names = ("csat_stated", "csat_stated_weighted", "csat_stated_design_effect", "csat_stated_effective_n")
    assert tables[0].header[1:] == tuple(wording(f"metric.{name}") for name in names)


def test_without_weights_there_is_no_section(data: dict[str, Any]) -> None:
    """Nor a table of no data where nobody answered."""
    gone = {"value": None, "low": None, "high": None, "n": 0, "note": "no data"}
    rows = [row | (gone if row["metric"].startswith("nps_") else {}) for row in data["metrics"]]
    told = str(weighting(Scope(data | {"metrics": rows}, load_wording("en"))).blocks)
    assert "NPS" not in told
    data["metrics"] = [row for row in data["metrics"] if row["metric"] not in METRICS]
    assert weighting(Scope(data, load_wording("en"))).blocks == ()
