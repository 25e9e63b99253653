"""Stated CSAT and NPS weighted to the margins of the population, beside the unweighted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.groups import Dimensions, breakdowns, group_names
from cxtext.figures.rows import Figures, metrics_frame
from cxtext.measure.populations import Populations
from cxtext.measure.scores import PASSIVE_FROM, PROMOTER_FROM
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Estimate, Floats, floats, known
from cxtext.statistics.raking import (
    Margin,
    Raked,
    design_effect,
    rake,
    raked_variance,
    weighted_nps,
    weighted_share,
)

METRICS_OF: Final = {"csat_stated": Unit.PERCENT, "nps": Unit.POINTS}
MISSED: Final = 0.01  # a margin that is further off than a point is not met
ROWS: Final = "rows"


@dataclass(frozen=True)
class _Sample:
    """Cells of respondents alike, what each answered, and their weights; or why there are none."""

    cells: pl.DataFrame
    margins: list[Margin]
    raked: Raked | None
    note: Note | None


def weighted_figures(people: Populations, margins: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return csat_stated and nps weighted to the margins, with the columns of METRICS; empty without margins.

    Weights are made once, of all who rated and of all who answered the NPS question; in every declared
    breakdown a group has the weighted answers of those in it.
    """
    if margins.is_empty():
        return pl.DataFrame(schema=METRICS)
    answers = {"csat_stated": (people.ratings, _satisfied()), "nps": (people.respondents, _promoting())}
    wanted = [by for by in breakdowns(settings) if "language" not in by]
    keys = sorted({name for by in wanted for name in by})
    samples = {
        metric: _sample(rows, answer, margins, keys, settings) for metric, (rows, answer) in answers.items()
    }
    parts = [_figures(metric, samples[metric], by, settings) for by in wanted for metric in METRICS_OF]
    return pl.concat([pl.DataFrame(schema=METRICS), *parts])


def _satisfied() -> pl.Expr:
    return pl.col("satisfied").cast(pl.Float64).alias("answer")


def _promoting() -> pl.Expr:
    nps = pl.col("nps_0_10")
    score = pl.when(nps >= PROMOTER_FROM).then(1.0).when(nps >= PASSIVE_FROM).then(0.0).otherwise(-1.0)
    return pl.when(nps.is_not_null()).then(score).alias("answer")


def _sample(
    rows: pl.DataFrame, answer: pl.Expr, margins: pl.DataFrame, keys: Sequence[str], settings: Settings
) -> _Sample:
    """Return the cells of those whose category of each margin is known, and their weights."""
    names = margins["dimension"].unique(maintain_order=True).to_list()
    known_rows = rows.with_columns(answer).filter(
        pl.col("answer").is_not_null(),
        *(pl.col(name).is_in(margins.filter(dimension=name)["value"].implode()) for name in names),
    )
    by = list(dict.fromkeys([*names, *keys, "answer"]))
    cells = known_rows.group_by(by).agg(pl.len().cast(pl.Float64).alias(ROWS)).sort(by, nulls_last=True)
    coded = [_margin(cells, margins.filter(dimension=name).sort("value")) for name in names]
    if cells.is_empty():
        return _Sample(cells, coded, None, Note.NO_DATA)
    if any(len(np.unique(codes)) < len(shares) for codes, shares in coded):
        return _Sample(cells, coded, None, Note.EMPTY_MARGIN)
    raked = rake(floats(cells[ROWS]), coded, settings.largest_weight)
    if raked.missed > MISSED and not raked.trimmed:
        return _Sample(cells, coded, None, Note.MARGINS_CONTRADICT)
    return _Sample(cells, coded, raked, Note.TRIMMED if raked.missed > MISSED else None)


def _margin(cells: pl.DataFrame, margin: pl.DataFrame) -> Margin:
    places = pl.Series(range(margin.height), dtype=pl.Int64)
    codes = cells[margin["dimension"][0]].replace_strict(margin["value"], places, return_dtype=pl.Int64)
    return codes.to_numpy(), floats(margin["share"])


def _figures(metric: str, sample: _Sample, dimensions: Dimensions, settings: Settings) -> pl.DataFrame:
    """Return the weighted figure of each group of a breakdown, its design effect and its effective n."""
    known_cells = sample.cells.drop_nulls(dimensions) if dimensions else sample.cells
    groups = (
        known_cells.select(dimensions).unique().sort(dimensions) if dimensions else pl.DataFrame({"": [0]})
    )
    found = [_of_group(metric, sample, keys, settings) for keys in groups.iter_rows(named=True)]
    if not found:
        return pl.DataFrame(schema=METRICS)
    n = [one.n for one in found]
    notes = [sample.note] * len(found)
    ends = (floats([getattr(one.estimate, end).item() for one in found]) for end in ("value", "low", "high"))
    effects = floats([one.effect for one in found])
    figures = [
        Figures(f"{metric}_weighted", Estimate(*ends), n, Method.RAKED, METRICS_OF[metric], notes=notes),
        Figures(f"{metric}_design_effect", known(effects), n, Method.COUNT, Unit.TIMES, notes=notes),
        Figures(f"{metric}_effective_n", known(floats(n) / effects), n, Method.COUNT, Unit.ROWS, notes=notes),
    ]
    names = group_names(groups, dimensions)
    return metrics_frame(names, figures, smallest=settings.min_group_n, level=settings.level)


@dataclass(frozen=True)
class _Group:
    n: int
    effect: float
    estimate: Estimate


def _of_group(metric: str, sample: _Sample, keys: dict[str, str], settings: Settings) -> _Group:
    cells = sample.cells
    within = [cells[name].eq_missing(value).to_numpy() for name, value in keys.items() if name]
    inside = np.logical_and.reduce([np.ones(cells.height, dtype=bool), *within])
    counts = floats(cells[ROWS])
    n = int(counts[inside].sum())
    if sample.raked is None:
        return _Group(n, np.nan, known([np.nan]))
    weights = sample.raked.weights
    effect = design_effect(counts[inside], weights[inside])
    values = floats(cells["answer"])
    variance = raked_variance(values, inside.astype(np.float64), counts, weights, sample.margins)
    shares = _shares(metric, values[inside], (counts * weights)[inside])
    if metric == "nps":
        return _Group(n, effect, weighted_nps(shares, variance, n / effect, settings.level))
    share = weighted_share(float(shares[0]), variance, n / effect, settings.level)
    return _Group(n, effect, share.map(lambda x: 100 * x))


def _shares(metric: str, values: Floats, weighted: Floats) -> Floats:
    """Return the weighted shares of the satisfied, or of promoters, passives and detractors."""
    kinds = (1.0, 0.0, -1.0) if metric == "nps" else (1.0,)
    return floats([weighted[values == kind].sum() / weighted.sum() for kind in kinds])
