"""What is rendered: everything, once, as plain data."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxtext.errors import InputError
from cxtext.report import collect, load_report
from cxtext.report.collect import metric_rows
from cxtext.schema.columns import METRICS
from cxtext.schema.results import Analysis


def test_the_data_survive_json(analysis: Analysis) -> None:
    """So that `cxtext report` renders the same pages from report.json."""
    data = collect(analysis)
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_small_groups_give_no_verbatim(data: dict[str, Any]) -> None:
    """Four comments from Luxembourg are somebody's: neither themes nor quotations."""
    assert "LU" not in {row["market"] for row in (*data["themes"], *data["disagreements"])}
    assert data["disagreements_withheld"] == 3


def test_one_comment_of_no_known_language_hides_no_market(data: dict[str, Any]) -> None:
    """A market is hidden by its own number of comments, not by how few of them went undetermined."""
    assert "DK" in {row["market"] for row in data["themes"]} & {
        row["market"] for row in data["disagreements"]
    }


def test_rows_are_accounted_for_in_all_and_by_market(data: dict[str, Any]) -> None:
    """Largest market first, after the whole; both sides of a count are there."""
    whole, first, *_ = data["rows"]
    assert (whole["market"], first["market"]) == (None, "DK")
    assert whole["comments"] == sum(row["comments"] for row in data["rows"][1:])
    assert whole["rejected"] == {"not valid JSON": 1}
    assert whole["personal_data"] == {"EMAIL": 9}
    assert whole["language_detected"] == {"de": 1}


def test_a_market_known_from_surveys_only_has_an_empty_account(analysis: Analysis) -> None:
    """It has figures and a page, but no comments."""
    row = dict.fromkeys(METRICS) | {"group": '{"market": "SE"}', "metric": "nps", "suppressed": False}
    more = pl.concat([analysis.measured.metrics, pl.DataFrame([row], schema=METRICS)])
    changed = replace(analysis, measured=replace(analysis.measured, metrics=more))
    assert collect(changed)["rows"][-1]["comments"] == 0


def test_a_figure_that_is_not_finite_is_null() -> None:
    """NaN is no JSON, and no answer."""
    row = dict.fromkeys(METRICS) | {"group": "{}", "metric": "qwk", "value": float("nan")}
    assert metric_rows(pl.DataFrame([row], schema=METRICS))[0]["value"] is None


@pytest.mark.parametrize("content", [None, "{", "[]", '{"format": 99}'])
def test_a_report_json_that_can_t_be_rendered_is_refused(tmp_path: Path, content: str | None) -> None:
    """With the file's name and what to do."""
    if content is not None:
        (tmp_path / "report.json").write_text(content)
    with pytest.raises(InputError, match=r"report\.json: .*run cxtext analyse"):
        load_report(tmp_path)
