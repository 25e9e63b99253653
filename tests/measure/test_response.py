"""Response and comment rate per market."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from cxtext.errors import InputError
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.schema.columns import TOTALS
from cxtext.schema.results import TotalsRead
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import wilson

Build = Callable[..., Any]


@pytest.fixture
def response(
    scored_comments: Build, survey_rows: Build
) -> Callable[..., dict[tuple[str, str], dict[str, Any]]]:
    """Return a function from comments, surveys and invited people by market to figures by metric and group."""

    def build(comments: Any, surveys: Any = (), **invited: int) -> dict[tuple[str, str], dict[str, Any]]:
        rows = [
            {"source_file": "t.csv", "source_row": place, "market": market, "invited": n, "column": "sent"}
            for place, (market, n) in enumerate(invited.items(), start=2)
        ]
        joined = join_surveys(scored_comments(comments), survey_rows(surveys))
        totals = TotalsRead(pl.DataFrame(rows, schema=TOTALS))
        metrics = measure_groups(joined, Settings(themes=False, drivers=False), totals=totals).metrics
        found = metrics.filter(pl.col("metric").is_in(["response_rate", "comment_rate"]))
        return {(row["metric"], row["group"]): row for row in found.iter_rows(named=True)}

    return build


DK, ALL = '{"market": "DK"}', "{}"


def test_everyone_who_answered_counts_once(response: Build) -> None:
    """In the survey, in a comment, in both, in two comments; blank rows without a score are nobody."""
    comments = [
        *({"respondent_id": f"r{n}", "market": "DK"} for n in (*range(10), 0)),
        {"market": "DK", "nps_0_10": 9},  # no key: a person by itself, once
        {"market": "DK", "text_reason": "empty", "rating": 4.0},  # rated, wrote nothing
        {"market": "DK", "text_reason": "empty"},
        {"respondent_id": "x", "market": "NL"},
    ]
    surveys = [
        *({"respondent_id": f"r{n}", "market": "DK", "nps_0_10": 8} for n in range(5, 20)),
        {"market": "DK", "nps_0_10": 3},
        {"respondent_id": "silent", "market": "DK"},
    ]
    found = response(comments, surveys, DK=100, FR=60)
    answered = 20 + 1 + 1 + 1
    assert found["response_rate", DK]["value"] == pytest.approx(100 * answered / 100)
    assert found["comment_rate", DK]["value"] == pytest.approx(100 * 11 / answered)
    assert (found["response_rate", DK]["n"], found["comment_rate", DK]["n"]) == (100, answered)
    interval = wilson(answered, 100)
    assert found["response_rate", DK]["low"] == pytest.approx(100 * float(interval.low))
    assert found["response_rate", ALL]["value"] == pytest.approx(100 * answered / 160)
    assert found["response_rate", '{"market": "FR"}']["value"] == 0
    assert found["comment_rate", '{"market": "FR"}']["note"] == "no data"


def test_the_rates_of_a_few_are_hidden(response: Build) -> None:
    """Nine asked show no response rate, nine who answered no comment rate."""
    rows = [{"respondent_id": f"{market}{n}", "market": market} for market in ("DK", "NL") for n in range(9)]
    found = response(rows, DK=9, NL=90)
    assert found["response_rate", DK]["suppressed"]
    assert found["response_rate", DK]["value"] is None
    assert found["comment_rate", '{"market": "NL"}']["suppressed"]


def test_more_answers_than_invitations_are_refused(response: Build) -> None:
    """With the file, the row, the column and both numbers."""
    rows = [{"respondent_id": f"r{n}", "market": "DK"} for n in range(12)]
    with pytest.raises(InputError, match=r"t\.csv, row 2, column 'sent': 11 invited in DK, but 12 answered"):
        response(rows, DK=11)


def test_without_totals_there_are_no_rates(response: Build) -> None:
    """Nothing is assumed of who was asked."""
    assert response([{"market": "DK"}] * 12) == {}
