"""Log-odds with an informative Dirichlet prior, against the formula worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cxtext.statistics.log_odds import log_odds


def test_the_figures_are_those_of_the_formula() -> None:
    """Two terms, 10 mentions a side, prior of 2: worked out on paper."""
    found = log_odds([8, 2], [3, 7], [1, 1])
    # odds of term 1: (8 + 1) / (10 + 2 - 8 - 1) = 3, and (3 + 1) / (10 + 2 - 3 - 1) = 1/2
    difference = math.log(3) - math.log(1 / 2)
    variance = 1 / 9 + 1 / 3 + 1 / 4 + 1 / 8
    assert found.difference[0] == pytest.approx(difference)
    assert found.z[0] == pytest.approx(difference / math.sqrt(variance))


def test_with_two_terms_and_no_prior_it_is_the_wald_test_of_an_odds_ratio() -> None:
    """A vanishing prior leaves the log odds ratio of a 2 x 2 table and its textbook standard error."""
    found = log_odds([30, 70], [10, 90], [1e-12, 1e-12])
    assert found.difference[0] == pytest.approx(math.log((30 * 90) / (70 * 10)))
    assert found.z[0] == pytest.approx(found.difference[0] / math.sqrt(1 / 30 + 1 / 70 + 1 / 10 + 1 / 90))


_counts = arrays(np.int64, 5, elements=st.integers(0, 1000))


@given(_counts, _counts)
def test_swapping_the_sides_turns_the_sign(first: np.ndarray, second: np.ndarray) -> None:
    """What the first says more than the second, the second says less than the first."""
    prior = np.ones(5)
    assert np.allclose(log_odds(first, second, prior).z, -log_odds(second, first, prior).z)


@given(_counts, _counts)
def test_a_heavier_prior_pulls_differences_to_nothing(first: np.ndarray, second: np.ndarray) -> None:
    """A prior that outweighs all mentions leaves next to no difference."""
    heavy = log_odds(first, second, np.full(5, 1e9))
    assert np.abs(heavy.difference).max() < 1e-4


@pytest.mark.parametrize(
    ("first", "second", "prior", "message"),
    [
        ([1, 2], [1, 2, 3], [1, 1], "shape"),
        ([-1, 2], [1, 2], [1, 1], "0 or more"),
        ([1, 2], [1, 2], [0, 1], "above 0"),
        ([1], [2], [1], "two terms"),
    ],
)
def test_counts_that_make_no_sense_are_refused(
    first: list[int], second: list[int], prior: list[int], message: str
) -> None:
    """Shapes that differ, negative counts, priors of nothing, a single term."""
    with pytest.raises(ValueError, match=message):
        log_odds(first, second, prior)
