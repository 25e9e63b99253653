"""A finished analysis to render: six real markets, one too small to show, one with a hostile name."""

import datetime as dt
import json
from collections.abc import Callable
from itertools import product
from typing import Any

import polars as pl
import pytest

from cxtext.report import collect
from cxtext.schema import columns
from cxtext.schema.results import (
    Analysis,
    CommentsRead,
    Compared,
    InputFile,
    JoinCounts,
    Joined,
    Measured,
    ModelUsed,
    Recognised,
    SurveysRead,
)
from cxtext.schema.settings import Settings

HOSTILE = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK(A1)"
TEXTS = {
    "da": ("Hurtig levering og venlig betjening", "Jeg ventede tre uger og hørte intet"),
    "nl": ("Vriendelijke monteur, alles werkt weer", "Niemand neemt de telefoon op, waardeloos"),
    "fr": ("Livraison rapide, personnel très aimable", "Trois semaines de retard et aucune réponse"),
    "en": ("Quick delivery and a friendly driver", f"{FORMULA} I waited weeks {HOSTILE} & heard *nothing*"),
}
# market, language, rows, rated
GROUPS = (
    ("DK", "da", 60, 40),
    ("FR", "fr", 50, 0),
    ("GB", "en", 40, 40),
    ("US", "en", 30, 15),
    ("NL", "nl", 30, 20),
    ("BE", "nl", 25, 12),
    ("BE", "fr", 20, 12),
    ("LU", "fr", 4, 4),
    (HOSTILE, "en", 14, 7),
)
REASONS = {
    "language_reason": tuple(columns.LanguageReason),
    "unscored_reason": tuple(columns.UnscoredReason),
    "stated_reason": tuple(columns.StatedReason),
}
METRICS = {
    **dict.fromkeys(("csat_stated", "csat_inferred", "csat_combined"), 68.4),
    **{f"rating_share_{star}": 20.0 for star in columns.STARS},
    "csat_combined_gain": 1.4,
    "rating_combined_gain": 1.3,
    "csat_gap": -4.2,
    "rating_stated_mean": 3.61,
    "rating_inferred_mean": 3.5,
    "rating_combined_mean": 3.55,
    "nps": 12.5,
    "nps_promoters": 45.0,
    "nps_passives": 22.5,
    "nps_detractors": 32.5,
    "nps_correlation": 0.62,
    "ces_mean": 4.125,
    "ces_easy_share": 71.0,
    "agreement_exact": 61.0,
    "agreement_within_one": 92.0,
    "mae": 0.52,
    "bias": -0.11,
    "qwk": 0.71,
    "alpha": 0.7,
    "limits_of_agreement": -0.11,
    "csat_stated_weighted": 66.0,
    "csat_stated_design_effect": 1.3,
    "csat_stated_effective_n": 46.0,
    "nps_weighted": 10.0,
    "nps_design_effect": 1.2,
    "nps_effective_n": 50.0,
    "churn_rate": 3.4,
    "churn_rate_gross": 4.1,
    "clv": 1234.5,
    "share_unsupported": 1.2,
    "share_unscored": 4.5,
    "match_rate": 88.0,
    "response_rate": 21.0,
    "comment_rate": 64.0,
}
NO_SKILL = "no skill: the text does not tell the answer here"
PROXY = "proxy: comments with and without an answer differ in source, channel or score"
COMPARED = (
    "csat_gap",
    "agreement_exact",
    "agreement_within_one",
    "mae",
    "bias",
    "qwk",
    "alpha",
    "limits_of_agreement",
)


def metric(group: dict[str, str], name: str, value: float | None, n: int, **other: Any) -> dict[str, Any]:
    """Return one row of the metrics frame."""
    spread = None if value is None else abs(value) * 8 / (n + 20)
    row = {
        "group": json.dumps(group),
        "metric": name,
        "value": value,
        "low": None if spread is None or value is None else value - spread,
        "high": None if spread is None or value is None else value + spread,
        "level": 0.95,
        "n": n,
        "n_rated": None,
        "n_unrated": None,
        "method": "wilson",
        "unit": "percent",
        "suppressed": False,
        "note": None,
    }
    return row | other


def _metrics(groups: list[tuple[dict[str, str], int]], settings: Settings) -> list[dict[str, Any]]:
    rows = []
    for group, n in groups:
        few = n < settings.min_group_n
        for number, (name, value) in enumerate(METRICS.items()):
            shown = None if few else value * (1 + (n % 7) * (number % 3) / 60)
            note = "suppressed: too few" if few else None
            rows.append(metric(group, name, shown, n, suppressed=few, note=note))
    scopes: list[dict[str, str]] = [{}, {"market": "DK"}]
    return rows + [row for group in scopes for row in (*_drivers(group), *_told(group))]


