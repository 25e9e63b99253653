"""How rated comments share the say in training: languages, sets, complaints and praise."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

SET_POWER: Final = 0.5  # n rows of a set weigh about n ** 0.5 together,
LANGUAGE_POWER: Final = 0.5  # and so do the sets of a language
SMALL: Final = 300.0  # rows; sets smaller than about this don't gain by it
BALANCE: Final = (
    0.5  # 0 leaves complaints and praise of a set as many as they are, 1 gives both the same weight
)


def row_weights(rated: pl.DataFrame, allowed: Floats, set_weight: Mapping[str, float]) -> Floats:
    """Return the weight (n,) of each row, 1 on average.

    `rated` has `language` and `set`; `allowed` (n, 5) tells which stars agree with a row; `set_weight` multiplies
    sets that are worth less than others.
    """
    side = np.where(
        allowed[:, :2].any(axis=1), "negative", np.where(allowed[:, 3:].any(axis=1), "positive", "neutral")
    )
    w, opinion = pl.col("w"), pl.col("side") != "neutral"
    rows = rated.select(
        "language", "set", side=pl.Series(side), w=pl.col("set").replace_strict(set_weight, default=1.0)
    )
    rows = rows.with_columns(w * (SMALL + w.sum().over("language", "set")) ** (SET_POWER - 1))
    rows = rows.with_columns(w * w.sum().over("language") ** (LANGUAGE_POWER - 1))
    both = w.sum().over("language", "set", opinion)
    leaned = w * w.sum().over("language", "set", "side") ** -BALANCE
    evened = leaned * both / leaned.sum().over("language", "set", opinion)
    weight = rows.with_columns(pl.when(opinion).then(evened).otherwise(w).alias("w"))["w"].to_numpy()
    return np.asarray(weight / weight.mean(), dtype=np.float64)


def set_index(rated: pl.DataFrame) -> Index:
    """Return the number of each row's set and language, from 0, in the order of their names."""
    names = rated.select(pl.struct("language", "set").rank("dense") - 1).to_series()
    return names.to_numpy().astype(np.int64)


def folds(rated: pl.DataFrame, count: int) -> Index:
    """Return each row's fold: origins are dealt out language by language, the largest first, each whole.

    So a language's large sets fall into different folds, and each is judged by a model that knows the others.
    """
    sizes = (
        rated.group_by("origin", "language").len().sort(-pl.col("len").cast(pl.Int64), "origin", "language")
    )
    main = sizes.unique("origin", keep="first", maintain_order=True).sort("language", maintain_order=True)
    fold = {origin: i % count for i, origin in enumerate(main["origin"])}
    return np.array([fold[origin] for origin in rated["origin"]], dtype=np.int64)
