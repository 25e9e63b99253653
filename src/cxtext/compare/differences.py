"""Groups and periods against each other: what differs, how surely, and what could have been seen."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from cxtext.figures.periods import in_order
from cxtext.schema.columns import DIFFERENCES
from cxtext.schema.figures import Method, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.comparisons import (
    Difference,
    benjamini_hochberg,
    difference_of_estimates,
    difference_of_means,
    difference_of_nps,
    difference_of_shares,
    holm,
    smallest_detectable,
)
from cxtext.statistics.intervals import Estimate, Floats, floats, normal_quantile

Group = dict[str, str]
Pair = tuple[int, int, str]  # two rows of a metric, and the one dimension they differ in
PERIOD: Final = "period"
# All pairs of more groups are too many to read, and cost every single one its power.
MOST_GROUPS: Final = 12
# What differences of a figure are counted in, where it is not what the figure itself is.
UNITS: Final = {Unit.PERCENT.value: Unit.POINTS.value, Unit.RATING.value: Unit.STARS.value}
ADJUSTMENTS: Final = {"holm": holm, "benjamini-hochberg": benjamini_hochberg}


def compare_groups(metrics: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Compare the shown groups of each breakdown that differ in one dimension; columns DIFFERENCES.

    All pairs of the twelve largest groups, of periods each with the one before, months apart from quarters.
    P-values are adjusted across all comparisons; `alerts.adjust_together` does so with the trends of the run.
    The difference is `group_b` minus `group_a`. Suppressed groups take no part.
    """
    shown = metrics.filter(pl.col("value").is_not_null(), pl.col("n") > 1)
    parts = [
        _compared(rows, compare, settings)
        for metric, compare in METHODS.items()
        if not (rows := _with_nps_counts(shown, metric)).is_empty()
    ]
    found = pl.concat([pl.DataFrame(schema=DIFFERENCES), *parts])
    adjusted = ADJUSTMENTS[settings.adjust](found["p"].to_numpy())
    return found.with_columns(
        p_adjusted=pl.Series(adjusted).fill_nan(None),
        differs=pl.Series(adjusted < 1 - settings.level, dtype=pl.Boolean),
    )


def _with_nps_counts(shown: pl.DataFrame, metric: str) -> pl.DataFrame:
    """Return the rows of a metric, of NPS with the counts of promoters, passives and detractors."""
    rows = shown.filter(metric=metric)
    if metric != "nps":
        return rows
    for part in ("promoters", "passives", "detractors"):
        counts = shown.filter(metric=f"nps_{part}").select(
            "group", (pl.col("value") * pl.col("n") / 100).round().alias(f"counts_{part}")
        )
        rows = rows.join(counts, on="group", maintain_order="left")
    return rows


def _pairs(groups: list[Group], n: list[int]) -> Iterator[Pair]:
    """Yield the rows to compare: alike in all dimensions but one."""
    families: dict[tuple[str, str], list[int]] = {}
    for row, group in enumerate(groups):
        for dimension in group:
            others = json.dumps({key: value for key, value in group.items() if key != dimension})
            families.setdefault((dimension, others), []).append(row)
    pairs: Iterable[tuple[int, int]]
    for (dimension, _), rows in families.items():
        if dimension == PERIOD:
            named = {groups[row][PERIOD]: row for row in rows}
            alike = in_order(named)
            pairs = ((named[a], named[b]) for periods in alike for a, b in pairwise(periods))
        else:
            largest = sorted(rows, key=lambda row: (-n[row], row))[:MOST_GROUPS]
            pairs = combinations(sorted(largest), 2)
        yield from ((first, second, dimension) for first, second in pairs)


