"""How well words and ratings agree on the comments that have both."""

from cxtext.report.document import Block, Paragraph, Section
from cxtext.report.scope import Scope
from cxtext.report.sections.satisfaction import metric_table

METRICS = (
    "csat_gap",
    "agreement_exact",
    "agreement_within_one",
    "mae",
    "bias",
    "qwk",
    "alpha",
    "limits_of_agreement",
)
# Landis and Koch (1977): the words for a kappa from this value on.
BANDS = ((0.8, "almost_perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"))


def agreement(scope: Scope) -> Section:
    """Return the section on the gap and the agreement, in words and per group."""
    blocks: list[Block] = [Paragraph(sentence) for sentence in (_stars(scope), _kappa(scope)) if sentence]
    metrics = [metric for metric in METRICS if scope.has(metric)]
    if not metrics:
        reason = scope.figure("agreement_exact", scope.whole).reason or ""
        blocks = [Paragraph(scope.wording("agreement.missing", reason=reason))]
    else:
        for number, breakdown in enumerate(scope.breakdowns(of=metrics)):
            summary = breakdown.title if number else None  # the first is open
            blocks.append(metric_table(scope, breakdown, metrics, summary=summary))
    return Section("agreement", scope.wording("agreement.title"), tuple(blocks))


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
    return scope.wording("agreement.kappa", value=kappa.value, band=scope.wording(f"agreement.{band}"))
