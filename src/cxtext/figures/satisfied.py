"""When a rating counts as satisfied: one that was stated, and one that was inferred."""

from typing import Final

import polars as pl

from cxtext.schema.settings import Settings

SATISFIED_STAR: Final = 4


def stated_satisfied(settings: Settings) -> pl.Expr:
    """Return whether a rating is satisfied: from the threshold of its scale, else from that of 1-5; or null."""
    threshold = pl.col("stated_scale").replace_strict(
        settings.satisfied_from, default=None, return_dtype=pl.Float64
    )
    on_own_scale = pl.col("stated_rating") >= threshold
    on_1_5 = pl.col("stated_rating_1_5") >= settings.satisfied_from["1-5"]
    known = pl.col("stated_rating_1_5").is_not_null()
    return pl.when(known).then(pl.coalesce(on_own_scale, on_1_5)).alias("satisfied")


def inferred_satisfaction() -> pl.Expr:
    """Return what a comment adds to the inferred CSAT of a group: 0 or 1; null where it is unscored.

    Its verdict: 1 if its median star is 4 or 5. Probabilities pull a group to what is usual; of the simple ways
    verdicts erred least on companies the model never saw (docs/scores.md).
    """
    verdict = pl.col("inferred_star_1_5") >= SATISFIED_STAR
    return verdict.cast(pl.Float64).alias("inferred_satisfaction")
