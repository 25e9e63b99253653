"""The section on churn: there where customers were given, with segments first and reasons said."""

from typing import Any

import pytest

from cxtext.report.document import Paragraph, Table
from cxtext.report.scope import Scope
from cxtext.report.sections.churn import METRICS, churn
from cxtext.report.wording import load_wording
from cxtext.schema.columns import LANGUAGES


def _with_segments(data: dict[str, Any]) -> dict[str, Any]:
    of_all = [row for row in data["metrics"] if row["metric"] in METRICS and not row["group"]]
    groups = [{"satisfaction_stated": "satisfied"}, {"satisfaction_stated": "not_satisfied"}]
    return data | {
        "metrics": data["metrics"] + [row | {"group": group} for group in groups for row in of_all]
    }


def test_without_customers_there_is_no_section(data: dict[str, Any]) -> None:
    """An empty one would ask a question nobody put."""
    data["metrics"] = [row for row in data["metrics"] if row["metric"] not in METRICS]
    assert churn(Scope(data, load_wording("en"))).blocks == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_satisfied_customers_stand_beside_the_others(data: dict[str, Any], language: str) -> None:
    """By name, in each language; the sentence above has the figures of all."""
    wording = load_wording(language)
    section = churn(Scope(_with_segments(data), wording))
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [row[0] for row in tables[0].rows] == [
        wording("segment.satisfied"),
        wording("segment.not_satisfied"),
    ]
    assert wording.percent(3.4) in next(b.text for b in section.blocks[1:] if isinstance(b, Paragraph))


def test_a_figure_that_is_missing_tells_why(data: dict[str, Any]) -> None:
    """No column, no figure."""
    changed = {"value": None, "low": None, "high": None, "note": "no figure: margin not given"}
    data["metrics"] = [row | (changed if row["metric"] == "clv" else {}) for row in data["metrics"]]
    section = churn(Scope(data, load_wording("en")))
    assert "Customer lifetime value: no figure (margin not given)." in str(section.blocks[1])
