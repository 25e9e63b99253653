"""Stated beside inferred satisfaction, group by group."""

from cxtext.report.document import (
    Block,
    Cell,
    ChartRow,
    Figure,
    IntervalChart,
    Mark,
    Paragraph,
    Section,
    StackChart,
    StackRow,
    Table,
)
from cxtext.report.scope import Breakdown, Group, Scope

TICKS = (0, 25, 50, 75, 100)
SERIES = {"stated": "csat_stated", "inferred": "csat_inferred", "combined": "csat_combined"}
RATINGS = ("rating_stated_mean", "rating_inferred_mean", "rating_combined_mean")
GAINS = ("csat_combined_gain", "rating_combined_gain")
STARS = {f"star_{star}": f"rating_share_{star}" for star in range(1, 6)}


def satisfaction(scope: Scope) -> Section:
    """Return the section on CSAT: a chart and a table for every breakdown, then ratings and stars."""
    intro = Paragraph(scope.wording("satisfaction.intro", level=scope.level), "quiet")
    blocks: list[Block] = []
    for breakdown in scope.breakdowns(of=list(SERIES.values())):
        blocks += _csat(scope, breakdown)
    return Section("satisfaction", scope.wording("satisfaction.title"), (intro, *blocks, *_ratings(scope)))


def _csat(scope: Scope, breakdown: Breakdown) -> list[Block]:
    present = {row["metric"] for row in scope.data["metrics"]}
    metrics = [metric for metric in SERIES.values() if metric in present]
    if breakdown.is_long:
        return [metric_table(scope, breakdown, metrics)]
    rows = tuple(ChartRow(label, _marks(scope, group)) for label, group in breakdown.groups)
    drawn = {mark.series for row in rows for mark in row.marks}
    names = {name: scope.wording(f"metric.{metric}") for name, metric in SERIES.items() if name in drawn}
    ticks = tuple((float(tick), scope.wording.percent(tick, 0)) for tick in TICKS)
    chart = IntervalChart(breakdown.title, rows, (0, 100), ticks, names)
    return [chart, metric_table(scope, breakdown, metrics, summary=same_figures(scope, breakdown))]


def _marks(scope: Scope, group: Group) -> tuple[Mark, ...]:
    marks = (Mark(name, scope.figure(metric, group)) for name, metric in SERIES.items())
    return tuple(mark for mark in marks if mark.series != "combined" or is_combined(mark.figure))


def is_combined(figure: Figure) -> bool:
    """Return whether a combined figure is more than the ratings alone; a note says why it is not."""
    return figure.value is not None and figure.note is None


def _ratings(scope: Scope) -> list[Block]:
    """Return the inferred stars of the first breakdown as a chart, and all ratings as folded tables."""
    metrics = [metric for metric in (*RATINGS, *GAINS, *STARS.values()) if scope.has(metric)]
    blocks: list[Block] = []
    for breakdown in scope.breakdowns(of=metrics) if metrics else []:
        title = scope.wording("satisfaction.ratings", breakdown=breakdown.title)
        if not blocks and not breakdown.is_long and set(STARS.values()) <= set(metrics):
            blocks.append(_stars(scope, breakdown))
        blocks.append(metric_table(scope, breakdown, metrics, title=title, summary=title))
    return blocks


def _stars(scope: Scope, breakdown: Breakdown) -> StackChart:
    wording = scope.wording
    series = {name: wording(f"satisfaction.{name}") for name in STARS}
    rows = (
        stack_row(scope, label, group, list(STARS.values()), RATINGS[1]) for label, group in breakdown.groups
    )
    return StackChart(wording("satisfaction.stars"), tuple(rows), series, wording("satisfaction.mean"))


def stack_row(scope: Scope, label: str, group: Group, parts: list[str], beside: str) -> StackRow:
    """Return a bar of the parts of a group with the figure `beside` it; without all parts there is no bar."""
    points = [scope.figure(part, group).point for part in parts]
    whole = tuple(point for point in points if point is not None)
    worded = tuple(scope.wording.percent(part, 0) for part in whole)
    complete = len(whole) == len(parts)
    return StackRow(label, whole if complete else (), worded if complete else (), scope.figure(beside, group))


def same_figures(scope: Scope, breakdown: Breakdown) -> str:
    """Return the line that a table is folded under when a chart above it has its figures."""
    return scope.wording("table.same", title=breakdown.title)


def metric_table(
    scope: Scope,
    breakdown: Breakdown,
    metrics: list[str],
    *,
    title: str | None = None,
    summary: str | None = None,
) -> Table:
    """Return a table with a row a group and a column a metric, folded if it is long or there is a `summary`."""
    header = (scope.wording("group.group"), *(scope.wording.code("metric", metric) for metric in metrics))
    rows: list[tuple[Cell, ...]] = [
        (label, *(scope.figure(metric, group) for metric in metrics)) for label, group in breakdown.groups
    ]
    caption = title or breakdown.title
    return Table(caption, header, tuple(rows), summary or (caption if breakdown.is_long else None))
