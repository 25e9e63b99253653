"""The answer first: stated and inferred satisfaction, NPS and CES, in words and as figures."""

from cxtext.report.document import Bullets, Card, Cards, Figure, Paragraph, Section
from cxtext.report.scope import Scope
from cxtext.report.sections.effort import scale_words

ENDS_OF_CES = {"1-5": (1.0, 5.0), "0-5": (0.0, 5.0), "1-7": (1.0, 7.0)}


def headline(scope: Scope) -> Section:
    """Return the section that answers the question a reader opens the report with."""
    sentences = (_stated(scope), _inferred(scope), _gap(scope), _nps(scope), _ces(scope))
    lead = tuple(Paragraph(sentence, "lead") for sentence in sentences if sentence)
    return Section("answer", scope.wording("answer.title"), (_cards(scope), *lead, *_warnings(scope)))


def _cards(scope: Scope) -> Cards:
    ces_scale = ENDS_OF_CES[scope.data["settings"]["ces_scale"]]
    return Cards(
        (
            _card(scope, "csat_stated", (0, 100), "stated"),
            _card(scope, "csat_inferred", (0, 100), "inferred"),
            _card(scope, "nps", (-100, 100), "neutral"),
            _card(scope, "ces_mean", ces_scale, "neutral"),
        )
    )


def _card(scope: Scope, metric: str, scale: tuple[float, float], series: str) -> Card:
    wording, figure = scope.wording, scope.figure(metric, scope.whole)
    interval = _interval(scope, figure) if figure.interval else ""
    base = wording(f"answer.base.{metric}", n=figure.n)
    return Card(wording(f"metric.{metric}"), figure, interval, base, scale, series)


def _interval(scope: Scope, figure: Figure) -> str:
    return scope.wording("interval.with_level", level=scope.level, range=figure.interval or "")


def _sentence(scope: Scope, metric: str, key: str) -> str:
    """Return the sentence of a headline figure, or the one that says why there is none."""
    figure = scope.figure(metric, scope.whole)
    if figure.value is None:
        name = scope.wording(f"metric.{metric}")
        return scope.wording("answer.missing", metric=name, reason=figure.reason or "")
    return scope.wording(key, value=figure.value, n=figure.n, interval=_interval(scope, figure))


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
    interval = _interval(scope, figure)
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
    return scope.wording(key, points=size, n=figure.n, interval=_interval(scope, figure))


def _warnings(scope: Scope) -> tuple[Paragraph | Bullets, ...]:
    warnings = tuple(scope.data["warnings"])
    if not warnings:
        return ()
    # They quote the reader of the input, which speaks English.
    return (Paragraph(scope.wording("answer.warnings"), "warning"), Bullets(warnings, language="en"))
