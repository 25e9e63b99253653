"""How figures move over periods: alerts first, then a chart per figure, then trends and shifts by group."""

from dataclasses import replace

from cxtext.figures.periods import steps
from cxtext.report.document import (
    Block,
    Bullets,
    Cell,
    Figure,
    LineChart,
    LinePoint,
    Paragraph,
    Section,
    Table,
)
from cxtext.report.scope import ONE_DECIMAL, PERCENT, Breakdown, Group, Row, Scope
from cxtext.report.sections.contrasts import told_p
from cxtext.report.sections.satisfaction import metric_table, same_figures
from cxtext.schema.figures import FEWEST_PERIODS

SERIES = {
    "csat_stated": "stated",
    "csat_inferred": "inferred",
    "rating_inferred_mean": "inferred",
    "nps": "neutral",
}
RANGES = {"rating_inferred_mean": (1.0, 5.0), "nps": (-100.0, 100.0)}  # else 0 to 100
NICE = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50)  # between ticks
WORDED = ("points", "stars")  # units; CES names its scale elsewhere
FEWEST_DRAWN = 3  # periods
MOST_ALERTS = 20  # the workbook has all


def trends(scope: Scope) -> Section:
    """Return the section on periods; empty where the run has none."""
    title = scope.wording("trends.title")
    periods = _periods(scope)
    if periods is None or len(periods.groups) < 2:
        return Section("trends", title, ())
    charts = [block for metric in SERIES for block in _chart(scope, metric, periods.groups)]
    blocks: list[Block] = [*_alerts(scope), *charts]
    if charts:
        band = Paragraph(scope.wording("trends.band", level=scope.level), "quiet")
        drawn = [metric for metric in SERIES if scope.has(metric)]
        blocks += [band, metric_table(scope, periods, drawn, summary=same_figures(scope, periods))]
    return Section("trends", title, (*blocks, *_fits(scope)))


def _periods(scope: Scope) -> Breakdown | None:
    """Return the periods of the whole of this scope, in order of time."""
    for breakdown in scope.breakdowns(of=[*SERIES]):
        periods = tuple(pair for pair in breakdown.groups if pair[1].keys() == {*scope.whole, "period"})
        if periods:
            return replace(breakdown, groups=periods)
    return None


def _concerns(scope: Scope, row: Row) -> bool:
    group = row["group"]
    return len(group) < 2 if scope.market is None else group.get("market") == scope.market


def _alerts(scope: Scope) -> list[Block]:
    wording = scope.wording
    found = [row for row in scope.data["alerts"] if _concerns(scope, row)]
    if not found:
        return [Paragraph(wording("alerts.no_change"))]
    told = [_alert(scope, row) for row in found[:MOST_ALERTS]]
    if len(found) > MOST_ALERTS:
        told.append(wording("alerts.more", count=wording.number(len(found) - MOST_ALERTS)))
    return [Paragraph(wording("alerts.some"), "warning"), Bullets(tuple(told))]


def _alert(scope: Scope, row: Row) -> str:
    change = _change(scope, row["metric"], row["difference"], row["low"], row["high"])
    unit = row["unit"] if row["unit"] in WORDED else None
    return scope.wording(
        f"alerts.{row['kind']}",
        metric=scope.wording.code("metric", row["metric"]),
        group=scope.label(row["group"]),
        period=scope.wording.name("period", row["period"]),
        difference=scope.wording(f"alerts.{unit}", value=change.value or "") if unit else change.value or "",
        range=change.interval or "",
        n=scope.wording.number(row["n"]),
    )


def _chart(scope: Scope, metric: str, groups: tuple[tuple[str, Group], ...]) -> list[LineChart]:
    shown = [(label, group["period"], scope.figure(metric, group)) for label, group in groups]
    known = [(label, period, figure) for label, period, figure in shown if figure.point is not None]
    if len(known) < FEWEST_DRAWN:
        return []
    at = steps([period for _, period, _ in known], waves=scope.data["settings"]["period"] == "wave")
    points = {period: LinePoint(label, at[period], figure) for label, period, figure in known}
    since = next((row["shift_period"] for row in _shifted(scope, metric)), None)
    name = scope.wording(f"metric.{metric}")
    title = scope.wording("trends.chart", metric=name, group=scope.label(scope.whole))
    scale, ticks = _axis(scope, metric, [figure for *_, figure in known])
    return [
        LineChart(title, tuple(points.values()), scale, ticks, SERIES[metric], name, points.get(since or ""))
    ]


