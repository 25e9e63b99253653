"""How far stated and inferred satisfaction of the same comments agree, per group."""

from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.disclosure import hide_derivable
from cxtext.figures.groups import Dimensions, aggregate, breakdowns, group_names
from cxtext.figures.rows import Figures, metrics_frame
from cxtext.figures.satisfied import inferred_satisfaction, stated_satisfied
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.agreement import krippendorff_alpha, quadratic_weighted_kappa
from cxtext.statistics.bootstrap import bca_interval, resampled, seeded
from cxtext.statistics.intervals import Estimate, Floats, floats, mean_t, wilson

CELLS: Final = 25  # stated stars by inferred stars
LIMITS_LEVEL: Final = 0.95  # of Bland and Altman, whatever that of the intervals
COEFFICIENTS: Final = {
    "qwk": (quadratic_weighted_kappa, Unit.KAPPA),
    "alpha": (krippendorff_alpha, Unit.ALPHA),
}


def paired(settings: Settings) -> list[pl.Expr]:
    """Return columns that are null where a comment lacks the stated or the inferred side.

    `gap` (stars) and `csat_gap` (points) are inferred minus stated; `cell` is the place in the cross table.
    """
    both = pl.col("stated_rating_1_5").is_not_null() & pl.col("inferred_rating_1_5").is_not_null()
    star = (pl.col("stated_rating_1_5") + 0.5).floor().cast(pl.Int64)
    gap = pl.col("inferred_rating_1_5") - pl.col("stated_rating_1_5")
    csat_gap = 100 * (inferred_satisfaction() - stated_satisfied(settings).cast(pl.Float64))
    return [
        pl.when(both).then(gap).alias("gap"),
        pl.when(both).then(csat_gap).alias("csat_gap"),
        pl.when(both).then(5 * (star - 1) + pl.col("inferred_star_1_5") - 1).alias("cell"),
    ]


def agreement_metrics(comments: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the rows of schema.columns.METRICS on the agreement of each group; `comments` has `paired`."""
    parts = [_of_breakdown(comments, dimensions, settings) for dimensions in breakdowns(settings)]
    return hide_derivable(pl.concat(parts), settings.min_group_n)


def _of_breakdown(comments: pl.DataFrame, dimensions: Dimensions, settings: Settings) -> pl.DataFrame:
    sums = aggregate(comments, dimensions, _sums())
    groups = group_names(sums, dimensions)
    figures = [*_gaps(sums, settings.level), *_agreement(sums, groups, settings)]
    rows = metrics_frame(groups, figures, smallest=settings.min_group_n, level=settings.level)
    limits = (pl.col("metric") == "limits_of_agreement") & pl.col("level").is_not_null()
    return rows.with_columns(pl.when(limits).then(LIMITS_LEVEL).otherwise("level").alias("level"))


def _sums() -> list[pl.Expr]:
    gap, csat_gap = pl.col("gap"), pl.col("csat_gap")
    return [
        gap.count().alias("n"),
        gap.mean().alias("bias"),
        gap.var().alias("bias_variance"),
        gap.abs().mean().alias("mae"),
        gap.abs().var().alias("mae_variance"),
        csat_gap.mean().alias("csat_gap"),
        csat_gap.var().alias("csat_gap_variance"),
        *((pl.col("cell") == cell).sum().alias(f"cell_{cell}") for cell in range(CELLS)),
    ]


def _gaps(sums: pl.DataFrame, level: float) -> list[Figures]:
    n = sums["n"].to_numpy()
    kinds = (
        ("csat_gap", Unit.POINTS, Method.PAIRED_T, (-100, 100)),
        ("bias", Unit.STARS, Method.PAIRED_T, (-4, 4)),
        ("mae", Unit.STARS, Method.T, (0, 4)),
    )
    return [
        Figures(
            metric,
            mean_t(sums[metric], sums[f"{metric}_variance"], n, level).clipped(*bounds),
            n,
            method,
            unit,
            n_rated=n,
        )
        for metric, unit, method, bounds in kinds
    ] + [_limits(sums, n)]


def _limits(sums: pl.DataFrame, n: Floats) -> Figures:
    """Return Bland and Altman's limits: between them lie 95 percent of the gaps of single comments.

    bias +/- 1.96 standard deviations. Source: J. M. Bland and D. G. Altman (1986), Statistical methods for
    assessing agreement between two methods of clinical measurement, The Lancet 327.
    """
    bias, spread = floats(sums["bias"]), np.sqrt(floats(sums["bias_variance"]))
    limits = Estimate(bias, bias - 1.96 * spread, bias + 1.96 * spread).clipped(-4, 4)
    return Figures("limits_of_agreement", limits, n, Method.BLAND_ALTMAN, Unit.STARS, n_rated=n)


def _agreement(sums: pl.DataFrame, groups: list[str], settings: Settings) -> list[Figures]:
    n = sums["n"].to_numpy()
    tables = floats(sums.select(f"cell_{cell}" for cell in range(CELLS)).to_numpy()).reshape(-1, 5, 5)
    shares = [
        Figures(
            metric,
            wilson(_within(tables, distance), n, settings.level).map(lambda share: 100 * share),
            n,
            Method.WILSON,
            Unit.PERCENT,
            n_rated=n,
        )
        for metric, distance in (("agreement_exact", 0), ("agreement_within_one", 1))
    ]
    return [*shares, *_coefficients(tables, n, groups, settings)]


def _within(tables: Floats, distance: int) -> Floats:
    places = np.arange(5)
    near = np.abs(places[:, None] - places[None, :]) <= distance
    return floats(tables[:, near].sum(axis=1))


def _coefficients(tables: Floats, n: Floats, groups: list[str], settings: Settings) -> list[Figures]:
    """Return kappa and alpha of each group; small groups are suppressed anyway and cost no bootstrap."""
    ends = np.full((len(COEFFICIENTS), 2, len(groups)), np.nan)
    for place in np.flatnonzero(n >= settings.min_group_n):
        drawn = resampled(tables[place], seeded(settings.seed, "agreement", groups[place]))
        for number, (coefficient, _) in enumerate(COEFFICIENTS.values()):
            found = bca_interval(coefficient, tables[place], drawn, settings.level)
            ends[number, :, place] = found.low, found.high
    return [
        _coefficient(name, Estimate(floats(COEFFICIENTS[name][0](tables)), low, high), n)
        for name, (low, high) in zip(COEFFICIENTS, ends, strict=True)
    ]


def _coefficient(name: str, estimate: Estimate, n: Floats) -> Figures:
    no_variation = (np.isnan(estimate.value) & (n > 0)).tolist()
    notes = [Note.ONE_VALUE if none else None for none in no_variation]
    return Figures(name, estimate, n, Method.BOOTSTRAP, COEFFICIENTS[name][1], n_rated=n, notes=notes)
