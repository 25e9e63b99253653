"""Figures of groups, each against a recount by hand."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Note
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
HAPPY, UNHAPPY = (0.0, 0.0, 0.1, 0.3, 0.6), (0.7, 0.2, 0.1, 0.0, 0.0)
SETTINGS = Settings(themes=False, drivers=False)


def _figure(metrics: pl.DataFrame, metric: str, **group: str) -> dict[str, Any]:
    found = metrics.filter(metric=metric, group=json.dumps(group, ensure_ascii=False))
    assert found.height == 1, f"{metric} of {group}: {found.height} rows"
    return found.row(0, named=True)


@pytest.fixture
def measured(scored_comments: Build, survey_rows: Build) -> Callable[..., pl.DataFrame]:
    """Return a function from rows to the metrics."""

    def build(
        comments: Any, surveys: Any = (), groups: Any = (), settings: Settings = SETTINGS
    ) -> pl.DataFrame:
        joined = join_surveys(scored_comments(comments), survey_rows(surveys, groups))
        return measure_groups(joined, settings).metrics

    return build


def test_every_group_has_every_metric_once(measured: Build) -> None:
    """Rows have the contract's columns; a metric without data says so."""
    metrics = measured([{"market": market, "language": "da", "rating": 5} for market in ["DK"] * 12 + ["NO"]])
    assert metrics.schema == pl.Schema(METRICS)
    per_group = metrics.group_by("group").agg(pl.col("metric").n_unique(), pl.len())
    assert per_group["metric"].unique().to_list() == per_group["len"].unique().to_list() == [23]
    assert metrics.filter(pl.col("value").is_null(), pl.col("note").is_null()).is_empty()
    assert _figure(metrics, "nps", market="DK")["note"] == Note.NO_DATA


def test_stated_csat_follows_the_threshold_of_the_scale(measured: Build) -> None:
    """4 of 5 is satisfied; on 0-10 it takes an 8, which is 4.2 on 1..5."""
    on_ten = [
        {"stated_rating": float(r), "stated_scale": "0-10", "stated_rating_1_5": 1 + 0.4 * r} for r in (7, 8)
    ]
    metrics = measured(
        [*({"rating": r} for r in (1, 2, 3, 4, 5)), *on_ten, *({"rating": 5} for _ in range(3))]
    )
    found = _figure(metrics, "csat_stated")
    assert (found["value"], found["n"], found["unit"]) == (pytest.approx(60), 10, "percent")


def test_a_rating_of_the_survey_counts_once(measured: Build) -> None:
    """Two comments of one respondent share one survey rating; silent respondents count too."""
    rating = {"stated_rating": 5.0, "stated_scale": "1-5", "stated_rating_1_5": 5.0}
    surveys = [{"respondent_id": f"r{place}", **rating} for place in range(11)]
    comments = [{"respondent_id": "r0", "language": "nl"}, {"respondent_id": "r0", "language": "nl"}]
    found = _figure(measured(comments, surveys), "csat_stated")
    assert (found["value"], found["n"]) == (100, 11)


def test_the_rating_of_a_row_with_several_texts_counts_once(measured: Build) -> None:
    """Eleven rows with two comments each are eleven ratings, in each language that they are written in."""
    rows = [
        {"source_row": row, "rating": 5, "market": "NL", "language": language}
        for row in range(11)
        for language in ("nl", "en")
    ]
    metrics = measured(rows)
    for group in ({}, {"market": "NL"}, {"language": "nl"}, {"language": "en"}):
        assert _figure(metrics, "csat_stated", **group)["n"] == 11


def test_nps_counts_every_respondent_by_language_only_those_who_wrote(measured: Build) -> None:
    """Twelve answered, ten of them wrote in Dutch."""
    surveys = [
        {"respondent_id": f"r{place}", "nps_0_10": 10 if place < 6 else 0, "market": "NL"}
        for place in range(12)
    ]
    comments = [
        {"respondent_id": f"r{place}", "language": "nl", "market": "NL", "stars": HAPPY}
        for place in range(10)
    ]
    metrics = measured(comments, surveys)
    assert _figure(metrics, "nps", market="NL")["value"] == 0
    assert _figure(metrics, "nps", market="NL")["n"] == 12
    assert _figure(metrics, "nps", language="nl")["value"] == pytest.approx(20)
    assert _figure(metrics, "nps_promoters", language="nl")["value"] == pytest.approx(60)


def test_ces_names_its_scale_and_direction(measured: Build) -> None:
    """On a scale where high is hard, low answers are the easy ones."""
    surveys = [{"ces": float(score), "ces_scale": "1-7 high_is_hard"} for score in [1, 2, 3, 4, 7] * 2]
    metrics = measured([], surveys)
    assert _figure(metrics, "ces_mean")["unit"] == "ces 1-7 high_is_hard"
    assert _figure(metrics, "ces_mean")["value"] == pytest.approx(3.4)
    assert _figure(metrics, "ces_easy_share")["value"] == pytest.approx(60)


