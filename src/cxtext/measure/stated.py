"""What customers stated: stated CSAT and the mean rating."""

import polars as pl

from cxtext.figures.rows import Figures
from cxtext.schema.figures import Method, Unit
from cxtext.statistics.intervals import bounded_mean, wilson


def rating_sums() -> list[pl.Expr]:
    """Return the sums over ratings of a group."""
    rating = pl.col("stated_rating_1_5")
    return [
        pl.len().alias("ratings"),
        pl.col("satisfied").sum().alias("ratings_satisfied"),
        rating.mean().alias("ratings_mean"),
        rating.var().alias("ratings_variance"),
    ]


def stated_figures(sums: pl.DataFrame, level: float) -> list[Figures]:
    """Return csat_stated (Wilson) and rating_stated_mean (score interval) of each group."""
    n = sums["ratings"].fill_null(0).to_numpy()
    satisfied = sums["ratings_satisfied"].fill_null(0).to_numpy()
    csat = wilson(satisfied, n, level).map(lambda share: 100 * share)
    mean = bounded_mean(sums["ratings_mean"], sums["ratings_variance"], n, lowest=1, highest=5, level=level)
    return [
        Figures("csat_stated", csat, n, Method.WILSON, Unit.PERCENT, n_rated=n),
        Figures("rating_stated_mean", mean, n, Method.SCORE, Unit.RATING, n_rated=n),
    ]
