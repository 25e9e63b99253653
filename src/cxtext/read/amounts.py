"""Counts and amounts of money as people write them: `12.345`, `1 234,50`, `EUR 1,234.50`."""

from typing import Final

import polars as pl

_NOISE: Final = r"(?i)[\s'\u2019]|eur|dkk|gbp|usd|kr\.?|[€$£]"
_AMOUNT: Final = r"^[-+]?\d+(?:[.,]\d+)*$"


def read_amounts(values: pl.Series) -> pl.Series:
    """Return values as numbers; null where they are none.

    In text a comma or a point marks decimals where any value shows so: it stands last, after the other mark,
    or before other than three digits. The mark that does not separates thousands.
    """
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_nan(None)
    texts = values.cast(pl.String, strict=False).str.replace("\u2212", "-").str.replace_all(_NOISE, "")
    texts = texts.set(~texts.str.contains(_AMOUNT).fill_null(value=False), None)
    for mark in _decimal_mark(texts):
        texts = texts.str.replace_all("," if mark == "." else ".", "", literal=True)
        return texts.str.replace(mark, ".", literal=True).cast(pl.Float64, strict=False)
    return texts.str.replace_all("[.,]", "").cast(pl.Float64, strict=False)


def _decimal_mark(texts: pl.Series) -> list[str]:
    """Return the mark of decimals, the one with more evidence, or nothing."""
    shown = {
        mark: int(
            texts.str.contains(rf"^[^{mark}]*[{mark}](\d{{1,2}}|\d{{4,}})$|[{other}].*[{mark}]\d+$").sum()
        )
        for mark, other in ((",", "."), (".", ","))
    }
    return [mark for mark in sorted(shown, key=lambda mark: -shown[mark]) if shown[mark]][:1]
