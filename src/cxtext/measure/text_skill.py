"""How far the text of a comment tells the NPS or CES answer, and what it says of those without an answer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.groups import breakdowns, group_names
from cxtext.figures.rows import Figures, metrics_frame
from cxtext.measure.forecasts import BASE, FORECAST, enough_answers, forecast
from cxtext.measure.populations import Populations
from cxtext.measure.scores import EASY, PASSIVE_FROM, PROMOTER_FROM
from cxtext.schema.columns import METRICS, P_STARS
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Estimate, Floats, around, correlation, floats, known, wilson
from cxtext.statistics.ordinal import clustered_ratio, ranked_probability_scores, skill
from cxtext.statistics.ppi import beyond_chance, moments

ANSWERED: Final = "answered"
HARD: Final = {"high_is_easy": "high_is_hard", "high_is_hard": "high_is_easy"}
NEEDED: Final = (
    *("respondent_id", "text", "market", "language", "source_file", "channel"),
    *("inferred_rating_1_5", *P_STARS, "ces", "ces_scale"),
)


@dataclass(frozen=True)
class _Question:
    """An answer in three categories, worst first: its column as 0..2, and what its figures are called."""

    name: str
    answer: pl.Expr
    categories: tuple[str, str, str]
    inferred: str


def _ease() -> pl.Expr:
    """Return 2 for easy, 0 for its mirror image on the scale, 1 between."""
    of_scale = pl.lit(None, pl.Int64)
    for scale, ends in EASY.items():
        points, direction = scale.split()
        level = (
            pl.when(pl.col("ces").is_between(*ends))
            .then(2)
            .when(pl.col("ces").is_between(*EASY[f"{points} {HARD[direction]}"]))
            .then(0)
            .otherwise(1)
        )
        of_scale = pl.when(pl.col("ces_scale") == scale).then(level).otherwise(of_scale)
    return pl.when(pl.col("ces").is_not_null()).then(of_scale)


NPS: Final = pl.col("nps_0_10")
QUESTIONS: Final = (
    _Question(
        "nps",
        (NPS >= PASSIVE_FROM).cast(pl.Int64) + (NPS >= PROMOTER_FROM).cast(pl.Int64),
        ("detractors", "passives", "promoters"),
        "nps_inferred",
    ),
    _Question("ces", _ease(), ("hard", "between", "easy"), "effort_inferred"),
)


def text_skill_figures(people: Populations, settings: Settings) -> pl.DataFrame:
    """Return what the text tells of each question that scored comments have answers to; columns METRICS.

    Of every group `<question>_text_skill`, and of the comments without an answer the shares of the categories
    (and `nps_inferred`), refused where the skill is not beyond chance. In total and by market, of those who gave
    each answer (`answered`), what their text points to. Respondents whose scores contradict each other are left
    out.
    """
    found = [part for question in QUESTIONS for part in _of_question(people, question, settings)]
    return pl.concat([pl.DataFrame(schema=METRICS), *found])


def _of_question(people: Populations, question: _Question, settings: Settings) -> Iterator[pl.DataFrame]:
    who = pl.coalesce("respondent_id", pl.format("row {}", pl.int_range(pl.len())))
    needed = {*NEEDED, *(name for by in settings.by for name in by)}
    scored = people.uncontradicted().filter(pl.col("inferred_rating_1_5").is_not_null())
    rows = scored.select(*sorted(needed), answer=question.answer, who=who)
    answered = rows.filter(pl.col("answer").is_not_null())
    if answered.is_empty():
        return
    learned = enough_answers(answered, settings)
    rows = forecast(rows, settings) if learned else rows
    for dimensions in breakdowns(settings):
        parts = rows.drop_nulls(dimensions).sort(dimensions, maintain_order=True) if dimensions else rows
        for part in parts.partition_by(dimensions, maintain_order=True) if dimensions else [parts]:
            [name] = group_names(part.head(1), dimensions)
            yield _of_group(part, name, question, settings, learned=learned)
            if learned and dimensions in ((), ("market",)):
                yield from _pointed_to(part, name, question, settings)


def _of_group(
    rows: pl.DataFrame, name: str, question: _Question, settings: Settings, *, learned: bool
) -> pl.DataFrame:
    answered, silent = (rows.filter(pl.col("answer").is_null() == null) for null in (False, True))
    enough = learned and enough_answers(answered, settings)
    found = _skill(answered, settings.level) if enough else known(np.nan)
    told = bool(found.low > 0)
    silent = _spoken_for(answered, silent, settings) if told else silent
    note = Note.NO_SKILL if enough and not told else None if enough else Note.TOO_FEW_ANSWERS
    ratio = Figures(
        f"{question.name}_text_skill",
        _one(found, 100).clipped(-np.inf, 100),
        [len(answered)],
        Method.CROSS_FITTED,
        Unit.PERCENT,
        notes=[note if len(answered) else None],
    )
    silent_note = note if not told else Note.PROXY if _unlike(answered, silent, settings) else None
    counts = Figures(
        "",
        known([np.nan]),
        [len(silent)],
        Method.CROSS_FITTED,
        Unit.PERCENT,
        n_rated=[len(answered)],
        n_unrated=[len(silent)],
        notes=[silent_note if len(silent) else None],
    )
    shown = answered, silent if told else silent.clear()
    figures = [ratio, *_inferred(*shown, question, counts, settings.level)]
    if question.name == "ces":
        figures.append(_correlation(answered, settings.level))
    return metrics_frame([name], figures, smallest=settings.min_group_n, level=settings.level)


def _skill(answered: pl.DataFrame, level: float) -> Estimate:
    came = answered["answer"].to_numpy()
    of_text, of_base = (
        ranked_probability_scores(answered.select(names).to_numpy(), came) for names in (FORECAST, BASE)
    )
    return skill(of_text, of_base, answered["who"].to_numpy(), level)


def _spoken_for(answered: pl.DataFrame, silent: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the comments without an answer in markets and languages in which enough others gave one."""
    where = ["market", "language"]
    learned = answered.group_by(where).len().filter(pl.col("len") >= settings.min_group_n)
    return silent.join(learned, on=where, how="semi", nulls_equal=True, maintain_order="left")


