"""Who leaves and what a customer is worth, beside how satisfied they are."""

from cxtext.report.document import Block, Paragraph, Section
from cxtext.report.scope import Breakdown, Group, Scope
from cxtext.report.sections.satisfaction import metric_table

METRICS = ("churn_rate", "churn_rate_gross", "clv")
OPEN_ROWS = 15  # a longer table is folded away
SEGMENTS = ("satisfaction_stated", "satisfaction_inferred")


def churn(scope: Scope) -> Section:
    """Return the section on churn and customer lifetime value; empty without a customers file."""
    metrics = [metric for metric in METRICS if _computed(scope, metric)]
    if not metrics:
        return Section("churn", scope.wording("churn.title"), ())
    wording = scope.wording
    blocks: list[Block] = [Paragraph(wording("churn.intro"), "quiet"), *_told(scope)]
    segments = [_segments(scope, segment) for segment in SEGMENTS]
    found = [breakdown for breakdown in segments if breakdown.groups]
    blocks += [metric_table(scope, breakdown, metrics) for breakdown in found]
    blocks += [Paragraph(wording("churn.segments"), "quiet")] if found else []
    blocks += [
        metric_table(scope, breakdown, metrics, summary=breakdown.title if _is_long(breakdown) else None)
        for breakdown in scope.breakdowns(of=metrics)
        if not _is_segment(breakdown.groups[-1][1])
    ]
    return Section("churn", wording("churn.title"), tuple(blocks))


def _computed(scope: Scope, metric: str) -> bool:
    """Return whether the whole or a part of this scope has a row for the metric, with a value or without."""
    rows = (row for row in scope.data["metrics"] if row["metric"] == metric)
    return any(scope.whole.items() <= row["group"].items() for row in rows)


def _told(scope: Scope) -> list[Paragraph]:
    """Return the churn rate and value of the whole in words, or why there is none."""
    sentences = []
    for metric in ("churn_rate", "clv"):
        figure = scope.figure(metric, scope.whole)
        if figure.value is None:
            missing = {"metric": scope.wording(f"metric.{metric}"), "reason": figure.reason or ""}
            sentences.append(scope.wording("answer.missing", **missing))
            continue
        told = {"value": figure.value, "n": figure.n, "interval": scope.interval(figure)}
        sentences.append(scope.wording(f"churn.{metric}", **told))
    return [Paragraph(" ".join(sentences))]


def _segments(scope: Scope, segment: str) -> Breakdown:
    """Return the satisfied beside the others."""
    groups: list[Group] = [scope.whole | {segment: value} for value in ("satisfied", "not_satisfied")]
    shown = [group for group in groups if scope.metric("churn_rate", group)]
    title = scope.wording("group.by", dimensions=scope.wording(f"dimension.{segment}"))
    return Breakdown(title, tuple((scope.label(group), group) for group in shown), crossed=False)


def _is_long(breakdown: Breakdown) -> bool:
    return breakdown.crossed or len(breakdown.groups) > OPEN_ROWS


def _is_segment(group: Group) -> bool:
    return bool(group.keys() & set(SEGMENTS))
