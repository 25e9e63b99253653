"""The comments whose rating and words part most: the first list a team calls back."""

from typing import Final

import polars as pl

# Comments that part by less than one star are not disagreements; the lists are for reading, so they end.
SMALLEST_GAP: Final = 1.0
PER_MARKET: Final = 200
HAPPY_FROM, UNHAPPY_TO = 4, 2
QUIET_UNHAPPY: Final = "quiet_unhappy"
LOUD_HAPPY: Final = "loud_happy"
SIDES: Final = {QUIET_UNHAPPY: "negative", LOUD_HAPPY: "positive"}
COLUMNS: Final = ("id", "market", "language", "text", "stated_rating_1_5", "inferred_rating_1_5", "gap")


def partings(comments: pl.DataFrame) -> pl.DataFrame:
    """Return up to PER_MARKET comments of each market, largest gap first, ties in the order of their ids.

    `kind`: quiet_unhappy (rated 4 or 5, the words say 1 or 2), loud_happy (the reverse), or null.
    `evidence`: the words of the comment's themes on the side that its rating hides.
    """
    apart = comments.filter(pl.col("gap").abs() >= SMALLEST_GAP)
    order = [pl.col("gap").abs(), "id", "source_file", "source_row"]
    ranked = apart.sort(order, descending=[True, False, False, False])
    shown = ranked.group_by("market", maintain_order=True).head(PER_MARKET)
    again = shown.sort(order, descending=[True, False, False, False])
    return again.with_columns(_kind()).with_columns(_evidence()).select(*COLUMNS, "kind", "evidence")


def _kind() -> pl.Expr:
    stated, inferred = pl.col("stated_rating_1_5"), pl.col("inferred_star_1_5")
    quiet = (stated >= HAPPY_FROM) & (inferred <= UNHAPPY_TO)
    loud = (stated <= UNHAPPY_TO) & (inferred >= HAPPY_FROM)
    named = pl.when(quiet).then(pl.lit(QUIET_UNHAPPY)).when(loud).then(pl.lit(LOUD_HAPPY))
    return named.alias("kind")


def _evidence() -> pl.Expr:
    def words_of(polarity: str) -> pl.Expr:
        theme = pl.element()
        on_side = pl.when(theme.struct.field("polarity") == polarity).then(theme.struct.field("evidence"))
        return pl.col("themes").list.eval(on_side).list.drop_nulls().list.unique(maintain_order=True)

    return (
        pl.when(pl.col("kind") == QUIET_UNHAPPY)
        .then(words_of(SIDES[QUIET_UNHAPPY]))
        .when(pl.col("kind") == LOUD_HAPPY)
        .then(words_of(SIDES[LOUD_HAPPY]))
        .otherwise(pl.lit([], pl.List(pl.String)))
        .alias("evidence")
    )
