"""When a rating counts as satisfied: one that was stated, and one that was inferred."""

from typing import Final

import polars as pl

from cxtext.schema.settings import Settings

SATISFIED_STAR: Final = 4


def stated_satisfied(settings: Settings) -> pl.Expr:
    """Return whether a rating is satisfied: from the threshold of its scale, else from 4 on 1..5; or null."""
    threshold = pl.col("stated_scale").replace_strict(
        settings.satisfied_from, default=None, return_dtype=pl.Float64
    )
    on_own_scale = pl.col("stated_rating") >= threshold
    on_1_5 = pl.col("stated_rating_1_5") >= settings.satisfied_from.get("1-5", SATISFIED_STAR)
    known = pl.col("stated_rating_1_5").is_not_null()
    return pl.when(known).then(pl.coalesce(on_own_scale, on_1_5)).alias("satisfied")


def inferred_satisfied() -> pl.Expr:
    """Return whether the median star of a comment is 4 or 5; null where it is unscored."""
    return (pl.col("inferred_star_1_5") >= SATISFIED_STAR).alias("inferred_satisfied")
