"""How many were asked: one row a market."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from cxtext.errors import InputError
from cxtext.read.amounts import read_amounts
from cxtext.read.fields import column
from cxtext.read.load import Loaded, load, stack_rejected
from cxtext.read.sources import find_sources
from cxtext.read.territories import market_codes
from cxtext.schema.columns import TOTALS, Role
from cxtext.schema.results import Recognised, TotalsRead
from cxtext.schema.settings import Settings

_ROLES: Final = (Role.MARKET, Role.INVITED)


def read_totals(sources: Sequence[str], settings: Settings) -> TotalsRead:
    """Read totals with a column of markets and one of how many were invited there, each market once.

    Raises
    ------
    InputError: a file can't be read, lacks a column, or holds what is no number of people.
    """
    loaded = [load(source, settings, kind="totals", roles=_ROLES) for source in find_sources(sources)]
    totals = pl.concat([pl.DataFrame(schema=TOTALS), *map(_read_file, loaded)])
    _check_once(totals)
    told = [Recognised(one.name, "level", "one row a market") for one in loaded]
    return TotalsRead(
        totals=totals,
        rejected=stack_rejected([one.rejected for one in loaded]),
        files=tuple(one.file for one in loaded),
        recognised=(*(known for one in loaded for known in one.recognised), *told),
        warnings=tuple(warning for one in loaded for warning in one.warnings),
    )


def _read_file(loaded: Loaded) -> pl.DataFrame:
    for role in _ROLES:
        if loaded.roles.get(role) is None:
            raise InputError(
                f"{loaded.given}: no column {role.value}; totals have the columns market and invited,"
                f" name it with --column {role.value}=NAME"
            )
    given = column(loaded, Role.INVITED)
    rows = pl.DataFrame(
        {
            "source_file": pl.repeat(loaded.name, loaded.frame.height, eager=True),
            "source_row": loaded.rows,
            "market": market_codes(column(loaded, Role.MARKET)),
            "invited": read_amounts(given),
            "column": pl.repeat(given.name, loaded.frame.height, eager=True),
        }
    )
    _check_rows(rows, given)
    return rows.cast(pl.Schema(TOTALS))


def _check_rows(rows: pl.DataFrame, given: pl.Series) -> None:
    for (file, row, market, invited, name), written in zip(rows.iter_rows(), given, strict=True):
        place = f"{file}, row {row}"
        if market is None:
            raise InputError(f"{place}: no market; give each row the market its number is of")
        if invited is None or invited < 0 or invited % 1:
            raise InputError(
                f"{place}, column {name!r}: {written!r} is no number of people; give a whole number"
            )


def _check_once(totals: pl.DataFrame) -> None:
    again = totals.filter(~pl.col("market").is_first_distinct())
    for file, row, market, *_ in again.iter_rows():
        raise InputError(f"{file}, row {row}: market {market} occurs twice; give each one total")
