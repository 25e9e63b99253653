"""Differences between groups against oracles, and their coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from cxtext.statistics.comparisons import (
    benjamini_hochberg,
    difference_of_means,
    difference_of_nps,
    difference_of_shares,
    holm,
    smallest_detectable,
)

shares = st.tuples(st.integers(2, 400), st.floats(0.02, 0.98)).map(
    lambda x: (max(1, round(x[0] * x[1])), x[0])
)


@given(first=shares, second=shares)
def test_shares_equal_statsmodels(first: tuple[int, int], second: tuple[int, int]) -> None:
    """Newcombe's interval and the pooled z test."""
    found = difference_of_shares(*first, *second)
    expected = confint_proportions_2indep(*second, *first, method="newcomb")
    assert (found.estimate.low, found.estimate.high) == pytest.approx(expected, abs=1e-9)
    if first != (first[1], first[1]) or second != (second[1], second[1]):
        _, p = proportions_ztest([second[0], first[0]], [second[1], first[1]])
        assert found.p == pytest.approx(p, abs=1e-9)


def test_means_equal_scipy() -> None:
    """Welch's test from two samples."""
    generator = np.random.default_rng(0)
    first, second = generator.normal(3, 1, 20), generator.normal(3.5, 2, 50)
    expected = stats.ttest_ind(second, first, equal_var=False)
    interval = expected.confidence_interval()
    found = difference_of_means(first.mean(), stats.sem(first), 20, second.mean(), stats.sem(second), 50)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.estimate.low, found.estimate.high) == pytest.approx((interval.low, interval.high))


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_false_discovery_rate_equals_scipy(p: list[float]) -> None:
    """Benjamini and Hochberg, whatever the order."""
    assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p))


def test_holm_equals_statsmodels() -> None:
    """Ties, order and the cut at 1 (its oracle is slow, so one case)."""
    p = [0.04, 0.001, 0.5, 0.04, 0.9, 0.012]
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_comparisons_that_could_not_be_made_do_not_count() -> None:
    """A NaN stays and does not make the others stricter."""
    assert holm([0.02, np.nan])[0] == pytest.approx(0.02)
    assert np.isnan(holm([0.02, np.nan])[1])


def test_a_detectable_difference_is_detected_four_times_in_five() -> None:
    """At the smallest detectable difference the test has 80% power."""
    error = 5.0
    shift = float(smallest_detectable(error))
    draws = np.random.default_rng(0).normal(shift, error, 100_000)
    assert np.mean(np.abs(draws / error) > 1.96) == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize("sizes", [(30, 30), (30, 300), (100, 100), (1_000, 200)])
@pytest.mark.parametrize("skew", [(0.80, 0.13, 0.07), (0.51, 0.19, 0.30), (0.2, 0.2, 0.6)])
def test_differences_of_nps_cover_the_truth(sizes: tuple[int, int], skew: tuple[float, float, float]) -> None:
    """A nominal 95% interval covers in 93 to 97.5% of samples, skewed as real surveys are."""
    other = (0.61, 0.24, 0.15)
    generator = np.random.default_rng(2)
    found = difference_of_nps(
        generator.multinomial(sizes[0], skew, 10_000), generator.multinomial(sizes[1], other, 10_000)
    )
    truth = 100 * ((other[0] - other[2]) - (skew[0] - skew[2]))
    assert 0.93 <= np.mean((found.estimate.low <= truth) & (truth <= found.estimate.high)) <= 0.975


@pytest.mark.parametrize("n", [30, 100, 1_000])
def test_differences_of_shares_cover_the_truth(n: int) -> None:
    """Newcombe's interval between 60 and 80 percent satisfied covers in 93 to 97.5% of samples."""
    generator = np.random.default_rng(3)
    found = difference_of_shares(generator.binomial(n, 0.6, 10_000), n, generator.binomial(n, 0.8, 10_000), n)
    assert 0.93 <= np.mean((found.estimate.low <= 0.2) & (found.estimate.high >= 0.2)) <= 0.975
