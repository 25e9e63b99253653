"""Figures that no other section shows, so that none computed stays unseen."""

from cxtext.report.document import Block, Section
from cxtext.report.scope import Scope
from cxtext.report.sections.account import SHARES as SHARES_OF_ROWS
from cxtext.report.sections.agreement import METRICS as OF_AGREEMENT
from cxtext.report.sections.effort import METRICS as OF_EFFORT
from cxtext.report.sections.recommendation import CORRELATION, PARTS
from cxtext.report.sections.satisfaction import RATINGS, STARS, metric_table

ELSEWHERE = {
    *("csat_stated", "csat_inferred", "csat_combined", "nps", CORRELATION),
    *(*RATINGS, *STARS.values(), *OF_AGREEMENT, *PARTS, *OF_EFFORT, *SHARES_OF_ROWS),
}


def others(scope: Scope) -> Section:
    """Return the section on churn, customer lifetime value, and any figure without a section of its own."""
    found = dict.fromkeys(row["metric"] for row in scope.data["metrics"] if row["metric"] not in ELSEWHERE)
    metrics = [metric for metric in found if scope.has(metric)]
    blocks: list[Block] = []
    if metrics:
        blocks += [metric_table(scope, breakdown, metrics) for breakdown in scope.breakdowns(of=metrics)]
    return Section("other", scope.wording("other.title"), tuple(blocks))
