"""Rated and unrated comments together: prediction-powered CSAT and mean rating, where that is sound."""

import numpy as np
import polars as pl

from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.figures import Figures
from cxtext.statistics.intervals import Estimate, Floats
from cxtext.statistics.ppi import Moments, beyond_chance, ppi_mean

SCORED = pl.col("inferred_rating_1_5").is_not_null()
RATED = SCORED & pl.col("stated_rating_1_5").is_not_null()
UNRATED = SCORED & pl.col("stated_rating_1_5").is_null()
# metric: stated value, inferred value, range, unit
TARGETS = {
    "csat_combined": (100 * pl.col("satisfied"), 100 * pl.col("inferred_csat_0_1"), (0, 100), Unit.PERCENT),
    "rating_combined_mean": (pl.col("stated_rating_1_5"), pl.col("inferred_rating_1_5"), (1, 5), Unit.RATING),
}
SAME = (("source_file", Note.OTHER_SOURCE), ("channel", Note.OTHER_CHANNEL))


def combined_sums() -> list[pl.Expr]:
    """Return the moments of rated and unrated comments, and where each come from."""
    rated_of = [pl.col(name).filter(RATED).unique().sort().implode() for name, _ in SAME]
    unrated_of = [pl.col(name).filter(UNRATED).unique().sort().implode() for name, _ in SAME]
    return [
        RATED.sum().alias("n"),
        UNRATED.sum().alias("n_unrated"),
        *(
            (rated == unrated).alias(f"same_{name}")
            for (name, _), rated, unrated in zip(SAME, rated_of, unrated_of, strict=True)
        ),
        *(moment for metric, (y, f, _, _) in TARGETS.items() for moment in _moments(metric, y, f)),
    ]


def _moments(metric: str, y: pl.Expr, f: pl.Expr) -> list[pl.Expr]:
    stated, inferred, others = y.filter(RATED), f.filter(RATED), f.filter(UNRATED)
    return [
        stated.mean().alias(f"{metric}_mean_y"),
        stated.cast(pl.Float64).var().alias(f"{metric}_var_y"),
        inferred.mean().alias(f"{metric}_mean_f"),
        inferred.var().alias(f"{metric}_var_f"),
        pl.cov(stated.cast(pl.Float64), inferred).alias(f"{metric}_cov"),
        others.mean().alias(f"{metric}_mean_f_unrated"),
        others.var().alias(f"{metric}_var_f_unrated"),
    ]


def combined_figures(sums: pl.DataFrame, settings: Settings) -> list[Figures]:
    """Return csat_combined and rating_combined_mean of each group, or why they are refused."""
    return [_combined(sums, metric, settings) for metric in TARGETS]


def _combined(sums: pl.DataFrame, metric: str, settings: Settings) -> Figures:
    _, _, bounds, unit = TARGETS[metric]
    of = _read_moments(sums, metric)
    found = ppi_mean(of, settings.level)
    refusals = _refusals(sums, of, settings)
    refused = np.array([note in REFUSED for note in refusals])
    alone = found.power == 0
    notes = [note or (Note.NO_GAIN if lone else None) for note, lone in zip(refusals, alone, strict=True)]
    methods = [Method.RATED_ONLY if lone else Method.PPI for lone in alone]
    return Figures(
        metric,
        _without(found.estimate, refused).clipped(*bounds),
        of.n + of.n_unrated,
        methods,
        unit,
        n_rated=of.n,
        n_unrated=of.n_unrated,
        notes=notes,
    )


REFUSED = frozenset(
    (Note.TOO_FEW_RATED, Note.OTHER_SOURCE, Note.OTHER_CHANNEL, Note.SCORES_DIFFER, Note.NO_DATA)
)


def _refusals(sums: pl.DataFrame, of: Moments, settings: Settings) -> list[Note | None]:
    """Return the first reason against combining, per group."""
    differ = beyond_chance(of, settings.level)
    same = [(sums[f"same_{name}"].fill_null(False), note) for name, note in SAME]
    notes: list[Note | None] = []
    for row in range(sums.height):
        reasons = (
            (of.n[row] + of.n_unrated[row] == 0, Note.NO_DATA),
            (of.n[row] < settings.ppi_min_rated_n, Note.TOO_FEW_RATED),
            (of.n_unrated[row] == 0, Note.NO_UNRATED),
            *((not equal[row], note) for equal, note in same),
            (differ[row], Note.SCORES_DIFFER),
        )
        notes.append(next((note for applies, note in reasons if applies), None))
    return notes


def _without(estimate: Estimate, refused: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Estimate:
    def hide(values: Floats) -> Floats:
        return np.where(refused, np.nan, values)

    return estimate.map(hide)


def _read_moments(sums: pl.DataFrame, metric: str) -> Moments:
    counts = (sums[name].fill_null(0).cast(pl.Float64).to_numpy() for name in ("n", "n_unrated"))
    n, n_unrated = counts
    rest = {
        name: sums[f"{metric}_{name}"].cast(pl.Float64).to_numpy()
        for name in ("mean_y", "var_y", "mean_f", "var_f", "cov", "mean_f_unrated", "var_f_unrated")
    }
    return Moments(n=n, n_unrated=n_unrated, **rest)
