"""docs/scores.md and the product name the same figures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cxtext.compare import compare_stated_with_inferred
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.report.sections.told import METRICS as OF_TEXT
from cxtext.schema.columns import CUSTOMER_COUNTS
from cxtext.schema.figures import Verdict
from cxtext.schema.results import CustomersRead, WeightsRead
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
SCORES = (Path(__file__).parents[1] / "docs" / "scores.md").read_text("utf-8")


@pytest.fixture
def metrics(scored_comments: Build, survey_rows: Build) -> set[str]:
    """Return the ids of all metrics that a run gives."""
    settings = Settings(themes=False)
    rated = [
        {"rating": 1.0 + 4 * web, "nps_0_10": 10 * web, "channel": ("shop", "web")[web], "themes": themes}
        for web in (0, 1)
        for themes in ([], [{"term": "price", "polarity": "positive", "evidence": "price"}])
    ]
    joined = join_surveys(scored_comments(rated * 30), survey_rows())
    counts = {"period": ["2025"], "at_start": [10.0], "at_end": [9.0], "new": [1.0], "margin": [2.0]}
    customers = CustomersRead(
        counts=pl.DataFrame(counts).match_to_schema(CUSTOMER_COUNTS, missing_columns="insert")
    )
    margins = pl.DataFrame({"dimension": ["channel"] * 2, "value": ["shop", "web"], "share": [0.4, 0.6]})
    measured = measure_groups(joined, settings, customers, WeightsRead(margins))
    found = measured.metrics, compare_stated_with_inferred(joined, settings).metrics
    return {metric for frame in found for metric in frame["metric"]}


def test_every_metric_is_documented(metrics: set[str]) -> None:
    """A figure without its formula is not printed."""
    stars = {f"rating_share_{star}" for star in (2, 3, 4)}  # written as a range
    assert [metric for metric in sorted(metrics - stars) if f"`{metric}`" not in SCORES] == []


@pytest.mark.parametrize("metric", OF_TEXT)
def test_what_the_text_tells_of_answers_is_documented(metric: str) -> None:
    """Figures that take more answers than the run above has."""
    assert f"`{metric}`" in SCORES


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_documented(verdict: Verdict) -> None:
    """With its thresholds."""
    assert f"`{verdict}`" in SCORES
