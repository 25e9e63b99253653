"""Survey results that came as figures of a market and period: carried through, with the interval n allows."""

import json
from typing import Final

import polars as pl

from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Estimate, Floats, known, wilson
from cxtext.statistics.reported import widest_mean, widest_net_promoter_score

CES_RANGES: Final[dict[str, tuple[float, float]]] = {"1-5": (1, 5), "0-5": (0, 5), "1-7": (1, 7)}


def with_reported(metrics: pl.DataFrame, groups: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add reported figures to the metrics, where none was counted from respondents.

    A figure of several periods of a market is pooled by n into that market's, where every period has its n.
    """
    if groups.is_empty():
        return metrics
    found = pl.concat([_pooled(groups), groups.with_columns(group=_names(groups))], how="diagonal")
    reported = pl.concat(
        [
            _rows(part, settings)
            for part in found.unique(["group", "metric"], keep="last").partition_by("metric")
        ]
    )
    counted = metrics.filter(pl.col("note").ne_missing(Note.NO_DATA))
    added = reported.join(counted, on=["group", "metric"], how="anti")
    kept = metrics.join(added, on=["group", "metric"], how="anti")
    order = {name: place for place, name in enumerate(dict.fromkeys([*metrics["group"], *added["group"]]))}
    place = pl.col("group").replace_strict(order, return_dtype=pl.Int64)
    return pl.concat([kept, added.sort("group", "metric")]).sort(place, maintain_order=True)


def _names(groups: pl.DataFrame) -> pl.Series:
    keys = groups.select("market", "period").iter_rows(named=True)
    given = ({name: key for name, key in row.items() if key is not None} for row in keys)
    return pl.Series([json.dumps(row, ensure_ascii=False) for row in given], dtype=pl.String)


def _pooled(groups: pl.DataFrame) -> pl.DataFrame:
    """Return each market's figure over its periods: the mean weighted by n."""
    periodic = groups.filter(pl.col("market").is_not_null(), pl.col("period").is_not_null())
    weighted = (pl.col("value") * pl.col("n")).sum() / pl.col("n").sum()
    pooled = (
        periodic.group_by("market", "metric")
        .agg(weighted.alias("value"), pl.col("n").sum(), pl.col("n").null_count().alias("without_n"))
        .filter(pl.col("without_n") == 0, pl.col("n") > 0)
        .sort("market", "metric")
        .with_columns(period=pl.lit(None, pl.String))
    )
    return pooled.with_columns(group=_names(pooled)).drop("without_n")


def _rows(found: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the rows of one metric."""
    metric = str(found["metric"][0])
    n = found["n"].cast(pl.Float64).to_numpy()
    estimate, unit, note = _interval(metric, found["value"].to_numpy(), n, settings)
    few = pl.col("n") < settings.min_group_n
    figure = [pl.when(~few.fill_null(False)).then(name).alias(name) for name in ("value", "low", "high")]
    return (
        found.select("group", "metric", "n")
        .with_columns(
            value=pl.Series(estimate.value),
            low=pl.Series(estimate.low).fill_nan(None),
            high=pl.Series(estimate.high).fill_nan(None),
        )
        .with_columns(
            *figure,
            level=pl.when(pl.col("low").is_not_null()).then(settings.level),
            n_rated=pl.lit(None, pl.Int64),
            n_unrated=pl.lit(None, pl.Int64),
            method=pl.lit(Method.REPORTED.value),
            unit=pl.lit(unit),
            suppressed=few.fill_null(False),
            note=pl.when(few)
            .then(pl.lit(Note.SUPPRESSED.value))
            .when(pl.col("n").is_null())
            .then(pl.lit(Note.NO_N.value))
            .otherwise(pl.lit(note)),
        )
        .select(*METRICS)
        .cast(METRICS)  # type: ignore[arg-type]
    )


def _interval(
    metric: str, values: Floats, counts: Floats, settings: Settings
) -> tuple[Estimate, str, str | None]:
    """Return a reported figure with the interval that its n and value allow, its unit and a note."""
    if metric == "nps":
        return widest_net_promoter_score(values, counts, settings.level), Unit.POINTS, Note.WIDEST
    if metric == "ces_mean":
        bounds = CES_RANGES[settings.ces_scale]
        unit = f"{Unit.CES} {settings.ces_scale} {settings.ces_direction}"
        return widest_mean(values, counts, *bounds, level=settings.level), unit, Note.WIDEST
    if metric == "csat_stated":
        share = wilson(values / 100 * counts, counts, settings.level).map(lambda x: 100 * x)
        return Estimate(values, share.low, share.high), Unit.PERCENT, None
    return known(values), "", None
