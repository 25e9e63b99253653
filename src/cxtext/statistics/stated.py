"""When a stated rating counts as satisfied."""

import polars as pl

from cxtext.schema.settings import Settings


def satisfied(settings: Settings) -> pl.Expr:
    """Return whether a rating is satisfied: from the threshold of its scale, else from 4 on 1..5; or null."""
    threshold = pl.col("stated_scale").replace_strict(
        settings.satisfied_from, default=None, return_dtype=pl.Float64
    )
    on_own_scale = pl.col("stated_rating") >= threshold
    on_1_5 = pl.col("stated_rating_1_5") >= settings.satisfied_from.get("1-5", 4)
    known = pl.col("stated_rating_1_5").is_not_null()
    return pl.when(known).then(pl.coalesce(on_own_scale, on_1_5)).alias("satisfied")
