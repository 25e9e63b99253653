"""Groups of comments and respondents to figures with n and an interval."""

import polars as pl

from cxtext.figures.disclosure import hide_derivable
from cxtext.figures.groups import Dimensions, aggregate, breakdowns, by_language, group_names, side_by_side
from cxtext.figures.rows import metrics_frame
from cxtext.measure.churn import churn_figures
from cxtext.measure.combined import combined_figures, combined_sums
from cxtext.measure.commenters import compare_commenters
from cxtext.measure.counts import count_rows
from cxtext.measure.drivers import driver_figures
from cxtext.measure.inferred import CompanyError, company_error, inferred_figures, inferred_sums
from cxtext.measure.populations import Populations, populations
from cxtext.measure.reported import with_reported
from cxtext.measure.response import response_figures
from cxtext.measure.scores import pair_figures, pair_sums, score_figures, score_sums
from cxtext.measure.stated import rating_sums, stated_figures
from cxtext.measure.text_skill import text_skill_figures
from cxtext.measure.themes import distinctive_themes
from cxtext.measure.weighted import weighted_figures
from cxtext.schema.results import CustomersRead, Joined, Measured, TotalsRead, WeightsRead
from cxtext.schema.settings import Settings

__all__ = ["measure_groups"]


def measure_groups(
    joined: Joined,
    settings: Settings,
    customers: CustomersRead | None = None,
    weights: WeightsRead | None = None,
    totals: TotalsRead | None = None,
) -> Measured:
    """Return the figures of the total and of every group that `settings.by` asks for.

    With `customers` also their churn and lifetime value by market, period and satisfaction; with `weights` also
    stated CSAT and NPS weighted to them; with `totals` response and comment rates by market.

    Every group has a row for every metric; one without a value says why in `note`. Formulas, units and
    sources are in docs/scores.md.

    Raises
    ------
    InputError: more people answered in a market than `totals` says were invited.
    """
    people = populations(joined, settings)
    error = company_error(joined.comments, settings)
    parts = [_measure_breakdown(people, dimensions, settings, error) for dimensions in breakdowns(settings)]
    metrics = with_reported(pl.concat(parts), joined.groups, settings)
    drivers = driver_figures(joined.comments, settings)
    churn = churn_figures(customers or CustomersRead(), joined, settings)
    weighted = weighted_figures(people, (weights or WeightsRead()).margins, settings)
    response = response_figures(joined, (totals or TotalsRead()).totals, settings)
    told = text_skill_figures(people, settings)
    commenters = compare_commenters(people, settings)
    every = pl.concat([metrics, told, weighted, drivers, churn, response, commenters])
    shown = hide_derivable(every, settings.min_group_n)
    return Measured(
        metrics=shown.head(shown.height - commenters.height),
        themes=distinctive_themes(joined.comments, settings),
        counts=count_rows(joined.comments),
        commenters=shown.tail(commenters.height),
    )


def _measure_breakdown(
    people: Populations,
    dimensions: Dimensions,
    settings: Settings,
    error: CompanyError,
) -> pl.DataFrame:
    sums = _sums(people, dimensions)
    level = settings.level
    figures = [
        *stated_figures(sums, level),
        *inferred_figures(sums, error, level),
        *combined_figures(sums, settings),
        *score_figures(sums, level),
        *pair_figures(sums, level),
    ]
    return metrics_frame(
        group_names(sums, dimensions),
        figures,
        smallest=settings.min_group_n,
        level=level,
    )


def _sums(people: Populations, dimensions: Dimensions) -> pl.DataFrame:
    """Return one row a group with the sums that all its figures are computed from."""
    ratings = by_language(people.ratings, dimensions)
    respondents = by_language(people.respondents, dimensions)
    tables = (
        aggregate(people.comments, dimensions, [*inferred_sums(), *combined_sums()]),
        aggregate(ratings, dimensions, rating_sums()),
        aggregate(respondents, dimensions, score_sums()),
        aggregate(people.pairs(dimensions), dimensions, pair_sums()),
    )
    return side_by_side(tables, dimensions)
