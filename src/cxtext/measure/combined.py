"""Rated and unrated comments together: prediction-powered CSAT and mean rating, where that is sound."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.rows import Figures
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Estimate, Floats, known
from cxtext.statistics.ppi import Moments, beyond_chance, ppi_mean

SCORED = pl.col("inferred_rating_1_5").is_not_null()
RATED = SCORED & pl.col("stated_rating_1_5").is_not_null()
UNRATED = SCORED & pl.col("stated_rating_1_5").is_null()


@dataclass(frozen=True)
class _Target:
    """What is combined: the stated value, the inferred one, the ends of their scale, the factor to the unit."""

    stated: pl.Expr
    inferred: pl.Expr
    bounds: tuple[float, float]
    factor: float
    unit: Unit


TARGETS: Final = {
    "csat_combined": _Target(
        pl.col("satisfied"), pl.col("inferred_csat_0_1"), (0, 1), factor=100, unit=Unit.PERCENT
    ),
    "rating_combined_mean": _Target(
        pl.col("stated_rating_1_5"), pl.col("inferred_rating_1_5"), (1, 5), factor=1, unit=Unit.RATING
    ),
}
GAINS: Final = {"csat_combined": "csat_combined_gain", "rating_combined_mean": "rating_combined_gain"}
SAME: Final = (("source_file", Note.OTHER_SOURCE), ("channel", Note.OTHER_CHANNEL))


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
        *(moment for metric, target in TARGETS.items() for moment in _moments(metric, target)),
    ]


def _moments(metric: str, target: _Target) -> list[pl.Expr]:
    stated, inferred = target.stated.filter(RATED), target.inferred.filter(RATED)
    others = target.inferred.filter(UNRATED)
    return [
        stated.mean().alias(f"{metric}_mean_y"),
        stated.var().alias(f"{metric}_var_y"),
        inferred.mean().alias(f"{metric}_mean_f"),
        inferred.var().alias(f"{metric}_var_f"),
        pl.cov(stated, inferred).alias(f"{metric}_cov"),
        others.mean().alias(f"{metric}_mean_f_unrated"),
        others.var().alias(f"{metric}_var_f_unrated"),
    ]


def combined_figures(sums: pl.DataFrame, settings: Settings) -> list[Figures]:
    """Return csat_combined and rating_combined_mean of each group, or why they are refused.

    Each with its gain: how many rated comments alone one rated comment is worth beside the unrated ones.
    """
    return [figures for metric in TARGETS for figures in _combined(sums, metric, settings)]


def _combined(sums: pl.DataFrame, metric: str, settings: Settings) -> list[Figures]:
    target = TARGETS[metric]
    of = _read_moments(sums, metric)
    lowest, highest = target.bounds
    found = ppi_mean(of, lowest=lowest, highest=highest, level=settings.level)
    refusals = _refusals(sums, of, settings)
    refused = np.array([note in REFUSED for note in refusals], dtype=bool)
    alone = found.gain <= 1
    notes = [note or (Note.NO_GAIN if lone else None) for note, lone in zip(refusals, alone, strict=True)]
    estimate = found.estimate.map(lambda value: target.factor * value)
    figures = Figures(
        metric,
        _without(estimate, refused),
        of.n + of.n_unrated,
        [Method.RATED_ONLY if lone else Method.PPI for lone in alone],
        target.unit,
        n_rated=of.n,
        n_unrated=of.n_unrated,
        notes=notes,
    )
    gain = _without(known(found.gain), refused)
    return [figures, replace(figures, metric=GAINS[metric], estimate=gain, unit=Unit.TIMES)]


REFUSED: Final = frozenset(
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
