"""Slopes and shifts over periods, against statsmodels and against their own null."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from cxtext.statistics.trends import most_likely_shift, weighted_trend

X = np.array([0.0, 1, 2, 4, 5, 6, 7])
VALUES = np.array([61.0, 70, 58, 75, 64, 80, 71])
VARIANCES = np.array([9.0, 4, 16, 9, 25, 4, 9])


def test_slope_and_interval_are_those_of_weighted_least_squares() -> None:
    """statsmodels' WLS, whose scale is the dispersion where it is above 1."""
    fitted = sm.WLS(VALUES, sm.add_constant(X), weights=1 / VARIANCES).fit()
    trend = weighted_trend(X, VALUES, VARIANCES)
    assert trend.dispersion == pytest.approx(fitted.scale)
    assert fitted.scale > 1
    assert trend.slope.value == pytest.approx(fitted.params[1])
    assert (trend.slope.low, trend.slope.high) == pytest.approx(tuple(fitted.conf_int()[1]))
    assert trend.p == pytest.approx(fitted.pvalues[1])


def test_a_fit_closer_than_sampling_allows_is_luck_and_not_precision() -> None:
    """The dispersion never goes below 1: a perfect line keeps the error of its answers."""
    trend = weighted_trend(X, 50 + 2 * X, VARIANCES)
    fixed = sm.WLS(50 + 2 * X, sm.add_constant(X), weights=1 / VARIANCES).fit(
        cov_type="fixed scale", use_t=False
    )
    assert trend.dispersion == 1
    assert (trend.slope.high - trend.slope.value) == pytest.approx(2.570582 * fixed.bse[1], rel=1e-5)


def test_a_shift_is_found_where_it_is_and_sized_by_weighted_least_squares() -> None:
    """The split with the largest |t| of a step in statsmodels' WLS."""
    values = np.array([70.0, 72, 69, 71, 60, 58, 61, 59])
    variances = np.array([4.0, 9, 4, 4, 9, 4, 16, 4])
    shift = most_likely_shift(values, variances, np.random.default_rng(0))
    steps = {place: np.arange(8) >= place for place in range(2, 7)}
    fits = {
        place: sm.WLS(values, sm.add_constant(step.astype(float)), weights=1 / variances).fit(
            cov_type="fixed scale"
        )
        for place, step in steps.items()
    }
    best = max(fits, key=lambda place: abs(fits[place].tvalues[1]))
    assert shift.place == best == 4
    assert shift.size.value == pytest.approx(fits[best].params[1])
    assert shift.dispersion == 1
    assert shift.p < 0.01


@given(st.integers(0, 2**32 - 1), st.integers(6, 20))
def test_reversed_time_turns_both_round(seed: int, periods: int) -> None:
    """The same size with the other sign, the same dispersion, the mirrored place."""
    generator = np.random.default_rng(seed)
    values, variances = generator.normal(50, 5, periods), generator.uniform(1, 9, periods)
    there = most_likely_shift(values, variances, np.random.default_rng(1))
    back = most_likely_shift(values[::-1], variances[::-1], np.random.default_rng(1))
    assert back.size.value == pytest.approx(-there.size.value)
    assert back.place == periods - there.place
    steps = np.arange(periods)
    slopes = [
        weighted_trend(steps, one, two) for one, two in ((values, variances), (values[::-1], variances[::-1]))
    ]
    assert slopes[0].slope.value == pytest.approx(-slopes[1].slope.value)
    assert slopes[0].p == pytest.approx(slopes[1].p)


def rejected(dispersion: float, *, periods: int, runs: int) -> tuple[float, float]:
    """Return how often a trend and a shift are found at 5% in series that have neither."""
    generator = np.random.default_rng(20)
    found = np.zeros(2)
    for _ in range(runs):
        variances = generator.uniform(4, 40, periods)
        values = generator.normal(60, np.sqrt(dispersion * variances))
        shift = most_likely_shift(values, variances, generator)
        found += [weighted_trend(np.arange(periods), values, variances).p < 0.05, shift.p < 0.05]
    return found[0] / runs, found[1] / runs


@pytest.mark.parametrize("dispersion", [1.0, 4.0])
def test_series_without_change_are_seldom_called_changed(dispersion: float) -> None:
    """5% at most, three standard errors allowed, whether periods vary as their answers do or twice as much."""
    trend, shift = rejected(dispersion, periods=8, runs=400)
    assert max(trend, shift) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
@pytest.mark.parametrize("periods", [6, 12, 36])
def test_the_test_holds_its_level_at_any_length(periods: int) -> None:
    """Where dispersion is well above 1 the level is met, not only kept: 3.5% to 6.5%."""
    trend, shift = rejected(9.0, periods=periods, runs=2_000)
    assert 0.035 < trend < 0.065
    assert 0.035 < shift < 0.065


def test_a_clear_shift_has_a_p_value_below_what_draws_can_tell() -> None:
    """So that it survives the adjustment for hundreds of comparisons."""
    values = np.r_[np.full(12, 80.0), np.full(12, 50.0)] + np.tile([1.0, -1.0], 12)
    assert most_likely_shift(values, np.full(24, 4.0), np.random.default_rng(0)).p < 1e-9
