"""Trains the linear star model: multinomial logistic regression on hashed n-grams.

What its comments teach, by their own ratings or by a teacher, is told in train/lessons.py. No random number is
drawn, and the order of the input rows does not matter. What was tried is told in docs/decisions/0005-star-model.md.
"""

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
from scipy.sparse import hstack

from cxtext import registry
from cxtext.engines.linear import WEIGHTS_FILE
from cxtext.engines.ngrams import NgramSpec, ngram_blocks
from cxtext.engines.readable import EMOJI
from cxtext.engines.sentiments import GOOD_OR_BAD
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import StarEngine
from cxtext.statistics.calibration import Calibration, fit_calibration
from cxtext.train.balance import folds
from cxtext.train.folder import model_folder
from cxtext.train.lessons import Lessons, check_enough, customers_lessons, teachers_lessons
from cxtext.train.ratings import customers_own
from cxtext.train.table import Warn, silent

Floats = NDArray[np.float64]

VERSION: Final = "3"
NGRAMS: Final = NgramSpec(char_min=3, char_max=5, word_min=1, word_max=2, buckets=2**18)
WORDS: Final = NgramSpec(char_min=1, char_max=0, word_min=1, word_max=1, buckets=2**22)

FOLDS: Final = 4
SHRINKAGE: Final = 1e4  # of a language's calibration to the common one, in rows
KNOWN_FROM: Final = 2  # comments a word must occur in to count as known

_WORD: Final = re.compile(r"[^\W_]*[^\W\d_]{2}[^\W_]*(?:['\u2019][^\W\d_]+)*")


def train_linear(
    files: Sequence[Path],
    out: Path,
    seed: int = 0,
    teacher: StarEngine | None = None,
    *,
    force: bool = False,
    warn: Warn = silent,
) -> dict[str, int]:
    """Train on comments and write the model's folder `out`; return how many were learned from, by language.

    Without a teacher the comments' own ratings teach (see train.ratings.read_rated), and files of sentences in
    several languages (see train.ratings.read_parallel) how words translate. With one, what it says of each comment
    does, rated or not; the calibration still comes from the ratings.
    `seed` is there because other models take one; nothing here is drawn at random.

    Raises
    ------
    InputError: a file can't be read, or too few rows are usable. OutputError: `out` exists (and not `force`) or
    can't be written.
    """
    del seed
    with model_folder(out, force=force) as folder:
        lessons = (
            customers_lessons(files, NGRAMS, warn)
            if teacher is None
            else teachers_lessons(files, NGRAMS, teacher, warn)
        )
        learned = check_enough(lessons, files)
        calibration = calibrate(logits_of_unseen_sets(lessons), lessons)
        known = known_words(lessons.rows["text"].to_list())
        _write(folder, fit_weights(lessons), calibration, known, lessons.rows)
    return learned


def fit_weights(lessons: Lessons) -> Floats:
    """Return the weights (buckets, 5) of the n-grams, fitted beside an intercept for each set.

    Ridge with a penalty that grows with the root of a bucket's energy, so that what many comments share must
    earn its weight; dropout of features does the same (Wager, Wang and Liang 2013). L-BFGS in coordinates
    scaled by the diagonal of the Hessian.
    """
    buckets, share = lessons.ngrams.shape[1], lessons.weight / lessons.weight.sum()
    x = hstack([lessons.ngrams, lessons.sets], format="csr", dtype=np.float32)
    transposed = x.T.tocsr()
    energy = np.asarray(transposed.power(2) @ share)
    ridge = lessons.ridge * np.sqrt(energy + 1e-7)
    ridge[buckets:] = 1e-3 * lessons.ridge * energy[:buckets].mean()
    ridge, step = ridge[:, None], 1 / np.sqrt(0.16 * energy + ridge)[:, None]

    def objective(flat: Floats) -> tuple[float, Floats]:
        values = flat.reshape(-1, 5) * step
        logits = np.asarray(x @ values.astype(np.float32), np.float64)
        loss, slope = lessons.loss(logits, lessons.target, share)
        gradient = transposed @ slope.astype(np.float32) + ridge * values
        return loss + 0.5 * float((ridge * values**2).sum()), (gradient * step).ravel()

    options: Any = {"maxiter": lessons.iterations, "maxcor": 6, "ftol": 1e-6}
    found: Any = minimize(objective, np.zeros(x.shape[1] * 5), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(found.x.reshape(-1, 5) * step, np.float64)[:buckets]


def logits_of_unseen_sets(lessons: Lessons) -> Floats:
    """Return logits (n, 5) of each row from a model that was trained without the row's origin."""
    fold = folds(lessons.rows, FOLDS)
    logits = np.zeros(lessons.target.shape)
    for held_out in range(FOLDS):
        weights = fit_weights(lessons.of(fold != held_out))
        logits[fold == held_out] = lessons.ngrams[fold == held_out] @ weights
    return logits


def calibrate(logits: Floats, lessons: Lessons) -> Calibration:
    """Return scale and offset for no language (the mean of all), then each of LANGUAGES.

    Fitted to which side of three customers' own stars are. Rows of three stars are left out, because sets were
    balanced by hand in them; for the same reason all that the offset may do is favour one side.
    """
    stars = lessons.rows["stars"].fill_null(3).to_numpy()
    sides = np.where(stars[:, None] > 3, GOOD_OR_BAD > 0, GOOD_OR_BAD < 0).astype(np.float64)
    rows = lessons.rows.select(customers_own(pl.col("origin"))).to_series().to_numpy() & (stars != 3)
    weight = lessons.weight[rows]
    fitted = fit_calibration(
        logits[rows],
        sides[rows],
        np.array([LANGUAGES.index(language) for language in lessons.rows["language"]])[rows],
        weight / max(weight.sum(), 1e-9) * rows.sum(),
        groups=len(LANGUAGES),
        shrinkage=SHRINKAGE,
        directions=GOOD_OR_BAD[None],
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
