"""Customer lifetime value against its formula and by simulation."""

import numpy as np
import pytest

from cxtext.statistics.lifetime import lifetime_value


def test_it_is_margin_over_churn() -> None:
    """12 a period at 3 lost of 100 is 400."""
    assert lifetime_value(12, 4, 80, 3, 100).value == pytest.approx(400)


def test_nobody_lost_gives_no_value() -> None:
    """Nothing is worth infinitely much."""
    found = lifetime_value([12.0], [4.0], [80], [0], [100])
    assert np.isnan([found.value, found.low, found.high]).all()


def test_without_a_positive_margin_there_is_no_interval() -> None:
    """It has no logarithm."""
    found = lifetime_value(-12, 4, 80, 3, 100)
    assert found.value == pytest.approx(-400)
    assert np.isnan(found.low)


def test_intervals_hold_the_true_value_as_often_as_they_say() -> None:
    """Nominal 95%, 4,000 draws of 400 customers of skewed margins over 12 periods at 3% churn."""
    generator = np.random.default_rng(7)
    margins = generator.gamma(2.0, 10.0, size=(4_000, 400))
    lost = generator.binomial(4_000, 0.03, size=4_000)
    found = lifetime_value(margins.mean(axis=1), margins.var(axis=1, ddof=1), 400, lost, 4_000)
    truth = 20.0 / 0.03
    assert 0.93 <= np.mean((found.low <= truth) & (truth <= found.high)) <= 0.975
