"""What the language detector is trained on: comments, sentences and words of each label, cut short."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.errors import InputError
from cxtext.read import language_codes
from cxtext.train.language_sources import recipe
from cxtext.train.table import ROW, Warn, left_out, read_table, silent

# Numbers of words a comment or sentence is cut to, and how often; 60 is about the whole of it.
CUT_WORDS: Final = (1, 2, 3, 4, 6, 10, 20, 60)
CUT_SHARES: Final = (0.12, 0.14, 0.20, 0.14, 0.16, 0.12, 0.08, 0.04)
FROM_START: Final = 0.5  # share of the cuts that begin where the text does
# How often a sample is one word, some words drawn one by one, a comment, a sentence.
KIND_SHARES: Final = (0.30, 0.20, 0.35, 0.15)
ONE_WORD_POWER: Final = 0.6  # frequencies are flattened so that rare words are learnt too
SOME_WORDS_POWER: Final = 0.9
SOME_WORDS: Final = (2, 2, 3, 4, 6, 9)
_LONGEST: Final = 600  # characters of a comment; the detector reads 300


@dataclass(frozen=True)
class Material:
    """What there is of one label."""

    words: NDArray[np.object_]
    weights: NDArray[np.float64]  # relative frequencies of the words
    comments: list[str]
    sentences: list[str]


@dataclass(frozen=True)
class _Pools:
    """Material with what drawing from it needs, computed once."""

    material: Material
    one_word: NDArray[np.float64]  # cumulative shares
    some_words: NDArray[np.float64]
    kinds: NDArray[np.float64]


def read_material(data: Sequence[Path], warn: Warn = silent) -> dict[str, Material]:
    """Return the material of every label from files with `text` and `lang`, and folders made by `gather`.

    The languages are read as by `cxtext analyse`; rows left out are counted, and `warn` is told.

    Raises
    ------
    InputError: a file can't be read, or a label has no words.
    """
    comments: dict[str, set[str]] = {label: set() for label in recipe()["share"]}
    folders = [path for path in data if path.is_dir()]
    for path in data:
        for text, label in _labelled(path, warn) if not path.is_dir() else ():
            comments[label].add(" ".join(text[:_LONGEST].split()))
    return {label: _material(label, folders, found) for label, found in comments.items()}


def read_word_list(data: Sequence[Path], name: str) -> list[str]:
    """Return a list of words from the folders made by `gather`: nameless or ordinary_names."""
    return sorted({line for path in data if path.is_dir() for line in _file_lines(path / f"{name}.txt")})


def _labelled(path: Path, warn: Warn) -> Iterator[tuple[str, str]]:
    """Yield the text and label of each row that has both; tell of the others."""
    frame = read_table(path, warn)
    for name in ("text", "lang"):
        if name not in frame.columns:
            raise InputError(f"{path}: no column {name}; rename the one that holds it")
    rows = frame.select(ROW, pl.col("text", "lang").cast(pl.String))
    rows = rows.with_columns(language_codes(rows["lang"]).alias("lang"))
    blank = rows["text"].fill_null("").str.strip_chars() == ""
    labels = list(recipe()["share"])
    nameless = ~rows["lang"].is_in(labels).fill_null(value=False) & ~blank
    for wrong, why in ((blank, "no text"), (nameless, f"`lang` is none of {', '.join(labels)}")):
        if wrong.any():
            warn(left_out(path, rows.filter(wrong)[ROW], rows.height, why))
    yield from rows.filter(~blank & ~nameless).select("text", "lang").iter_rows()


def _material(label: str, folders: Sequence[Path], comments: set[str]) -> Material:
    weights: dict[str, float] = {}
    for folder in folders:
        for line in _file_lines(folder / "words" / f"{label}.tsv"):
            word, weight = line.split("\t")
            weights[word] = float(weight)
    if not weights:
        raise InputError(
            f"no words of {label}: add the folder that train.language_sources.gather makes to the data"
        )
    own = [line for folder in folders for line in _file_lines(folder / "comments" / f"{label}.txt")]
    sentences = [line for folder in folders for line in _file_lines(folder / "sentences" / f"{label}.txt")]
    words = sorted(weights)
    return Material(
        words=np.array(words, dtype=object),
        weights=np.array([weights[word] for word in words]),
        comments=sorted(comments | set(own)),
        sentences=sentences,
    )


def _file_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []


class Sampler:
    """Draws labelled short texts. Holds the material and the tables that drawing needs."""

    def __init__(self, material: dict[str, Material]) -> None:
        self.labels = tuple(material)
        self._pools = [_pools(found) for found in material.values()]
        shares = np.array([recipe()["share"][label] for label in self.labels])
        self._shares = shares / shares.sum()

    def draw(self, size: int, rng: np.random.Generator) -> tuple[list[str], NDArray[np.int64]]:
        """Return about `size` texts and the place of each one's label."""
        texts: list[str] = []
        counts = np.round(self._shares * size).astype(np.int64)
        for pools, count in zip(self._pools, counts, strict=True):
            texts += _draw(pools, int(count), rng)
        return texts, np.repeat(np.arange(len(counts)), counts)


def _pools(material: Material) -> _Pools:
    there = [True, True, bool(material.comments), bool(material.sentences)]
    kinds = np.array(KIND_SHARES) * there
    return _Pools(
        material,
        one_word=np.cumsum(material.weights**ONE_WORD_POWER),
        some_words=np.cumsum(material.weights**SOME_WORDS_POWER),
        kinds=kinds / kinds.sum(),
    )


def _draw(pools: _Pools, count: int, rng: np.random.Generator) -> list[str]:
    one, some, comments, sentences = rng.multinomial(count, pools.kinds).tolist()
    lengths = rng.choice(SOME_WORDS, some)
    texts: list[str] = list(_words(pools.material, pools.one_word, one, rng))
    drawn = _words(pools.material, pools.some_words, int(lengths.sum()), rng)
    ends = np.cumsum(lengths)
    texts += [" ".join(drawn[a:b]) for a, b in zip(ends - lengths, ends, strict=True)]
    texts += cut_texts(pools.material.comments, comments, rng)
    return texts + cut_texts(pools.material.sentences, sentences, rng)


def _words(
    material: Material, cumulative: NDArray[np.float64], count: int, rng: np.random.Generator
) -> NDArray[np.object_]:
    places = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
    drawn: NDArray[np.object_] = material.words[np.minimum(places, len(cumulative) - 1)]
    return drawn


def cut_texts(lines: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` pieces of random lines, of CUT_WORDS words each."""
    if not count:
        return []
    chosen = rng.integers(0, len(lines), count).tolist()
    lengths = rng.choice(CUT_WORDS, count, p=CUT_SHARES).tolist()
    places = np.where(rng.random(count) < FROM_START, 0.0, rng.random(count)).tolist()
    pieces = []
    for line, length, place in zip(chosen, lengths, places, strict=True):
        words = lines[line].split()
        start = int(place * max(1, len(words) - length + 1))
        pieces.append(" ".join(words[start : start + length]))
    return pieces
