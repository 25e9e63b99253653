"""Whether CES runs with the words of the comments beside it, or against them: its direction may be reversed."""

from typing import Final

import polars as pl

from cxtext.schema.results import Joined
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import correlation

FEWEST: Final = 30
AGAINST: Final = -0.2  # weaker correlations are no sign of a reversed scale


def check_effort(joined: Joined, settings: Settings) -> tuple[str, ...]:
    """Return a warning where easy answers go with unhappy words: r with the inferred rating, and n.

    Over respondents with a CES and scored comments, whose mean inferred rating counts; both figures of the whole
    run. Warned from 30 respondents on, where r is under -0.2 and its interval leaves out 0.
    """
    people = joined.comments.group_by(pl.coalesce("respondent_id", "id")).agg(
        pl.col("ces").drop_nulls().first(), pl.col("inferred_rating_1_5").mean()
    )
    pairs = people.drop_nulls(["ces", "inferred_rating_1_5"]).sort("ces", "inferred_rating_1_5")
    if pairs.height < FEWEST:
        return ()
    easy = pl.col("ces") * (1 if settings.ces_direction == "high_is_easy" else -1)
    r = pairs.select(pl.corr(easy, "inferred_rating_1_5")).item()
    if r is None or not r < AGAINST or not correlation(r, pairs.height, settings.level).high < 0:
        return ()
    other = "high_is_hard" if settings.ces_direction == "high_is_easy" else "high_is_easy"
    return (
        f"CES runs against the words of the comments: r = {r:.2f} of ease with the inferred rating"
        f" ({pairs.height} respondents); if its scale is reversed: --ces-direction {other}",
    )
