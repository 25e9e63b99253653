"""Differences between groups against oracles; how often intervals hold the truth: test_coverage.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from cxtext.statistics.comparisons import (
    benjamini_hochberg,
    difference_of_estimates,
    difference_of_means,
    difference_of_shares,
    holm,
    smallest_detectable,
)
from cxtext.statistics.intervals import around, wilson

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


@given(first=shares, second=shares)
def test_differences_of_wilson_intervals_are_newcombe_s(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    """The general rule gives what is known of shares, and p is under .05 where the interval leaves out 0."""
    found = difference_of_estimates(wilson(*first), wilson(*second))
    known = difference_of_shares(*first, *second).estimate
    assert (found.estimate.low, found.estimate.high) == pytest.approx((float(known.low), float(known.high)))
    outside = found.estimate.low > 0 or found.estimate.high < 0
    assert outside == (found.p < 0.05)


def test_differences_of_even_intervals_add_variances() -> None:
    """3 and 4, each side: 5, and the normal p of that error."""
    found = difference_of_estimates(around(10.0, 3.0), around(16.0, 4.0))
    assert (found.estimate.low, found.estimate.high) == pytest.approx((1, 11))
    assert found.p == pytest.approx(2 * stats.norm.sf(6 / (5 / stats.norm.ppf(0.975))))
    assert found.error == pytest.approx(5 / stats.norm.ppf(0.975))
