"""Churn and lifetime value, against a recount customer by customer and day by day."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.measure.tenure import at_risk, by_period, calendar
from cxtext.schema.columns import CUSTOMER_COUNTS, CUSTOMERS
from cxtext.schema.figures import Note
from cxtext.schema.results import CustomersRead
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
SETTINGS = Settings(themes=False, period="quarter", min_group_n=1)
HAPPY, UNHAPPY = (0.0, 0.0, 0.1, 0.3, 0.6), (0.7, 0.2, 0.1, 0.0, 0.0)


def _frame(rows: Any, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)


def _customer(number: int, start: str, end: str | None = None, **other: Any) -> dict[str, Any]:
    day = dt.date.fromisoformat
    row = {"respondent_id": f"r{number}", "market": "DK", "start": day(start), "end_known": True}
    return row | {"end": day(end) if end else None} | other


@pytest.fixture
def churn(scored_comments: Build, survey_rows: Build) -> Callable[..., pl.DataFrame]:
    """Return a function from customers, counts and comments to the figures on churn."""

    def build(
        customers: Any = (), counts: Any = (), comments: Any = ({},), settings: Settings = SETTINGS
    ) -> pl.DataFrame:
        joined = join_surveys(scored_comments(comments), survey_rows())
        read = CustomersRead(_frame(customers, CUSTOMERS), _frame(counts, CUSTOMER_COUNTS))
        metrics = measure_groups(joined, settings, read).metrics
        return metrics.filter(pl.col("metric").str.contains("churn|clv"))

    return build


def _figure(metrics: pl.DataFrame, metric: str, **group: str) -> dict[str, Any]:
    found = metrics.filter(metric=metric, group=json.dumps(group))
    assert found.height == 1, f"{metric} of {group}: {found.height} rows"
    return found.row(0, named=True)


def test_without_customers_there_is_no_figure(churn: Build) -> None:
    """Nor a row that says so: nothing was asked."""
    assert churn().is_empty()


def test_who_left_over_who_was_there_at_the_start(churn: Build) -> None:
    """Ten at the start of the quarter, two gone by its end; one who came later does not count."""
    rows = [_customer(n, "2024-12-10", "2025-02-03" if n < 2 else None, margin=30.0) for n in range(10)]
    metrics = churn([*rows, _customer(10, "2025-02-01", margin=30.0), _customer(11, "2025-03-31")])
    rate = _figure(metrics, "churn_rate", period="2025-Q1")
    assert (rate["value"], rate["n"], rate["method"], rate["note"]) == (20, 10, "wilson", None)
    assert _figure(metrics, "clv", market="DK", period="2025-Q1")["value"] == pytest.approx(150)


def test_several_periods_give_the_average_of_one(churn: Build) -> None:
    """Lost over customers at start, both summed: 1 of 2, then 0 of 1."""
    metrics = churn(
        [_customer(0, "2025-01-01", "2025-03-01"), _customer(1, "2025-01-01"), _customer(2, "2025-06-30")]
    )
    rate = _figure(metrics, "churn_rate")
    assert (rate["value"], rate["n"]) == (pytest.approx(100 / 3), 2)


def test_a_period_that_has_hardly_begun_hardly_counts(churn: Build) -> None:
    """One customer who comes on its second day does not make the others look loyal."""
    rows = [_customer(n, "2024-01-01", "2024-05-01" if n < 20 else "2024-09-30") for n in range(100)]
    stay = [_customer(n, "2024-01-01") for n in range(200, 300)]
    before = _figure(churn([*rows, *stay]), "churn_rate")["value"]
    after = _figure(churn([*rows, *stay, _customer(999, "2024-10-02")]), "churn_rate")
    assert after["value"] == pytest.approx(before, rel=0.02)
    assert _figure(churn([*rows, *stay]), "churn_rate")["n"] == after["n"] == 200


def test_of_a_period_that_is_not_over_what_has_passed_counts(churn: Build) -> None:
    """Half of a quarter is over: the one who left counts in whole, the three others with half of it."""
    rows = [_customer(n, "2025-01-01", "2025-02-14" if n == 0 else None) for n in range(4)]
    rate = _figure(churn(rows), "churn_rate")
    assert rate["value"] == pytest.approx(100 / (1 + 3 * 45 / 90))


days = st.dates(dt.date(2024, 1, 1), dt.date(2025, 12, 31))


@given(
    st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=12),
    st.sampled_from(["week", "month", "quarter", "year"]),
)
@hypothesis(max_examples=60)
def test_each_period_equals_a_recount(spans: list[Any], length: Any) -> None:
    """A customer counts where they had come by the first day and had not left before it."""
    spans = [(start, end if end is None or end >= start else None) for start, end in spans]
    rows = [
        {"respondent_id": str(n), "start": s, "end": e, "end_known": True} for n, (s, e) in enumerate(spans)
    ]
    settings = Settings(period=length)
    frame = _frame(rows, CUSTOMERS)
    periods = calendar(frame, settings)
    long = by_period(at_risk(frame, periods, settings), periods)
    firsts = [*periods["first"].to_list(), dt.date(2027, 1, 1)]
    for place, first in enumerate(firsts[:-1]):
        there = [(s, e) for s, e in spans if s <= first and (e is None or e >= first)]
        gone = [e for _, e in there if e is not None and e < firsts[place + 1]]
        found = long.filter(place=place)
        assert (found.height, int(found["left"].sum())) == (len(there), len(gone))


def test_segments_count_from_the_first_word_on(churn: Build) -> None:
    """Quarters before someone rated, in which they could not have been lost, are no evidence of loyalty."""
    rows = [_customer(n, "2024-01-01", "2025-05-01" if n == 0 else None) for n in range(4)]
    rows.append(_customer(9, "2024-01-01", "2025-06-30"))  # sets the end of the calendar, said nothing
    said = [(0, 1, UNHAPPY), (1, 1, UNHAPPY), (2, 5, HAPPY), (3, 5, HAPPY)]
    comments = [
        {"respondent_id": f"r{n}", "rating": rating, "stars": stars, "date": dt.date(2025, 2, 1)}
        for n, rating, stars in said
    ]
    metrics = churn(rows, comments=comments)
    for segment in ("satisfaction_stated", "satisfaction_inferred"):
        unhappy = _figure(metrics, "churn_rate", **{segment: "not_satisfied"})
        assert (unhappy["value"], unhappy["n"]) == (25, 2)  # 1 of 2 customers x 2 quarters
        assert _figure(metrics, "churn_rate", market="DK", **{segment: "satisfied"})["value"] == 0


def test_a_later_change_of_mind_does_not_move_a_customer(churn: Build) -> None:
    """Only who stays can change their mind, so the first day decides."""
    rows = [_customer(0, "2024-01-01", "2025-12-01")]
    comments = [
        {"respondent_id": "r0", "rating": rating, "date": dt.date(2025, month, 1)}
        for rating, month in ((5, 6), (1, 2))
    ]
    groups = churn(rows, comments=comments)["group"].to_list()
    assert '{"satisfaction_stated": "not_satisfied"}' in groups
    assert '{"satisfaction_stated": "satisfied"}' not in groups


def test_satisfaction_without_a_date_says_so(churn: Build) -> None:
    """All quarters count, and the note tells."""
    rows = [_customer(0, "2024-01-01", "2025-05-01")]
    metrics = churn(rows, comments=[{"respondent_id": "r0", "rating": 5}])
    assert _figure(metrics, "churn_rate", satisfaction_stated="satisfied")["note"] == Note.UNDATED


@pytest.mark.parametrize(
    ("changed", "metric", "note"),
    [
        ({"start": None}, "churn_rate", Note.NO_START),
        ({"end_known": False}, "churn_rate", Note.NO_END),
        ({"end_known": False}, "clv", Note.NO_END),
        ({"margin": None}, "clv", Note.NO_MARGIN),
        ({"end": None}, "clv", Note.NO_CHURN),
    ],
)
def test_what_is_missing_is_said(churn: Build, changed: Any, metric: str, note: Note) -> None:
    """With the number of customers, and no figure."""
    rows = [_customer(n, "2024-01-01", "2025-05-01", margin=3.0) | changed for n in range(12)]
    for group in ({}, {"market": "DK"}):
        found = _figure(churn(rows), metric, **group)
        assert (found["value"], found["n"], found["note"]) == (None, 12, note)


def test_a_period_cut_short_says_so(churn: Build) -> None:
    """The file's last date lies before the end of the quarter."""
    metrics = churn([_customer(0, "2024-01-01", "2025-05-01"), _customer(1, "2024-01-01")])
    assert _figure(metrics, "churn_rate", period="2025-Q2")["note"] == Note.NOT_OVER
    assert _figure(metrics, "churn_rate", period="2025-Q1")["note"] is None


