"""The margins of the population that figures are weighted to: one row a dimension and value."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from cxtext.errors import InputError
from cxtext.read.amounts import read_amounts
from cxtext.read.fields import plain_text
from cxtext.read.load import Loaded, load, stack_rejected
from cxtext.read.sources import find_sources
from cxtext.read.territories import market_codes
from cxtext.read.vocabulary import normalise
from cxtext.schema.columns import MARGINS
from cxtext.schema.results import Recognised, WeightsRead
from cxtext.schema.settings import Settings

DIMENSIONS: Final = ("market", "channel", "touchpoint")
_COLUMNS: Final = ("dimension", "value", "share")
_WHOLES: Final = (1.0, 100.0)
_TOLERANCE: Final = 0.01  # of the whole, for shares that were rounded


def read_weights(sources: Sequence[str], settings: Settings) -> WeightsRead:
    """Read margins with the columns dimension, value and share; the shares of a dimension add to 1 or 100.

    Raises
    ------
    InputError: a file can't be read, or its columns, dimensions or shares are not such.
    """
    loaded = [load(source, settings, kind="weights", roles=()) for source in find_sources(sources)]
    margins = pl.concat([pl.DataFrame(schema=MARGINS), *map(_read_file, loaded)])
    told = [Recognised(one.name, "level", "one row a dimension and value") for one in loaded]
    return WeightsRead(
        margins=margins,
        rejected=stack_rejected([one.rejected for one in loaded]),
        files=tuple(one.file for one in loaded),
        recognised=(*(known for one in loaded for known in one.recognised), *told),
        warnings=tuple(warning for one in loaded for warning in one.warnings),
    )


def _read_file(loaded: Loaded) -> pl.DataFrame:
    names = {normalise(name): name for name in loaded.frame.columns}
    if missing := [name for name in _COLUMNS if name not in names]:
        raise InputError(
            f"{loaded.given}: no column {missing[0]}; margins have the columns {', '.join(_COLUMNS)}"
        )
    dimension, value = (plain_text(loaded.frame[names[name]]) for name in _COLUMNS[:2])
    rows = pl.DataFrame(
        {
            "dimension": dimension.str.to_lowercase(),
            "value": value,
            "share": read_amounts(loaded.frame[names["share"]]),
        }
    )
    rows = rows.with_columns(value=_codes(rows))
    _check(rows, loaded)
    whole = pl.col("share").sum().over("dimension")
    return rows.with_columns(pl.col("share") / whole).select(*MARGINS)


def _codes(rows: pl.DataFrame) -> pl.Series:
    """Return the values, of markets their codes."""
    return rows["value"].zip_with(rows["dimension"].ne_missing("market"), market_codes(rows["value"]))


def _check(rows: pl.DataFrame, loaded: Loaded) -> None:
    for number, (dimension, value, share) in zip(loaded.rows, rows.iter_rows(), strict=True):
        if dimension not in DIMENSIONS:
            raise InputError(
                f"{loaded.given}, row {number}: dimension {dimension!r}; choose from {', '.join(DIMENSIONS)}"
            )
        if value is None or share is None or share <= 0:
            raise InputError(f"{loaded.given}, row {number}: needs a value and a share above 0")
    if rows.select("dimension", "value").is_duplicated().any():
        raise InputError(f"{loaded.given}: a value of a dimension occurs twice; give each one share")
    for dimension, whole in rows.group_by("dimension", maintain_order=True).agg(pl.col("share").sum()).rows():
        if not any(abs(whole / full - 1) <= _TOLERANCE for full in _WHOLES):
            raise InputError(
                f"{loaded.given}: the shares of {dimension} add to {whole:g}; they must add to 1 or 100"
            )
