"""In plain words, whether the inferred figures of a group may be used."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from cxtext.schema.columns import VERDICTS
from cxtext.schema.figures import Note, Verdict, VerdictReason

# Fewer pairs leave kappa's interval too wide to say anything.
FEWEST_PAIRS: Final = 30
# Kappa: substantial and moderate agreement, Landis and Koch (1977), Biometrics 33. The lower end counts.
KAPPA_USABLE, KAPPA_WITH_CARE = 0.6, 0.4
# Points of CSAT: 5 is what surveys call a change worth acting on, 10 turns a good year into a bad one.
GAP_USABLE, GAP_WITH_CARE = 5.0, 10.0
METRICS: Final = ("qwk", "csat_gap")


def verdicts(metrics: pl.DataFrame) -> pl.DataFrame:
    """Return a verdict for each group with the figures of compare.agreement; columns VERDICTS.

    Usable: the low end of kappa is at least 0.6 and the CSAT gap at most 5 points either way. With care: 0.4
    and 10 points. Do not use: less. Not known: fewer than 30 comments are both rated and scored, the figures are
    hidden, or all of both are the same star.
    """
    names = metrics["group"].unique(maintain_order=True).to_list()
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for row in metrics.filter(pl.col("metric").is_in(METRICS)).iter_rows(named=True):
        found[row["group"]][row["metric"]] = row
    rows = [(name, *judged(of["qwk"], of["csat_gap"]), of["qwk"]["n"]) for name, of in found.items()]
    return pl.DataFrame(rows, schema=VERDICTS, orient="row")


def judged(kappa: Mapping[str, Any], gap: Mapping[str, Any]) -> tuple[Verdict, VerdictReason]:
    """Return the verdict on a row of `qwk` (`low`, `n`, maybe `note`) and one of `csat_gap` (`value`, in points)."""
    if (unknown := _not_known(kappa, gap)) is not None:
        return Verdict.NOT_KNOWN, unknown
    by_kappa = _level(kappa["low"] >= KAPPA_USABLE, kappa["low"] >= KAPPA_WITH_CARE)
    by_gap = _level(abs(gap["value"]) <= GAP_USABLE, abs(gap["value"]) <= GAP_WITH_CARE)
    order = (Verdict.DO_NOT_USE, Verdict.WITH_CARE, Verdict.USABLE)
    worst = min(by_kappa, by_gap, key=order.index)
    if worst == Verdict.USABLE:
        return worst, VerdictReason.AGREES
    return worst, VerdictReason.WEAK_AGREEMENT if by_kappa == worst else VerdictReason.LARGE_GAP


def _not_known(kappa: Mapping[str, Any], gap: Mapping[str, Any]) -> VerdictReason | None:
    if kappa["n"] >= FEWEST_PAIRS and kappa.get("note") == Note.SUPPRESSED_OTHER:
        return VerdictReason.HIDDEN
    if kappa["n"] < FEWEST_PAIRS or gap["value"] is None:
        return VerdictReason.TOO_FEW_RATED
    return VerdictReason.ALL_ALIKE if kappa["low"] is None else None


def _level(usable: bool, with_care: bool) -> Verdict:
    if usable:
        return Verdict.USABLE
    return Verdict.WITH_CARE if with_care else Verdict.DO_NOT_USE
