"""What the words of comments suggest: inferred CSAT, mean rating, shares of stars; what went unread."""

import numpy as np
import polars as pl

from cxtext.schema.columns import P_STARS, LanguageReason
from cxtext.schema.figures import Method, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.figures import Figures
from cxtext.statistics.intervals import known
from cxtext.statistics.quantification import between_company_interval

SCORED = pl.col("inferred_rating_1_5").is_not_null()


def inferred_sums() -> list[pl.Expr]:
    """Return the sums over comments of a group."""
    csat, rating = pl.col("inferred_csat_0_1"), pl.col("inferred_rating_1_5")
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


def inferred_figures(sums: pl.DataFrame, settings: Settings) -> list[Figures]:
    """Return the inferred figures of each group, and the shares of comments that gave none."""
    return [
        _inferred(
            sums, "csat_inferred", "csat", (0, 100), Unit.PERCENT, settings.between_company_sd_csat, settings
        ),
        _inferred(
            sums,
            "rating_inferred_mean",
            "rating",
            (1, 5),
            Unit.RATING,
            settings.between_company_sd_rating,
            settings,
        ),
        *(
            _inferred(
                sums,
                f"rating_share_{star}",
                name,
                (0, 100),
                Unit.PERCENT,
                settings.between_company_sd_share,
                settings,
            )
            for star, name in enumerate(P_STARS, start=1)
        ),
        *_facts(sums),
    ]


def _inferred(
    sums: pl.DataFrame,
    metric: str,
    column: str,
    bounds: tuple[float, float],
    unit: str,
    between_sd: float,
    settings: Settings,
) -> Figures:
    n, rated = _count(sums, "scored"), _count(sums, "scored_rated")
    factor = 100 if unit == Unit.PERCENT else 1
    mean = factor * sums[f"{column}_mean"].cast(pl.Float64).to_numpy()
    variance = factor**2 * sums[f"{column}_variance"].cast(pl.Float64).to_numpy()
    estimate = between_company_interval(mean, variance, n, between_sd, level=settings.level)
    return Figures(
        metric,
        estimate.clipped(*bounds),
        n,
        Method.MEAN_PROBABILITY,
        unit,
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


def _count(sums: pl.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return sums[column].fill_null(0).cast(pl.Int64).to_numpy()
