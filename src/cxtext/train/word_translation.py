"""Word-by-word translation of comments, with dictionaries learned from parallel sentences.

A linear model knows only the words it was trained on, and some languages have few rated comments. A comment of
another language, translated word by word, is poor prose, but it teaches which words go with which stars. The
dictionaries come from sentences that exist in several languages, by IBM model 1 (Brown et al. 1993, The
Mathematics of Statistical Machine Translation).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Index = NDArray[np.int64]

ROUNDS: Final = 6  # of expectation maximisation
LEAST_PROBABILITY: Final = 0.15  # of a word's best translation
LEAST_COUNT: Final = 1.5  # times a word must have been seen, as expected counts
MOST_WORDS: Final = 150  # of a text that are translated
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+|[^\w\s]")


def learn_dictionary(sources: Sequence[str], targets: Sequence[str]) -> dict[str, str]:
    """Return the translation of each source word, learned from n sentences and their n translations.

    A word translates to the target word with the largest p(target | source) * p(source | target); words without
    a clear one are left out. All lower-cased.
    """
    source_words, target_words = _vocabulary(sources), _vocabulary(targets)
    source, target, place = _pairs(_numbered(sources, source_words), _numbered(targets, target_words))
    pair, cell = np.unique(source * len(target_words) + target, return_inverse=True)
    pair_source, pair_target = np.divmod(pair, max(len(target_words), 1))
    count = _expected_counts(pair_source, cell, place)
    seen = np.bincount(pair_source, count)[pair_source]
    forward, backward = count / seen, count / np.bincount(pair_target, count)[pair_target]
    clear = (forward >= LEAST_PROBABILITY) & (seen >= LEAST_COUNT)
    names = list(source_words), list(target_words)
    best: dict[str, str] = {}
    for i in np.lexsort((pair_target, -forward * backward, pair_source)):
        if clear[i]:
            best.setdefault(names[0][pair_source[i]], names[1][pair_target[i]])
    return best


def dictionaries(parallel: pl.DataFrame) -> dict[tuple[str, str], dict[str, str]]:
    """Return (source, target) -> dictionary for every two languages of sentences (`language, key, text`)."""
    languages = sorted(parallel["language"].unique())
    both = parallel.join(parallel, on="key", suffix="_target").sort("key", "text", "text_target")
    found = {}
    for source, target in ((s, t) for s in languages for t in languages if s != t):
        pairs = both.filter(pl.col("language") == source, pl.col("language_target") == target)
        found[source, target] = learn_dictionary(pairs["text"].to_list(), pairs["text_target"].to_list())
    return found


def top_up(rated: pl.DataFrame, parallel: pl.DataFrame, *, starred_rows: int) -> pl.DataFrame:
    """Return translated comments that fill each language up to `starred_rows` comments with stars.

    They are taken from the other languages in turn, evenly over languages, sets and stars, and belong to the set
    `translated from <language>`. `rated` as from train.ratings.read_rated.
    """
    words = dictionaries(parallel)
    starred = rated.filter(pl.col("stars").is_not_null()).with_columns(digest=_digest())
    parts = [rated.clear()]
    for target in sorted({target for _, target in words}):
        sources = sorted(source for source, other in words if other == target)
        lacking = starred_rows - starred.filter(pl.col("language") == target).height
        chosen = _evenly(starred.filter(pl.col("language").is_in(sources)), max(lacking, 0))
        texts = [
            translate_words(text, words[language, target])
            for text, language in chosen.select("text", "language").iter_rows()
        ]
        name = pl.format("translated from {}", "language")
        filled = chosen.with_columns(
            set=name, text=pl.Series(texts, dtype=pl.String), language=pl.lit(target)
        )
        parts.append(filled.select(rated.columns).filter(pl.col("text") != ""))
    return pl.concat(parts)


def translate_words(text: str, dictionary: Mapping[str, str]) -> str:
    """Return the text's words in the other language; unknown words are dropped, digits and signs kept."""
    words = [dictionary.get(word, "" if word[0].isalpha() else word) for word in _tokens(text)[:MOST_WORDS]]
    return " ".join(word for word in words if word)


def _digest() -> pl.Expr:
    """Return what orders rows as if at random, but always alike, wherever they stand in their file."""
    return pl.col("text").map_elements(
        lambda text: hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest(), pl.String
    )


def _evenly(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return `count` rows, dealt out over languages, sets and stars as far as there are."""
    by_cell = pl.col("digest").rank("ordinal").over("language", "set", "stars")
    by_language = pl.struct("cell", "digest").rank("ordinal").over("language")
    ranked = rows.with_columns(cell=by_cell).with_columns(turn=by_language)
    return ranked.sort("turn", "language").head(count).drop("cell", "turn")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _vocabulary(sentences: Sequence[str]) -> dict[str, int]:
    """Return word -> number, in alphabetical order."""
    return {word: i for i, word in enumerate(sorted({word for text in sentences for word in _tokens(text)}))}


def _numbered(sentences: Sequence[str], vocabulary: Mapping[str, int]) -> list[Index]:
    return [np.array([vocabulary[word] for word in _tokens(text)], dtype=np.int64) for text in sentences]


def _pairs(sources: Sequence[Index], targets: Sequence[Index]) -> tuple[Index, Index, Index]:
    """Return every (source word, target word) of each sentence pair, and which target place it belongs to."""
    source, target, place = [], [], []
    places = 0
    for one, other in zip(sources, targets, strict=True):
        source.append(np.tile(one, len(other)))
        target.append(np.repeat(other, len(one)))
        place.append(np.repeat(np.arange(places, places + len(other)), len(one)))
        places += len(other)
    empty = [np.empty(0, dtype=np.int64)]
    return np.concatenate(source or empty), np.concatenate(target or empty), np.concatenate(place or empty)


def _expected_counts(pair_source: Index, cell: Index, place: Index) -> NDArray[np.float64]:
    """Return how often each pair of words is expected to be a translation, by expectation maximisation."""
    probability: Any = np.ones(len(pair_source))
    count = probability
    for _ in range(ROUNDS):
        share = probability[cell]
        share = share / np.bincount(place, share)[place]
        count = np.bincount(cell, share, len(pair_source))
        probability = count / np.bincount(pair_source, count)[pair_source]
    return np.asarray(count, dtype=np.float64)
