"""Trains the linear star model: multinomial logistic regression on hashed n-grams.

Coarse labels take part through the sum of their stars' probabilities. Every set of comments has an intercept
of its own while training, so that the words need not explain that one company's customers are happier than
another's; the intercepts are dropped, which leaves a model that expects as many complaints as praise. Languages
with few stars are filled up with comments of the others, translated word by word. No random number is drawn, and
the order of the input rows does not matter. What was tried is told in docs/decisions/0005-star-model.md.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.optimize import minimize

from cxtext import registry
from cxtext.engines.linear import WEIGHTS_FILE, vectors
from cxtext.engines.ngrams import NgramSpec, ngram_blocks
from cxtext.engines.readable import EMOJI
from cxtext.schema.columns import LANGUAGES
from cxtext.statistics.calibration import Calibration, fit_calibration, marginal_loss
from cxtext.train.balance import folds, row_weights, set_index
from cxtext.train.ratings import RATED, allowed_stars, customers_own, read_parallel, read_rated
from cxtext.train.word_translation import top_up

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

VERSION: Final = "1"
NGRAMS: Final = NgramSpec(char_min=3, char_max=5, word_min=1, word_max=2, buckets=2**18)
WORDS: Final = NgramSpec(char_min=1, char_max=0, word_min=1, word_max=1, buckets=2**22)

RIDGE: Final = 1e-3
ITERATIONS: Final = 20
STARRED_ROWS: Final = 12_000  # a language with fewer comments with stars is filled up with translations
FOLDS: Final = 4
SHRINKAGE: Final = 1e4  # of a language's calibration to the common one, in rows
GOOD_OR_BAD: Final = np.array([[-1.0, -1.0, 0.0, 1.0, 1.0]])
KNOWN_FROM: Final = 2  # comments a word must occur in to count as known

_WORD: Final = re.compile(r"[^\W_]*[^\W\d_]{2}[^\W_]*(?:['\u2019][^\W\d_]+)*")


def train_linear(files: Sequence[Path], out: Path, seed: int = 0) -> None:
    """Train on rated comments (see train.ratings.read_rated) and write the model's folder `out`.

    Files of sentences in several languages (see train.ratings.read_parallel) also teach how words translate.
    `seed` is there because other models take one; nothing here is drawn at random.

    Raises
    ------
    InputError: a file can't be read or no row is usable.
    """
    del seed
    recipe = read_recipe()
    rated = training_rows(files, recipe)
    x, allowed = vectors(rated["text"].to_list(), NGRAMS), allowed_stars(rated)
    weight = row_weights(rated, allowed, recipe["set_weight"])
    calibration = calibrate(logits_of_unseen_sets(x, allowed, weight, rated), allowed, weight, rated)
    weights = fit_weights(x, allowed, weight, set_index(rated))
    _write(out, weights, calibration, known_words(rated["text"].to_list()), rated)


def read_recipe() -> dict[str, Any]:
    """Return which labels to leave out, how much sets weigh, and the emoji that are read as comments."""
    return dict(json.loads((Path(__file__).parent / "linear_recipe.json").read_text("utf-8")))


def training_rows(files: Sequence[Path], recipe: dict[str, Any]) -> pl.DataFrame:
    """Return comments, translated ones and emoji: the columns of RATED, and `origin`, the set they come from."""
    unusable = [{key: value for key, value in rule.items() if key != "why"} for rule in recipe["leave_out"]]
    rated = read_rated(files, unusable).with_columns(origin="set")
    translated = top_up(rated, read_parallel(files), starred_rows=STARRED_ROWS)
    return pl.concat([rated, translated, _emoji_rows(recipe["emoji"])])


def _emoji_rows(labelled: dict[str, str]) -> pl.DataFrame:
    """Return each emoji as a comment of its own, in each language."""
    rows = [
        {"set": "emoji", "text": emoji, "language": language, "label": label, "origin": "emoji"}
        for label, line in labelled.items()
        for emoji in line
        for language in LANGUAGES
    ]
    return pl.DataFrame(rows, schema=RATED | {"origin": pl.String()})


def fit_weights(x: Any, allowed: Floats, weight: Floats, set_of: Index) -> Floats:
    """Return the weights (buckets, 5) of the n-grams, fitted beside an intercept for each set.

    Ridge with a penalty that grows with the root of a bucket's energy, so that what many comments share must
    earn its weight; dropout of features does the same (Wager, Wang and Liang 2013). L-BFGS in coordinates
    scaled by the diagonal of the Hessian.
    """
    share = weight / weight.sum()
    x, transposed = x.astype(np.float32), x.T.tocsr().astype(np.float32)
    energy = np.asarray(transposed.power(2) @ share)
    buckets, sets = x.shape[1], int(set_of.max()) + 1
    ridge = np.concatenate([RIDGE * np.sqrt(energy + 1e-7), np.full(sets, 1e-3 * RIDGE * energy.mean())])
    curvature = 0.16 * np.concatenate([energy, np.bincount(set_of, share, sets)])
    ridge, step = ridge[:, None], 1 / np.sqrt(curvature + ridge)[:, None]

    def objective(flat: Floats) -> tuple[float, Floats]:
        values = flat.reshape(-1, 5) * step
        logits = np.asarray(x @ values[:buckets].astype(np.float32), np.float64) + values[buckets:][set_of]
        loss, slope = marginal_loss(logits, allowed, share)
        by_set = np.stack([np.bincount(set_of, column, sets) for column in slope.T], axis=1)
        gradient = np.concatenate([transposed @ slope.astype(np.float32), by_set]) + ridge * values
        return loss + 0.5 * float((ridge * values**2).sum()), (gradient * step).ravel()

    start = np.zeros((buckets + sets) * 5)
    options: Any = {"maxiter": ITERATIONS, "maxcor": 6, "ftol": 1e-6}
    found: Any = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x.reshape(-1, 5) * step, np.float64)[:buckets]


def logits_of_unseen_sets(x: Any, allowed: Floats, weight: Floats, rated: pl.DataFrame) -> Floats:
    """Return logits (n, 5) of each row from a model that was trained without the row's origin."""
    fold = folds(rated, FOLDS)
    logits = np.zeros(allowed.shape)
    for held_out in range(FOLDS):
        rest = fold != held_out
        weights = fit_weights(x[rest], allowed[rest], weight[rest], set_index(rated.filter(rest)))
        logits[~rest] = x[~rest] @ weights
    return logits


