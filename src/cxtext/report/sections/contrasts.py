"""Groups and periods against each other: which differences are more than chance."""

from cxtext.report.document import Cell, Figure, Paragraph, Section, Table
from cxtext.report.scope import ONE_DECIMAL, PERCENT, Row, Scope

SHOWN_PER_METRIC = 6  # the workbook has all
SMALLEST_P = 0.001


def contrasts(scope: Scope) -> Section:
    """Return the section on what differs, or on nothing doing so."""
    wording, settings = scope.wording, scope.data["settings"]
    rows = [row for row in scope.data["differences"] if _concerns(scope, row)]
    title = wording("differences.title")
    if not rows:
        return Section("differences", title, (Paragraph(wording("differences.too_few"), "quiet"),))
    differing = [row for row in rows if row["differs"]]
    told = {
        "all": wording.number(len(rows)),
        "adjustment": wording.code("differences", settings["adjust"]),
        "level": wording.percent(100 * (1 - settings["level"]), 0),
    }
    if not differing:
        return Section("differences", title, (Paragraph(wording("differences.none", **told)),))
    intro = wording("differences.intro", differing=wording.number(len(differing)), **told)
    return Section("differences", title, (Paragraph(intro), _table(scope, differing)))


def _concerns(scope: Scope, row: Row) -> bool:
    """Return whether a comparison belongs in this report: of whole markets and so on, or within the market."""
    groups = row["group_a"], row["group_b"]
    if scope.market is None:
        return len(groups[0]) == 1
    of_market = [group.get("market") == scope.market for group in groups]
    return any(of_market) if len(groups[0]) == 1 else all(of_market)


def _table(scope: Scope, rows: list[Row]) -> Table:
    wording = scope.wording
    ranked = sorted(rows, key=lambda row: -abs(row["difference"]))
    metrics = dict.fromkeys(row["metric"] for row in rows)
    shown = [row for metric in metrics for row in _of_metric(ranked, metric)]
    header = tuple(
        wording(f"differences.{name}") for name in ("metric", "groups", "difference", "p", "detectable")
    )
    return Table(wording("differences.table"), header, tuple(_line(scope, row) for row in shown))


def _of_metric(ranked: list[Row], metric: str) -> list[Row]:
    return [row for row in ranked if row["metric"] == metric][:SHOWN_PER_METRIC]


def _line(scope: Scope, row: Row) -> tuple[Cell, ...]:
    wording = scope.wording
    digits = 1 if row["metric"] in PERCENT | ONE_DECIMAL else 2
    low, high = (wording.signed(row[end], digits) for end in ("low", "high"))
    a, b = (wording.number(row[name]) for name in ("n_a", "n_b"))
    difference = Figure(
        "",
        wording("figure.n_of_two", a=a, b=b),
        value=wording.signed(row["difference"], digits),
        interval=wording("interval.range", low=low, high=high),
    )
    detectable = row["smallest_detectable"]
    return (
        wording.code("metric", row["metric"]),
        wording("differences.versus", a=scope.label(row["group_a"]), b=scope.label(row["group_b"])),
        difference,
        told_p(scope, row["p_adjusted"]),
        "" if detectable is None else wording.number(detectable, digits),
    )


def told_p(scope: Scope, p: float | None) -> str:
    """Return a p-value in words, none as nothing."""
    if p is None:
        return ""
    if p < SMALLEST_P:
        return scope.wording("differences.p_below", value=scope.wording.number(SMALLEST_P, 3))
    return scope.wording.number(p, 3)
