"""What the text tells of answers: planted skill is found, none is found where there is none."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxtext.join import join_surveys
from cxtext.measure.forecasts import FORECAST, forecast
from cxtext.measure.populations import populations
from cxtext.measure.text_skill import text_skill_figures
from cxtext.schema.figures import Note
from cxtext.schema.settings import Settings

Build = Callable[..., Any]
SETTINGS = Settings(by=(("market",), ("language",)))
NPS_OF = ((0, 7), (7, 9), (9, 11))


def _rows(n: int = 300, *, told: float = 1.0, silent: int = 100, **other: Any) -> list[dict[str, Any]]:
    """Return comments whose answer follows their tone, as far as `told`; the last `silent` have no answer."""
    generator = np.random.default_rng(7)
    rows = []
    for number in range(n + silent):
        tone, chance = generator.normal(size=2)
        felt = told * tone + chance
        answer = int(felt > -0.5) + int(felt > 0.5)
        stars = np.exp(-((np.arange(1, 6) - 3 - tone) ** 2))
        row = {
            "respondent_id": f"r{number}",
            "text": f"comment {number}",
            "stars": (stars / stars.sum()).tolist(),
            "nps_0_10": int(generator.integers(*NPS_OF[answer])) if number < n else None,
            "market": "DK",
            "language": "da",
            "channel": "web",
        }
        rows.append(row | other)
    return rows


@pytest.fixture
def measured(scored_comments: Build, survey_rows: Build) -> Callable[..., pl.DataFrame]:
    """Return a function from rows to the figures."""

    def build(rows: Any, settings: Settings = SETTINGS) -> pl.DataFrame:
        joined = join_surveys(scored_comments(rows), survey_rows())
        return text_skill_figures(populations(joined, settings), settings)

    return build


def _figure(metrics: pl.DataFrame, metric: str, **group: str) -> dict[str, Any]:
    found = metrics.filter(metric=metric, group=json.dumps(group))
    assert found.height == 1, f"{metric} of {group}: {found.height} rows"
    return found.row(0, named=True)


def test_planted_skill_is_found_and_the_silent_are_inferred(measured: Build) -> None:
    """Shares add to 100, NPS is their difference, and the words point to the answer given most often."""
    metrics = measured(_rows())
    skill = _figure(metrics, "nps_text_skill", market="DK")
    assert skill["low"] > 10
    assert (skill["n"], skill["note"]) == (300, None)
    shares = [
        _figure(metrics, f"nps_inferred_{name}")["value"] for name in ("detractors", "passives", "promoters")
    ]
    found = _figure(metrics, "nps_inferred")
    assert sum(shares) == pytest.approx(100)
    assert found["value"] == pytest.approx(shares[2] - shares[0])
    assert (found["n"], found["n_rated"], found["note"]) == (100, 300, None)
    own = [
        _figure(metrics, f"nps_text_{name}", answered=name)["value"] for name in ("detractors", "promoters")
    ]
    assert min(own) > 45  # a third by chance


def test_answers_at_random_have_no_skill(measured: Build) -> None:
    """No better than the base rate, and nothing is inferred."""
    metrics = measured(_rows(told=0.0))
    skill = _figure(metrics, "nps_text_skill")
    assert skill["value"] < 1
    assert skill["low"] < 0
    assert skill["note"] == Note.NO_SKILL
    refused = _figure(metrics, "nps_inferred")
    assert (refused["value"], refused["note"]) == (None, Note.NO_SKILL)


def test_no_comment_learns_from_its_own_respondent(scored_comments: Build) -> None:
    """Another answer of one respondent changes no forecast of their comments, but those of others."""
    rows = [row | {"respondent_id": f"r{number // 2}"} for number, row in enumerate(_rows(silent=0))]
    frame = scored_comments(rows).with_columns(
        answer=(pl.col("nps_0_10") >= 7).cast(pl.Int64) + (pl.col("nps_0_10") >= 9).cast(pl.Int64),
        who=pl.col("respondent_id"),
    )
    theirs = pl.col("respondent_id") == "r5"
    turned = frame.with_columns(answer=pl.when(theirs).then(2 - pl.col("answer")).otherwise("answer"))
    first, second = (forecast(each, SETTINGS).sort("id") for each in (frame, turned))
    same = (first.select(FORECAST) == second.select(FORECAST)).select(pl.all_horizontal(FORECAST)).to_series()
    assert same.filter(first["respondent_id"] == "r5").all()
    assert not same.all()


def test_equal_texts_without_a_respondent_are_in_one_fold(scored_comments: Build) -> None:
    """Else a model would know the answer to "ok" from the other ones who wrote it."""
    rows = [row | {"respondent_id": None, "text": "ok" if number % 3 else row["text"]}
            for number, row in enumerate(_rows(silent=0))]  # fmt: skip
    frame = scored_comments(rows).with_columns(
        answer=(pl.col("nps_0_10") >= 7).cast(pl.Int64) + (pl.col("nps_0_10") >= 9).cast(pl.Int64),
        who=pl.col("id"),
    )
    ok = pl.col("text") == "ok"
    turned = frame.with_columns(answer=pl.when(ok).then(2 - pl.col("answer")).otherwise("answer"))
    first, second = (forecast(each, SETTINGS).filter(ok).sort("id") for each in (frame, turned))
    assert first.select(FORECAST).equals(second.select(FORECAST))


def test_the_order_of_rows_changes_nothing(measured: Build) -> None:
    """Folds follow from who wrote, not from where the row stands."""
    rows = _rows()
    assert measured(rows).equals(measured(rows[::-1]))


def _of_three(row: dict[str, Any]) -> dict[str, Any]:
    nps = (row["nps_0_10"] // 7 + row["nps_0_10"] // 9) * 4 + 1
    return row | {"nps_0_10": nps, "respondent_id": f"r{nps}"}


@pytest.mark.parametrize(
    "few",
    [
        lambda rows: rows[:190],
        lambda rows: [row | {"nps_0_10": max(row["nps_0_10"], 7)} for row in rows],
        lambda rows: [_of_three(row) for row in rows],
    ],
    ids=["in all", "in a category", "respondents"],
)
def test_too_few_answers_are_refused(measured: Build, few: Callable[..., Any]) -> None:
    """With the reason, and nothing of what words point to."""
    metrics = measured(few(_rows(silent=0)))
    found = _figure(metrics, "nps_text_skill")
    assert (found["value"], found["note"]) == (None, Note.TOO_FEW_ANSWERS)
    assert not metrics["group"].str.contains("answered").any()


def test_those_of_another_channel_are_a_proxy(measured: Build) -> None:
    """The forecast was not tested on their like."""
    rows = [row | ({"channel": "mail"} if row["nps_0_10"] is None else {}) for row in _rows()]
    found = _figure(measured(rows), "nps_inferred")
    assert found["value"] is not None
    assert found["note"] == Note.PROXY


def test_a_market_without_answers_is_not_inferred_from_others(measured: Build) -> None:
    """Neither by itself nor as a part of the whole."""
    metrics = measured([*_rows(), *({**row, "market": "NO", "respondent_id": None} for row in _rows(0))])
    assert _figure(metrics, "nps_inferred", market="NO")["note"] == Note.TOO_FEW_ANSWERS
    assert _figure(metrics, "nps_inferred")["n"] == 100


def test_the_base_forecast_knows_the_market(measured: Build) -> None:
    """What only tells the markets apart is no skill of the text."""
    rows = [
        row
        | {"market": market, "respondent_id": f"{market}{place}", "stars": stars}
        | ({"nps_0_10": usual} if place % 3 else {})
        for market, stars, usual in (("DK", [0, 0, 0, 0.2, 0.8], 10), ("FR", [0.8, 0.2, 0, 0, 0], 0))
        for place, row in enumerate(_rows(told=0.0, silent=0))
    ]
    found = _figure(measured(rows), "nps_text_skill")
    assert found["value"] == pytest.approx(0, abs=0.5)
    assert found["note"] == Note.NO_SKILL


@pytest.mark.parametrize(("direction", "sign"), [("high_is_easy", 1), ("high_is_hard", -1)])
def test_effort_is_told_in_its_direction(measured: Build, direction: str, sign: int) -> None:
    """Glad words go with ease, whichever end of the scale means it."""
    ease = {None: None, **{nps: 3.0 + sign * 2 * ((nps >= 7) + (nps >= 9) - 1) for nps in range(11)}}
    asked = {"ces_scale": f"1-5 {direction}", "nps_0_10": None}
    rows = [row | {"ces": ease[row["nps_0_10"]]} | asked for row in _rows()]
    metrics = measured(rows)
    assert _figure(metrics, "ces_text_skill")["low"] > 10
    assert _figure(metrics, "ces_correlation")["value"] > 0.4
    assert _figure(metrics, "ces_text_easy", answered="easy")["value"] > 45
    assert _figure(metrics, "effort_inferred_easy")["value"] > 20
    assert metrics.filter(pl.col("metric").str.starts_with("nps")).is_empty()


def test_effort_of_who_wrote_twice_counts_once(measured: Build) -> None:
    """A second comment in the same words makes no correlation surer."""
    asked = {"ces_scale": "1-5 high_is_easy", "nps_0_10": None}
    once = [
        row | {"ces": None if row["nps_0_10"] is None else 1.0 + row["nps_0_10"] // 3} | asked
        for row in _rows()
    ]
    twice = [*once, *(row | {"text": f"{row['text']} again"} for row in once)]
    found = [_figure(measured(rows), "ces_correlation") for rows in (once, twice)]
    assert [figure["n"] for figure in found] == [300, 300]
    assert found[1]["low"] == pytest.approx(found[0]["low"])


def test_without_any_answer_there_is_no_figure(measured: Build) -> None:
    """Nothing to learn from, nothing to refuse."""
    assert measured(_rows(0)).is_empty()