def calibrate(logits: Floats, allowed: Floats, weight: Floats, rated: pl.DataFrame) -> Calibration:
    """Return scale and offset for no language (the mean of all), then each of LANGUAGES.

    Fitted to which side of three customers' own stars are. Rows of three stars are left out, because sets were
    balanced by hand in them; for the same reason all that the offset may do is favour one side.
    """
    sides = np.zeros(allowed.shape)
    sides[:, :2] = allowed[:, :2].max(axis=1, keepdims=True)
    sides[:, 3:] = allowed[:, 3:].max(axis=1, keepdims=True)
    rows = rated.select(customers_own(pl.col("origin")) & (pl.col("stars") != 3)).to_series().to_numpy()
    fitted = fit_calibration(
        logits[rows],
        sides[rows],
        np.array([LANGUAGES.index(language) for language in rated["language"]])[rows],
        weight[rows] / max(weight[rows].sum(), 1e-9) * rows.sum(),
        groups=len(LANGUAGES),
        shrinkage=SHRINKAGE,
        directions=GOOD_OR_BAD,
    )
    scale, offset = np.exp(np.log(fitted.scale).mean()), fitted.offset.mean(axis=0)
    return Calibration(np.concatenate([[scale], fitted.scale]), np.vstack([offset, fitted.offset]))


def known_words(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Return which buckets of WORDS hold a word (two letters or an emoji) seen in KNOWN_FROM comments."""
    seen = np.zeros(WORDS.buckets, dtype=np.int64)
    for start in range(0, len(texts), 1000):
        for block in ngram_blocks([_words_only(text) for text in texts[start : start + 1000]], WORDS):
            seen += np.bincount(block.buckets, minlength=WORDS.buckets)
    return np.asarray(seen >= KNOWN_FROM)


def _words_only(text: str) -> str:
    """Return each word and emoji of a text once, in alphabetical order."""
    words = {match.group().lower() for match in _WORD.finditer(text)} | set(EMOJI.findall(text))
    return " ".join(sorted(words))


def _write(
    out: Path, weights: Floats, calibration: Calibration, known: NDArray[np.bool_], rated: pl.DataFrame
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    tensors = {
        "weights": weights.astype(np.float16),
        "scale": calibration.scale.astype(np.float32),
        "offset": calibration.offset.astype(np.float32),
        "known": np.packbits(known),
    }
    save_file(tensors, out / WEIGHTS_FILE)
    config = {
        "kind": "linear",
        "version": VERSION,
        "languages": list(LANGUAGES),
        "ngrams": asdict(NGRAMS),
        "words": asdict(WORDS),
        "rows": dict(sorted(rated.group_by("language").len().iter_rows())),
    }
    registry.seal(out, config, [WEIGHTS_FILE])
