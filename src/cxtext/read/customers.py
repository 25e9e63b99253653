"""Who came and who left: one row a customer, or one row a market and period with customers counted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.figures.groups import period_of
from cxtext.read.amounts import read_amounts
from cxtext.read.fields import column, column_dates, keys, plain_text
from cxtext.read.load import Loaded, load, stack_rejected
from cxtext.read.recognise import CUSTOMER_ONLY
from cxtext.read.sources import find_sources
from cxtext.read.territories import market_codes
from cxtext.schema.columns import CUSTOMER_COUNTS, CUSTOMERS, Role
from cxtext.schema.results import CustomersRead, Recognised
from cxtext.schema.settings import Settings

_ROLES: Final = (
    *(Role.ID, Role.RESPONDENT_ID, Role.MARKET, Role.PERIOD, Role.DATE),
    *sorted(CUSTOMER_ONLY),
)
# An end further off stands for none: 2999-12-31, 9999-12-31.
_NEVER_FROM: Final = 2100


class _Customers(NamedTuple):
    """The customers of one file: rows or counts, the other empty."""

    customers: pl.DataFrame
    counts: pl.DataFrame
    recognised: tuple[Recognised, ...]
    warnings: tuple[str, ...]


def read_customers(sources: str | Path | Sequence[str | Path], settings: Settings) -> CustomersRead:
    """Read customers files from files, folders, globs and `-`.

    A file with a column of customers at the start has one row a market and period; any other one row a
    customer.

    Raises
    ------
    InputError: an input can't be read, has neither customers at start nor a customer's id, start or end, or
    periods are waves.
    """
    loaded = [load(source, settings, kind="customers", roles=_ROLES) for source in find_sources(sources)]
    if loaded and settings.period == "wave":
        raise InputError(
            f"{loaded[0].given}: customers come and go by date, not by wave; give --period week, month, quarter"
            " or year, or leave them out"
        )
    read = [_read_file(one, settings) for one in loaded]
    rows = pl.concat([pl.DataFrame(schema=CUSTOMERS), *(one.customers for one in read)])
    customers, told = _sort_out(rows, ", ".join(one.given for one in loaded))
    return CustomersRead(
        customers=customers,
        counts=pl.concat([pl.DataFrame(schema=CUSTOMER_COUNTS), *(one.counts for one in read)]),
        rejected=stack_rejected([one.rejected for one in loaded]),
        files=tuple(one.file for one in loaded),
        recognised=tuple(known for one in read for known in one.recognised),
        warnings=(*(warning for one in read for warning in one.warnings), *told),
    )


def _read_file(loaded: Loaded, settings: Settings) -> _Customers:
    found = loaded.roles.columns.keys()
    if Role.CUSTOMERS_START in found:
        return _read_counts(loaded, settings)
    if found & {Role.RESPONDENT_ID, Role.ID, Role.START, Role.END}:
        return _read_rows(loaded, settings)
    raise InputError(
        f"{loaded.given}: neither a customer's id, start or end nor a number of customers at start found;"
        " name one with --column customers_start=NAME or --column respondent_id=NAME"
    )


def _read_rows(loaded: Loaded, settings: Settings) -> _Customers:
    start, end = column_dates(loaded, Role.START, settings), column_dates(loaded, Role.END, settings)
    margin, told = _amounts(loaded, Role.MARGIN)
    has_key = loaded.roles.get(Role.RESPONDENT_ID) is not None
    readable = end.values.is_not_null() | plain_text(column(loaded, Role.END)).is_null()
    rows = pl.DataFrame(
        {
            "source_file": pl.repeat(loaded.name, loaded.frame.height, eager=True),
            "source_row": loaded.rows,
            "respondent_id": keys(loaded, Role.RESPONDENT_ID if has_key else Role.ID),
            "market": market_codes(column(loaded, Role.MARKET)),
            "start": start.values,
            "end": end.values,
            "end_known": readable & (loaded.roles.get(Role.END) is not None),
            "margin": margin,
        },
        schema=CUSTOMERS,
    ).with_columns(end=pl.when(pl.col("end").dt.year() < _NEVER_FROM).then("end"))
    told += [line for dates in (start, end) for line in dates.warnings(_place(loaded, dates.values))]
    forms = [found.format for found in (start, end) if found.format]
    assumed = any(found.assumed for found in (start, end))
    dated = (
        [Recognised(loaded.name, "date_format", " and ".join(dict.fromkeys(forms)), assumed)] if forms else []
    )
    level = Recognised(loaded.name, "level", "one row a customer")
    return _Customers(
        rows,
        pl.DataFrame(schema=CUSTOMER_COUNTS),
        (*loaded.recognised, *dated, level),
        (*loaded.warnings, *told),
    )


def _sort_out(rows: pl.DataFrame, given: str) -> tuple[pl.DataFrame, list[str]]:
    """Return each customer once; rows that contradict each other or themselves are left out."""
    has_key = pl.col("respondent_id").is_not_null()
    facts = ["respondent_id", "market", "start", "end", "margin"]
    once = rows.filter(has_key).unique(facts, keep="first", maintain_order=True)
    different = pl.concat([once, rows.filter(~has_key)])
    conflicting = has_key & pl.col("respondent_id").is_duplicated()
    backwards = (pl.col("end") < pl.col("start")).fill_null(value=False)
    kept = different.filter(~conflicting, ~backwards)
    contradict = different.filter(conflicting)["respondent_id"].n_unique()
    reverse = different.filter(~conflicting, backwards).height
    told = (
        (contradict, f"left out {contradict} customers whose rows contradict each other"),
        (reverse, f"left out {reverse} customers who left before they came"),
    )
    return kept, [f"{given}: {warning}" for count, warning in told if count]


def _read_counts(loaded: Loaded, settings: Settings) -> _Customers:
    amounts = {
        name: _amounts(loaded, role)
        for name, role in (
            ("at_start", Role.CUSTOMERS_START),
            ("at_end", Role.CUSTOMERS_END),
            ("new", Role.CUSTOMERS_NEW),
            ("margin", Role.MARGIN),
        )
    }
    dates = column_dates(loaded, Role.DATE, settings)
    dated = pl.select(period_of(pl.lit(dates.values), settings.period)).to_series()
    counts = pl.DataFrame(
        {
            "source_file": pl.repeat(loaded.name, loaded.frame.height, eager=True),
            "source_row": loaded.rows,
            "market": market_codes(column(loaded, Role.MARKET)),
            "period": plain_text(column(loaded, Role.PERIOD)).zip_with(
                plain_text(column(loaded, Role.PERIOD)).is_not_null(), dated
            ),
            **{name: values for name, (values, _) in amounts.items()},
        },
        schema=CUSTOMER_COUNTS,
    )
    usable = counts.filter(pl.col("at_start") > 0).unique(
        ["market", "period"], keep="first", maintain_order=True
    )
    left_out = counts.height - usable.height
    told = [warning for _, warnings in amounts.values() for warning in warnings]
    told += dates.warnings(_place(loaded, dates.values))
    if left_out:
        told.append(
            f"{loaded.given}: left out {left_out} rows: no customers at start, or a market and period again"
        )
    level = Recognised(loaded.name, "level", "one row a market and period")
    return _Customers(
        pl.DataFrame(schema=CUSTOMERS),
        usable,
        (*loaded.recognised, level),
        (*loaded.warnings, *told),
    )


def _amounts(loaded: Loaded, role: Role) -> tuple[pl.Series, list[str]]:
    """Return the amounts of a role, and how many of them can't be read."""
    values = column(loaded, role)
    amounts = read_amounts(values)
    unreadable = amounts.null_count() - plain_text(values).null_count()
    told = f"{_place(loaded, values)}: left out {unreadable} of {len(values)} values: not readable"
    return amounts, [told] if unreadable else []


def _place(loaded: Loaded, values: pl.Series) -> str:
    return f"{loaded.given}: column {values.name!r}"
