"""Churn rate and customer lifetime value: of markets and periods, and of satisfied customers beside others."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.groups import TOTAL, Dimensions, group_names
from cxtext.figures.rows import Figures, metrics_frame
from cxtext.measure.segments import SEGMENTS, satisfaction_segments
from cxtext.measure.tenure import EXPOSED, LEFT, at_risk, by_period, calendar, exposed, since_they_said
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.results import CustomersRead, Joined
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Estimate, Floats, floats, known, wilson
from cxtext.statistics.lifetime import lifetime_value

PERIODIC: Final[tuple[Dimensions, ...]] = (("period",), ("market", "period"))
BY: Final[tuple[Dimensions, ...]] = (TOTAL, ("market",), *PERIODIC)


def churn_figures(customers: CustomersRead, joined: Joined, settings: Settings) -> pl.DataFrame:
    """Return churn_rate and clv with the columns of METRICS; empty without a customers file.

    By market and period, and of files with a row a customer also by satisfaction, stated and inferred. Where
    files of both kinds give a group's figure, it is that of the rows.
    """
    parts = []
    if not customers.customers.is_empty():
        parts.append(_of_rows(customers.customers, joined, settings))
    if not customers.counts.is_empty():
        parts.append(_of_counts(customers.counts, settings))
    if len(parts) > 1:
        parts[1] = parts[1].join(parts[0], on=["group", "metric"], how="anti", maintain_order="left")
    return pl.concat([pl.DataFrame(schema=METRICS), *parts])


def _of_rows(customers: pl.DataFrame, joined: Joined, settings: Settings) -> pl.DataFrame:
    refused = _what_is_missing(customers)
    if refused:
        return _null_figures(customers, refused, settings)
    periods = calendar(customers, settings)
    rows = at_risk(customers, periods, settings)
    whole, long = exposed(rows, periods), by_period(rows, periods)
    parts = [_figures(long if "period" in dimensions else whole, dimensions, settings) for dimensions in BY]
    said = satisfaction_segments(joined, settings)
    for segment in SEGMENTS:
        of_segment = exposed(since_they_said(rows, said, segment, periods, settings), periods)
        parts += [
            _figures(of_segment, dimensions, settings) for dimensions in ((segment,), ("market", segment))
        ]
    return pl.concat(parts)


def _what_is_missing(customers: pl.DataFrame) -> Note | None:
    if customers["start"].is_null().all():
        return Note.NO_START
    return None if customers["end_known"].any() else Note.NO_END


def _null_figures(customers: pl.DataFrame, note: Note, settings: Settings) -> pl.DataFrame:
    """Return the total and the markets without a figure, and why."""
    parts = []
    for dimensions in (TOTAL, ("market",)):
        table = _grouped(customers, dimensions, [pl.len().alias("n")])
        none = known(np.full(table.height, np.nan))
        figures = [
            Figures(metric, none, table["n"], Method.WILSON, unit, notes=[note] * table.height)
            for metric, unit in (("churn_rate", Unit.PERCENT), ("clv", Unit.MONEY))
        ]
        parts.append(_metrics(table, dimensions, figures, settings))
    return pl.concat(parts)


def _figures(rows: pl.DataFrame, dimensions: Dimensions, settings: Settings) -> pl.DataFrame:
    table = _grouped(rows, dimensions, _sums(rows))
    lost, at_start = floats(table["lost"]), floats(table["at_start"])
    rate = wilson(lost, at_start, settings.level).map(lambda share: 100 * share)
    mean, variance, n = (floats(table[f"margin_{name}"]) for name in ("mean", "variance", "n"))
    value = lifetime_value(mean, variance, n, lost, at_start, settings.level)
    undated = [Note.UNDATED if some else None for some in table["undated"]]
    over = [None if all_over else Note.NOT_OVER for all_over in table["over"]]
    notes = [first or second for first, second in zip(undated, over, strict=True)]
    figures = [
        Figures("churn_rate", rate, table["n"], Method.WILSON, Unit.PERCENT, notes=notes),
        _value(value, table, rate.value, Method.LOG_DELTA, notes),
    ]
    return _metrics(table, dimensions, figures, settings)


def _sums(rows: pl.DataFrame) -> list[pl.Expr]:
    """Return customer-periods at risk, customers lost, and the moments of the margin over customers."""
    flags = {name: pl.col(name) if name in rows.columns else None for name in ("undated", "over")}
    margin = pl.col("margin")
    return [
        pl.len().alias("n"),
        pl.col(EXPOSED).sum().alias("at_start"),
        pl.col(LEFT).sum().alias("lost"),
        margin.mean().alias("margin_mean"),
        margin.var().alias("margin_variance"),
        margin.count().alias("margin_n"),
        (pl.lit(False) if flags["undated"] is None else flags["undated"].any()).alias("undated"),
        (pl.lit(True) if flags["over"] is None else flags["over"].all()).alias("over"),
    ]


def _value(
    estimate: Estimate, table: pl.DataFrame, rate: Floats, method: Method, notes: Sequence[str | None]
) -> Figures:
    """Return the clv of each group: null with a note where there is no margin, or no churn."""
    none = [
        Note.NO_MARGIN if count == 0 else Note.NO_CHURN if churn <= 0 else note
        for count, churn, note in zip(table["margin_n"], rate, notes, strict=True)
    ]
    shown = np.array([note not in (Note.NO_MARGIN, Note.NO_CHURN) for note in none], dtype=bool)

    def hide(values: Floats) -> Floats:
        return np.where(shown, values, np.nan)

    n = table["n"].to_numpy() if method is Method.REPORTED else table["margin_n"].to_numpy()
    return Figures("clv", estimate.map(hide), np.where(n == 0, table["n"], n), method, Unit.MONEY, notes=none)


def _of_counts(counts: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    return pl.concat([_counted(counts, dimensions, settings) for dimensions in BY])


def _counted(counts: pl.DataFrame, dimensions: Dimensions, settings: Settings) -> pl.DataFrame:
    """Return the figures of one breakdown; of several periods or markets by the sums of their customers."""
    both = pl.col("at_end").is_not_null()
    told = both & pl.col("new").is_not_null()
    start, weight = pl.col("at_start"), pl.col("at_start").filter(pl.col("margin").is_not_null())
    sums = [
        (start.sum() / pl.col("period").n_unique().clip(1)).round().alias("n"),
        start.filter(both).sum().alias("at_start"),
        (start - pl.col("at_end")).filter(both).sum().alias("net_lost"),
        start.filter(told).sum().alias("gross_at_start"),
        (start + pl.col("new") - pl.col("at_end")).filter(told).sum().alias("gross_lost"),
        ((pl.col("margin") * start).sum() / weight.sum()).alias("margin_mean"),
        pl.col("margin").count().alias("margin_n"),
    ]
    table = _grouped(counts.sort("market", "period", nulls_last=True), dimensions, sums)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = floats(table["net_lost"]) / floats(table["at_start"])
        value = floats(table["margin_mean"]) / rate
    notes = [Note.NO_CUSTOMERS_END if np.isnan(share) else Note.NET for share in rate]
    figures = [
        Figures("churn_rate", known(100 * rate), table["n"], Method.REPORTED, Unit.PERCENT, notes=notes),
        *_gross(table, settings.level),
        _value(known(value), table, rate, Method.REPORTED, notes),
    ]
    return _metrics(table, dimensions, figures, settings)


def _gross(table: pl.DataFrame, level: float) -> list[Figures]:
    """Return churn_rate_gross of each group, where the number of new customers is given."""
    lost, at_start = floats(table["gross_lost"]), floats(table["gross_at_start"])
    if not at_start.any():
        return []
    possible = (lost >= 0) & (lost <= at_start) & (at_start > 0)
    share = wilson(np.where(possible, lost, np.nan), np.where(possible, at_start, np.nan), level)
    notes = [None if fine else Note.NO_CUSTOMERS_END for fine in possible]
    rate = share.map(lambda x: 100 * x)
    return [Figures("churn_rate_gross", rate, table["n"], Method.WILSON, Unit.PERCENT, notes=notes)]


def _grouped(rows: pl.DataFrame, dimensions: Dimensions, sums: Sequence[pl.Expr]) -> pl.DataFrame:
    """Return one row a group, sorted by its keys; sums in the order of the rows, so that they don't vary."""
    if not dimensions:
        return rows.select(sums)
    named = rows.drop_nulls(dimensions)
    return named.group_by(dimensions, maintain_order=True).agg(sums).sort(dimensions)


def _metrics(
    table: pl.DataFrame,
    dimensions: Dimensions,
    figures: Sequence[Figures],
    settings: Settings,
) -> pl.DataFrame:
    return metrics_frame(
        group_names(table, dimensions),
        figures,
        smallest=settings.min_group_n,
        level=settings.level,
    )
