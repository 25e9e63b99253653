"""Trains the language detector: a linear softmax over hashed n-grams, on texts cut as short as comments are.

Steps: read; fit a first model on words alone and drop the comments and sentences whose language it contradicts;
fit on everything, fresh samples at each step; calibrate the temperature on comments held out.
The same data and seed give the same bytes on one machine.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix

from cxtext import registry
from cxtext.detect.priors import open_log_prior
from cxtext.engines.language import (
    HASHED_WORDS,
    READ_CHARACTERS,
    WEIGHTS_FILE,
    WORD_LISTS,
    linear_scores,
    word_hashes,
)
from cxtext.engines.ngrams import NgramSpec, chunks_of, ngram_blocks
from cxtext.errors import InputError
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.settings import LanguageSettings
from cxtext.train.folder import model_folder
from cxtext.train.language_material import Material, Sampler, cut_texts, read_material, read_word_list
from cxtext.train.table import Warn, silent

Weights = NDArray[np.float32]
Index = NDArray[np.int64]

VERSION: Final = "1"
NGRAMS: Final = NgramSpec(char_min=1, char_max=5, word_min=1, word_max=1, buckets=2**18, letters_only=True)
POWER: Final = 0.5
BATCH: Final = 16_384
STEPS: Final = 1_100
FIRST_STEPS: Final = 150  # of the model that checks the comments' labels
RATE: Final = 0.5
STEADY: Final = 0.5  # share of the steps before the rate falls
CONTRADICTED: Final = 0.97  # probability of another label that drops a comment
FEWEST_COMMENTS: Final = 20  # of each supported language: the model is calibrated on some of them
HELD_OUT: Final = 10  # one comment in so many calibrates and does not train

TEMPERATURES: Final = tuple(round(0.3 + 0.02 * step, 2) for step in range(46))  # 0.30 .. 1.20
_PIECES: Final = 2_000  # of held-out comments, for each language


@dataclass(frozen=True)
class Trained:
    """What training found."""

    labels: tuple[str, ...]
    weights: Weights
    temperature: float
    dropped: dict[str, dict[str, int]]  # label -> comments and sentences whose label was contradicted
    comments: dict[str, int]  # label -> comments trained on


def train_language(
    data: Sequence[Path],
    out: Path,
    seed: int = 0,
    steps: int = STEPS,
    *,
    force: bool = False,
    warn: Warn = silent,
) -> Trained:
    """Train on files of comments and folders of words (see read_material), and write the model.

    Raises
    ------
    InputError: a file can't be read, a label has no words, or a supported language too few comments.
    OutputError: `out` exists (and not `force`) or can't be written.
    """
    with model_folder(out, force=force) as folder:
        material = read_material(data, warn)
        check_enough(material, data)
        trained = _trained(material, seed, steps)
        write(trained, {name: read_word_list(data, name) for name in WORD_LISTS}, folder)
    return trained


def check_enough(material: dict[str, Material], data: Sequence[Path]) -> None:
    """Raise InputError where a supported language has fewer than FEWEST_COMMENTS comments."""
    counts = {language: len(material[language].comments) for language in LANGUAGES}
    if min(counts.values()) < FEWEST_COMMENTS:
        found = ", ".join(f"{language} {n}" for language, n in counts.items())
        raise InputError(
            f"{data[0]}: different comments to learn from: {found};"
            f" training takes {FEWEST_COMMENTS} of each, add some"
        )


def _trained(material: dict[str, Material], seed: int, steps: int) -> Trained:
    words = {label: replace(found, comments=[], sentences=[]) for label, found in material.items()}
    cleaned, dropped = without_contradicted(material, fit(words, seed, min(steps, FIRST_STEPS)))
    training, held_out = split(cleaned)
    weights = fit(training, seed + 1, steps)
    return Trained(
        labels=tuple(material),
        weights=weights,
        temperature=fit_temperature(weights, held_out, tuple(material), seed),
        dropped=dropped,
        comments={label: len(m.comments) for label, m in training.items()},
    )


def fit(material: dict[str, Material], seed: int, steps: int) -> Weights:
    """Return the weights (buckets, labels) after `steps` steps of Adagrad on fresh samples."""
    rng = np.random.default_rng(seed)
    sampler = Sampler(material)
    weights = np.zeros((NGRAMS.buckets, len(sampler.labels)), np.float32)
    squares = np.full_like(weights, 1e-6)
    for step in range(steps):
        texts, labels = sampler.draw(BATCH, rng)
        slope = _slope(texts, labels, weights)
        squares += slope * slope
        left = min(1.0, max(0.05, (steps - step) / (steps * (1 - STEADY))))
        weights -= np.float32(RATE * left) * slope / np.sqrt(squares)
    return weights


def _slope(texts: list[str], labels: Index, weights: Weights) -> Weights:
    """Return the gradient of the cross-entropy, over the root of the number of texts."""
    counts = _scaled_counts(texts)
    error = _shares(np.sum([x @ weights for x in counts], axis=0))
    error[np.arange(len(labels)), labels] -= 1
    error = (error / len(texts) ** 0.5).astype(np.float32)
    slope: Weights = np.sum([x.T @ error for x in counts], axis=0)
    return slope


def _scaled_counts(texts: list[str]) -> list[Any]:
    """Return the n-grams of each kind and length, weighed as the detector weighs them."""
    blocks = list(ngram_blocks(texts, NGRAMS))
    lengths = [np.diff(block.indptr) for block in blocks]
    scale = (np.maximum(np.sum(lengths, axis=0), 1.0) ** -POWER).astype(np.float32)
    shape = (len(texts), NGRAMS.buckets)
    return [
        csr_matrix((np.repeat(scale, length), block.buckets, block.indptr), shape=shape)
        for block, length in zip(blocks, lengths, strict=True)
    ]


def without_contradicted(
    material: dict[str, Material], weights: Weights
) -> tuple[dict[str, Material], dict[str, dict[str, int]]]:
    """Drop lines for which a model that saw none of them is sure of another label; count them by label."""
    cleaned, dropped = {}, {}
    for place, (label, found) in enumerate(material.items()):
        comments = _not_contradicted(found.comments, weights, place)
        sentences = _not_contradicted(found.sentences, weights, place)
        cleaned[label] = replace(found, comments=comments, sentences=sentences)
        dropped[label] = {
            "comments": len(found.comments) - len(comments),
            "sentences": len(found.sentences) - len(sentences),
        }
    return cleaned, dropped


def _not_contradicted(lines: list[str], weights: Weights, place: int) -> list[str]:
    heads = [line[:READ_CHARACTERS] for line in lines]
    kept = []
    for a, b in chunks_of(heads):
        shares = _shares(linear_scores(heads[a:b], NGRAMS, weights, POWER))
        shares[:, place] = 0
        kept += [
            line for line, other in zip(lines[a:b], shares.max(axis=1), strict=True) if other < CONTRADICTED
        ]
    return kept


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def split(material: dict[str, Material]) -> tuple[dict[str, Material], dict[str, list[str]]]:
    """Hold out one comment in ten of the supported languages, chosen by a hash of its text."""
    training, held_out = dict(material), {}
    for label in LANGUAGES:
        chosen = [_is_held_out(text) for text in material[label].comments]
        held_out[label] = [t for t, out in zip(material[label].comments, chosen, strict=True) if out]
        rest = [t for t, out in zip(material[label].comments, chosen, strict=True) if not out]
        training[label] = replace(material[label], comments=rest)
    return training, held_out


def _is_held_out(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % HELD_OUT == 0


def fit_temperature(
    weights: Weights, held_out: dict[str, list[str]], labels: tuple[str, ...], seed: int
) -> float:
    """Return what to divide scores by, from held-out comments cut short, read with the open prior.

    Log loss asks for more caution than needed, for the sake of a few pieces that are hopeless (names, wrong labels);
    calibration error alone asks for less than is safe on languages that the held-out comments lack. The result is
    the geometric mean of the two best temperatures.
    """
    rng = np.random.default_rng(seed)
    pieces = {label: cut_texts(lines, _PIECES if lines else 0, rng) for label, lines in held_out.items()}
    texts = [piece for label in LANGUAGES for piece in pieces[label]]
    gold = np.array([labels.index(label) for label in LANGUAGES for _ in pieces[label]], dtype=np.int64)
    scores = linear_scores(texts, NGRAMS, weights, POWER)
    readable = scores.any(axis=1)
    if not readable.any():
        return 1.0
    scores, gold = scores[readable], gold[readable]
    prior = open_log_prior(labels, LanguageSettings())
    found = [_shares(scores / temperature + prior) for temperature in TEMPERATURES]
    by_loss = TEMPERATURES[int(np.argmin([_log_loss(shares, gold) for shares in found]))]
    by_error = TEMPERATURES[int(np.argmin([_calibration_error(shares, gold) for shares in found]))]
    return round(math.sqrt(by_loss * by_error), 2)


def _log_loss(shares: NDArray[np.float64], gold: Index) -> float:
    return float(-np.log(np.maximum(shares[np.arange(len(gold)), gold], 1e-9)).mean())


def _calibration_error(shares: NDArray[np.float64], gold: Index) -> float:
    """Return the expected calibration error in ten bins."""
    sure = shares.max(axis=1)
    gap = np.bincount((sure * 9.999).astype(np.int64), (shares.argmax(axis=1) == gold) - sure, minlength=10)
    return float(np.abs(gap).sum() / len(gold))


def write(trained: Trained, lists: dict[str, list[str]], out: Path) -> None:
    """Write weights.safetensors (8 bits a weight and a scale a bucket) and the sealed config.json."""
    out.mkdir(parents=True, exist_ok=True)
    scale = np.maximum(np.abs(trained.weights).max(axis=1) / 127, 1e-4).astype(np.float16)
    rounded = np.round(trained.weights / scale.astype(np.float32)[:, None])
    tensors = {
        "weights": np.clip(rounded, -127, 127).astype(np.int8),
        "scale": scale,
        **{name: word_hashes(words) for name, words in lists.items()},
    }
    save_file(tensors, out / WEIGHTS_FILE)
    (out / WEIGHTS_FILE).chmod(0o644)
    config = {
        "kind": "language",
        "version": VERSION,
        "labels": list(trained.labels),
        "ngrams": asdict(NGRAMS),
        "hashed_words": asdict(HASHED_WORDS),
        "power": POWER,
        "temperature": trained.temperature,
        "comments": trained.comments,
        "dropped": trained.dropped,
    }
    registry.seal(out, config, [WEIGHTS_FILE])