def _compared(
    rows: pl.DataFrame, compare: Callable[[pl.DataFrame, pl.DataFrame, bool, float], Any], settings: Settings
) -> pl.DataFrame:
    pairs = list(_pairs([json.loads(group) for group in rows["group"]], rows["n"].to_list()))
    of_periods = [pair for pair in pairs if pair[2] == PERIOD]
    others = [pair for pair in pairs if pair[2] != PERIOD]
    parts = [
        _differences(rows, some, compare, settings, periods=periods)
        for some, periods in ((others, False), (of_periods, True))
        if some
    ]
    return pl.concat([pl.DataFrame(schema=DIFFERENCES), *parts])


def _differences(
    rows: pl.DataFrame,
    pairs: list[Pair],
    compare: Callable[[pl.DataFrame, pl.DataFrame, bool, float], Any],
    settings: Settings,
    *,
    periods: bool,
) -> pl.DataFrame:
    first, second = rows[[pair[0] for pair in pairs]], rows[[pair[1] for pair in pairs]]
    found, method, factor = compare(first, second, periods, settings.level)
    columns = {
        "metric": first["metric"],
        "dimension": [pair[2] for pair in pairs],
        "group_a": first["group"],
        "group_b": second["group"],
        "difference": factor * found.estimate.value,
        "low": factor * found.estimate.low,
        "high": factor * found.estimate.high,
        "level": [settings.level] * len(pairs),
        "p": found.p,
        "p_adjusted": [None] * len(pairs),
        "differs": [None] * len(pairs),
        "smallest_detectable": factor * smallest_detectable(found.error, settings.level),
        "n_a": first["n"],
        "n_b": second["n"],
        "method": [str(method)] * len(pairs),
        "unit": [UNITS.get(unit, unit) for unit in first["unit"]],
    }
    return pl.DataFrame(columns, schema=DIFFERENCES).with_columns(pl.col(pl.Float64).fill_nan(None))


Compared = tuple[Difference, Method, float]


def _shares(first: pl.DataFrame, second: pl.DataFrame, periods: bool, level: float) -> Compared:
    del periods
    counts = [np.round(floats(rows["value"]) * floats(rows["n"]) / 100) for rows in (first, second)]
    return (
        difference_of_shares(counts[0], first["n"], counts[1], second["n"], level),
        Method.NEWCOMBE,
        100,
    )


def _inferred(first: pl.DataFrame, second: pl.DataFrame, periods: bool, level: float) -> Compared:
    """Between periods the engine's error on these customers is the same and drops out, elsewhere it stays."""
    if periods:
        return _shares(first, second, periods, level)
    errors = [_half_width(rows) / normal_quantile(level) for rows in (first, second)]
    many = np.full(first.height, np.inf)
    found = difference_of_means(first["value"], errors[0], many, second["value"], errors[1], many, level)
    return found, Method.BETWEEN_COMPANY, 1


def _means(first: pl.DataFrame, second: pl.DataFrame, periods: bool, level: float) -> Compared:
    del periods
    return difference_of_estimates(_estimate(first), _estimate(second), level), Method.MOVER, 1


def _estimate(rows: pl.DataFrame) -> Estimate:
    return Estimate(floats(rows["value"]), floats(rows["low"]), floats(rows["high"]))


def _half_width(rows: pl.DataFrame) -> Floats:
    """Return half the interval's width; an end cut off at the end of the scale does not count."""
    return np.fmax(floats(rows["high"]) - floats(rows["value"]), floats(rows["value"]) - floats(rows["low"]))


def _nps(first: pl.DataFrame, second: pl.DataFrame, periods: bool, level: float) -> Compared:
    del periods
    parts = [f"counts_{part}" for part in ("promoters", "passives", "detractors")]
    found = difference_of_nps(first.select(parts).to_numpy(), second.select(parts).to_numpy(), level)
    return found, Method.ADJUSTED_WALD, 1


METHODS: Final = {
    "csat_stated": _shares,
    "csat_inferred": _inferred,
    "rating_stated_mean": _means,
    "nps": _nps,
    "ces_mean": _means,
}
