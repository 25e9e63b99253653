"""What goes with ratings and NPS: touchpoints, channels and themes, by their share of what all tell."""

from dataclasses import replace

from cxtext.report.document import Block, Paragraph, Section, Table
from cxtext.report.scope import Breakdown, Group, Row, Scope
from cxtext.report.sections.satisfaction import metric_table

OUTCOMES = ("rating", "nps")
COLUMNS = ("driver_share", "driver_rank_kept", "driver_difference")
METRICS = tuple(f"{outcome}_{name}" for outcome in OUTCOMES for name in ("drivers_r2", *COLUMNS))


def drivers(scope: Scope) -> Section:
    """Return the section on drivers: each outcome's predictors, or why there are none; empty if not asked."""
    wording = scope.wording
    blocks = [block for outcome in OUTCOMES for block in _of_outcome(scope, outcome)]
    intro = [Paragraph(wording("drivers.intro"), "quiet")] if blocks else []
    return Section("drivers", wording("drivers.title"), (*intro, *blocks))


def _of_outcome(scope: Scope, outcome: str) -> list[Block]:
    if scope.metric(f"{outcome}_drivers_r2", scope.whole) is None:
        return []
    wording, metric = scope.wording, f"{outcome}_drivers_r2"
    whole = scope.figure(metric, scope.whole)
    if whole.value is None:
        missing = {"metric": wording(f"metric.{metric}"), "reason": whole.reason or ""}
        return [Paragraph(wording("answer.missing", **missing))]
    told = {"value": whole.value, "n": whole.n, "interval": scope.interval(whole)}
    paragraph = Paragraph(wording(f"drivers.{outcome}", **told))
    groups = _groups(scope, outcome)
    if not groups:
        return [paragraph, Paragraph(wording("drivers.by_chance"))]
    title = wording(f"drivers.table.{outcome}")
    breakdown = Breakdown(title, tuple((scope.label(group), group) for group in groups), crossed=False)
    return [paragraph, _table(scope, breakdown, [f"{outcome}_{name}" for name in COLUMNS])]


def _table(scope: Scope, breakdown: Breakdown, metrics: list[str]) -> Table:
    """Return a row a predictor; a touchpoint or channel has levels, so no one difference."""
    table = metric_table(scope, breakdown, metrics)
    alone = [scope.metric(metrics[-1], group) is None for _, group in breakdown.groups]
    rows = ((*row[:-1], "") if none else row for row, none in zip(table.rows, alone, strict=True))
    return replace(table, header=(scope.wording("drivers.what"), *table.header[1:]), rows=tuple(rows))


def _groups(scope: Scope, outcome: str) -> list[Group]:
    """Return the groups of this scope's predictors, largest share first."""
    rows = [
        row
        for row in scope.data["metrics"]
        if row["metric"] == f"{outcome}_driver_share"
        and row["group"].keys() == {*scope.whole, "driver"}
        and scope.whole.items() <= row["group"].items()
    ]
    return [row["group"] for row in sorted(rows, key=_place)]


def _place(row: Row) -> float:
    return -float(row["value"])
