"""Stated beside inferred satisfaction, per comment and per group; groups and periods against each other."""

from cxtext.compare.agreement import agreement_metrics, paired
from cxtext.compare.calibration import calibration_table
from cxtext.compare.differences import compare_groups
from cxtext.compare.partings import partings
from cxtext.compare.verdicts import verdicts
from cxtext.figures.groups import with_dimensions
from cxtext.schema.results import Compared, Joined
from cxtext.schema.settings import Settings

__all__ = ["compare_groups", "compare_stated_with_inferred"]


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
