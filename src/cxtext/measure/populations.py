"""Who a figure is about: comments, ratings, respondents, and pairs of an inferred rating with an NPS."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from cxtext.figures.groups import Dimensions, with_dimensions
from cxtext.figures.satisfied import stated_satisfied
from cxtext.schema.columns import UnscoredReason
from cxtext.schema.results import Joined
from cxtext.schema.settings import Settings

KEY = "respondent_id"
COMMENTED = "commented"


@dataclass(frozen=True)
class Populations:
    """The rows that figures are computed from, each with the columns of the dimensions.

    `commented` is "yes" where the rating's or the respondent's owner wrote a comment that is not blank.
    `comments`: every comment, with `satisfied` (null where unrated). `ratings`: every rating once, a
    comment's own or a respondent's in a survey, with `satisfied`. `respondents`: every valid respondent.
    The last two have `languages` instead of `language`. `contradicted`: respondents whose scores contradict
    each other.
    """

    comments: pl.DataFrame
    ratings: pl.DataFrame
    respondents: pl.DataFrame
    scored_with_nps: pl.DataFrame
    contradicted: pl.Series

    def uncontradicted(self) -> pl.DataFrame:
        """Return the comments of all but respondents whose scores contradict each other."""
        return self.comments.filter(_not_of(self.contradicted))

    def pairs(self, dimensions: Dimensions) -> pl.DataFrame:
        """Return the mean inferred rating of a respondent's comments in a group, with the NPS given."""
        rows = self.scored_with_nps
        if rows[KEY].drop_nulls().is_unique().all():
            return rows
        one = pl.coalesce(KEY, pl.format("row {}", pl.int_range(pl.len()))).alias("who")
        means = pl.col("inferred_rating_1_5").mean(), pl.col("nps_0_10").first()
        # in their order: sums of floats depend on it in the last digit
        return rows.with_columns(one).group_by(*dimensions, "who", maintain_order=True).agg(*means)


def populations(joined: Joined, settings: Settings) -> Populations:
    """Return the populations of a run."""
    comments = with_dimensions(joined.comments, settings).with_columns(stated_satisfied(settings))
    respondents = with_dimensions(joined.respondents, settings).with_columns(_commented(pl.col("wrote")))
    contradicted = joined.misfits.filter(kind="conflicting_scores")[KEY].unique()
    pairs = comments.filter(
        pl.col("inferred_rating_1_5").is_not_null(),
        pl.col("nps_0_10").is_not_null(),
        _not_of(contradicted),
    )
    ratings = _ratings(comments, respondents, settings)
    return Populations(comments, ratings, respondents, pairs, contradicted)


def _not_of(respondents: pl.Series) -> pl.Expr:
    return pl.col(KEY).is_null() | ~pl.col(KEY).is_in(respondents.implode())


def _ratings(comments: pl.DataFrame, respondents: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    asked = {name for by in settings.by for name in by} - {"language"}
    dimensions = sorted(asked | {"market", "channel", "touchpoint"})  # what margins may be of
    columns = [*dimensions, COMMENTED, "languages", "stated_rating_1_5", "satisfied"]
    from_survey = respondents.filter(pl.col("stated_rating_1_5").is_not_null(), ~pl.col("rated_in_comment"))
    return pl.concat(
        [
            _own_ratings(comments, dimensions).select(columns),
            from_survey.with_columns(stated_satisfied(settings)).select(columns),
        ]
    )


def _own_ratings(comments: pl.DataFrame, dimensions: Sequence[str]) -> pl.DataFrame:
    """Return one row a rated row of the input, which is several comments where it has several texts."""
    own = comments.filter(pl.col("stated_from") == "comment")
    same = pl.col(*dimensions, "stated_rating_1_5", "satisfied").first()
    languages = pl.col("language").drop_nulls().unique().sort().alias("languages")
    wrote = pl.col("text_reason").ne_missing(UnscoredReason.EMPTY.value).any()
    by_row = own.group_by("source_file", "source_row", maintain_order=True)
    return by_row.agg(same, languages, _commented(wrote))


def _commented(wrote: pl.Expr) -> pl.Expr:
    return pl.when(wrote).then(pl.lit("yes")).otherwise(pl.lit("no")).alias(COMMENTED)
