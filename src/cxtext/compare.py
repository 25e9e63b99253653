"""Stated beside inferred satisfaction, per comment and per group."""

from typing import Final

import numpy as np
import polars as pl

from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.results import Compared, Joined
from cxtext.schema.settings import Settings
from cxtext.statistics.agreement import quadratic_weighted_kappa
from cxtext.statistics.bootstrap import bootstrap_table, seeded
from cxtext.statistics.figures import Figures, metrics_frame
from cxtext.statistics.groups import Dimensions, aggregate, breakdowns, group_names, with_dimensions
from cxtext.statistics.intervals import Estimate, Floats, floats, mean_t, wilson
from cxtext.statistics.stated import satisfied

STARS: Final = range(1, 6)
CELLS: Final = [(stated, inferred) for stated in STARS for inferred in STARS]
# Comments that part by less than one star are not disagreements; the lists are for reading, so they end.
SMALLEST_GAP: Final = 1.0
DISAGREEMENTS_PER_MARKET: Final = 200


def compare_stated_with_inferred(joined: Joined, settings: Settings) -> Compared:
    """Compare the two on the comments that have both, in total and for every group `settings.by` asks for.

    Every group with comments has a row for every metric. A rating between two stars counts as the nearer
    one (x.5 as the higher) where whole stars are compared.
    """
    comments = with_dimensions(joined.comments, settings).with_columns(*_paired(settings))
    totals: dict[str, int] = {}
    parts = [
        _compare_breakdown(comments, dimensions, settings, totals) for dimensions in breakdowns(settings)
    ]
    return Compared(metrics=pl.concat(parts), disagreements=_disagreements(comments))


def _paired(settings: Settings) -> list[pl.Expr]:
    """Return columns that are null where a comment lacks the stated or the inferred side."""
    both = pl.col("stated_rating_1_5").is_not_null() & pl.col("inferred_rating_1_5").is_not_null()
    star = (pl.col("stated_rating_1_5") + 0.5).floor().cast(pl.Int64)
    gap = pl.col("inferred_rating_1_5") - pl.col("stated_rating_1_5")
    csat_gap = 100 * (pl.col("inferred_csat_0_1") - satisfied(settings).cast(pl.Float64))
    return [
        pl.when(both).then(gap).alias("gap"),
        pl.when(both).then(csat_gap).alias("csat_gap"),
        pl.when(both).then(star).alias("stated_star"),
        pl.when(both).then(5 * (star - 1) + pl.col("inferred_star_1_5") - 1).alias("cell"),
    ]


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
        *((pl.col("cell") == cell).sum().alias(f"cell_{cell}") for cell in range(len(CELLS))),
    ]


def _compare_breakdown(
    comments: pl.DataFrame, dimensions: Dimensions, settings: Settings, totals: dict[str, int]
) -> pl.DataFrame:
    sums = aggregate(comments, dimensions, _sums())
    groups = group_names(sums, dimensions)
    return metrics_frame(
        groups,
        dimensions,
        [*_gaps(sums, settings.level), *_agreement(sums, groups, settings)],
        totals=totals,
        smallest=settings.min_group_n,
        level=settings.level,
    )


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
    ]


def _agreement(sums: pl.DataFrame, groups: list[str], settings: Settings) -> list[Figures]:
    n = sums["n"].to_numpy()
    tables = floats(sums.select(f"cell_{cell}" for cell in range(len(CELLS))).to_numpy()).reshape(-1, 5, 5)
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
    kappas = _kappas(tables, n, groups, settings)
    no_variation = (np.isnan(kappas.value) & (n > 0)).tolist()
    notes = [Note.ONE_VALUE if none else None for none in no_variation]
    return [
        *shares,
        Figures("qwk", kappas, n, Method.BOOTSTRAP, Unit.KAPPA, n_rated=n, notes=notes),
    ]


def _within(tables: Floats, distance: int) -> Floats:
    places = np.arange(5)
    near = np.abs(places[:, None] - places[None, :]) <= distance
    return floats(tables[:, near].sum(axis=1))


def _kappas(tables: Floats, n: Floats, groups: list[str], settings: Settings) -> Estimate:
    """Return kappa of each group; small groups are suppressed anyway and cost no bootstrap."""
    value = floats(quadratic_weighted_kappa(tables))
    low, high = np.full_like(value, np.nan), np.full_like(value, np.nan)
    for place in np.flatnonzero(n >= settings.min_group_n):
        generator = seeded(settings.seed, "qwk", groups[place])
        found = bootstrap_table(quadratic_weighted_kappa, tables[place], generator, settings.level)
        low[place], high[place] = found.low, found.high
    return Estimate(value, low, high)


def _disagreements(comments: pl.DataFrame) -> pl.DataFrame:
    """Return the comments of each market that part most, largest gap first, ties by id."""
    columns = ["id", "market", "language", "text", "stated_rating_1_5", "inferred_rating_1_5", "gap"]
    apart = comments.filter(pl.col("gap").abs() >= SMALLEST_GAP)
    ranked = apart.sort(
        pl.col("gap").abs(), "id", "source_file", "source_row", descending=[True, False, False, False]
    )
    return ranked.group_by("market", maintain_order=True).head(DISAGREEMENTS_PER_MARKET).sort(
        pl.col("gap").abs(), descending=True, maintain_order=True
    ).select(columns)  # fmt: skip
