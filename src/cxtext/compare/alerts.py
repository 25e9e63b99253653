"""What of all comparisons of a run is more than chance once their number is allowed for, and worth a look."""

import json
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from cxtext.compare.differences import ADJUSTMENTS, PERIOD
from cxtext.figures.periods import in_order
from cxtext.schema.columns import ALERTS
from cxtext.schema.settings import Settings

TESTS: Final = ("slope", "shift")  # of a trend


def adjust_together(
    differences: pl.DataFrame, trends: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return both with p-values adjusted over all comparisons, trends and shifts of the run, and what they say."""
    tests = [differences["p"], *(trends[f"{test}_p"] for test in TESTS)]
    p = np.concatenate([test.to_numpy() for test in tests])
    adjusted = pl.Series(ADJUSTMENTS[settings.adjust](p)).fill_nan(None)
    ends = np.cumsum([0, *map(len, tests)])
    of_differences, of_slopes, of_shifts = (
        adjusted.slice(int(start), int(end - start)) for start, end in pairwise(ends)
    )
    largest = 1 - settings.level
    slopes = pl.when(pl.col("slope") > 0).then(pl.lit("up")).otherwise(pl.lit("down"))
    return (
        differences.with_columns(
            p_adjusted=of_differences, differs=(of_differences < largest).fill_null(value=False)
        ),
        trends.with_columns(slope_p_adjusted=of_slopes, shift_p_adjusted=of_shifts).with_columns(
            direction=pl.when(pl.col("slope_p_adjusted") < largest).then(slopes).otherwise(pl.lit("none")),
            shifted=pl.col("shift_p_adjusted") < largest,
        ),
    )


def find_alerts(differences: pl.DataFrame, trends: pl.DataFrame) -> pl.DataFrame:
    """Return what changed beyond chance in the last period, and where a level shifted; columns ALERTS.

    The last period of a metric is the last that any group shows: a market that ended years ago is no news.
    Both frames have p-values adjusted over the run.
    """
    parts = [_last_periods(differences), _shifts(trends)]
    return pl.concat([pl.DataFrame(schema=ALERTS), *parts])


def _last_periods(differences: pl.DataFrame) -> pl.DataFrame:
    of_periods = differences.filter(dimension=PERIOD)
    periods = pl.Series(
        "period", [json.loads(group)[PERIOD] for group in of_periods["group_b"]], dtype=pl.String
    )
    dated = of_periods.with_columns(periods, group=_without_period(of_periods["group_b"]))
    last = [
        {"metric": metric, "period": alike[-1]}
        for (metric,), part in dated.group_by("metric", maintain_order=True)
        for alike in in_order(part["period"])
    ]
    newest = pl.DataFrame(last, schema={"metric": pl.String, "period": pl.String})
    found = dated.filter("differs").join(newest, on=["metric", "period"], how="semi", maintain_order="left")
    return found.with_columns(kind=pl.lit("last_period"), n=pl.col("n_a") + pl.col("n_b")).select(*ALERTS)


def _without_period(groups: pl.Series) -> pl.Series:
    kept = ({k: v for k, v in json.loads(group).items() if k != PERIOD} for group in groups)
    return pl.Series("group", [json.dumps(group, ensure_ascii=False) for group in kept], dtype=pl.String)


def _shifts(trends: pl.DataFrame) -> pl.DataFrame:
    return trends.filter("shifted").select(
        pl.lit("shift").alias("kind"),
        "metric",
        "group",
        pl.col("shift_period").alias("period"),
        pl.col("shift").alias("difference"),
        pl.col("shift_low").alias("low"),
        pl.col("shift_high").alias("high"),
        pl.col("shift_p_adjusted").alias("p_adjusted"),
        "n",
        "unit",
    )