def test_few_customers_are_hidden_however_many_periods(churn: Build) -> None:
    """Nine customers of eight quarters are nine customers."""
    rows = [_customer(n, "2024-01-01", "2025-12-31") for n in range(9)]
    metrics = churn(rows, settings=SETTINGS.model_copy(update={"min_group_n": 10}))
    assert metrics["suppressed"].all()
    assert metrics["value"].is_null().all()


def test_counted_customers_are_net_and_say_so(churn: Build) -> None:
    """(100 - 98) / 100; with 3 new ones, 5 of the 100 left. Margin 12 over 2% is 600."""
    row = {"market": "NL", "period": "2025-Q1", "at_start": 100, "at_end": 98, "new": 3, "margin": 12}
    metrics = churn(counts=[row])
    rate = _figure(metrics, "churn_rate", market="NL", period="2025-Q1")
    assert (rate["value"], rate["low"], rate["note"]) == (pytest.approx(2), None, Note.NET)
    gross = _figure(metrics, "churn_rate_gross", market="NL")
    assert (gross["value"], gross["low"]) == (pytest.approx(5), pytest.approx(2.154, abs=1e-3))
    assert _figure(metrics, "clv")["value"] == pytest.approx(600)


@pytest.mark.parametrize(
    ("changed", "metric", "note"),
    [
        ({"at_end": None}, "churn_rate", Note.NO_CUSTOMERS_END),
        ({"margin": None}, "clv", Note.NO_MARGIN),
        ({"at_end": 100.0}, "clv", Note.NO_CHURN),
        ({"at_end": 120.0}, "clv", Note.NO_CHURN),
    ],
)
def test_what_counts_lack_is_said(churn: Build, changed: Any, metric: str, note: Note) -> None:
    """Growth gives a negative churn rate and no lifetime value."""
    row = {"market": "NL", "period": "2025", "at_start": 100.0, "at_end": 98.0, "margin": 12.0}
    found = _figure(churn(counts=[row | changed]), metric, market="NL")
    assert (found["value"], found["note"]) == (None, note)


def test_the_order_of_rows_changes_nothing(churn: Build) -> None:
    """Not in the last digit."""
    rows = [_customer(n, "2024-01-01", "2025-05-01" if n % 3 else None, margin=n / 7) for n in range(40)]
    assert churn(rows).equals(churn(rows[::-1]))
