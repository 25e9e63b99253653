"""How a group's figures move over periods: a trend, and the one most likely shift of their level."""

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from cxtext.compare.differences import PERIOD, UNITS
from cxtext.figures.groups import aggregate, group_names, with_dimensions
from cxtext.figures.periods import in_order, steps
from cxtext.figures.satisfied import inferred_satisfaction
from cxtext.schema.columns import TRENDS
from cxtext.schema.figures import FEWEST_PERIODS
from cxtext.schema.results import Joined
from cxtext.schema.settings import Settings
from cxtext.statistics.bootstrap import seeded
from cxtext.statistics.intervals import floats
from cxtext.statistics.trends import most_likely_shift, weighted_trend

METRICS: Final = ("csat_stated", "csat_inferred", "rating_inferred_mean", "nps")
INFERRED: Final = ("csat_inferred", "rating_inferred_mean")


def find_trends(joined: Joined, metrics: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the trend and the most likely shift of each series of six shown periods or more; columns TRENDS.

    A period's variance is that of single answers in all periods of the group, over its n: of the inferred
    figures sampling alone, as the engine's error on these customers is the same in all periods. A series whose
    answers are all alike has no row.
    """
    wanted = pl.col("group").str.contains(f'"{PERIOD}"', literal=True) & pl.col("metric").is_in(
        [*METRICS, "nps_passives"]
    )
    shown = metrics.filter(wanted, pl.col("value").is_not_null(), pl.col("n") > 1)
    if shown.is_empty():
        return pl.DataFrame(schema=TRENDS)
    place = steps(_periods(shown), waves=settings.period == "wave")
    spread = _spread_of_comments(joined, settings)
    parts = [
        _trend(series, place, spread, settings)
        for metric in METRICS
        for series in _series(_with_passives(shown, metric))
    ]
    return pl.DataFrame([row for row in parts if row is not None], schema=TRENDS)


def _periods(rows: pl.DataFrame) -> list[str]:
    return [json.loads(group)[PERIOD] for group in rows["group"]]


def _with_passives(shown: pl.DataFrame, metric: str) -> pl.DataFrame:
    """Return the rows of a metric, of NPS with the share of passives; null where it came as a figure."""
    rows = shown.filter(metric=metric)
    if metric != "nps":
        return rows
    passives = shown.filter(metric="nps_passives").select("group", passives="value")
    return rows.join(passives, on="group", how="left", maintain_order="left")


def _series(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows of each group in order of time, where there are enough; `of` is the group without period."""
    groups = [json.loads(group) for group in rows["group"]]
    of = [json.dumps({k: v for k, v in group.items() if k != PERIOD}, ensure_ascii=False) for group in groups]
    named = rows.with_columns(
        of=pl.Series(of, dtype=pl.String), period=pl.Series([g[PERIOD] for g in groups], dtype=pl.String)
    )
    return [
        pl.concat([part.filter(period=period) for period in alike])
        for part in named.partition_by("of", maintain_order=True)
        for alike in in_order(part["period"])
        if len(alike) >= FEWEST_PERIODS
    ]


def _trend(
    series: pl.DataFrame,
    place: Mapping[str, int],
    spread: Mapping[tuple[str, str], float],
    settings: Settings,
) -> dict[str, object] | None:
    metric, group = str(series["metric"][0]), str(series["of"][0])
    variance = spread.get((metric, group), 0.0) if metric in INFERRED else _spread_of_answers(series, metric)
    if not variance > 0:
        return None
    values, variances = floats(series["value"]), variance / floats(series["n"])
    x = [place[period] for period in series["period"]]
    trend = weighted_trend(x, values, variances, settings.level)
    generator = seeded(settings.seed, "trends", metric, group)
    shift = most_likely_shift(values, variances, generator, settings.level)
    return {
        "metric": metric,
        "group": group,
        "first_period": series["period"][0],
        "last_period": series["period"][-1],
        "periods": series.height,
        "n": int(series["n"].sum()),
        "slope": float(trend.slope.value),
        "slope_low": float(trend.slope.low),
        "slope_high": float(trend.slope.high),
        "slope_p": trend.p,
        "dispersion": trend.dispersion,
        "shift_period": series["period"][shift.place],
        "shift": float(shift.size.value),
        "shift_low": float(shift.size.low),
        "shift_high": float(shift.size.high),
        "shift_p": shift.p,
        "level": settings.level,
        "unit": UNITS.get(str(series["unit"][0]), str(series["unit"][0])),
    }


def _spread_of_answers(series: pl.DataFrame, metric: str) -> float:
    """Return the variance of single answers over all periods of a share or an NPS, in points squared.

    An NPS that came as a figure may hide passives; without any its variance is largest.
    """
    n, value = floats(series["n"]), floats(series["value"]) / 100
    mean = float(np.average(value, weights=n))
    if metric != "nps":
        return 100**2 * mean * (1 - mean)
    decided = 1 - np.nan_to_num(floats(series["passives"])) / 100
    return 100**2 * (float(np.average(decided, weights=n)) - mean**2)


def _spread_of_comments(joined: Joined, settings: Settings) -> dict[tuple[str, str], float]:
    """Return the variance of what single comments add to an inferred figure, by metric and group."""
    comments = with_dimensions(joined.comments, settings).filter(pl.col(PERIOD).is_not_null())
    satisfied, rating = 100 * inferred_satisfaction(), pl.col("inferred_rating_1_5")
    figures = [satisfied.var().alias("csat_inferred"), rating.var().alias("rating_inferred_mean")]
    found = {}
    for by in settings.by:
        if PERIOD not in by:
            continue
        others = tuple(name for name in by if name != PERIOD)
        table = aggregate(comments, others, figures)
        for metric in INFERRED:
            for group, variance in zip(group_names(table, others), table[metric], strict=True):
                found[metric, group] = variance or 0.0
    return found
