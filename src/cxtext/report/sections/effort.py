"""CES: how easy it was, on which scale, group by group."""

from cxtext.report.document import Block, ChartRow, IntervalChart, Mark, Paragraph, Section
from cxtext.report.scope import Breakdown, Scope
from cxtext.report.sections.satisfaction import MOST_ROWS, metric_table

METRICS = ["ces_mean", "ces_easy_share"]


def effort(scope: Scope) -> Section:
    """Return the section on CES, its scale and direction beside the figures."""
    title = scope.wording("ces.title")
    if not scope.has("ces_mean"):
        reason = scope.figure("ces_mean", scope.whole).reason or ""
        missing = scope.wording("answer.missing", metric=scope.wording("metric.ces_mean"), reason=reason)
        return Section("ces", title, (Paragraph(missing),))
    blocks: list[Block] = [Paragraph(scope.wording("ces.intro", scale=scale_words(scope)), "quiet")]
    for breakdown in scope.breakdowns(of=METRICS):
        few = len(breakdown.groups) <= MOST_ROWS
        blocks += [_chart(scope, breakdown)] if few else []
        blocks.append(metric_table(scope, breakdown, METRICS, folded=few))
    return Section("ces", title, tuple(blocks))


def scale_words(scope: Scope) -> str:
    """Return the scale of CES and what its top means."""
    settings = scope.data["settings"]
    low, high = settings["ces_scale"].split("-")
    return scope.wording(f"ces.{settings['ces_direction']}", low=low, high=high)


def _chart(scope: Scope, breakdown: Breakdown) -> IntervalChart:
    low, high = (int(end) for end in scope.data["settings"]["ces_scale"].split("-"))
    ticks = tuple((float(tick), scope.wording.number(tick)) for tick in range(low, high + 1))
    found = ((label, scope.figure("ces_mean", group)) for label, group in breakdown.groups)
    rows = (ChartRow(label, (Mark("neutral", figure),)) for label, figure in found)
    names = {"neutral": scope.wording("metric.ces_mean")}
    return IntervalChart(breakdown.title, tuple(rows), (low, high), ticks, names)
