"""Forecasts of an answer in three ordered categories from a comment's stars, never by a model that saw it."""

import hashlib
from typing import Final

import numpy as np
import polars as pl

from cxtext.schema.columns import P_STARS
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import Floats, floats
from cxtext.statistics.ordinal import fit_proportional_odds

KEY: Final = "respondent_id"
FOLDS: Final = 5
CATEGORIES: Final = 3
SMALLEST_P: Final = 0.001  # of a star; below it a log-ratio tells more of the engine than of the comment
FORECAST: Final = tuple(f"forecast_{category}" for category in range(CATEGORIES))
BASE: Final = tuple(f"base_{category}" for category in range(CATEGORIES))


def enough_answers(rows: pl.DataFrame, settings: Settings) -> bool:
    """Return whether enough respondents answered, in all and in each category; `rows` has answer and who."""
    counts = rows.group_by("answer").agg(pl.col("who").n_unique())["who"]
    fewest = settings.text_skill_min_category_n
    return bool(
        rows["who"].n_unique() >= settings.text_skill_min_n
        and len(counts) == CATEGORIES
        and (counts >= fewest).all()
    )


def forecast(comments: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return the comments, in an order of their own, with FORECAST and BASE: probabilities of each category.

    `comments` are scored and have `answer` (0..2, or null where none was given) and `who`. Of those with an
    answer the model is fitted on other folds than theirs; all of a respondent are in one fold, as are equal
    texts without a respondent. The others get the model of all answers. The base forecast knows the market and
    the language only, as far as these have enough answers; the forecast knows the stars besides.
    """
    key = pl.coalesce(KEY, "text").alias("key")
    order = ("key", "answer", *P_STARS, "market", "language", "source_file", "channel")
    rows = comments.with_columns(key).sort(order, nulls_last=True)
    known = rows["answer"].is_not_null().to_numpy()
    folds = np.where(known, _folds(rows["key"]), FOLDS)
    where = _where(rows, settings)
    stars = _log_ratios(rows)
    # what stars say of an answer differs between surveys: one slope for all would deny the weaker its skill
    features = np.hstack([stars, where, *(stars * column[:, None] for column in where.T)])
    answers = rows["answer"].fill_null(0).to_numpy()
    columns: dict[str, Floats] = {}
    for names, x in ((FORECAST, features), (BASE, where)):
        found = np.empty((len(rows), CATEGORIES))
        for fold in range(FOLDS + 1):
            others, these = known & (folds != fold), folds == fold
            model = fit_proportional_odds(x[others], answers[others], CATEGORIES)
            found[these] = model.probabilities(x[these])
        columns |= {name: found[:, place] for place, name in enumerate(names)}
    return rows.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


def _folds(keys: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    digests = (hashlib.sha256(key.encode()).digest() for key in keys)
    return np.array([int.from_bytes(digest[:8], "big") % FOLDS for digest in digests], dtype=np.int64)


def _log_ratios(rows: pl.DataFrame) -> Floats:
    """Return log(p(k) / p(3)) of the other four stars, shape (n, 4)."""
    logs = np.log(np.maximum(floats(rows.select(P_STARS).to_numpy()), SMALLEST_P))
    return floats(np.delete(logs - logs[:, [2]], 2, axis=1))


def _where(rows: pl.DataFrame, settings: Settings) -> Floats:
    """Return a column of noughts and ones for each market and language with enough answers but the largest."""
    columns = [np.empty((len(rows), 0))]
    for name in ("market", "language"):
        counts = rows.filter(pl.col("answer").is_not_null())[name].drop_nulls().value_counts()
        large = counts.filter(pl.col("count") >= settings.text_skill_min_n)
        levels = large.sort("count", name, descending=[True, False])[name][1:]
        columns += [floats((rows[name] == level).fill_null(False))[:, None] for level in levels]
    return np.hstack(columns)