def _shifted(scope: Scope, metric: str) -> list[Row]:
    rows = (row for row in scope.data["trends"] if row["group"] == scope.whole)
    return [row for row in rows if row["metric"] == metric and row["shifted"]]


def _axis(
    scope: Scope, metric: str, figures: list[Figure]
) -> tuple[tuple[float, float], tuple[tuple[float, str], ...]]:
    """Return the part of the scale that holds all intervals, and about four ticks on it."""
    lowest, highest = RANGES.get(metric, (0.0, 100.0))
    ends = [end for figure in figures for end in (figure.point, figure.low, figure.high) if end is not None]
    apart = next((step for step in NICE if (max(ends) - min(ends)) / step <= 4), NICE[-1])
    first, last = int(min(ends) // apart), -int(-max(ends) // apart)
    ticks = (
        [place * apart for place in range(first, last + 1)]
        if last > first
        else [first * apart, (first + 1) * apart]
    )
    kept = [tick for tick in ticks if lowest <= round(tick, 6) <= highest]
    scale = (max(ticks[0], lowest), min(ticks[-1], highest))
    return scale, tuple((tick, _tick(scope, metric, tick)) for tick in kept)


def _tick(scope: Scope, metric: str, value: float) -> str:
    if metric in PERCENT:
        return scope.wording.percent(value, 0)
    return scope.wording.number(value, 0 if metric in ONE_DECIMAL else 1)


def _fits(scope: Scope) -> list[Block]:
    """Return what the trends say, as a table, or that there are too few periods for one."""
    wording, settings = scope.wording, scope.data["settings"]
    rows = [row for row in scope.data["trends"] if _concerns(scope, row)]
    if not rows:
        return [Paragraph(wording("trends.too_few", count=wording.number(FEWEST_PERIODS)), "quiet")]
    told = {
        "adjustment": wording.code("differences", settings["adjust"]),
        "level": wording.percent(100 * (1 - settings["level"]), 0),
    }
    names = ("metric", "group", "periods", "slope", "direction", "shift")
    header = tuple(wording(f"trends.{name}") for name in names)
    table = Table(wording("trends.table"), header, tuple(_line(scope, row) for row in rows))
    return [Paragraph(wording("trends.intro", **told), "quiet"), table]


def _line(scope: Scope, row: Row) -> tuple[Cell, ...]:
    wording, metric = scope.wording, row["metric"]
    first, last, since = (
        wording.name("period", row[f"{name}_period"]) for name in ("first", "last", "shift")
    )
    p_slope, p_shift = (told_p(scope, row[f"{name}_p_adjusted"]) for name in ("slope", "shift"))
    slope = (row["slope"], row["slope_low"], row["slope_high"])
    shift = (row["shift"], row["shift_low"], row["shift_high"])
    return (
        wording.code("metric", metric),
        scope.label(row["group"]),
        wording(
            "trends.span",
            first=first,
            last=last,
            count=wording.number(row["periods"]),
            n=wording.number(row["n"]),
        ),
        _change(scope, metric, *slope, base=wording("trends.p", p=p_slope), finer=1),
        _in_words(scope, row, since),
        _change(scope, metric, *shift, base=wording("trends.since", period=since, p=p_shift)),
    )


def _in_words(scope: Scope, row: Row, since: str) -> str:
    direction = scope.wording(f"trends.{row['direction']}")
    if not row["shifted"]:
        return direction
    key = "trends.shifted_up" if row["shift"] > 0 else "trends.shifted_down"
    return scope.wording(key, direction=direction, period=since)


def _change(
    scope: Scope, metric: str, value: float, low: float, high: float, *, base: str = "", finer: int = 0
) -> Figure:
    """Return a change in words, with as many decimals as the figure has and `finer` more."""
    wording = scope.wording
    digits = (1 if metric in PERCENT | ONE_DECIMAL else 2) + finer
    ends = {"low": wording.signed(low, digits), "high": wording.signed(high, digits)}
    return Figure("", base, value=wording.signed(value, digits), interval=wording("interval.range", **ends))
