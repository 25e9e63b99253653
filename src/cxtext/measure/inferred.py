"""What the words of comments suggest: inferred CSAT, mean rating, shares of stars; what went unread."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.rows import Figures, Ints
from cxtext.figures.satisfied import inferred_satisfaction
from cxtext.schema.columns import P_STARS, LanguageReason
from cxtext.schema.figures import Method, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import known
from cxtext.statistics.quantification import between_company_interval

SCORED: Final = pl.col("inferred_rating_1_5").is_not_null()
# Root mean square errors on companies an engine never saw, measured by benchmarks/quantification*.py.
MEASURED_ERRORS: Final = Path(__file__).parent / "company_error.json"
OTHER: Final = "other"  # engines that were not measured


@dataclass(frozen=True)
class CompanyError:
    """The error of inferred figures from one company to another: points, stars, and points per star."""

    csat: float
    rating: float
    shares: tuple[float, ...]


@dataclass(frozen=True)
class _Target:
    """A mean over comments to report: its column of sums, the factor to its unit, and its range."""

    metric: str
    column: str
    factor: float
    bounds: tuple[float, float]
    unit: Unit
    method: Method
    error: float


def company_error(comments: pl.DataFrame, settings: Settings) -> CompanyError:
    """Return the errors to allow for: the settings', else those measured for the engine of these comments."""
    measured = json.loads(MEASURED_ERRORS.read_text("utf-8"))
    engines = comments["engine"].drop_nulls().unique().sort().to_list()
    found = [measured.get(engine, measured[OTHER]) for engine in engines] or [measured[OTHER]]
    given = settings.company_error_csat, settings.company_error_rating
    return CompanyError(
        csat=max(each["csat"] for each in found) if given[0] is None else given[0],
        rating=max(each["rating"] for each in found) if given[1] is None else given[1],
        shares=tuple(max(errors) for errors in zip(*(each["shares"] for each in found), strict=True)),
    )


def inferred_sums() -> list[pl.Expr]:
    """Return the sums over comments of a group."""
    csat, rating = inferred_satisfaction(), pl.col("inferred_rating_1_5")
    return [
        pl.len().alias("comments"),
        SCORED.sum().alias("scored"),
        (SCORED & pl.col("stated_rating_1_5").is_not_null()).sum().alias("scored_rated"),
        (pl.col("language_reason") == LanguageReason.UNSUPPORTED).sum().alias("unsupported"),
        pl.col("matched").count().alias("matchable"),
        pl.col("matched").sum().alias("matched"),
        csat.mean().alias("csat_mean"),
        csat.var().alias("csat_variance"),
        rating.mean().alias("rating_mean"),
        rating.var().alias("rating_variance"),
        *(pl.col(name).mean().alias(f"{name}_mean") for name in P_STARS),
        *(pl.col(name).var().alias(f"{name}_variance") for name in P_STARS),
    ]


def inferred_figures(sums: pl.DataFrame, error: CompanyError, level: float) -> list[Figures]:
    """Return the inferred figures of each group, and the shares of comments that gave none.

    Inferred CSAT is the mean of satisfied.inferred_satisfaction; the others are means of probabilities.
    """
    percent, mean = (0, 100), Method.MEAN_PROBABILITY
    targets = (
        _Target("csat_inferred", "csat", 100, percent, Unit.PERCENT, Method.VERDICTS, error.csat),
        _Target("rating_inferred_mean", "rating", 1, (1, 5), Unit.RATING, mean, error.rating),
        *(
            _Target(f"rating_share_{star}", name, 100, percent, Unit.PERCENT, mean, error.shares[star - 1])
            for star, name in enumerate(P_STARS, start=1)
        ),
    )
    return [*(_inferred(sums, target, level) for target in targets), *_facts(sums)]


def _inferred(sums: pl.DataFrame, target: _Target, level: float) -> Figures:
    n, rated = _count(sums, "scored"), _count(sums, "scored_rated")
    mean = target.factor * sums[f"{target.column}_mean"].cast(pl.Float64).to_numpy()
    variance = target.factor**2 * sums[f"{target.column}_variance"].cast(pl.Float64).to_numpy()
    estimate = between_company_interval(mean, variance, n, target.error, level=level)
    return Figures(
        target.metric,
        estimate.clipped(*target.bounds),
        n,
        target.method,
        target.unit,
        n_rated=rated,
        n_unrated=n - rated,
    )


def _facts(sums: pl.DataFrame) -> list[Figures]:
    """Return what became of the comments, in percent of them; facts, so without an interval."""
    comments, matchable = _count(sums, "comments"), _count(sums, "matchable")
    facts = (
        ("share_unsupported", _count(sums, "unsupported"), comments),
        ("share_unscored", comments - _count(sums, "scored"), comments),
        ("match_rate", _count(sums, "matched"), matchable),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return [
            Figures(metric, known(100 * part / n), n, Method.COUNT, Unit.PERCENT) for metric, part, n in facts
        ]


def _count(sums: pl.DataFrame, column: str) -> Ints:
    return sums[column].fill_null(0).cast(pl.Int64).to_numpy()
