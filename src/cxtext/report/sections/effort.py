"""CES: how easy it was, on which scale, group by group."""

from cxtext.report.document import Block, ChartRow, IntervalChart, Mark, Paragraph, Section
from cxtext.report.scope import Breakdown, Scope
from cxtext.report.sections.satisfaction import metric_table, same_figures
from cxtext.report.wording import Wording

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
        blocks += _breakdown(scope, breakdown)
    return Section("ces", title, tuple(blocks))


def scale_words(scope: Scope) -> str:
    """Return the scale of CES and what its top means."""
    return scale_in_words(scope.wording, *_scale(scope))


def scale_in_words(wording: Wording, scale: str, direction: str) -> str:
    """Return a scale of CES ("1-5") and what its top means ("high_is_easy" or "high_is_hard") in words."""
    low, _, high = scale.partition("-")
    return wording(f"ces.{direction}", low=low, high=high)


def scale_ends(scope: Scope) -> tuple[int, int]:
    """Return the lowest and the highest answer."""
    low, high = _scale(scope)[0].split("-")
    return int(low), int(high)


def _scale(scope: Scope) -> tuple[str, str]:
    """Return scale and direction as the figure has them ("ces 1-5 high_is_easy"), else as set."""
    settings = scope.data["settings"]
    unit = ((scope.metric("ces_mean", scope.whole) or {}).get("unit") or "").split()
    return (unit[1], unit[2]) if len(unit) == 3 else (settings["ces_scale"], settings["ces_direction"])


def _breakdown(scope: Scope, breakdown: Breakdown) -> list[Block]:
    if breakdown.crossed or breakdown.is_long:
        return [metric_table(scope, breakdown, METRICS, summary=breakdown.title)]
    return [
        _chart(scope, breakdown),
        metric_table(scope, breakdown, METRICS, summary=same_figures(scope, breakdown)),
    ]


def _chart(scope: Scope, breakdown: Breakdown) -> IntervalChart:
    low, high = scale_ends(scope)
    ticks = tuple((float(tick), scope.wording.number(tick)) for tick in range(low, high + 1))
    found = ((label, scope.figure("ces_mean", group)) for label, group in breakdown.groups)
    rows = tuple(ChartRow(label, (Mark("neutral", figure),)) for label, figure in found)
    names = {"neutral": scope.wording("metric.ces_mean")}
    return IntervalChart(breakdown.title, rows, (low, high), ticks, names)
