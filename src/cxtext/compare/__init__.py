"""Stated beside inferred satisfaction, per comment and per group; groups and periods against each other."""

from dataclasses import replace

import polars as pl

from cxtext.compare.agreement import agreement_metrics, paired
from cxtext.compare.alerts import adjust_together, find_alerts
from cxtext.compare.calibration import calibration_table
from cxtext.compare.differences import compare_groups
from cxtext.compare.effort import check_effort
from cxtext.compare.partings import partings
from cxtext.compare.trends import find_trends
from cxtext.compare.verdicts import verdicts
from cxtext.figures.groups import with_dimensions
from cxtext.schema.results import Compared, Joined, Measured
from cxtext.schema.settings import Settings

__all__ = ["compare_all", "compare_groups", "compare_stated_with_inferred"]


def compare_all(joined: Joined, measured: Measured, settings: Settings) -> Compared:
    """Compare stated with inferred, groups and periods with each other, and look for trends, shifts and alerts."""
    metrics = pl.concat([measured.metrics, measured.commenters])
    trends = find_trends(joined, measured.metrics, settings)
    differences, trends = adjust_together(compare_groups(metrics, settings), trends, settings)
    return replace(
        compare_stated_with_inferred(joined, settings),
        differences=differences,
        trends=trends,
        alerts=find_alerts(differences, trends),
        warnings=check_effort(joined, settings),
    )


def compare_stated_with_inferred(joined: Joined, settings: Settings) -> Compared:
    """Compare the two on the comments that have both, in total and for every group `settings.by` asks for.

    Every group with comments has a row for every metric. A rating between two stars counts as the nearer
    one (x.5 as the higher) where whole stars are compared.
    """
    comments = with_dimensions(joined.comments, settings).with_columns(*paired(settings))
    metrics = agreement_metrics(comments, settings)
    hidden = metrics.filter("suppressed", metric="csat_gap")["group"]
    return Compared(
        metrics=metrics,
        disagreements=partings(comments),
        calibration=calibration_table(comments, hidden, settings),
        verdicts=verdicts(metrics),
    )
