"""Figures that no other section shows, so that none computed stays unseen."""

from cxtext.report.document import Block, Paragraph, Section
from cxtext.report.scope import Breakdown, Scope
from cxtext.report.sections.account import SHARES as SHARES_OF_ROWS
from cxtext.report.sections.agreement import METRICS as OF_AGREEMENT
from cxtext.report.sections.churn import METRICS as OF_CHURN
from cxtext.report.sections.drivers import METRICS as OF_DRIVERS
from cxtext.report.sections.effort import METRICS as OF_EFFORT
from cxtext.report.sections.recommendation import CORRELATION, PARTS
from cxtext.report.sections.satisfaction import GAINS, RATINGS, STARS, metric_table
from cxtext.report.sections.told import METRICS as OF_TOLD
from cxtext.report.sections.weighting import METRICS as OF_WEIGHTING

RESPONSE = ["response_rate", "comment_rate"]
ELSEWHERE = {
    *RESPONSE,
    *OF_WEIGHTING,
    *OF_TOLD,
    *("csat_stated", "csat_inferred", "csat_combined", "nps", CORRELATION),
    *(
        *RATINGS,
        *GAINS,
        *STARS.values(),
        *OF_AGREEMENT,
        *PARTS,
        *OF_EFFORT,
        *OF_CHURN,
        *OF_DRIVERS,
        *SHARES_OF_ROWS,
    ),
}


def others(scope: Scope) -> Section:
    """Return the section on any figure without a section of its own."""
    found = dict.fromkeys(row["metric"] for row in scope.data["metrics"] if row["metric"] not in ELSEWHERE)
    metrics = [metric for metric in found if scope.has(metric)]
    blocks: list[Block] = []
    if metrics:
        blocks += [metric_table(scope, breakdown, metrics) for breakdown in scope.breakdowns(of=metrics)]
    return Section("other", scope.wording("other.title"), (*blocks, *_commenters(scope), *_response(scope)))


def _commenters(scope: Scope) -> list[Block]:
    """Return those who wrote beside those who did not: whether comments speak for everyone."""
    rows = scope.data["commenters"]
    metrics = list(dict.fromkeys(row["metric"] for row in rows if row["value"] is not None))
    if scope.market is not None or not metrics:
        return []
    groups = tuple((scope.label(group), group) for group in ({"commented": "yes"}, {"commented": "no"}))
    breakdown = Breakdown(scope.wording("commented.title"), groups, crossed=False)
    return [Paragraph(scope.wording("commented.intro"), "quiet"), metric_table(scope, breakdown, metrics)]


def _response(scope: Scope) -> list[Block]:
    """Return how many of those asked answered, and how many of those wrote, where it is known who was asked."""
    asked = [
        breakdown
        for breakdown in scope.breakdowns(of=RESPONSE)
        if scope.metric(RESPONSE[0], breakdown.groups[-1][1])
    ]
    title = scope.wording("response.title")
    tables = [metric_table(scope, breakdown, RESPONSE, title=title) for breakdown in asked]
    return [Paragraph(scope.wording("response.intro"), "quiet"), *tables] if tables else []
