"""What praise and complaints talk about: the terms that set satisfied and dissatisfied comments apart."""

from typing import Final

import polars as pl

from cxtext.schema.settings import Settings
from cxtext.statistics.log_odds import log_odds

DISTINCTIVE_Z: Final = 1.96
MIN_COMMENTS: Final = 3  # of the side, that mention the term
PRIOR_MENTIONS: Final = (
    500  # most the prior weighs, in mentions; in a small group as much as its own mentions
)
EXAMPLES: Final = 2
INFORMATIVE_CHARACTERS: Final = 40  # shorter comments are examples only for want of longer ones
SAME_TOPIC: Final = 0.5  # a word is left to a phrase that holds this share of the comments that mention it

SIDES: Final = {"praise": "satisfied", "complaint": "dissatisfied"}
THEMES_SCHEMA: Final[dict[str, pl.DataType]] = {
    "market": pl.String(),
    "language": pl.String(),
    "side": pl.String(),
    "term": pl.String(),
    "z": pl.Float64(),
    "n_satisfied": pl.Int64(),
    "n_dissatisfied": pl.Int64(),
    "examples": pl.List(pl.String()),
}
_GROUP = ("market", "language")


def distinctive_themes(comments: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the distinctive terms of praise and of complaints, per market and language.

    A comment is satisfied with a stated rating of 4 or more on 1..5, dissatisfied with 2.5 or less; without a
    stated rating its sentiment decides (positive, negative). Terms are counted once a comment; a phrase also
    counts for those of its words that are topics themselves. Both sides are compared by log-odds
    (statistics.log_odds), with the term's share of all comments in the language as prior. `z` is above 1.96
    and says how sure the difference is, on its own side; of terms without one, up to 1 in 40 gets there by chance.

    `comments` has `id, text, market, language, stated_rating_1_5, sentiment, themes`. The result has the
    columns of schema.results.Measured.themes, at most `settings.theme_top_n` terms a side, each with two
    examples of its side. Groups of fewer than `settings.min_group_n` comments give no rows.
    """
    rows = comments.filter(pl.col("language").is_not_null()).with_columns(side=_side())
    mentions = _mentions(rows)
    prior = mentions.group_by("language", "term").len("prior")
    groups = rows.group_by(_GROUP).len("n").filter(pl.col("n") >= settings.min_group_n).sort(_GROUP)
    found = [
        _of_group(mentions.filter(_is_group(market, language)), prior.filter(language=language), settings)
        for market, language in groups.select(_GROUP).rows()
    ]
    return pl.concat([pl.DataFrame(schema=THEMES_SCHEMA), *found])


def _side() -> pl.Expr:
    stated, sentiment = pl.col("stated_rating_1_5"), pl.col("sentiment")
    unrated = stated.is_null()
    return (
        pl.when((stated >= 4) | (unrated & (sentiment == "positive")))
        .then(pl.lit("satisfied"))
        .when((stated <= 2.5) | (unrated & (sentiment == "negative")))
        .then(pl.lit("dissatisfied"))
    )


def _is_group(market: str | None, language: str) -> pl.Expr:
    return pl.col("market").eq_missing(pl.lit(market)) & (pl.col("language") == language)


def _mentions(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row a comment and term: the comment's terms, and the words of its phrases."""
    terms = rows.select(
        "id", "text", *_GROUP, "side", term=pl.col("themes").list.eval(pl.element().struct.field("term"))
    ).with_row_index("comment")
    whole = terms.explode("term").drop_nulls("term")
    words = whole.with_columns(pl.col("term").str.extract_all(r"[^\s']+")).explode("term")
    # a word of a phrase counts where it is a topic by itself too
    words = words.join(whole.select("term").unique(), on="term", how="semi", maintain_order="left")
    return pl.concat([whole, words]).unique(["comment", "term"], keep="first", maintain_order=True)


def _of_group(mentions: pl.DataFrame, prior: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    counts = _counts(mentions, prior)
    if counts.height < 2:
        return pl.DataFrame(schema=THEMES_SCHEMA)
    z = log_odds(counts["n_satisfied"], counts["n_dissatisfied"], counts["prior"]).z
    compared = counts.with_columns(z=pl.Series(z))
    sides = [_of_side(compared, mentions, side, settings.theme_top_n) for side in SIDES]
    return pl.concat(sides)


def _counts(mentions: pl.DataFrame, prior: pl.DataFrame) -> pl.DataFrame:
    """Return one row a term: comments of each side that mention it, and its prior mentions."""
    counted = mentions.group_by("market", "language", "term").agg(
        n_satisfied=(pl.col("side") == "satisfied").sum().cast(pl.Int64),
        n_dissatisfied=(pl.col("side") == "dissatisfied").sum().cast(pl.Int64),
    )
    sides = counted.select(pl.col("n_satisfied").sum() + pl.col("n_dissatisfied").sum()).item()
    weight = min(PRIOR_MENTIONS, max(sides, 1))
    known = prior.drop("language").with_columns(pl.col("prior") / pl.col("prior").sum() * weight)
    return counted.join(known, on="term").sort("term")


def _of_side(compared: pl.DataFrame, mentions: pl.DataFrame, side: str, top_n: int) -> pl.DataFrame:
    whose = SIDES[side]
    sign = 1 if side == "praise" else -1
    distinctive = (
        compared.with_columns(z=sign * pl.col("z"), n=pl.col(f"n_{whose}"))
        .filter((pl.col("z") > DISTINCTIVE_Z) & (pl.col("n") >= MIN_COMMENTS))
        .sort("z", "term", descending=[True, False])
    )
    chosen = _without_parts(distinctive).head(top_n)
    examples = _examples(
        mentions.filter(pl.col("side") == whose, pl.col("term").is_in(chosen["term"].implode()))
    )
    return (
        chosen.with_columns(side=pl.lit(side))
        .join(examples, on="term", how="left", maintain_order="left")
        .select(pl.col(name).cast(dtype) for name, dtype in THEMES_SCHEMA.items())
    )


def _without_parts(distinctive: pl.DataFrame) -> pl.DataFrame:
    """Leave out words that mostly occur within a distinctive phrase: `customer` beside `customer service`."""
    n = dict(distinctive.select("term", "n").rows())
    parts = {
        word
        for phrase in n
        for word in phrase.replace("'", " ").split()
        if word != phrase and n[phrase] >= SAME_TOPIC * n.get(word, 0)
    }
    return distinctive.filter(~pl.col("term").is_in(list(parts)))


def _examples(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the examples of each term: the shortest informative comments, whatever the order of rows."""
    length = pl.col("text").str.len_chars()
    too_short = length < INFORMATIVE_CHARACTERS
    return (
        mentions.with_columns(
            too_short=too_short, rank=pl.when(too_short).then(-length.cast(pl.Int64)).otherwise(length)
        )
        .sort("too_short", "rank", "id", "text")
        .unique(["term", "text"], keep="first", maintain_order=True)
        .group_by("term", maintain_order=True)
        .agg(examples=pl.col("text").head(EXAMPLES))
    )
