"""Hashed n-grams of characters and words: texts -> sparse counts, without a vocabulary, in numpy.

A text is lower-cased, its runs of white space become one space and each word gets a space on both sides.
N-grams are hashed with a polynomial over code points modulo 2^64, then mixed; the top bits choose the bucket.
What a text yields depends on that text alone, so batches can be cut anywhere.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

Codes = NDArray[np.uint64]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SPACE, _LETTER, _DIGIT, _SYMBOL, _DROPPED = range(5)
_BMP: Final = 0x10000
_END: Final = 0  # the code that stands between two texts
_BLANK: Final = 32
_APOSTROPHES: Final = "'\u2019\u2018\u02bc\u00b4`"
_CHUNK_CHARACTERS: Final = 50_000  # so that the arrays of a chunk stay in the processor's cache

# Odd multipliers of the polynomials and the final mix (splitmix64's, and two from its author's tables).
_P: Final = np.uint64(0xD1342543DE82EF95)
_P_INVERSE: Final = np.uint64(pow(int(_P), -1, 2**64))
_Q: Final = np.uint64(0xAF251AF3B0F025B5)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_GOLDEN: Final = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class NgramSpec:
    """Which n-grams to count. A maximum of 0 leaves that kind out.

    buckets: a power of two.
    letters_only: digits and symbols part words but are not counted themselves.
    across_words: character n-grams run over word boundaries; else they stay in one word and its two spaces.
    longest_run: a character repeated more often is cut to this many ("sooooo" -> "sooo").
    """

    char_min: int
    char_max: int
    word_min: int
    word_max: int
    buckets: int
    lowercase: bool = True
    letters_only: bool = False
    across_words: bool = False
    longest_run: int = 3

    def __post_init__(self) -> None:
        if self.buckets < 2 or self.buckets & (self.buckets - 1):
            raise ValueError(f"buckets must be a power of two, not {self.buckets}")
        if min(self.char_min, self.word_min, self.longest_run) < 1:
            raise ValueError("char_min, word_min and longest_run start at 1")


@dataclass(frozen=True)
class NgramBlock:
    """The n-grams of one kind and length: text i has buckets[indptr[i]:indptr[i + 1]]."""

    kind: str  # char | word
    n: int
    indptr: Index
    buckets: Index


@dataclass(frozen=True)
class _Stream:
    """The characters of several texts in a row: a space before and after each word, _END after each text."""

    codes: Codes
    classes: NDArray[np.uint8]
    text_of: Index  # which text each position belongs to
    texts: int


def hashed_ngrams(texts: Sequence[str], spec: NgramSpec) -> Any:
    """Return the n-gram counts of n texts: a CSR matrix (n, spec.buckets) of float32, indices sorted."""
    parts = [_counts(texts[a:b], spec) for a, b in chunks_of(texts)]
    if not parts:
        return csr_matrix(np.empty((0, spec.buckets), np.float32))
    return parts[0] if len(parts) == 1 else vstack(parts, format="csr")


def chunks_of(texts: Sequence[str], characters: int = _CHUNK_CHARACTERS) -> Iterator[tuple[int, int]]:
    """Cut texts into spans of about so many characters, each of at least one text."""
    if not texts:
        return
    ends = np.cumsum([len(text) + 3 for text in texts])
    cuts = np.flatnonzero(np.diff(ends // characters, prepend=0)).tolist()
    yield from pairwise(sorted({0, *cuts, len(texts)}))


def ngram_blocks(texts: Sequence[str], spec: NgramSpec) -> Iterator[NgramBlock]:
    """Yield the hashed n-grams of the texts, one block for each kind and length, in a fixed order."""
    stream = _stream(texts, spec)
    if spec.char_max:
        yield from _char_blocks(stream, spec)
    if spec.word_max:
        yield from _word_blocks(stream, spec)


def _counts(texts: Sequence[str], spec: NgramSpec) -> Any:
    """Return the CSR matrix of one chunk: sort (text, bucket) pairs, count equal ones."""
    keys = [
        np.repeat(np.arange(len(texts)) * spec.buckets, np.diff(block.indptr)) + block.buckets
        for block in ngram_blocks(texts, spec)
    ]
    merged = np.sort(_narrowed(np.concatenate(keys), len(texts) * spec.buckets)) if keys else np.empty(0, int)
    first = np.flatnonzero(np.diff(merged, prepend=merged.dtype.type(0)) != 0)
    if len(merged) and merged[0] == 0:  # the very first key is no change from the 0 put before it
        first = np.concatenate([[0], first])
    counts = np.diff(first, append=len(merged)).astype(np.float32)
    rows, buckets = np.divmod(merged[first].astype(np.int64), spec.buckets)
    indptr = np.searchsorted(rows, np.arange(len(texts) + 1))
    return csr_matrix((counts, buckets, indptr), shape=(len(texts), spec.buckets))


def _narrowed(keys: Index, bound: int) -> NDArray[Any]:
    return keys.astype(np.uint32) if bound <= 2**32 else keys


def _stream(texts: Sequence[str], spec: NgramSpec) -> _Stream:
    """Lay the texts out one after the other, as code points."""
    joined = " \0 ".join(text.replace("\0", " ") if "\0" in text else text for text in texts)
    joined = unicodedata.normalize("NFC", f" {joined} \0")
    joined = joined.lower() if spec.lowercase else joined
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    table, apostrophes = _character_tables()
    low = np.minimum(raw, _BMP).astype(np.int64)
    classes = table[low]
    _join_at_apostrophes(classes, apostrophes[low])
    if spec.letters_only:
        classes[(classes == _DIGIT) | (classes == _SYMBOL)] = _SPACE
    if (classes == _DROPPED).any():
        raw, classes = raw[classes != _DROPPED], classes[classes != _DROPPED]
        low = np.minimum(raw, _BMP).astype(np.int64)
    ends = raw == _END
    keep = _kept(raw, classes, ends, spec.longest_run)
    quotes = apostrophes[low[keep]]
    codes, classes, ends = raw[keep].astype(np.uint64), classes[keep], ends[keep]
    codes[quotes] = ord("'")
    codes[(classes == _SPACE) & ~ends] = _BLANK
    return _Stream(codes, classes, np.cumsum(ends) - ends, len(texts))


def _join_at_apostrophes(classes: NDArray[np.uint8], apostrophe: Flags) -> None:
    """Make an apostrophe between two letters a letter: don't, c'est."""
    at = np.flatnonzero(apostrophe[1:-1]) + 1
    inside = (classes[at - 1] == _LETTER) & (classes[at + 1] == _LETTER)
    classes[at[inside]] = _LETTER


def _kept(raw: NDArray[np.uint32], classes: NDArray[np.uint8], ends: Flags, longest_run: int) -> Flags:
    """Return which positions stay: no second space in a row, no overlong runs."""
    blank = (classes == _SPACE) & ~ends
    keep: Flags = np.append(True, ~(blank[1:] & blank[:-1]))
    if len(raw) > longest_run:
        same = raw[1:] == raw[:-1]
        run = np.ones(len(raw) - longest_run, dtype=bool)
        for shift in range(longest_run):
            run &= same[shift : len(same) - longest_run + 1 + shift]
        keep[longest_run:] &= ~run
    return keep


def _char_blocks(stream: _Stream, spec: NgramSpec) -> Iterator[NgramBlock]:
    """Yield character n-grams, each hash made from the one a character shorter."""
    ends = stream.codes == _END
    blank = stream.classes == _SPACE
    room = _room(ends) if spec.across_words else _room(blank) + 1
    room[ends] = 0
    room[np.flatnonzero(ends) - 1] = 1  # the space that closes a text starts nothing
    hashes = stream.codes.copy()
    for n in range(1, spec.char_max + 1):
        if n > 1:
            hashes = hashes[:-1] * _P + stream.codes[n - 1 :]
        if n < spec.char_min:
            continue
        fits = room[: len(hashes)] >= n
        at = np.flatnonzero(fits & ~blank[: len(hashes)] if n == 1 else fits)
        yield _block("char", n, hashes[at], stream.text_of[at], stream.texts, spec.buckets)


def _room(breaks: Flags) -> Index:
    """Return for each position the distance to the next break after it (0 after the last one)."""
    at = np.flatnonzero(breaks)
    position = np.arange(len(breaks))
    following = np.repeat(np.append(at, len(breaks)), np.diff(at, prepend=0, append=len(breaks)))
    return following[: len(breaks)] - position


def _word_blocks(stream: _Stream, spec: NgramSpec) -> Iterator[NgramBlock]:
    """Yield word n-grams; a word is a run of letters and digits, or one symbol."""
    inside = (stream.classes == _LETTER) | (stream.classes == _DIGIT)
    symbol = stream.classes == _SYMBOL
    starts = np.flatnonzero(symbol | (inside & ~np.append(False, inside[:-1])))
    stops = np.flatnonzero(symbol | (inside & ~np.append(inside[1:], False))) + 1
    words = _span_hashes(stream.codes, starts, stops)
    text_of = stream.text_of[starts]
    hashes = words.copy()
    for n in range(1, spec.word_max + 1):
        if n > 1:
            hashes = hashes[:-1] * _Q + words[n - 1 :]
        if n >= spec.word_min:
            together = text_of[: len(hashes)] == text_of[n - 1 :]
            yield _block(
                "word", n, hashes[together], text_of[: len(hashes)][together], stream.texts, spec.buckets
            )


def _span_hashes(codes: Codes, starts: Index, stops: Index) -> Codes:
    """Return the polynomial hash of codes[start:stop] of every span, from one cumulative sum."""
    powers, inverses = _powers(1 << len(codes).bit_length())
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    hashes: Codes = (sums[stops] - sums[starts]) * inverses[starts]
    return hashes


@lru_cache(maxsize=4)
def _powers(length: int) -> tuple[Codes, Codes]:
    """Return P^0, P^1, ... and their inverses modulo 2^64."""
    up, down = np.full(length, _P, np.uint64), np.full(length, _P_INVERSE, np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up), np.cumprod(down)


def _block(kind: str, n: int, hashes: Codes, text_of: Index, texts: int, buckets: int) -> NgramBlock:
    """Mix the hashes and keep the top bits; the kind and n are part of what is hashed."""
    salt = np.uint64(_GOLDEN * (n + 16 * (kind == "word")) % 2**64)
    mixed = (hashes + salt) * _MIX_1
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX_2
    bits = np.uint64(64 - (buckets.bit_length() - 1))
    indptr = np.searchsorted(text_of, np.arange(texts + 1))
    return NgramBlock(kind, n, indptr, (mixed >> bits).astype(np.int64))


@lru_cache(maxsize=1)
def _character_tables() -> tuple[NDArray[np.uint8], Flags]:
    """Return the class of each code point up to U+FFFF (a last entry for all above), and the apostrophes."""
    table = np.full(_BMP + 1, _SYMBOL, np.uint8)
    by_category = {"L": _LETTER, "M": _LETTER, "N": _DIGIT, "Z": _SPACE, "C": _DROPPED}
    for code in range(_BMP):
        table[code] = by_category.get(unicodedata.category(chr(code))[0], _SYMBOL)
    table[[9, 10, 11, 12, 13, 28, 29, 30, 31, 133]] = _SPACE
    table[0xFE00:0xFE10] = _DROPPED  # variation selectors: the same sign with another look
    table[0xD800:0xE000] = _SYMBOL
    table[_END] = _SPACE
    apostrophes = np.zeros(_BMP + 1, bool)
    apostrophes[[ord(sign) for sign in _APOSTROPHES]] = True
    return table, apostrophes
