"""Customers with a start and an end to customers at risk of leaving, period by period."""

from datetime import date
from typing import Final

import polars as pl

from cxtext.figures.groups import period_of
from cxtext.measure.segments import SEGMENTS
from cxtext.schema.settings import Settings

EVERY: Final = {"week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}
FROM, TO, LEFT, FIRST, EXPOSED = "from", "to", "left", "first", "exposed"


def calendar(customers: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the periods from the first customer's start to the last date of the file.

    One row a period: `place` (from 0), `first` (its first day), `period` (its name), `elapsed` (0..1, the share of
    its days up to the file's last date), `over` (whether that is all). Empty where no customer has a start.
    """
    start, end = customers["start"].min(), customers["end"].max()
    every = EVERY[settings.period]
    if not isinstance(start, date):
        return pl.DataFrame(
            schema={
                "place": pl.Int64,
                FIRST: pl.Date,
                "period": pl.String,
                "elapsed": pl.Float64,
                "over": pl.Boolean,
            }
        )
    last = max(day for day in (customers["start"].max(), end) if isinstance(day, date))
    days = pl.date_range(start, last, "1d", eager=True).dt.truncate(every).unique(maintain_order=True)
    after = pl.col(FIRST).dt.offset_by(every)
    elapsed = (pl.min_horizontal(after, pl.lit(last).dt.offset_by("1d")) - pl.col(FIRST)) / (
        after - pl.col(FIRST)
    )
    return pl.DataFrame({FIRST: days}).select(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("place"),
        FIRST,
        period_of(pl.col(FIRST), settings.period).alias("period"),
        elapsed.alias("elapsed"),
        (elapsed >= 1).alias("over"),
    )


def at_risk(customers: pl.DataFrame, periods: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the customers that were one at the start of any period, in an order no reshuffling changes.

    Columns added: `from` and `to`, the places of the first and last period they were a customer at the start
    of, and `left`, whether they left in the last. Customers without a start, or of whom is not known whether
    they left, can't be placed and are left out.
    """
    every, last = EVERY[settings.period], periods.height - 1
    begun = _place("start", every, periods)
    late = pl.col("start") > pl.col("start").dt.truncate(every)
    rows = customers.filter(pl.col("start").is_not_null(), "end_known").with_columns(
        (begun + late.cast(pl.Int64)).alias(FROM),
        _place("end", every, periods).fill_null(last).alias(TO),
        pl.col("end").is_not_null().alias(LEFT),
    )
    order = ["market", "respondent_id", "start", "end", "margin"]
    return rows.filter(pl.col(FROM) <= pl.col(TO)).sort(order, nulls_last=True)


def since_they_said(
    rows: pl.DataFrame, said: pl.DataFrame, segment: str, periods: pl.DataFrame, settings: Settings
) -> pl.DataFrame:
    """Return the customers whose `segment` is known, at risk from the period on in which they said it.

    Earlier periods don't count: who was lost in one could not have said anything after it. `undated` tells
    where it is not known when it was said, so that all periods count.
    """
    every, day = EVERY[settings.period], f"{segment}_date"
    known = said.select("respondent_id", segment, day).drop_nulls(segment)
    joined = rows.join(known, on="respondent_id", how="inner", maintain_order="left")
    place = _place(day, every, periods)
    before = pl.col(day) < pl.lit(periods[FIRST].min())
    since = pl.when(before | pl.col(day).is_null()).then(0).otherwise(place.fill_null(periods.height))
    return joined.with_columns(
        pl.max_horizontal(FROM, since).alias(FROM), pl.col(day).is_null().alias("undated")
    ).filter(pl.col(FROM) <= pl.col(TO))


def _place(day: str, every: str, periods: pl.DataFrame) -> pl.Expr:
    first = pl.col(day).dt.truncate(every)
    return first.replace_strict(periods[FIRST], periods["place"], default=None, return_dtype=pl.Int64)


def exposed(rows: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Return the customers at risk with `exposed`: how many periods each could have left in.

    Of a period that may not be over, what has elapsed of it, but all of it for who left in it: else those still
    there would count as having stayed to its end. The initial exposed to risk of actuaries (D. London 1997,
    Survival models and their estimation, ch. 6); so nobody leaves more often than they could.
    """
    to_come = 1 - periods["elapsed"][-1]
    unfinished = ~pl.col(LEFT) & (pl.col(TO) == periods.height - 1)
    length = pl.col(TO) - pl.col(FROM) + 1
    return rows.with_columns((length - pl.when(unfinished).then(to_come).otherwise(0.0)).alias(EXPOSED))


def by_period(rows: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    """Return one row a customer and period at risk, with `period`, `left` in the last only, and `exposed` of 1."""
    place = pl.int_ranges(FROM, pl.col(TO) + 1).alias("place")
    long = rows.with_columns(place).explode("place")
    named = long.join(periods.select("place", "period", "over"), on="place", maintain_order="left")
    return named.with_columns(
        (pl.col(LEFT) & (pl.col("place") == pl.col(TO))).alias(LEFT),
        pl.col("place").alias(FROM),
        pl.col("place").alias(TO),
        pl.lit(1.0).alias(EXPOSED),
    )


__all__ = [
    "EXPOSED",
    "FROM",
    "LEFT",
    "SEGMENTS",
    "TO",
    "at_risk",
    "by_period",
    "calendar",
    "exposed",
    "since_they_said",
]