def _told(group: dict[str, str]) -> list[dict[str, Any]]:
    """Return what the text tells of answers: something, but in Denmark nothing."""
    rows = [metric(group, "ces_correlation", 0.4, 120)]
    for name, answers, inferred in (
        ("nps", ("detractors", "passives", "promoters"), "nps_inferred"),
        ("ces", ("hard", "between", "easy"), "effort_inferred"),
    ):
        skill = {"value": 0.8, "low": -2.5, "high": 4.1, "note": NO_SKILL} if group else {"low": 7.5}
        rows.append(metric(group, f"{name}_text_skill", 12.5, 240) | skill)
        refused = {"value": None, "low": None, "high": None, "note": NO_SKILL} if group else {"note": PROXY}
        shares = zip(answers, (22.5, 31.5, 46.0), strict=True)
        rows += [metric(group, f"{inferred}_{answer}", value, 80) | refused for answer, value in shares]
        rows += [
            metric(group | {"answered": given}, f"{name}_text_{to}", 60.0 if given == to else 20.0, 80)
            for given in answers
            for to in answers
        ]
        rows += [metric(group, inferred, 23.5, 80) | refused] if name == "nps" else []
    return rows


def _drivers(group: dict[str, str]) -> list[dict[str, Any]]:
    """Return what goes with ratings and NPS; the latter no more than by chance in Denmark."""
    chance = {"note": "no shares: what goes with it may be chance"} if group else {}
    whole = [
        metric(group, "rating_drivers_r2", 12.5, 120),
        metric(group, "nps_drivers_r2", 3.0, 120, **chance),
    ]
    parts = [
        metric(group | {"driver": driver}, f"{outcome}_driver_{name}", value, 120)
        for outcome in ("rating", *(() if group else ("nps",)))
        for driver, share in (("channel", 20.0), ("theme:levering", 70.5), ("touchpoint", 9.5))
        for name, value in (("share", share), ("rank_kept", 88.0), ("difference", -0.75))
        if name != "difference" or driver.startswith("theme:")
    ]
    return whole + parts


def _comments() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for market, language, count, rated in GROUPS:
        for number in range(count):
            good, stated = number % 2 == 0, number < rated
            rows.append(
                {
                    "id": f"C{len(rows)}",
                    "source_file": "comments.jsonl",
                    "source_row": len(rows) + 1,
                    "text": TEXTS[language][not good],
                    "market": market,
                    "date": dt.date(2025, 3, 1) + dt.timedelta(days=len(rows)),
                    "stated_rating": 5.0 if stated else None,
                    "stated_rating_1_5": 5.0 if stated else None,
                    "stated_reason": None if stated else "missing",
                    "language": language,
                    "language_shares": [{"language": language, "share": 1.0}],
                    "inferred_rating_1_5": 4.6 if good else 1.4,
                    "themes": [{"term": "x", "polarity": "positive", "evidence": "x"}],
                    "personal_data": ["EMAIL"] if number == 3 else [],
                    "truncated": number == 4,
                    "in_shop": "shop",
                }
            )
    for name, reasons in REASONS.items():
        rows += [{"id": reason, "market": "DK", name: reason, "truncated": False} for reason in reasons]
    rows[-1]["language_reason"], rows[-1]["language_detected"] = "unsupported", "de"
    everything = columns.COMMENTS | columns.PROTECTED | columns.DETECTED | columns.CLASSIFIED | columns.THEMED
    return pl.DataFrame(rows, schema=everything | {"in_shop": pl.String()})


def _groups() -> list[tuple[dict[str, str], int]]:
    markets = dict.fromkeys(market for market, *_ in GROUPS)
    by_market = [({"market": m}, sum(n for market, _, n, _ in GROUPS if market == m)) for m in markets]
    by_language = [
        ({"language": code}, sum(n for _, language, n, _ in GROUPS if language == code)) for code in TEXTS
    ]
    crossed = [({"market": market, "language": language}, n) for market, language, n, _ in GROUPS]
    return [({}, sum(n for *_, n, _ in GROUPS)), *by_market, *by_language, *crossed]


def _themes() -> pl.DataFrame:
    rows = [
        {
            "market": market,
            "language": language,
            "side": side,
            "term": f"{side} {language}",
            "z": 3.2 if side == "praise" else -2.8,
            "n_satisfied": 14,
            "n_dissatisfied": 3,
            "examples": [TEXTS[language][side == "complaint"]] * 2,
        }
        for market, language, *_ in GROUPS
        for side in ("praise", "complaint")
    ]
    return pl.DataFrame(rows)


