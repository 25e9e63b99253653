"""Respondents who wrote a comment beside those who did not: whom the comments speak for."""

import polars as pl

from cxtext.figures.groups import aggregate, group_names, side_by_side
from cxtext.figures.rows import metrics_frame
from cxtext.measure.populations import COMMENTED, Populations
from cxtext.measure.scores import score_figures, score_sums
from cxtext.measure.stated import rating_sums, stated_figures
from cxtext.schema.columns import METRICS
from cxtext.schema.settings import Settings


def compare_commenters(people: Populations, settings: Settings) -> pl.DataFrame:
    """Return stated CSAT, NPS and CES of both groups, with the columns of METRICS; empty unless there are both."""
    if pl.concat([people.respondents[COMMENTED], people.ratings[COMMENTED]]).n_unique() < 2:
        return pl.DataFrame(schema=METRICS)
    by = (COMMENTED,)
    tables = (
        aggregate(people.ratings, by, rating_sums()),
        aggregate(people.respondents, by, score_sums()),
    )
    sums = side_by_side(tables, by)
    return metrics_frame(
        group_names(sums, by),
        [*stated_figures(sums, settings.level), *score_figures(sums, settings.level)],
        smallest=settings.min_group_n,
        level=settings.level,
    )
