from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.engines.ngrams import NgramSpec, chunks_of, hashed_ngrams, ngram_blocks

SPEC = NgramSpec(char_min=1, char_max=4, word_min=1, word_max=2, buckets=2**20)
TEXTS = st.lists(st.text(max_size=40), max_size=12)


def grams(text: str, **changes: int | bool) -> Counter[int]:
    """Return bucket -> count of one text under a changed spec."""
    row = hashed_ngrams([text], NgramSpec(**{**SPEC.__dict__, **changes}))
    return Counter(dict(zip(row.indices.tolist(), row.data.astype(int).tolist(), strict=True)))


def total(text: str, **changes: int | bool) -> int:
    """Return the number of n-grams of one text."""
    return sum(grams(text, **changes).values())


@given(TEXTS)
def test_a_text_yields_the_same_in_any_batch(texts: list[str]) -> None:
    """Each row of a batch equals the row of that text alone."""
    together = hashed_ngrams(texts, SPEC)
    for i, text in enumerate(texts):
        assert (together[i] != hashed_ngrams([text], SPEC)).nnz == 0


def test_long_batches_are_cut_without_a_trace() -> None:
    """A batch of many chunks gives each text the row it has alone."""
    texts = [f"comment number {i} is rather fine 👍" * (i % 7) for i in range(900)]
    together = hashed_ngrams(texts, SPEC)
    assert together.shape == (900, 2**20)
    for i in (0, 1, 450, 899):
        assert (together[i] != hashed_ngrams([texts[i]], SPEC)).nnz == 0


def test_the_ngrams_of_a_word_are_those_one_counts_by_hand() -> None:
    """`ab` with its two spaces has 2 + 3 + 2 + 1 character n-grams and one word."""
    per_length = [total("ab", char_min=n, char_max=n, word_max=0) for n in (1, 2, 3, 4)]
    assert per_length == [2, 3, 2, 1]
    assert total("ab", char_max=0) == 1
    assert total("ab cd ef", char_max=0) == 3 + 2


def test_ngrams_do_not_leave_a_word_unless_told() -> None:
    """Within words, two words give the sum of each; across words there is more."""
    apart = grams("prima", word_max=0) + grams("service", word_max=0)
    assert grams("prima service", word_max=0) == apart
    assert total("prima service", word_max=0, across_words=True) > sum(apart.values())


def test_ngrams_do_not_cross_texts() -> None:
    """Two texts of one word have no word pair, and no characters of the other."""
    pairs = NgramSpec(char_min=1, char_max=0, word_min=2, word_max=2, buckets=2**10)
    assert hashed_ngrams(["goed", "werk"], pairs).nnz == 0
    assert hashed_ngrams(["goed werk"], pairs).nnz == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Goed  werk\n", "goed werk"),
        ("\u00e9t\u00e9", "e\u0301te\u0301"),
        ("soooooo", "sooo"),
        ("c\u2019est", "c'est"),
        ("top\u200b \u200b!", "top !"),
        ("\u2764\ufe0f", "\u2764"),
        ("a\0b", "a b"),
    ],
)
def test_spellings_that_mean_the_same_yield_the_same(one: str, other: str) -> None:
    """Case, white space, composition, long runs, apostrophes and invisible signs make no difference."""
    assert grams(one) == grams(other)


def test_words_are_runs_of_letters_and_digits_or_single_symbols() -> None:
    """`don't` is one word, `top!!` is three, an emoji is one."""
    counts = [
        total(text, char_max=0, word_max=1) for text in ("don't", "top!!", "\U0001f44d", "'ok'", "24/7")
    ]
    assert counts == [1, 3, 1, 3, 3]


def test_letters_only_leaves_digits_and_symbols_out() -> None:
    """Numbers, punctuation and emoji have no n-grams, and part words."""
    assert total("24/7 :-) \U0001f44d 100%", letters_only=True) == 0
    assert grams("goed,werk", letters_only=True) == grams("goed werk", letters_only=True)


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\0", "\u200b"], ["\ud800"]])
def test_texts_without_content_are_rows_of_zeros(texts: list[str]) -> None:
    """Blank texts keep their row; a lone surrogate is no error."""
    assert hashed_ngrams(texts, SPEC).shape == (len(texts), SPEC.buckets)
    assert hashed_ngrams([t for t in texts if t != "\ud800"], SPEC).nnz == 0


@given(TEXTS)
def test_blocks_and_counts_agree(texts: list[str]) -> None:
    """The blocks hold exactly the n-grams that the matrix counts."""
    matrix = hashed_ngrams(texts, SPEC)
    blocks = list(ngram_blocks(texts, SPEC))
    for i in range(len(texts)):
        buckets = np.concatenate([block.buckets[block.indptr[i] : block.indptr[i + 1]] for block in blocks])
        expected = np.bincount(buckets, minlength=SPEC.buckets)
        assert np.array_equal(matrix[i].toarray()[0], expected)


def test_different_ngrams_rarely_share_a_bucket() -> None:
    """20,000 different words fall into 2^20 buckets about as evenly as chance has it."""
    words = " ".join(f"w{i:05d}" for i in range(20_000))
    used = len(grams(words, char_max=0, word_max=1))
    expected = 2**20 * (1 - np.exp(-20_000 / 2**20))
    assert abs(used - expected) < 6 * np.sqrt(20_000**2 / 2**21)


def test_hashes_stay_what_shipped_weights_were_trained_with() -> None:
    """Weights are indexed by bucket, so a changed hash would void every shipped model."""
    assert sorted(grams("Tak!", char_max=2, buckets=2**16)) == GOLDEN


@given(TEXTS, st.integers(1, 50))
def test_chunks_cover_all_texts_in_order(texts: list[str], characters: int) -> None:
    """Every text is in exactly one chunk."""
    spans = list(chunks_of(texts, characters))
    assert [i for a, b in spans for i in range(a, b)] == list(range(len(texts)))


@pytest.mark.parametrize("wrong", [{"buckets": 1000}, {"char_min": 0}])
def test_specs_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    """A bucket count that is no power of two, or a minimum of 0, is an error at once."""
    with pytest.raises(ValueError, match=r"power of two|start at 1"):
        NgramSpec(**{**SPEC.__dict__, **wrong})


GOLDEN = [2070, 6602, 10237, 12525, 12822, 33593, 35801, 36702, 47656, 53189, 55726, 63178]