def _disagreements() -> pl.DataFrame:
    rows = [
        {
            "id": f"C{number}",
            "market": market,
            "language": language,
            "text": TEXTS[language][number % 2],
            "stated_rating_1_5": 1.0 + 4 * (number % 2),
            "inferred_rating_1_5": 4.8 - 3.6 * (number % 2),
            "gap": 3.8 - 7.6 * (number % 2),
            "kind": ("loud_happy", "quiet_unhappy", None)[number % 3],
            "evidence": ["levering"] if number % 2 else [],
        }
        for number, (market, language, *_) in enumerate(GROUPS * 3)
    ]
    return pl.DataFrame(rows)


def _commenters() -> pl.DataFrame:
    rows = [metric({"commented": answer}, "nps", 20.0, 40) for answer in ("yes", "no")]
    return pl.DataFrame(rows, schema=columns.METRICS)


def _verdicts() -> pl.DataFrame:
    verdicts = [("usable", "agrees"), ("with_care", "large_gap"), ("do_not_use", "weak_agreement")]
    chosen = [*verdicts, *[("not_known", "too_few_rated")] * len(_groups())]
    rows = [
        (json.dumps(group), verdict, reason, n)
        for (group, n), (verdict, reason) in zip(_groups(), chosen, strict=False)
    ]
    return pl.DataFrame(rows, schema=columns.VERDICTS, orient="row")


def _calibration() -> pl.DataFrame:
    rows = [
        (json.dumps(group), tenth / 10, (tenth + 1) / 10, 10.0 * tenth + 5, 10.0 * tenth, 4.0, 96.0, n, False)
        for group, n in _groups()[:3]
        for tenth in range(9)
    ]
    hidden = [(json.dumps({}), 0.9, 1.0, None, None, None, None, 3, True)]
    return pl.DataFrame([*rows, *hidden], schema=columns.CALIBRATION, orient="row")


def _differences() -> pl.DataFrame:
    pairs = (({"market": "DK"}, {"market": "FR"}), ({"market": "BE"}, {"market": "DK"}))
    within = ({"market": "BE", "language": "fr"}, {"market": "BE", "language": "nl"})
    rows = [
        {
            "metric": name,
            "dimension": "market" if len(pair[0]) == 1 else "language",
            "group_a": json.dumps(pair[0]),
            "group_b": json.dumps(pair[1]),
            "difference": -12.5,
            "low": -20.0,
            "high": -5.0,
            "level": 0.95,
            "p": 0.0001,
            "p_adjusted": (0.0004, 0.03, None)[number % 3],
            "differs": number % 3 < 2,
            "smallest_detectable": 9.0,
            "n_a": 60,
            "n_b": 50,
            "method": "newcombe",
            "unit": "points",
        }
        for number, (name, pair) in enumerate(product(("csat_stated", "ces_mean"), (*pairs, within)))
    ]
    return pl.DataFrame(rows, schema=columns.DIFFERENCES)


@pytest.fixture(scope="session")
def make_analysis() -> Callable[..., Analysis]:
    """Return a function that makes an analysis with some settings changed."""

    def make(**settings: Any) -> Analysis:
        chosen = Settings(**settings)
        metrics = _metrics(_groups(), chosen)
        of_both = [row for row in metrics if row["metric"] in COMPARED]
        rest = [row for row in metrics if row["metric"] not in COMPARED]
        rejected = {"file": "comments.jsonl", "row": 9, "reason": "not valid JSON", "raw": "{"}
        misfits = [
            {
                "kind": "duplicate",
                "respondent_id": "R1",
                "file": "surveys.csv",
                "row": 4,
                "detail": "repeats",
            },
            {
                "kind": "conflicting_scores",
                "respondent_id": "R2",
                "file": "surveys.csv",
                "row": 7,
                "detail": "nps 3",
            },
            {
                "kind": "comment_unmatched",
                "respondent_id": "R3",
                "file": "c.jsonl",
                "row": 8,
                "detail": "no survey",
            },
            {
                "kind": "respondent_unmatched",
                "respondent_id": "R4",
                "file": "s.csv",
                "row": 9,
                "detail": "no comment",
            },
        ]
        counts = JoinCounts(comments=280, comments_matched=250, survey_rows=260, respondents=255)
        return Analysis(
            version="9.9.9",
            settings=chosen,
            comments_read=CommentsRead(
                frame=_comments(),
                rejected=pl.DataFrame([rejected], schema=columns.REJECTED),
                files=(
                    InputFile(
                        "comments.jsonl", "12" * 32, "comments", "jsonl", "utf-8", None, "gzip", 281, 1
                    ),
                ),
                recognised=(
                    Recognised("comments.jsonl", "text", "comment"),
                    Recognised("comments.jsonl", "scale", "1-5", assumed=True),
                ),
                warnings=("surveys.csv: the ces column is empty",),
                control_characters_removed=2,
            ),
            surveys_read=SurveysRead(
                respondents=pl.DataFrame(schema=columns.RESPONDENTS),
                groups=pl.DataFrame(schema=columns.GROUP_RESULTS),
                rejected=pl.DataFrame(
                    [{"file": "surveys.csv", "row": 3, "reason": "too many fields", "raw": "a,b"}],
                    schema=columns.REJECTED,
                ),
                files=(InputFile("surveys.csv", "34" * 32, "surveys", "csv", "cp1252", ";", None, 261, 1),),
            ),
            joined=Joined(
                comments=_comments(),
                respondents=pl.DataFrame(schema=columns.RESPONDENTS),
                groups=pl.DataFrame(schema=columns.GROUP_RESULTS),
                counts=counts,
                misfits=pl.DataFrame(misfits),
            ),
            measured=Measured(
                metrics=pl.DataFrame(rest, schema=columns.METRICS), themes=_themes(), commenters=_commenters()
            ),
            compared=Compared(
                metrics=pl.DataFrame(of_both, schema=columns.METRICS),
                disagreements=_disagreements(),
                calibration=_calibration(),
                verdicts=_verdicts(),
                differences=_differences(),
            ),
            models=(ModelUsed("stars-linear", "1.0.0", {"weights.safetensors": "56" * 32}),),
        )

    return make


