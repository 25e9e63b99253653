"""Measures inferred and combined CSAT on rated comments of companies that the model did not see.

    python benchmarks/inferred.py comments_dev.jsonl.gz [--engine cascade]

For every set and language with 100 star ratings: inferred CSAT, no rating used, against stated CSAT; and
combined CSAT (PPI++) with 50 rated comments drawn at random with replacement, 2,000 times: how often its interval
holds the set's stated CSAT, and its width against that of the 50 ratings alone. The interval is for the customers
of whom the comments are a sample, so the set stands for them, and as many unrated comments as it has left are drawn
from it with replacement too. Beside it, with just the others unrated: then rated and unrated are all customers there
are, nothing of them is left to chance, and the interval is on the wide side. Prints a Markdown table.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines import load_star_engine
from cxtext.evaluate.stars import score_gold
from cxtext.figures.satisfied import inferred_satisfaction
from cxtext.measure.inferred import company_error
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.statistics.intervals import wilson
from cxtext.statistics.ppi import Moments, ppi_share
from cxtext.statistics.quantification import between_company_interval

Floats = NDArray[np.float64]
SMALLEST: Final = 100
RATED: Final = 50
DRAWS: Final = 2000
HEADER: Final = (
    "| set | language | n | stated | inferred (interval) | holds "
    "| PPI++ holds | all there are | width to rated alone |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def main() -> None:
    """Print the table and its summary."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    given = parser.parse_args()
    comments = _scored(given.file, given.engine)
    error = company_error(comments, Settings()).csat
    print(HEADER)
    errors, held, ratios = [], [], []
    for (name, language), rows in comments.group_by("set", "language", maintain_order=True):
        if rows.height < SMALLEST:
            continue
        satisfied, score, verdict = (rows[column].to_numpy() for column in ("satisfied", "score", "verdict"))
        stated = 100 * float(satisfied.mean())
        inferred = between_company_interval(
            100 * verdict.mean(), 1e4 * verdict.var(ddof=1), len(verdict), error
        )
        found = inferred.clipped(0, 100)
        coverage, ratio = _combined(satisfied, score, _drawn(score))
        of_all, _ = _combined(satisfied, score, _others(score))
        errors.append(float(found.value) - stated)
        held.append(bool(found.low <= stated <= found.high))
        ratios.append(ratio)
        told = f"{found.value:.1f} ({found.low:.1f} to {found.high:.1f})"
        yes = "yes" if held[-1] else "no"
        print(
            f"| {name} | {language} | {rows.height} | {stated:.1f} | {told} | {yes} "
            f"| {coverage:.1f}% | {of_all:.1f}% | {ratio:.2f} |"
        )
    print(
        f"\nmean absolute error {np.mean(np.abs(errors)):.1f}, worst {np.max(np.abs(errors)):.1f}; "
        f"interval holds {sum(held)} of {len(held)}; median width to rated alone {np.median(ratios):.2f}"
    )


def _scored(file: Path, engine_name: str) -> pl.DataFrame:
    """Return star-rated comments with `satisfied`, `score` (p4 + p5) and `verdict` (1 or 0)."""
    rated = pl.read_ndjson(file, infer_schema_length=None).filter(pl.col("stars").is_not_null())
    rated = rated.rename({"lang": "language"})
    scored = score_gold(rated.drop("market", strict=False), load_star_engine(engine_name))
    return (
        scored.sort("set", "language", "id")
        .select(
            "set",
            "language",
            "engine",
            satisfied=(pl.col("stars") >= 4).cast(pl.Float64),
            score=pl.col("inferred_csat_0_1"),
            verdict=inferred_satisfaction(),
        )
        .drop_nulls("score")
    )


def _rated(n: int) -> NDArray[np.int64]:
    """Return the rows (draws, RATED) that are rated, the same at every call."""
    return np.random.default_rng(0).integers(0, n, (DRAWS, RATED))


def _drawn(score: Floats) -> list[Floats]:
    """Return the scores of unrated comments of each draw: as many as the set has left, with replacement."""
    generator = np.random.default_rng(1)
    return [generator.choice(score, len(score) - RATED) for _ in range(DRAWS)]


def _others(score: Floats) -> list[Floats]:
    """Return the scores of all comments that a draw has not rated."""
    return [np.delete(score, rows) for rows in _rated(len(score))]


def _combined(satisfied: Floats, score: Floats, unrated: list[Floats]) -> tuple[float, float]:
    """Return how often the combined interval holds the share, in percent, and its width to the rated alone."""
    rows = _rated(len(satisfied))
    found = ppi_share(_moments(satisfied[rows], score[rows], unrated)).estimate
    alone = wilson(satisfied[rows].sum(axis=1), np.full(DRAWS, RATED))
    held = (found.low <= satisfied.mean()) & (satisfied.mean() <= found.high)
    return 100 * float(held.mean()), float(np.mean(found.high - found.low) / np.mean(alone.high - alone.low))


def _moments(y: Floats, f: Floats, unrated: list[Floats]) -> Moments:
    deviations = (y - y.mean(1, keepdims=True)) * (f - f.mean(1, keepdims=True))
    return Moments(
        n=np.full(len(y), float(RATED)),
        mean_y=y.mean(1),
        var_y=y.var(1, ddof=1),
        mean_f=f.mean(1),
        var_f=f.var(1, ddof=1),
        cov=deviations.sum(1) / (RATED - 1),
        n_unrated=np.array([float(len(rest)) for rest in unrated]),
        mean_f_unrated=np.array([rest.mean() for rest in unrated]),
        var_f_unrated=np.array([rest.var(ddof=1) for rest in unrated]),
    )


if __name__ == "__main__":
    main()
