"""Stated CSAT and NPS weighted to the population's margins, beside the unweighted figures."""

from cxtext.report.document import Block, Paragraph, Section
from cxtext.report.scope import Scope
from cxtext.report.sections.satisfaction import metric_table

WEIGHTED = ("weighted", "design_effect", "effective_n")
UNWEIGHTED = ("csat_stated", "nps")
METRICS = tuple(f"{metric}_{name}" for metric in UNWEIGHTED for name in WEIGHTED)


def weighting(scope: Scope) -> Section:
    """Return the section on weighted figures; empty where nothing was weighted."""
    blocks: list[Block] = []
    for metric in UNWEIGHTED:
        of_metric = [f"{metric}_{name}" for name in WEIGHTED]
        row = scope.metric(of_metric[0], scope.whole)
        if row is None or row["n"] == 0:
            continue
        for breakdown in scope.breakdowns(of=of_metric):
            summary = breakdown.title if breakdown.crossed else None
            blocks.append(metric_table(scope, breakdown, [metric, *of_metric], summary=summary))
    intro = [Paragraph(scope.wording("weighting.intro"), "quiet")] if blocks else []
    return Section("weighting", scope.wording("weighting.title"), (*intro, *blocks))
