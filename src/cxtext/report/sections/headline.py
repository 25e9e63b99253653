"""The answer first: stated and inferred satisfaction, NPS and CES, in words and as figures."""

from cxtext.report.document import Bullets, Card, Cards, Paragraph, Section
from cxtext.report.scope import Scope
from cxtext.report.sections.agreement import told_verdict
from cxtext.report.sections.effort import scale_ends, scale_words
from cxtext.report.sections.satisfaction import is_combined


def headline(scope: Scope) -> Section:
    """Return the section that answers the question a reader opens the report with."""
    tell = (_stated, _inferred, _gap, told_verdict, _combined, _nps, _ces)
    sentences = (sentence(scope) for sentence in tell)
    lead = tuple(Paragraph(sentence, "lead") for sentence in sentences if sentence)
    return Section("answer", scope.wording("answer.title"), (_cards(scope), *lead, *_warnings(scope)))


def _cards(scope: Scope) -> Cards:
    return Cards(
        (
            _card(scope, "csat_stated", (0, 100), "stated"),
            _card(scope, "csat_inferred", (0, 100), "inferred"),
            _card(scope, "nps", (-100, 100), "neutral"),
            _card(scope, "ces_mean", scale_ends(scope), "neutral"),
        )
    )


def _card(scope: Scope, metric: str, scale: tuple[float, float], series: str) -> Card:
    wording, figure = scope.wording, scope.figure(metric, scope.whole)
    base = wording(f"answer.base.{metric}", n=figure.n) if figure.n else figure.base
    return Card(wording(f"metric.{metric}"), figure, scope.interval(figure), base, scale, series)


def _sentence(scope: Scope, metric: str, key: str) -> str:
    """Return the sentence of a headline figure, or the one that says why there is none."""
    figure = scope.figure(metric, scope.whole)
    if figure.value is None:
        name = scope.wording(f"metric.{metric}")
        return scope.wording("answer.missing", metric=name, reason=figure.reason or "")
    return scope.wording(key, value=figure.value, n=figure.n, interval=scope.interval(figure))


def _stated(scope: Scope) -> str:
    return _sentence(scope, "csat_stated", "answer.stated")


def _inferred(scope: Scope) -> str:
    return _sentence(scope, "csat_inferred", "answer.inferred")


def _nps(scope: Scope) -> str:
    return _sentence(scope, "nps", "answer.nps")


def _ces(scope: Scope) -> str:
    figure = scope.figure("ces_mean", scope.whole)
    if figure.value is None:
        return _sentence(scope, "ces_mean", "")
    interval = scope.interval(figure)
    return scope.wording(
        "answer.ces", value=figure.value, n=figure.n, interval=interval, scale=scale_words(scope)
    )


def _gap(scope: Scope) -> str | None:
    """Return how far words and ratings part on the same comments; null where there is no such figure."""
    figure = scope.figure("csat_gap", scope.whole)
    if figure.point is None:
        return None
    size = scope.wording.number(abs(figure.point), 1)
    clear = figure.low is not None and figure.high is not None and not figure.low <= 0 <= figure.high
    key = ("answer.gap_higher" if figure.point > 0 else "answer.gap_lower") if clear else "answer.gap_none"
    return scope.wording(key, points=size, n=figure.n, interval=scope.interval(figure))


def _combined(scope: Scope) -> str | None:
    """Return the figure of ratings and words together, or why there is none; null where nobody tried."""
    row, figure = scope.metric("csat_combined", scope.whole), scope.figure("csat_combined", scope.whole)
    if row is None or not row["n"]:
        return None
    if not is_combined(figure):
        return scope.wording("answer.not_combined", reason=figure.reason or figure.note or "")
    interval = scope.interval(figure)
    return scope.wording("answer.combined", value=figure.value or "", n=figure.n, interval=interval)


def _warnings(scope: Scope) -> tuple[Paragraph | Bullets, ...]:
    warnings = tuple(scope.data["warnings"])
    if not warnings:
        return ()
    # They quote the reader of the input, which speaks English.
    return (Paragraph(scope.wording("answer.warnings"), "warning"), Bullets(warnings, language="en"))
