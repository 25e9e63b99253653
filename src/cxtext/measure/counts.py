"""What became of every row: counts by outcome."""

import polars as pl


def count_rows(comments: pl.DataFrame) -> dict[str, int]:
    """Return rows by outcome: `read, rated, scored, unscored_<reason>, language_<code or reason>` ..."""
    scored = comments["inferred_rating_1_5"].count()
    fixed = {"read": comments.height, "rated": comments["stated_rating_1_5"].count(), "scored": scored}
    language = comments.select(pl.coalesce("language", "language_reason"))["language"]
    return fixed | {
        **_counted("unscored", comments["unscored_reason"]),
        **_counted("language", language),
        **_counted("unrated", comments["stated_reason"]),
        **_counted("personal_data", comments["personal_data"].explode()),
    }


def _counted(prefix: str, values: pl.Series) -> dict[str, int]:
    counts = values.drop_nulls().rename("value").value_counts().sort("value")
    return {f"{prefix}_{value}": count for value, count in counts.iter_rows()}
