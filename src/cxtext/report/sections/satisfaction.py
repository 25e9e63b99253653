"""Stated beside inferred satisfaction, group by group."""

from cxtext.report.document import Block, ChartRow, IntervalChart, Mark, Paragraph, Section, Table
from cxtext.report.scope import Breakdown, Group, Scope

MOST_ROWS = 40  # of a chart; above, only the table is given
TICKS = (0, 25, 50, 75, 100)
RATINGS = ("rating_stated_mean", "rating_inferred_mean", "rating_combined_mean")
SHARES = tuple(f"rating_share_{star}" for star in range(1, 6))


def satisfaction(scope: Scope) -> Section:
    """Return the section on CSAT: a chart and a table for every breakdown, then the mean ratings."""
    metrics = ["csat_stated", "csat_inferred", *(["csat_combined"] if scope.has("csat_combined") else [])]
    blocks: list[Block] = [Paragraph(scope.wording("satisfaction.intro", level=scope.level), "quiet")]
    for breakdown in scope.breakdowns(of=metrics):
        blocks += _csat(scope, breakdown, metrics)
    for others in (RATINGS, SHARES):
        blocks += rating_tables(scope, [metric for metric in others if scope.has(metric)])
    return Section("satisfaction", scope.wording("satisfaction.title"), tuple(blocks))


def _csat(scope: Scope, breakdown: Breakdown, metrics: list[str]) -> list[Block]:
    table = metric_table(scope, breakdown, metrics, folded=len(breakdown.groups) <= MOST_ROWS)
    if not table.folded:
        return [table]
    series = {metric.removeprefix("csat_"): metric for metric in metrics}
    rows = tuple(ChartRow(label, _marks(scope, series, group)) for label, group in breakdown.groups)
    ticks = tuple((float(tick), scope.wording.percent(tick, 0)) for tick in TICKS)
    names = {name: scope.wording(f"metric.{metric}") for name, metric in series.items()}
    return [IntervalChart(breakdown.title, rows, (0, 100), ticks, names), table]


def _marks(scope: Scope, series: dict[str, str], group: Group) -> tuple[Mark, ...]:
    return tuple(Mark(name, scope.figure(metric, group)) for name, metric in series.items())


def metric_table(scope: Scope, breakdown: Breakdown, metrics: list[str], *, folded: bool = False) -> Table:
    """Return a table with a row a group and a column a metric."""
    header = (scope.wording("group.group"), *(scope.wording.code("metric", metric) for metric in metrics))
    rows = ((label, *(scope.cell(metric, group) for metric in metrics)) for label, group in breakdown.groups)
    return Table(breakdown.title, header, tuple(rows), folded)


def rating_tables(scope: Scope, metrics: list[str]) -> list[Block]:
    """Return a folded table of the metrics for every breakdown; nothing where there are none."""
    if not metrics:
        return []
    return [
        metric_table(scope, breakdown, metrics, folded=True) for breakdown in scope.breakdowns(of=metrics)
    ]
