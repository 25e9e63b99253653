"""Raking: margins are met, the answer is the known one, and intervals are known ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.statistics.intervals import net_promoter_score, wilson
from cxtext.statistics.raking import design_effect, rake, raked_variance, weighted_nps, weighted_share

ROWS, COLUMNS = np.repeat(np.arange(2), 3), np.tile(np.arange(3), 2)
ONES = np.ones(6)
NO_LIMIT = 1e9


@given(
    st.lists(st.integers(1, 500), min_size=6, max_size=6),
    st.floats(0.1, 0.9),
    st.tuples(st.floats(0.1, 1), st.floats(0.1, 1), st.floats(0.1, 1)),
)
def test_both_margins_are_met_by_products(counts: list[int], first: float, three: Any) -> None:
    """Weights that meet all margins and are a factor a row times a factor a column: there is one such table."""
    n = np.array(counts, float)
    margins = [(ROWS, np.array([first, 1 - first])), (COLUMNS, np.array(three) / sum(three))]
    raked = rake(n, margins, NO_LIMIT)
    held = n * raked.weights / n.sum()
    for codes, shares in margins:
        assert np.bincount(codes, weights=held) == pytest.approx(shares, abs=1e-6)
    table = raked.weights.reshape(2, 3)
    assert table[0] * table[1, 0] == pytest.approx(table[1] * table[0, 0], rel=1e-6)
    assert raked.trimmed == 0


def test_one_margin_is_poststratification() -> None:
    """Share of the population over share of the sample; the variance is that of strata."""
    counts = np.array([30.0, 10.0, 50.0, 10.0])  # unsatisfied and satisfied of two strata
    codes, shares, y = np.array([0, 0, 1, 1]), np.array([0.7, 0.3]), np.array([0.0, 1.0, 0.0, 1.0])
    raked = rake(counts, [(codes, shares)], NO_LIMIT)
    assert raked.weights == pytest.approx([0.7 / 0.4] * 2 + [0.3 / 0.6] * 2)
    n, p = np.array([40.0, 60.0]), np.array([10 / 40, 10 / 60])
    of_strata = np.sum(shares**2 * p * (1 - p) / n) * 100 / 98
    assert raked_variance(y, np.ones(4), counts, raked.weights, [(codes, shares)]) == pytest.approx(of_strata)


def test_weights_alike_change_nothing() -> None:
    """A sample that has its margins keeps its share, and n - k for n."""
    counts, codes, y = np.array([20.0, 30.0, 20.0, 30.0]), np.array([0, 0, 1, 1]), np.array([0.0, 1.0] * 2)
    margin = (codes, np.array([0.5, 0.5]))
    raked = rake(counts, [margin], 5)
    assert raked.weights == pytest.approx(np.ones(4))
    assert design_effect(counts, raked.weights) == pytest.approx(1)
    variance = raked_variance(y, np.ones(4), counts, raked.weights, [margin])
    assert variance == pytest.approx(0.6 * 0.4 / 98)


def test_the_design_effect_is_kish_s() -> None:
    """Half at weight 1, half at 3: 1 + the squared coefficient of variation."""
    assert design_effect(np.array([50.0, 50.0]), np.array([1.0, 3.0])) == pytest.approx(1 + (1 / 2) ** 2)


def test_weights_are_cut_and_the_rows_counted() -> None:
    """1% of the sample can't stand for half of the population at five times its weight."""
    counts, margin = np.array([1.0, 99.0]), (np.array([0, 1]), np.array([0.5, 0.5]))
    raked = rake(counts, [margin], 5)
    assert raked.weights[0] / np.average(raked.weights, weights=counts) == pytest.approx(5, rel=1e-6)
    assert raked.trimmed == 1
    assert raked.missed > 0.4


def test_margins_that_can_t_be_met_together_are_missed() -> None:
    """All women live in the north: they can't be half, with a quarter in the north."""
    margins = [(np.array([0, 1]), np.array([0.5, 0.5])), (np.array([0, 1]), np.array([0.25, 0.75]))]
    assert rake(np.array([10.0, 10.0]), margins, NO_LIMIT).missed == pytest.approx(0.25)


def test_intervals_are_those_of_the_n_with_that_variance() -> None:
    """Of simple random sampling they are the unweighted ones; where all agree, Kish's n is used."""
    same = weighted_share(0.3, 0.3 * 0.7 / 50, 40, 0.95)
    plain = wilson([15], [50])
    assert [same.low.item(), same.high.item()] == pytest.approx([plain.low.item(), plain.high.item()])
    assert weighted_share(1.0, 0.0, 40, 0.95).low.item() == pytest.approx(wilson([40], [40]).low.item())
    score = weighted_nps(np.array([0.5, 0.3, 0.2]), (0.7 - 0.09) / 80, 70, 0.95)
    expected = net_promoter_score([40.0], [24.0], [16.0])
    assert [score.value.item(), score.low.item()] == pytest.approx([30, expected.low.item()])
