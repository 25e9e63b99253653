"""Measures inferred and combined CSAT on rated comments of companies that the model did not see.

    python benchmarks/inferred.py comments_dev.jsonl.gz [--engine cascade]

For every set and language with 100 star ratings: inferred CSAT, no rating used, against stated CSAT; and
combined CSAT (PPI++) with 50 rated comments drawn at random with replacement, 500 times, the others unrated:
how often its interval holds the set's stated CSAT, and its width against that of the 50 ratings alone.
Prints a Markdown table.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines import load_star_engine
from cxtext.measure.inferred import company_error
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.statistics.intervals import wilson
from cxtext.statistics.ppi import Moments, ppi_share
from cxtext.statistics.quantification import between_company_interval

Floats = NDArray[np.float64]
SMALLEST: Final = 100
RATED: Final = 50
DRAWS: Final = 500
HEADER: Final = (
    "| set | language | n | stated | inferred (interval) | holds | PPI++ holds | width to rated alone |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
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
        satisfied, score, value = (rows[column].to_numpy() for column in ("satisfied", "score", "value"))
        stated = 100 * float(satisfied.mean())
        inferred = between_company_interval(100 * value.mean(), 1e4 * value.var(ddof=1), len(value), error)
        found = inferred.clipped(0, 100)
        coverage, ratio = _combined(satisfied, score)
        errors.append(float(found.value) - stated)
        held.append(bool(found.low <= stated <= found.high))
        ratios.append(ratio)
        told = f"{found.value:.1f} ({found.low:.1f} to {found.high:.1f})"
        yes = "yes" if held[-1] else "no"
        print(
            f"| {name} | {language} | {rows.height} | {stated:.1f} | {told} | {yes} "
            f"| {coverage:.1f}% | {ratio:.2f} |"
        )
    print(
        f"\nmean absolute error {np.mean(np.abs(errors)):.1f}, worst {np.max(np.abs(errors)):.1f}; "
        f"interval holds {sum(held)} of {len(held)}; median width to rated alone {np.median(ratios):.2f}"
    )


def _scored(file: Path, engine_name: str) -> pl.DataFrame:
    """Return star-rated comments with `satisfied`, `score` (p4 + p5) and `value` (halfway to the verdict)."""
    rated = pl.read_ndjson(file, infer_schema_length=None).filter(pl.col("stars").is_not_null())
    rated = rated.rename({"lang": "language"}).sort("set", "language", "id")
    engine = load_star_engine(engine_name)
    found = engine.predict(rated["text"].to_list(), rated["language"].to_list(), rated["question"].to_list())
    p = found.probabilities
    verdict = (np.cumsum(np.nan_to_num(p), axis=1) < 0.5).sum(axis=1) >= 3
    score = p[:, 3:].sum(axis=1)
    return rated.select(
        "set",
        "language",
        engine=pl.lit(engine.name),
        satisfied=(pl.col("stars") >= 4).cast(pl.Float64),
        score=pl.Series(score),
        value=pl.Series((score + verdict) / 2),
    ).filter(pl.col("score").is_not_nan())


def _combined(satisfied: Floats, score: Floats) -> tuple[float, float]:
    """Return how often the combined interval holds the share, in percent, and its width to the rated alone."""
    generator = np.random.default_rng(0)
    rows = generator.integers(0, len(satisfied), (DRAWS, RATED))
    found = ppi_share(_moments(satisfied, score, rows)).estimate
    alone = wilson(satisfied[rows].sum(axis=1), np.full(DRAWS, RATED))
    held = (found.low <= satisfied.mean()) & (satisfied.mean() <= found.high)
    return 100 * float(held.mean()), float(np.mean(found.high - found.low) / np.mean(alone.high - alone.low))


def _moments(satisfied: Floats, score: Floats, rows: NDArray[np.int64]) -> Moments:
    y, f = satisfied[rows], score[rows]
    deviations = (y - y.mean(1, keepdims=True)) * (f - f.mean(1, keepdims=True))
    others = [np.delete(score, drawn) for drawn in rows]
    return Moments(
        n=np.full(len(rows), float(RATED)),
        mean_y=y.mean(1),
        var_y=y.var(1, ddof=1),
        mean_f=f.mean(1),
        var_f=f.var(1, ddof=1),
        cov=deviations.sum(1) / (RATED - 1),
        n_unrated=np.array([float(len(rest)) for rest in others]),
        mean_f_unrated=np.array([rest.mean() for rest in others]),
        var_f_unrated=np.array([rest.var(ddof=1) for rest in others]),
    )


if __name__ == "__main__":
    main()
