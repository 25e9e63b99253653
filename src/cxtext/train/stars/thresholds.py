"""Choose from which probability on the cascade lets the fast engine's answer stand, and its share in others."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from cxtext.engines.cascade import is_sure, pooled
from cxtext.engines.linear import LinearEngine
from cxtext.engines.sentiments import sentiments
from cxtext.schema.protocols import Floats, StarEngine
from cxtext.train.stars.data import company_weight, star_targets

GRID: Final = np.round(np.arange(0.5, 1.0, 0.01), 2)
NEVER: Final = 1.1  # no answer of the fast engine stands
WEIGHTS: Final = np.round(np.arange(0.0, 1.0, 0.05), 2)


def fast_weight(fast: Floats, strong: Floats, rows: pl.DataFrame) -> float:
    """Return the weight of `fast` at which both together are best, see cascade.pooled.

    `fast` and `strong` are star probabilities (n, 5) of rated rows neither was trained on; best: of the least mean
    Brier score of the sentiment (sum of squared differences over negative, neutral, positive, 0..2). A company's n
    rows weigh root n.
    """
    company = _weights(rows)
    losses = [_brier(pooled(fast, strong, float(weight)), rows) for weight in WEIGHTS]
    return float(WEIGHTS[np.argmin([np.average(loss, weights=company) for loss in losses])])


def sure_from(fast: Floats, both: Floats, rows: pl.DataFrame, *, tolerance: float = 0.001) -> float:
    """Return the lowest threshold at which the cascade is about as good as `both` engines on every row.

    `fast` and `both` are star probabilities (n, 5) of such rows. As good: the mean Brier score is at most `tolerance`
    above. One threshold serves all languages: by itself a language's is that of the one or two companies held out in
    it. The strong engine gains more on the held-out rows, whose companies it knows from training, than on a company
    neither has seen.
    """
    fast_loss, both_loss, weight = _brier(fast, rows), _brier(both, rows), _weights(rows)
    for limit in GRID:
        lost = np.where(is_sure(fast, float(limit)), fast_loss - both_loss, 0.0)
        if np.average(lost, weights=weight) <= tolerance:
            return float(limit)
    return NEVER


def _brier(probabilities: Floats, rows: pl.DataFrame) -> Floats:
    """Return the Brier score of the sentiment of each row (n,)."""
    truth = sentiments(np.add(*star_targets(rows, 0.0)).astype(np.float64))
    truth /= truth.sum(1, keepdims=True)
    scores: Floats = ((sentiments(probabilities) - truth) ** 2).sum(1)
    return scores


def _weights(rows: pl.DataFrame) -> Floats:
    found: Floats = rows.select(company_weight()).to_series().to_numpy()
    return found


def linear_unaware_of(
    held: pl.DataFrame, rows: pl.DataFrame, teacher: StarEngine, folder: Path
) -> LinearEngine:
    """Return a linear model that `teacher` taught on `rows` without `held`, kept in `folder`.

    The shipped one has seen those rows, and is surer of them than of a new user's.
    """
    from cxtext.train.linear import train_linear

    if not (folder / "config.json").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        training = folder.with_name(f"{folder.name}_training.jsonl")
        kept = rows.join(held, on="id", how="anti").select("set", "text", "lang", "stars", "label")
        kept.write_ndjson(training)
        train_linear([training], folder, teacher=teacher)
    return LinearEngine.load(str(folder))


def share_asked(fast: Floats, languages: Sequence[str], limit: float) -> dict[str, float]:
    """Return the share of each language's rows that go to the strong engine."""
    codes = np.asarray(languages)
    asked = ~is_sure(fast, limit)
    return {str(code): round(float(asked[codes == code].mean()), 3) for code in np.unique(codes)}
