"""How good an engine's stars are on comments with gold ratings: per language and market, with intervals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.classify import SENTIMENTS, classify
from cxtext.figures.satisfied import SATISFIED_STAR, inferred_satisfaction
from cxtext.schema.protocols import StarEngine
from cxtext.statistics.agreement import quadratic_weighted_kappa
from cxtext.statistics.bootstrap import bca_interval, resampled, seeded
from cxtext.statistics.intervals import Estimate, Floats, mean_t, wilson

BINS: Final = 10  # of p(satisfied), equally wide
REPLICATES: Final = 1_000
FIGURES: Final[dict[str, pl.DataType]] = {
    "engine": pl.String(),
    "language": pl.String(),
    "market": pl.String(),
    "metric": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
}
CALIBRATION: Final[dict[str, pl.DataType]] = {
    "engine": pl.String(),
    "language": pl.String(),
    "predicted_csat_0_1": pl.Float64(),
    "stated_csat_0_1": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
}
_LAYERS: Final = (5, 5, 2, 3)  # gold star, hard star, mean above 3, sentiment


@dataclass(frozen=True)
class StarEvaluation:
    """What was measured.

    figures: one row an engine, language, market (null: all markets of the language) and metric, with a 95 percent
    interval. Metrics, all but qwk (-1..1), mae (stars), csat_gap (points) and n_unscored (rows) in 0..1:
    `binary_accuracy` (mean of p above 3 against gold above 3, gold of 3 left out), `within_one` (hard star),
    `exact`, `qwk`, `macro_f1` (negative, neutral, positive), `mae` (of the inferred rating), `csat_gap` (inferred
    less gold CSAT), `ece` (of p(satisfied), with `ece_by_chance`, what a perfectly calibrated engine would show on
    as many rows), `n_unscored`. With a second engine also `difference_binary_accuracy` (first minus second, on
    rows that both scored).
    calibration: `engine, language, predicted_csat_0_1, stated_csat_0_1, low, high, n` in ten classes of
    p(satisfied), the interval Wilson's.
    """

    figures: pl.DataFrame
    calibration: pl.DataFrame


def evaluate_stars(
    rows: pl.DataFrame,
    engine: StarEngine,
    second: StarEngine | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> StarEvaluation:
    """Score comments and hold the scores against their gold stars.

    `rows` has `text`, `language` (ISO 639-1) and `stars` (1..5; rows without are left out), perhaps `market` and
    `question`. Unscored rows are counted and left out of every other figure. The order of rows does not matter.
    """
    gold = rows.filter(pl.col("stars").is_in([1, 2, 3, 4, 5]))
    scored = [score_gold(gold, each) for each in (engine, second) if each is not None]
    figures = [_figures(table, level, seed) for table in scored]
    if second is not None:
        figures.append(_differences(*scored, name=f"{engine.name} - {second.name}", level=level))
    return StarEvaluation(pl.concat(figures), pl.concat([_calibration(table, level) for table in scored]))


def score_gold(gold: pl.DataFrame, engine: StarEngine) -> pl.DataFrame:
    """Return the rows with the columns of schema.columns.CLASSIFIED, in a canonical order.

    The languages are taken as given; nothing but the engine's own doubt leaves a row unscored.
    """
    no_reason = pl.lit(None, dtype=pl.String)
    rows = gold.with_columns(text_reason=no_reason, language_reason=no_reason)
    rows = rows if "market" in rows.columns else rows.with_columns(market=no_reason)
    return (
        classify(rows, engine)
        .with_columns(engine=pl.lit(engine.name))
        .sort("language", "market", "text", "stars", nulls_last=True)
    )


def _figures(scored: pl.DataFrame, level: float, seed: int) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=FIGURES)]
    for engine, language, market, group in _groups(scored):
        known = group.filter(pl.col("p_star_1").is_not_null())
        generator = seeded(seed, engine, language, market or "")
        cells = _cells(known)
        drawn = resampled(cells, generator, REPLICATES)
        found = {
            name: (bca_interval(statistic, cells, drawn, level), known.height)
            for name, statistic in _STATISTICS.items()
        }
        found["mae"] = (_mean(_absolute_error(known), level), known.height)
        found["csat_gap"] = (_mean(_csat_gap(known), level), known.height)
        found |= {
            name: (estimate, known.height) for name, estimate in _calibration_errors(known, generator, level)
        }
        found["n_unscored"] = (_plain(group.height - known.height), group.height)
        parts.append(_frame(engine, language, market, found))
    return pl.concat(parts)


def _groups(scored: pl.DataFrame) -> Iterator[tuple[str, str, str | None, pl.DataFrame]]:
    """Yield engine, language, market and rows: each language whole, then each of its markets."""
    for (engine, language), rows in scored.group_by("engine", "language", maintain_order=True):
        yield str(engine), str(language), None, rows
        for (market,), part in rows.filter(pl.col("market").is_not_null()).group_by(
            "market", maintain_order=True
        ):
            yield str(engine), str(language), str(market), part


def _frame(
    engine: str, language: str, market: str | None, found: dict[str, tuple[Estimate, int]]
) -> pl.DataFrame:
    rows = [
        (engine, language, market, metric, *(_number(end) for end in (of.value, of.low, of.high)), n)
        for metric, (of, n) in found.items()
    ]
    return pl.DataFrame(rows, schema=FIGURES, orient="row")


def _number(value: Floats) -> float | None:
    return float(value) if np.isfinite(value) else None


def _cells(scored: pl.DataFrame) -> Floats:
    """Return the counts of rows by gold star, hard star, side of the inferred rating and sentiment."""
    places = (
        scored["stars"].to_numpy() - 1,
        scored["inferred_star_1_5"].to_numpy() - 1,
        (scored["inferred_rating_1_5"] > 3).to_numpy(),
        scored["sentiment"]
        .replace_strict({name: i for i, name in enumerate(SENTIMENTS)}, return_dtype=pl.Int64)
        .to_numpy(),
    )
    flat = np.ravel_multi_index([place.astype(np.int64) for place in places], _LAYERS)
    return np.bincount(flat, minlength=int(np.prod(_LAYERS))).astype(np.float64).reshape(_LAYERS)


def binary_accuracy(cells: Floats) -> Floats:
    """Return the share of rows whose inferred rating is on gold's side of 3; rows with gold of 3 don't count."""
    side = cells.sum(axis=(-1, -3))  # (..., gold, above)
    right = side[..., :2, 0].sum(-1) + side[..., 3:, 1].sum(-1)
    return _ratio(right, side[..., [0, 1, 3, 4], :].sum((-1, -2)))


def within(stars: int) -> Callable[[Floats], Floats]:
    """Return the statistic that tells the share of rows whose hard star is at most so far from gold."""
    distance = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))

    def share(cells: Floats) -> Floats:
        table = cells.sum(axis=(-1, -2))
        return _ratio((table * (distance <= stars)).sum((-1, -2)), table.sum((-1, -2)))

    return share


def macro_f1(cells: Floats) -> Floats:
    """Return the mean F1 of negative (1, 2), neutral (3) and positive (4, 5), over those that occur in gold."""
    by_gold = cells.sum(axis=(-2, -3))  # (..., gold, sentiment)
    table = np.stack([by_gold[..., :2, :].sum(-2), by_gold[..., 2, :], by_gold[..., 3:, :].sum(-2)], axis=-2)
    gold, said = table.sum(-1), table.sum(-2)
    f1 = np.where(gold > 0, 2 * np.diagonal(table, axis1=-2, axis2=-1) / np.maximum(gold + said, 1), np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(f1, axis=-1) / (gold > 0).sum(-1), dtype=np.float64)


def _kappa(cells: Floats) -> Floats:
    return quadratic_weighted_kappa(cells.sum(axis=(-1, -2)))


def _ratio(part: Floats, whole: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole, dtype=np.float64)


_STATISTICS: Final[dict[str, Callable[[Floats], Floats]]] = {
    "binary_accuracy": binary_accuracy,
    "within_one": within(1),
    "exact": within(0),
    "qwk": _kappa,
    "macro_f1": macro_f1,
}


def _absolute_error(scored: pl.DataFrame) -> Floats:
    return (scored["inferred_rating_1_5"] - scored["stars"]).abs().to_numpy()


def _csat_gap(scored: pl.DataFrame) -> Floats:
    """Return what each comment adds to inferred CSAT less what its gold star adds, in points."""
    satisfied = (pl.col("stars") >= SATISFIED_STAR).cast(pl.Float64)
    return scored.select(100 * (inferred_satisfaction() - satisfied)).to_series().to_numpy()


def _mean(values: Floats, level: float) -> Estimate:
    variance = values.var(ddof=1) if len(values) > 1 else np.nan
    return mean_t(values.mean() if len(values) else np.nan, variance, len(values), level)


def _calibration_errors(
    scored: pl.DataFrame, generator: np.random.Generator, level: float
) -> Iterator[tuple[str, Estimate]]:
    """Yield the expected calibration error with its bootstrap interval, and what chance alone would make of it."""
    p = scored["inferred_csat_0_1"].to_numpy()
    satisfied = (scored["stars"] >= SATISFIED_STAR).to_numpy().astype(np.float64)
    drawn = (
        generator.multinomial(len(p), np.full(len(p), 1 / max(len(p), 1)), size=REPLICATES)
        if len(p)
        else None
    )
    ends = np.full(2, np.nan)
    if drawn is not None:
        errors = calibration_error(p, satisfied, drawn.astype(np.float64))
        ends = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    value = calibration_error(p, satisfied, np.ones((1, len(p))))[0]
    yield "ece", Estimate(np.asarray(value), *(np.asarray(end) for end in ends))
    perfect = [
        calibration_error(p, generator.random(len(p)) < p, np.ones((1, len(p))))[0] for _ in range(200)
    ]
    yield "ece_by_chance", _plain(float(np.mean(perfect)))


def calibration_error(p: Floats, outcome: NDArray[np.bool_] | Floats, weight: Floats) -> Floats:
    """Return the expected calibration error (r,) of probabilities (n,) under r weightings (r, n) of the rows.

    The mean over rows of the gap between mean probability and share of outcomes in the row's class of p, ten
    classes of equal width. Source: Naeini, Cooper and Hauskrecht (2015), AAAI.
    """
    place = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    classes = np.eye(BINS)[place] * (p - outcome.astype(np.float64))[:, None]
    return _ratio(np.abs(weight @ classes).sum(axis=1), weight.sum(axis=1))


def _plain(value: float) -> Estimate:
    return Estimate(np.asarray(float(value)), np.asarray(np.nan), np.asarray(np.nan))


def _calibration(scored: pl.DataFrame, level: float) -> pl.DataFrame:
    predicted, satisfied = pl.col("inferred_csat_0_1"), pl.col("stars") >= SATISFIED_STAR
    table = (
        scored.filter(predicted.is_not_null())
        .with_columns(place=(predicted * BINS).floor().clip(0, BINS - 1))
        .group_by("engine", "language", "place", maintain_order=True)
        .agg(predicted.mean().alias("predicted_csat_0_1"), satisfied.sum().alias("satisfied"), n=pl.len())
        .sort("language", "place")
    )
    share = wilson(table["satisfied"], table["n"], level)
    return table.with_columns(
        pl.Series("stated_csat_0_1", share.value), pl.Series("low", share.low), pl.Series("high", share.high)
    ).select(pl.col(name).cast(dtype) for name, dtype in CALIBRATION.items())


def _differences(first: pl.DataFrame, other: pl.DataFrame, *, name: str, level: float) -> pl.DataFrame:
    """Return how much more often the first engine is on gold's side of 3, language by language."""
    side = (pl.col("inferred_rating_1_5") > 3) == (pl.col("stars") > 3)
    both = first.select("language", "stars", first=side).with_columns(other.select(other=side))
    known = both.filter(pl.col("stars") != 3).drop_nulls()
    parts = [pl.DataFrame(schema=FIGURES)]
    for (language,), rows in known.group_by("language", maintain_order=True):
        gain = rows["first"].to_numpy().astype(np.float64) - rows["other"].to_numpy()
        found = mean_t(gain.mean(), gain.var(ddof=1) if len(gain) > 1 else np.nan, len(gain), level)
        parts.append(_frame(name, str(language), None, {"difference_binary_accuracy": (found, rows.height)}))
    return pl.concat(parts)
