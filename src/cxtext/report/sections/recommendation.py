"""NPS: who would recommend, who would not, group by group."""

from cxtext.report.document import Block, Paragraph, Section, StackChart
from cxtext.report.scope import Breakdown, Scope
from cxtext.report.sections.satisfaction import metric_table, same_figures, stack_row

CORRELATION = "nps_correlation"  # of what the words say with the answer
PARTS = ["nps_detractors", "nps_passives", "nps_promoters"]


def recommendation(scope: Scope) -> Section:
    """Return the section on NPS: a bar and a table row for every group."""
    title = scope.wording("nps.title")
    if not scope.has("nps"):
        reason = scope.figure("nps", scope.whole).reason or ""
        missing = scope.wording("answer.missing", metric=scope.wording("metric.nps"), reason=reason)
        return Section("nps", title, (Paragraph(missing),))
    blocks: list[Block] = [Paragraph(scope.wording("nps.intro"), "quiet")]
    correlation = scope.figure(CORRELATION, scope.whole)
    if correlation.value is not None:
        told = {"value": correlation.value, "n": correlation.n, "interval": scope.interval(correlation)}
        blocks.append(Paragraph(scope.wording("nps.correlation", **told)))
    for breakdown in scope.breakdowns(of=["nps"]):
        blocks += _breakdown(scope, breakdown)
    return Section("nps", title, tuple(blocks))


def _breakdown(scope: Scope, breakdown: Breakdown) -> list[Block]:
    if breakdown.crossed or breakdown.is_long:
        return [metric_table(scope, breakdown, _metrics(scope), summary=breakdown.title)]
    rows = tuple(stack_row(scope, label, group, PARTS, "nps") for label, group in breakdown.groups)
    series = {part.removeprefix("nps_"): scope.wording(f"metric.{part}") for part in PARTS}
    chart = StackChart(breakdown.title, rows, series, scope.wording("metric.nps"))
    return [chart, metric_table(scope, breakdown, _metrics(scope), summary=same_figures(scope, breakdown))]


def _metrics(scope: Scope) -> list[str]:
    return ["nps", *PARTS, *([CORRELATION] if scope.has(CORRELATION) else [])]
