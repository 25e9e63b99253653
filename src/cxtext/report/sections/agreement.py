"""How well words and ratings agree on the comments that have both, and so what inferred figures are worth."""

from dataclasses import replace

from cxtext.report.document import (
    Block,
    Cell,
    ChartRow,
    Figure,
    IntervalChart,
    Mark,
    Paragraph,
    Section,
    Table,
)
from cxtext.report.scope import Breakdown, Group, Row, Scope
from cxtext.report.sections.satisfaction import SERIES, TICKS, metric_table
from cxtext.schema.figures import Note, Verdict

SHARES = ["csat_gap", "agreement_exact", "agreement_within_one", "qwk"]
DISTANCES = ["mae", "bias", "limits_of_agreement", "alpha"]
METRICS = (*SHARES, *DISTANCES)
# Landis and Koch (1977): the words for a kappa from this value on.
BANDS = ((0.8, "almost_perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"))


def agreement(scope: Scope) -> Section:
    """Return the section on the verdict, the gap and the agreement, in words and per group."""
    if not any(scope.has(metric) for metric in METRICS):
        reason = scope.figure("agreement_exact", scope.whole).reason or ""
        missing = scope.wording("agreement.missing", reason=reason)
        return Section("agreement", scope.wording("agreement.title"), (Paragraph(missing),))
    blocks: list[Block] = [Paragraph(sentence) for sentence in (_stars(scope), _kappa(scope)) if sentence]
    for number, breakdown in enumerate(scope.breakdowns(of=METRICS)):
        summary = breakdown.title if number else None  # the first is open
        title = scope.wording("agreement.distances", breakdown=breakdown.title)
        blocks += [
            _table(scope, breakdown, summary),
            metric_table(scope, breakdown, DISTANCES, title=title, summary=title),
        ]
    return Section("agreement", scope.wording("agreement.title"), (*blocks, *_calibration(scope)))


def _table(scope: Scope, breakdown: Breakdown, summary: str | None) -> Table:
    """Return the agreement of each group, its verdict first."""
    table = metric_table(scope, breakdown, SHARES, summary=summary)
    verdicts = [_verdict(scope, group) for _, group in breakdown.groups]
    rows = tuple(
        (row[0], _short_verdict(scope, verdict), *row[1:])
        for row, verdict in zip(table.rows, verdicts, strict=True)
    )
    header = (table.header[0], scope.wording("verdict.title"), *table.header[1:])
    return replace(table, header=header, rows=rows)


def _verdict(scope: Scope, group: Group) -> Row | None:
    return next((row for row in scope.data["verdicts"] if row["group"] == group), None)


def _short_verdict(scope: Scope, verdict: Row | None) -> str:
    return scope.wording.code("verdict", verdict["verdict"]) if verdict else ""


def told_verdict(scope: Scope) -> str | None:
    """Return whether the inferred figures may be used, and for which groups of the first breakdown less so."""
    verdict = _verdict(scope, scope.whole)
    if verdict is None:
        return None
    told, reason = (scope.wording.code(f"verdict.{name}", verdict[name]) for name in ("verdict", "reason"))
    sentences = [scope.wording("verdict.told", verdict=told, reason=reason)]
    groups = [pair for pair in scope.breakdowns(of=METRICS)[0].groups if pair[1] != scope.whole]
    for kind in (kind for kind in (Verdict.DO_NOT_USE, Verdict.WITH_CARE) if kind != verdict["verdict"]):
        named = [label for label, group in groups if (_verdict(scope, group) or {}).get("verdict") == kind]
        sentences += [scope.wording(f"verdict.of.{kind}", groups=", ".join(named))] if named else []
    return " ".join(sentences)


def _stars(scope: Scope) -> str | None:
    exact, within = (scope.figure(f"agreement_{name}", scope.whole) for name in ("exact", "within_one"))
    if exact.value is None or within.value is None:
        return None
    return scope.wording("agreement.stars", n=exact.n, exact=exact.value, within=within.value)


def _kappa(scope: Scope) -> str | None:
    kappa = scope.figure("qwk", scope.whole)
    if kappa.point is None or kappa.value is None:
        return None
    band = next((name for lowest, name in BANDS if kappa.point > lowest), "poor")
    told = {"n": kappa.n, "interval": scope.interval(kappa), "band": scope.wording(f"agreement.{band}")}
    return scope.wording("agreement.kappa", value=kappa.value, **told)


def _calibration(scope: Scope) -> list[Block]:
    """Return a chart of what was inferred beside what was stated, for each tenth of the probabilities."""
    bins = [row for row in scope.data["calibration"] if row["group"] == scope.whole and row["n"]]
    if not bins:
        return []
    wording = scope.wording
    ticks = tuple((float(tick), wording.percent(tick, 0)) for tick in TICKS)
    names = {name: wording(f"metric.{SERIES[name]}") for name in ("stated", "inferred")}
    rows = tuple(_bin(scope, row) for row in bins)
    chart = IntervalChart(wording("calibration.title"), rows, (0, 100), ticks, names)
    header = (wording("calibration.bin"), *names.values())
    lines: list[tuple[Cell, ...]] = [(row.label, *(mark.figure for mark in row.marks)) for row in rows]
    summary = wording("table.same", title=chart.title)
    return [
        Paragraph(wording("calibration.intro"), "quiet"),
        chart,
        Table(chart.title, header, tuple(lines), summary),
    ]


def _bin(scope: Scope, row: Row) -> ChartRow:
    wording = scope.wording
    n = wording.number(row["n"])
    base = wording("figure.n", n=n)
    low, high = (wording.percent(100 * row[f"bin_{end}"], 0) for end in ("from", "to"))
    label = wording("interval.range", low=low, high=high)
    if row["suppressed"] or row["stated"] is None:
        hidden = Figure(n, base, reason=wording.code("note", Note.SUPPRESSED))
        return ChartRow(label, (Mark("stated", hidden), Mark("inferred", hidden)))
    ends = {end: wording.number(row[end], 1) for end in ("low", "high")}
    stated = Figure(
        n,
        base,
        value=wording.percent(row["stated"]),
        interval=wording("interval.range", **ends),
        point=row["stated"],
        low=row["low"],
        high=row["high"],
    )
    inferred = Figure(n, base, value=wording.percent(row["inferred"]), point=row["inferred"])
    return ChartRow(label, (Mark("stated", stated), Mark("inferred", inferred)))
