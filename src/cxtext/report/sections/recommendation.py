"""NPS: who would recommend, who would not, group by group."""

from cxtext.report.document import Block, Paragraph, Section, StackChart, StackRow
from cxtext.report.scope import Breakdown, Group, Scope
from cxtext.report.sections.satisfaction import MOST_ROWS, metric_table

PARTS = ("nps_detractors", "nps_passives", "nps_promoters")


def recommendation(scope: Scope) -> Section:
    """Return the section on NPS: a bar and a table row for every group."""
    title = scope.wording("nps.title")
    if not scope.has("nps"):
        reason = scope.figure("nps", scope.whole).reason or ""
        missing = scope.wording("answer.missing", metric=scope.wording("metric.nps"), reason=reason)
        return Section("nps", title, (Paragraph(missing),))
    blocks: list[Block] = [Paragraph(scope.wording("nps.intro"), "quiet")]
    for breakdown in scope.breakdowns(of=["nps"]):
        few = len(breakdown.groups) <= MOST_ROWS
        blocks += [_chart(scope, breakdown)] if few else []
        blocks.append(metric_table(scope, breakdown, ["nps", *PARTS], folded=few))
    return Section("nps", title, tuple(blocks))


def _chart(scope: Scope, breakdown: Breakdown) -> StackChart:
    rows = tuple(_bar(scope, label, group) for label, group in breakdown.groups)
    series = {part.removeprefix("nps_"): scope.wording(f"metric.{part}") for part in PARTS}
    return StackChart(breakdown.title, rows, series)


def _bar(scope: Scope, label: str, group: Group) -> StackRow:
    parts = [scope.figure(part, group).point for part in PARTS]
    whole = tuple(part for part in parts if part is not None)
    worded = tuple(scope.wording.percent(part, 0) for part in whole)
    complete = len(whole) == len(PARTS)
    return StackRow(label, whole if complete else (), worded if complete else (), scope.figure("nps", group))
