"""What comments teach the linear star model: by their own ratings, or by what a stronger model says of them.

By their own ratings, coarse labels take part through the sum of their stars' probabilities. Every set of comments
has an intercept of its own while training, so that the words need not explain that one company's customers are
happier than another's; the intercepts are dropped, which leaves a model that expects as many complaints as praise.
Languages with few stars are filled up with comments of the others, translated word by word.

A teacher's probabilities need none of that: it knows a scarce language from the others, and no company's shares of
stars. Rated or not, all comments teach what it says of them (distillation, Hinton et al. 2015).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cxtext.engines.linear import vectors
from cxtext.engines.ngrams import NgramSpec
from cxtext.errors import InputError
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import StarEngine
from cxtext.statistics.calibration import cross_entropy, marginal_loss
from cxtext.train.balance import row_weights, set_index
from cxtext.train.ratings import RATED, allowed_stars, read_comments, read_parallel, read_rated
from cxtext.train.table import Warn, silent
from cxtext.train.word_translation import top_up

Floats = NDArray[np.float64]

STARRED_ROWS: Final = 12_000  # a language with fewer comments with stars is filled up with translations
RIDGE: Final = 1e-3
ITERATIONS: Final = 20
TAUGHT_RIDGE: Final = 3e-4  # a teacher's probabilities carry less noise than one customer's stars
TAUGHT_ITERATIONS: Final = 30
EMOJI_SET: Final = "emoji"
FEWEST_ROWS: Final = 50  # comments that teach something,
FEWEST_SIDE: Final = 10  # and so many on either side of three stars


@dataclass(frozen=True)
class Lessons:
    """What n comments teach.

    rows: columns of RATED, and `origin`, the set a translated comment comes from. ngrams: (n, buckets). sets:
    (n, intercepts), a row's own intercept. target: (n, 5), what `loss` compares with. weight: (n,), how much a row
    counts. ridge, iterations: how strongly and how long to fit.
    """

    rows: pl.DataFrame
    ngrams: Any
    sets: Any
    target: Floats
    weight: Floats
    loss: Callable[[Floats, Floats, Floats], tuple[float, Floats]]
    ridge: float
    iterations: int

    def of(self, chosen: NDArray[np.bool_]) -> "Lessons":
        """Return the lessons of the chosen rows (n,)."""
        arrays = {name: getattr(self, name)[chosen] for name in ("ngrams", "sets", "target", "weight")}
        return replace(self, rows=self.rows.filter(chosen), **arrays)


def customers_lessons(files: Sequence[Path], spec: NgramSpec, warn: Warn = silent) -> Lessons:
    """Return what the rated comments of the files teach, translated ones and emoji among them."""
    recipe = read_recipe()
    rows = training_rows(files, recipe, warn)
    allowed = allowed_stars(rows)
    weight = row_weights(rows, allowed, recipe["set_weight"])
    number = set_index(rows)
    sets = csr_matrix((np.ones(len(number)), (np.arange(len(number)), number)))
    ngrams = vectors(rows["text"].to_list(), spec)
    return Lessons(rows, ngrams, sets, allowed, weight, marginal_loss, RIDGE, ITERATIONS)


def teachers_lessons(
    files: Sequence[Path], spec: NgramSpec, teacher: StarEngine, warn: Warn = silent
) -> Lessons:
    """Return what a teacher says of the comments of the files, rated or not; emoji teach what the recipe says.

    A comment of which the teacher has nothing to say teaches its rating, or nothing if it has none. It is asked about
    the text alone: the linear model will read no question either.
    """
    recipe = read_recipe()
    comments = read_comments(files, _unusable(recipe), warn).with_columns(origin="set")
    rows = pl.concat([comments, _emoji_rows(recipe["emoji"])])
    allowed = allowed_stars(rows)
    told = teacher.predict(
        rows["text"].to_list(), rows["language"].to_list(), [None] * rows.height
    ).probabilities
    own = np.isnan(told).any(axis=1) | (rows["set"] == EMOJI_SET).to_numpy()
    target = np.where(own[:, None], allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1.0), told)
    weight = row_weights(rows, allowed, recipe["set_weight"]) * target.any(axis=1)
    ngrams, none = vectors(rows["text"].to_list(), spec), csr_matrix((rows.height, 0))
    return Lessons(rows, ngrams, none, target, weight, cross_entropy, TAUGHT_RIDGE, TAUGHT_ITERATIONS)


def check_enough(lessons: Lessons, files: Sequence[Path]) -> dict[str, int]:
    """Return how many of the files' own comments teach something, by language.

    Raises
    ------
    InputError: they are fewer than FEWEST_ROWS, or fewer than FEWEST_SIDE are on one side of three stars.
    """
    own = (pl.col("origin") == pl.col("set")) & (pl.col("set") != EMOJI_SET)
    teaches = lessons.rows.select(own).to_series().to_numpy() & lessons.target.any(axis=1)
    target = lessons.target[teaches]
    low, high = target[:, :2].sum(axis=1), target[:, 3:].sum(axis=1)
    unhappy, happy = int((low > high).sum()), int((high > low).sum())
    if len(target) < FEWEST_ROWS or min(unhappy, happy) < FEWEST_SIDE:
        raise InputError(
            f"{files[0]}: {len(target)} different comments can be learned from, {unhappy} of them below three"
            f" stars and {happy} above; training takes {FEWEST_ROWS}, {FEWEST_SIDE} of them on either side,"
            " add rated comments"
        )
    counted = lessons.rows.filter(teaches).group_by("language").len().sort("language")
    return dict(counted.iter_rows())


def read_recipe() -> dict[str, Any]:
    """Return which labels to leave out, how much sets weigh, and the emoji that are read as comments."""
    return dict(json.loads((Path(__file__).parent / "linear_recipe.json").read_text("utf-8")))


def training_rows(files: Sequence[Path], recipe: Mapping[str, Any], warn: Warn = silent) -> pl.DataFrame:
    """Return rated comments, translated ones and emoji: columns of RATED, and `origin`, the set they come from."""
    rated = read_rated(files, _unusable(recipe), warn).with_columns(origin="set")
    translated = top_up(rated, read_parallel(files), starred_rows=STARRED_ROWS)
    return pl.concat([rated, translated, _emoji_rows(recipe["emoji"])])


def _unusable(recipe: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{key: value for key, value in rule.items() if key != "why"} for rule in recipe["leave_out"]]


def _emoji_rows(labelled: Mapping[str, str]) -> pl.DataFrame:
    """Return each emoji as a comment of its own, in each language."""
    rows = [
        {"set": EMOJI_SET, "text": emoji, "language": language, "label": label, "origin": EMOJI_SET}
        for label, line in labelled.items()
        for emoji in line
        for language in LANGUAGES
    ]
    return pl.DataFrame(rows, schema=RATED | {"origin": pl.String()})