def test_inferred_interval_holds_the_error_between_companies(measured: Build) -> None:
    """However many comments, the interval of an inferred figure does not shrink to nothing."""
    metrics = measured([{"stars": stars} for stars in (HAPPY, UNHAPPY) * 2_000])
    found = _figure(metrics, "csat_inferred")
    assert found["value"] == pytest.approx(50)
    assert found["high"] - found["low"] > 10
    assert found["n"] == 4_000
    assert _figure(metrics, "rating_share_5")["value"] == pytest.approx(30)


def test_small_groups_show_no_figure_and_cannot_be_computed(measured: Build) -> None:
    """A market of 4 is hidden, and the smallest other one too, as the total would give the first away."""
    rows = [{"market": m, "rating": 5.0} for m in ["DK"] * 30 + ["NL"] * 20 + ["LU"] * 4]
    metrics = measured(rows)
    hidden = {m: _figure(metrics, "csat_stated", market=m)["suppressed"] for m in ("DK", "NL", "LU")}
    assert hidden == {"DK": False, "NL": True, "LU": True}
    row = _figure(metrics, "csat_stated", market="NL")
    assert (row["value"], row["low"], row["high"]) == (None, None, None)
    assert row["note"] == Note.SUPPRESSED_OTHER


def test_rows_without_a_market_protect_a_small_one(measured: Build) -> None:
    """Where the total holds enough rows of no market, one hidden group is enough."""
    rows = [{"market": m, "rating": 5.0} for m in ["DK"] * 30 + ["NL"] * 20 + ["LU"] * 4 + [None] * 10]
    assert not _figure(measured(rows), "csat_stated", market="NL")["suppressed"]


def test_a_detected_language_needs_no_second_hidden_group(measured: Build) -> None:
    """Languages are detected, not declared: only the small one is hidden."""
    rows = [{"language": m, "rating": 5.0} for m in ["da"] * 30 + ["nl"] * 20 + ["fr"] * 4]
    metrics = measured(rows)
    assert not _figure(metrics, "csat_stated", language="nl")["suppressed"]
    assert _figure(metrics, "csat_stated", language="fr")["suppressed"]


@pytest.mark.parametrize(
    ("length", "name"), [("month", "2026-04"), ("week", "2026-W14"), ("quarter", "2026-Q2"), ("year", "2026")]
)
def test_periods_are_named_after_the_calendar(length: Any, name: str, measured: Build) -> None:
    """2 April 2026 lies in week 14, in the second quarter."""
    day = dt.date(2026, 4, 2)
    settings = Settings(themes=False, by=(("period",),), period=length)
    metrics = measured([{"date": day, "rating": 5.0}] * 10, settings=settings)
    assert _figure(metrics, "csat_stated", period=name)["n"] == 10


def test_a_file_without_any_dimension_works(measured: Build) -> None:
    """Nothing but ratings: the total is measured, breakdowns are empty."""
    metrics = measured([{"rating": 4.0}] * 10)
    assert metrics["group"].unique().to_list() == ["{}"]
    assert _figure(metrics, "match_rate")["note"] == Note.NO_DATA


def test_no_rows_at_all_work(measured: Build) -> None:
    """An empty file gives a total without data."""
    metrics = measured([])
    assert set(metrics["note"]) == {Note.NO_DATA}


def test_combined_is_refused_where_channels_differ(measured: Build) -> None:
    """Rated comments from a review site say nothing about unrated ones from a survey."""
    rated = [
        {"rating": 5.0 if place % 2 else 1.0, "stars": HAPPY if place % 2 else UNHAPPY, "channel": "web"}
        for place in range(40)
    ]
    unrated = [{"stars": HAPPY if place % 2 else UNHAPPY, "channel": "mail"} for place in range(80)]
    assert _figure(measured([*rated, *unrated]), "csat_combined")["note"] == Note.OTHER_CHANNEL
    same = [row | {"channel": "web"} for row in unrated]
    found = _figure(measured([*rated, *same]), "csat_combined")
    assert found["value"] is not None
    assert (found["n_rated"], found["n_unrated"]) == (40, 80)
    few = _figure(measured([*rated[:10], *same]), "csat_combined")
    assert (few["value"], few["note"]) == (None, Note.TOO_FEW_RATED)
    shifted = [row | {"stars": HAPPY} for row in same]
    assert _figure(measured([*rated, *shifted]), "csat_combined")["note"] == Note.SCORES_DIFFER


