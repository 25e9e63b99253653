"""What the name of a column says of its numbers, and which columns of numbers are personal data."""

from typing import Final

import polars as pl

from cxtext.protect.texts import protect_text
from cxtext.protect.words import names_telephones
from cxtext.schema.columns import COMMENTS

_TELEPHONE: Final = "tel"  # introduces a telephone number in every language
_LOOKED_AT: Final = 1_000  # different values that tell what a column holds
_SHORTEST: Final = 10**6


def heading_of(name: str) -> str:
    """Return what stands before each text of a column, for `protect_text`; nothing before comments."""
    if name in ("text", "question"):
        return ""
    return _TELEPHONE if names_telephones(name) else name


def numbers_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with columns of numbers as text where most of their values are personal data.

    A tool that takes telephone numbers for integers writes 31612345678: `protect` looks at text alone. A
    telephone number needs a column called so: any id, amount or time of eight digits could be one.
    """
    numeric = [name for name, dtype in frame.schema.items() if dtype.is_numeric() and name not in COMMENTS]
    digits = {name: found for name in numeric if (found := _digits(frame[name])) is not None}
    markets = frame["market"] if "market" in frame.columns else pl.lit(None, pl.String).alias("market")
    return frame.with_columns(
        found
        for name, found in digits.items()
        if _are_personal(name, frame.select(found.alias("digits"), markets))
    )


def _digits(values: pl.Series) -> pl.Series | None:
    """Return whole numbers as text; null where others are among them, or none is long enough."""
    given = values.fill_nan(None) if values.dtype.is_float() else values
    whole = given.cast(pl.Int64, strict=False)
    if whole.null_count() > given.null_count() or not (whole == given).all() or whole.is_empty():
        return None
    return whole.cast(pl.String) if (whole >= _SHORTEST).any() else None


def _are_personal(name: str, rows: pl.DataFrame) -> bool:
    seen = rows.drop_nulls("digits").unique(maintain_order=True).head(_LOOKED_AT)
    telephones, heading = names_telephones(name), heading_of(name)
    kinds = [protect_text(digits, market, heading=heading)[1] for digits, market in seen.iter_rows()]
    found = sum(bool(kind) and (telephones or kind != ["PHONE"]) for kind in kinds)
    return 2 * found > seen.height
