"""Is cxtext good enough on these data, and for which language not: the figures as an answer in plain words."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from cxtext.compare.verdicts import (
    FEWEST_PAIRS,
    GAP_USABLE,
    GAP_WITH_CARE,
    KAPPA_USABLE,
    KAPPA_WITH_CARE,
    judged,
)
from cxtext.report.wording import load_wording
from cxtext.schema.figures import Verdict, VerdictReason

ANSWERS: Final[dict[str, pl.DataType]] = {
    "engine": pl.String(),
    "language": pl.String(),
    "verdict": pl.String(),
    "reason": pl.String(),
    "qwk_low": pl.Float64(),
    "csat_gap": pl.Float64(),
    "n": pl.Int64(),
}
WORDS: Final = {
    Verdict.USABLE: "good enough",
    Verdict.WITH_CARE: "use with care",
    Verdict.DO_NOT_USE: "not good enough",
    Verdict.NOT_KNOWN: "can't tell",
}


def answers(figures: pl.DataFrame) -> pl.DataFrame:
    """Return a verdict for each engine and language, from the figures of evaluate.stars; columns ANSWERS.

    By the rules of compare.verdicts, as for the rated comments of an analysis.
    """
    whole = figures.filter(pl.col("market").is_null(), pl.col("metric").is_in(["qwk", "csat_gap"]))
    rows = []
    for (engine, language), pair in whole.group_by("engine", "language", maintain_order=True):
        of = {row["metric"]: row for row in pair.iter_rows(named=True)}
        kappa, gap = of["qwk"], of["csat_gap"]
        rows.append((engine, language, *judged(kappa, gap), kappa["low"], gap["value"], kappa["n"]))
    return pl.DataFrame(rows, schema=ANSWERS, orient="row")


def told(verdicts: pl.DataFrame) -> Iterator[str]:
    """Yield one sentence a row of `answers`, then what the words mean."""
    several = verdicts["engine"].n_unique() > 1
    for row in verdicts.iter_rows(named=True):
        of = f" with {row['engine']}" if several else ""
        yield f"{language_name(row['language'])}{of}: {WORDS[Verdict(row['verdict'])]} - {_because(row)}."
    yield (
        f"Good enough: kappa (0 as by chance, 1 perfect) is {KAPPA_USABLE} or more at the low end of its interval, "
        f"and inferred CSAT at most {GAP_USABLE:g} points off. With care: {KAPPA_WITH_CARE} and {GAP_WITH_CARE:g}."
    )


def language_name(code: str) -> str:
    """Return the English name of a language."""
    return load_wording("en").name("language", code)


def _because(row: dict[str, Any]) -> str:
    if row["reason"] == VerdictReason.ALL_ALIKE:
        return f"all {row['n']} comments have one star, stated and inferred, so agreement can't be told from chance"
    if row["verdict"] == Verdict.NOT_KNOWN:
        return f"{row['n']} comments are too few ({FEWEST_PAIRS} are needed)"
    size = f"{abs(row['csat_gap']):.1f} points"
    gap = f"{size} {'above' if row['csat_gap'] > 0 else 'below'} stated CSAT"
    return f"kappa at least {row['qwk_low']:.2f}, inferred CSAT {gap}, n = {row['n']}"