def test_reported_results_become_figures(measured: Build) -> None:
    """A market's NPS per period is carried through with what interval n allows, and pooled by n."""
    groups = [
        {"market": "DK", "period": "2026-01", "metric": "nps", "value": 20.0, "n": 100},
        {"market": "DK", "period": "2026-02", "metric": "nps", "value": 50.0, "n": 200},
        {"market": "NL", "period": None, "metric": "csat_stated", "value": 80.0, "n": None},
    ]
    metrics = measured([{"market": "DK", "rating": 5.0}] * 12, groups=groups)
    january = _figure(metrics, "nps", market="DK", period="2026-01")
    assert (january["value"], january["n"], january["method"]) == (20, 100, "as reported")
    assert january["low"] < 20 < january["high"]
    assert _figure(metrics, "nps", market="DK")["value"] == pytest.approx(40)
    assert _figure(metrics, "csat_stated", market="NL")["note"] == Note.NO_N
    assert _figure(metrics, "csat_stated", market="DK")["value"] == 100


def test_several_results_of_a_group_are_pooled(measured: Build) -> None:
    """A row a channel gives the market's figure by n; without an n there is none; a market's own row stays."""
    result = {"period": "2026-01", "metric": "nps"}
    groups = [
        {"market": "DK", "value": 10.0, "n": 50, **result},
        {"market": "DK", "value": 40.0, "n": 100, **result},
        {"market": "NL", "value": 10.0, "n": 50, **result},
        {"market": "NL", "value": 40.0, "n": None, **result},
        {"market": "FR", "value": 10.0, "n": 50, **result},
        {"market": "FR", "value": 12.0, "n": 60, "period": None, "metric": "nps"},
        {"market": "BE", "value": 10.0, "n": 0, **result},
    ]
    metrics = measured([], groups=groups)
    january = {m: _figure(metrics, "nps", market=m, period="2026-01") for m in ("DK", "NL", "BE")}
    assert (january["DK"]["value"], january["DK"]["n"]) == (pytest.approx(30), 150)
    assert (january["NL"]["value"], january["NL"]["note"]) == (None, Note.NO_N)
    assert (january["BE"]["suppressed"], january["BE"]["note"]) == (False, Note.NO_DATA)
    assert _figure(metrics, "nps", market="DK")["value"] == pytest.approx(30)
    assert _figure(metrics, "nps", market="FR")["value"] == 12


def test_a_respondent_with_several_comments_is_one_pair(measured: Build) -> None:
    """The correlation with NPS counts respondents, not comments."""
    surveys = [{"respondent_id": f"r{place}", "nps_0_10": place % 11} for place in range(22)]
    comments = [
        {"respondent_id": f"r{place}", "stars": HAPPY if place % 11 > 6 else UNHAPPY} for place in range(22)
    ]
    found = _figure(measured([*comments, *comments], surveys), "nps_correlation")
    assert found["n"] == 22
    assert 0.5 < found["low"] < found["value"] < found["high"] < 1


def test_those_who_wrote_are_set_beside_those_who_did_not(scored_comments: Build, survey_rows: Build) -> None:
    """Fifteen unhappy people wrote, fifteen happy ones did not."""
    surveys = survey_rows(
        [{"respondent_id": f"r{place}", "nps_0_10": 0 if place < 15 else 10} for place in range(30)]
    )
    comments = scored_comments([{"respondent_id": f"r{place}", "rating": 1.0} for place in range(15)])
    found = measure_groups(join_surveys(comments, surveys), SETTINGS).commenters
    assert _figure(found, "nps", commented="yes")["value"] == -100
    assert _figure(found, "nps", commented="no")["value"] == 100
    assert _figure(found, "csat_stated", commented="yes")["n"] == 15
    assert _figure(found, "csat_stated", commented="no")["note"] == Note.NO_DATA


def test_a_blank_text_is_no_comment(scored_comments: Build, survey_rows: Build) -> None:
    """A survey exported with its comments has blank texts: those twelve wrote nothing, with a key or without."""
    blank = {"text_reason": "empty", "rating": 5.0, "nps_0_10": 10}
    rows = [{"rating": 1.0, "nps_0_10": 0}] * 10 + [blank] * 8
    keyed = [blank | {"respondent_id": f"r{place}"} for place in range(4)]
    joined = join_surveys(scored_comments([*rows, *keyed]), survey_rows())
    found = measure_groups(joined, SETTINGS).commenters
    for metric, wrote, silent in (("nps", -100, 100), ("csat_stated", 0, 100)):
        assert _figure(found, metric, commented="yes")["value"] == wrote
        assert _figure(found, metric, commented="no")["value"] == silent
        assert _figure(found, metric, commented="no")["n"] == 12


def test_without_silent_respondents_there_is_nothing_beside(
    scored_comments: Build, survey_rows: Build
) -> None:
    """Where everyone wrote, no such figures are given."""
    joined = join_surveys(scored_comments([{"respondent_id": "a", "nps_0_10": 3}]), survey_rows())
    assert measure_groups(joined, SETTINGS).commenters.is_empty()
