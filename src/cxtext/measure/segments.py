"""Which customers are satisfied, by what they stated and by what their words say."""

from typing import Final

import polars as pl

from cxtext.figures.satisfied import inferred_satisfaction, stated_satisfied
from cxtext.schema.results import Joined
from cxtext.schema.settings import Settings

KEY: Final = "respondent_id"
STATED, INFERRED = "satisfaction_stated", "satisfaction_inferred"
SEGMENTS: Final = (STATED, INFERRED)
SATISFIED, NOT_SATISFIED = "satisfied", "not_satisfied"
_HALF: Final = 0.5


def satisfaction_segments(joined: Joined, settings: Settings) -> pl.DataFrame:
    """Return one row a respondent with `satisfaction_stated`, `satisfaction_inferred` and the date of each.

    A respondent is satisfied if at least half of what was said on the first day is: ratings, or the
    satisfaction that each comment adds to the inferred CSAT. Later days don't count: who stays longer says
    more, so they would tell of staying. Null where there is no rating, or no scored comment.
    """
    comments = joined.comments
    own = comments.filter(pl.col("stated_from") == "comment")
    of_survey = joined.respondents.filter(
        pl.col("stated_rating_1_5").is_not_null(), ~pl.col("rated_in_comment")
    )
    satisfied = stated_satisfied(settings).cast(pl.Float64)
    ratings = pl.concat([frame.select(KEY, "date", satisfied.alias("said")) for frame in (own, of_survey)])
    words = comments.select(KEY, "date", inferred_satisfaction().alias("said"))
    return _first(ratings, STATED).join(_first(words, INFERRED), on=KEY, how="full", coalesce=True)


def _first(said: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return each respondent's segment by what was said on the first day, and that day."""
    first = pl.col("date").min()
    at_first = pl.col("said").filter(pl.col("date").eq_missing(first)).mean()
    value = pl.when(at_first >= _HALF).then(pl.lit(SATISFIED)).otherwise(pl.lit(NOT_SATISFIED))
    known = said.drop_nulls([KEY, "said"])
    return known.group_by(KEY).agg(value.alias(name), first.alias(f"{name}_date"))