@pytest.fixture(scope="session")
def analysis(make_analysis: Callable[..., Analysis]) -> Analysis:
    """Return an analysis with the default settings."""
    return make_analysis()


@pytest.fixture
def data(analysis: Analysis) -> dict[str, Any]:
    """Return the collected data, as they come back from report.json."""
    copied: dict[str, Any] = json.loads(json.dumps(collect(analysis)))
    return copied


MONTHS = tuple(f"2025-{month:02}" for month in range(1, 9))


def _row_of_trend(group: dict[str, str], name: str, **changed: Any) -> dict[str, Any]:
    row = {
        "metric": name,
        "group": group,
        "first_period": MONTHS[0],
        "last_period": MONTHS[-1],
        "periods": len(MONTHS),
        "n": 400,
        "slope": 2.5,
        "slope_low": 1.0,
        "slope_high": 4.0,
        "slope_p": 0.0001,
        "slope_p_adjusted": 0.004,
        "direction": "up",
        "dispersion": 1.3,
        "shift_period": MONTHS[4],
        "shift": 12.0,
        "shift_low": 6.0,
        "shift_high": 18.0,
        "shift_p": 0.00001,
        "shift_p_adjusted": 0.0004,
        "shifted": True,
        "level": 0.95,
        "unit": "points",
    }
    return row | changed


def over_time(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the data with periods, trends and alerts: all of them, without any, and more than fit."""
    series = [
        metric(group | {"period": month}, name, value * (0.8 + place / 30), 50)
        for name, value in (("csat_stated", 60.0), ("rating_inferred_mean", 3.4), ("nps", 12.0))
        for group in ({}, {"market": "DK"})
        for place, month in enumerate(MONTHS)
    ]
    few = metric({"period": "2024-12"}, "csat_stated", None, 4, suppressed=True, note="suppressed: too few")
    metrics = [*data["metrics"], *(row | {"group": json.loads(row["group"])} for row in [few, *series])]
    fits = [
        _row_of_trend({}, "csat_stated"),
        _row_of_trend({}, "nps", direction="down", slope=-2.0, shift=-8.0),
        _row_of_trend({"market": "DK"}, "csat_stated", direction="none", shifted=False),
    ]
    change = {"metric": "csat_stated", "group": {}, "difference": -7.5, "low": -12.0, "high": -3.0}
    rest = {"p_adjusted": 0.001, "n": 412, "unit": "points"}
    alerts = [
        {"kind": "last_period", **change, "period": MONTHS[-1], **rest},
        {"kind": "shift", **change, "period": MONTHS[4], **rest}
        | {"metric": "rating_inferred_mean", "unit": "stars"},
    ]
    full = data | {"metrics": metrics, "trends": fits, "alerts": alerts}
    return [full, full | {"trends": [], "alerts": []}, full | {"alerts": alerts * 20}]


@pytest.fixture
def moving(data: dict[str, Any]) -> dict[str, Any]:
    """Return collected data with eight months, a trend, a shift and two alerts."""
    return over_time(data)[0]


@pytest.fixture(name="over_time")
def _over_time() -> Callable[[dict[str, Any]], list[dict[str, Any]]]:
    """Return a function from data to the same with periods."""
    return over_time
