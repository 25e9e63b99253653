"""Intervals against oracles, and their coverage by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxtext.statistics.intervals import correlation, mean_t, net_promoter_score, wilson

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


def _nps_coverage(n: int, shares: tuple[float, float, float], replications: int) -> float:
    drawn = np.random.default_rng(1).multinomial(n, shares, size=replications)
    found = net_promoter_score(drawn[:, 0], drawn[:, 1], drawn[:, 2])
    truth = 100 * (shares[0] - shares[2])
    return float(np.mean((found.low <= truth) & (truth <= found.high)))


@pytest.mark.parametrize("n", [30, 100, 1_000])
@pytest.mark.parametrize(
    "shares", [(0.80, 0.13, 0.07), (0.51, 0.19, 0.30), (0.35, 0.35, 0.30), (0.2, 0.2, 0.6)]
)
def test_nps_covers_the_truth(n: int, shares: tuple[float, float, float]) -> None:
    """A nominal 95% interval covers in 93 to 97.5% of samples, skewed as real surveys are."""
    assert 0.93 <= _nps_coverage(n, shares, replications=20_000) <= 0.975


def test_wilson_covers_the_truth_on_average() -> None:
    """Over p between .05 and .95: 95% on average, never below 91%."""
    covered = []
    for n in (30, 100, 1_000):
        for p in np.linspace(0.05, 0.95, 37):
            successes = np.arange(n + 1)
            found = wilson(successes, np.full(n + 1, n))
            holds = (found.low <= p) & (p <= found.high)
            covered.append(stats.binom.pmf(successes, n, p)[holds].sum())
    assert 0.945 <= np.mean(covered) <= 0.96
    assert min(covered) >= 0.91
