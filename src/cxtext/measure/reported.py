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

    Several results of one group (a row a channel, say) are pooled by n, and so are the periods of a market
    that has no result of its own; without every n there is no pooled figure.
    """
    if groups.is_empty():
        return metrics
    given = _weighted(groups, ["market", "period", "metric"])
    found = pl.concat([given, _over_periods(given)], how="diagonal")
    found = found.with_columns(group=_names(found))
    reported = pl.concat([_rows(part, settings) for part in found.partition_by("metric")])
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


def _weighted(groups: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return one figure a group: the one reported, else the mean weighted by n, null without every n."""
    value, n = pl.col("value"), pl.col("n")
    known = n.null_count() == 0
    mean = pl.when(known).then((value * n).sum() / n.sum())
    return (
        groups.group_by(keys)
        .agg(
            pl.when(pl.len() == 1).then(value.first()).otherwise(mean).alias("value"),
            pl.when(known).then(n.sum()),
        )
        .sort(keys, nulls_last=True)
    )


def _over_periods(given: pl.DataFrame) -> pl.DataFrame:
    """Return the figure over all periods of each market that has none of its own."""
    periodic = given.filter(pl.col("market").is_not_null(), pl.col("period").is_not_null())
    own = given.filter(pl.col("period").is_null())
    pooled = _weighted(periodic, ["market", "metric"]).filter(pl.col("n") > 0)
    return pooled.join(own, on=["market", "metric"], how="anti").with_columns(period=pl.lit(None, pl.String))


def _rows(found: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the rows of one metric."""
    metric = str(found["metric"][0])
    n = found["n"].cast(pl.Float64).to_numpy()
    estimate, unit, note = _interval(metric, found["value"].to_numpy(), n, settings)
    none, few = (
        pl.col("n").eq_missing(0),
        pl.col("n").is_between(1, settings.min_group_n - 1).fill_null(False),
    )
    figure = [pl.when(~(none | few)).then(name).alias(name) for name in ("value", "low", "high")]
    return (
        found.select("group", "metric", "n")
        .with_columns(
            value=pl.Series(estimate.value).fill_nan(None),
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
            suppressed=few,
            note=pl.when(none)
            .then(pl.lit(Note.NO_DATA.value))
            .when(few)
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