def _unlike(answered: pl.DataFrame, silent: pl.DataFrame, settings: Settings) -> bool:
    """Return whether comments without an answer are of another source, channel or score."""
    scores = [floats(rows["inferred_rating_1_5"]) for rows in (answered, silent)]
    same = all(set(silent[name]) <= set(answered[name]) for name in ("source_file", "channel"))
    if not same or len(silent) < 2:
        return not same
    return bool(beyond_chance(moments(scores[0], *scores), settings.level))


def _inferred(
    answered: pl.DataFrame, silent: pl.DataFrame, question: _Question, counts: Figures, level: float
) -> list[Figures]:
    """Return the mean forecasts of comments without an answer; no value where `silent` is empty."""
    weights = dict(zip(question.categories, np.eye(3), strict=True))
    units = dict.fromkeys(question.categories, Unit.PERCENT)
    if question.name == "nps":
        weights, units = {"": np.array([-1, 0, 1]), **weights}, {"": Unit.POINTS, **units}
    figures = []
    for category, weight in weights.items():
        estimate = known(np.nan) if silent.is_empty() else _mean(answered, silent, floats(weight), level)
        lowest = -100 if units[category] == Unit.POINTS else 0
        metric = "_".join([question.inferred, *([category] if category else [])])
        shown = _one(estimate, 100).clipped(lowest, 100)
        figures.append(replace(counts, metric=metric, estimate=shown, unit=units[category]))
    return figures


def _mean(answered: pl.DataFrame, silent: pl.DataFrame, weight: Floats, level: float) -> Estimate:
    """Return the mean forecast; its interval holds sampling and the error that the forecasts of others made."""
    forecasts = [floats(rows.select(FORECAST).to_numpy()) @ weight for rows in (answered, silent)]
    errors = weight[answered["answer"].to_numpy()] - forecasts[0]
    halves = [
        clustered_ratio(values, np.ones(len(values)), rows["who"].to_numpy(), level)
        for values, rows in ((errors, answered), (forecasts[1], silent))
    ]
    return around(halves[1].value, np.hypot(*(each.high - each.value for each in halves)))


def _correlation(answered: pl.DataFrame, level: float) -> Figures:
    """Return the correlation of the mean inferred rating of a respondent's comments with how easy it was."""
    ease = pl.when(pl.col("ces_scale").str.ends_with("hard")).then(-pl.col("ces")).otherwise("ces")
    people = answered.group_by("who").agg(ease.first().alias("ease"), pl.col("inferred_rating_1_5").mean())
    r = people.sort("ease", "inferred_rating_1_5").select(pl.corr("inferred_rating_1_5", "ease")).item()
    n = people.height
    estimate = correlation([np.nan if r is None else r], [n], level)
    notes = [Note.ONE_VALUE if n and np.isnan(estimate.value[0]) else None]
    return Figures("ces_correlation", estimate, [n], Method.FISHER_Z, Unit.CORRELATION, notes=notes)


def _pointed_to(
    rows: pl.DataFrame, name: str, question: _Question, settings: Settings
) -> Iterator[pl.DataFrame]:
    """Yield, for each answer given, the share of comments whose forecast has its median in each category."""
    answered = rows.filter(pl.col("answer").is_not_null())
    if not enough_answers(answered, settings):
        return
    median = (np.cumsum(answered.select(FORECAST).to_numpy(), axis=1) < 0.5).sum(axis=1)
    for place, category in enumerate(question.categories):
        of_these = median[answered["answer"].to_numpy() == place]
        group = json.dumps({**json.loads(name), ANSWERED: category}, ensure_ascii=False)
        figures = []
        for number, to in enumerate(question.categories):
            share = wilson([(of_these == number).sum()], [len(of_these)], settings.level)
            percent = share.map(lambda x: 100 * x)
            metric = f"{question.name}_text_{to}"
            figures.append(Figures(metric, percent, [len(of_these)], Method.WILSON, Unit.PERCENT))
        yield metrics_frame([group], figures, smallest=settings.min_group_n, level=settings.level)


def _one(estimate: Estimate, factor: float) -> Estimate:
    """Return a single estimate as that of one group."""
    return estimate.map(lambda value: factor * np.atleast_1d(value))
