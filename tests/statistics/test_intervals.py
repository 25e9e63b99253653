"""Intervals against oracles; how often they hold the truth: test_coverage.py."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxtext.statistics.intervals import bounded_mean, correlation, mean_t, net_promoter_score, wilson

counts = st.integers(0, 500)


@given(n=st.integers(1, 2_000), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_equals_statsmodels(n: int, share: float, level: float) -> None:
    """The same ends as proportion_confint(method="wilson")."""
    successes = round(share * n)
    found = wilson(successes, n, level)
    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    assert found.low == pytest.approx(low, abs=1e-12)
    assert found.high == pytest.approx(high, abs=1e-12)


def test_no_answers_give_no_share() -> None:
    """0 of 0 is not a share."""
    found = wilson([0, 1], [0, 2])
    assert np.isnan([found.value[0], found.low[0], found.high[0]]).all()
    assert found.value[1] == 0.5


@given(values=st.lists(st.integers(1, 5), min_size=2, max_size=60))
def test_mean_equals_scipy(values: list[int]) -> None:
    """The same ends as scipy.stats.t.interval."""
    found = mean_t(np.mean(values), np.var(values, ddof=1), len(values))
    if len(set(values)) > 1:
        ends = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        assert (found.low, found.high) == pytest.approx(ends)


def test_one_value_has_no_interval() -> None:
    """A mean of one value is that value, and its interval is unknown."""
    found = mean_t(4.0, np.nan, 1)
    assert found.value == 4
    assert np.isnan(found.low)


def test_nps_equals_a_computation_by_hand() -> None:
    """50 promoters, 30 passives, 20 detractors: adding 3/4, 3/2, 3/4 and a Wald interval."""
    found = net_promoter_score(50, 30, 20)
    assert found.value == pytest.approx(30)
    p, d, n = 50.75 / 103, 20.75 / 103, 103
    half = 1.959963984540054 * np.sqrt((p + d - (p - d) ** 2) / n)
    assert (found.low, found.high) == pytest.approx((100 * (p - d - half), 100 * (p - d + half)))


@given(promoters=counts, passives=counts, detractors=counts)
def test_nps_lies_in_its_interval_and_range(promoters: int, passives: int, detractors: int) -> None:
    """-100 <= low <= value <= high <= 100, also for the few and the unanimous."""
    found = net_promoter_score(promoters, passives, detractors)
    if promoters + passives + detractors:
        assert -100 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 100
    else:
        assert np.isnan(found.value)


def test_correlation_equals_scipy() -> None:
    """The same ends as scipy's Fisher interval."""
    generator = np.random.default_rng(0)
    x = generator.normal(size=50)
    y = x + generator.normal(size=50)
    known = stats.pearsonr(x, y)
    found = correlation(known.statistic, 50)
    assert (found.low, found.high) == pytest.approx(tuple(known.confidence_interval()))


@given(unlike=st.integers(0, 60), n=st.integers(60, 400))
def test_a_mean_of_the_ends_of_a_scale_is_a_share(unlike: int, n: int) -> None:
    """Ratings of 1 and 5 only have Wilson's interval, on 1..5."""
    low, high = n - unlike, unlike
    mean = (low + 5 * high) / n
    variance = (low * (1 - mean) ** 2 + high * (5 - mean) ** 2) / (n - 1)
    found, share = bounded_mean(mean, variance, n, lowest=1, highest=5), wilson(high, n)
    ends = (1 + 4 * float(share.low), 1 + 4 * float(share.high))
    assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)


@given(values=st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_a_mean_on_a_scale_stays_on_it(values: list[int]) -> None:
    """The interval holds the mean, never leaves the scale, and always has a width."""
    found = bounded_mean(np.mean(values), np.var(values, ddof=1), len(values), lowest=0, highest=10)
    assert -1e-9 <= found.low <= np.mean(values) + 1e-9
    assert np.mean(values) - 1e-9 <= found.high <= 10 + 1e-9
    assert found.high - found.low > 0


def test_a_mean_of_many_even_answers_has_student_s_interval() -> None:
    """Where nothing is skewed and n is large, both agree."""
    values = np.tile([1.0, 2, 3, 4, 5], 2_000)
    found = bounded_mean(values.mean(), values.var(ddof=1), len(values), lowest=1, highest=5)
    known = mean_t(values.mean(), values.var(ddof=1), len(values))
    assert (found.low, found.high) == pytest.approx((float(known.low), float(known.high)), abs=1e-4)


def test_one_answer_on_a_scale_has_no_interval() -> None:
    """As without a scale."""
    assert np.isnan(bounded_mean(4.0, np.nan, 1, lowest=1, highest=5).low)
