"""LMG shares of R^2 against every order of regressions by statsmodels, and where the answer is known."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtext.statistics.shapley import coefficients, cross_products, explained, p_of_r2, ranks, shapley_r2


def _rows(seed: int, n: int = 60, columns: int = 4) -> Any:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, columns)) @ generator.normal(size=(columns, columns))
    x[:, 0] = x[:, 0] > 0
    y = x @ generator.normal(size=columns) + generator.normal(scale=2, size=n)
    return np.column_stack([x, y])


def _r2(rows: Any, columns: list[int]) -> float:
    if not columns:
        return 0.0
    return float(sm.OLS(rows[:, -1], sm.add_constant(rows[:, columns])).fit().rsquared)


@given(
    st.integers(0, 10**6),
    st.sampled_from([((0,), (1,), (2, 3)), ((0, 1), (2,), (3,)), ((3,), (0,), (1,), (2,))]),
)
@settings(max_examples=10)
def test_a_share_is_the_mean_gain_over_all_orders(seed: int, predictors: Any) -> None:
    """Computed the long way, a regression for each step of each order."""
    rows = _rows(seed)
    gains = np.zeros(len(predictors))
    orders = list(permutations(range(len(predictors))))
    for order in orders:
        before: list[int] = []
        for place in order:
            after = [*before, *predictors[place]]
            gains[place] += (_r2(rows, after) - _r2(rows, before)) / len(orders)
            before = after
    found = shapley_r2(cross_products(rows, np.ones((1, len(rows)))), predictors)
    assert found[0] == pytest.approx(gains, abs=1e-9)


def test_weights_count_rows_as_often_as_they_say() -> None:
    """As drawing with replacement does; slopes, R^2 and p as statsmodels has them."""
    rows = _rows(1)
    weights = np.random.default_rng(2).integers(0, 4, size=len(rows))
    products = cross_products(rows, weights[None].astype(float))
    repeated = np.repeat(rows, weights, axis=0)
    fitted = sm.OLS(repeated[:, -1], sm.add_constant(repeated[:, :-1])).fit()
    assert coefficients(products, [0, 1, 2, 3])[0] == pytest.approx(fitted.params[1:], rel=1e-6)
    assert explained(products, [0, 1, 2, 3])[0] == pytest.approx(fitted.rsquared)
    assert p_of_r2(float(fitted.rsquared), len(repeated), 4) == pytest.approx(fitted.f_pvalue)


def test_means_taken_out_of_groups_cost_their_degrees_of_freedom() -> None:
    """The p-value is that of the regression on the columns and on the groups, against the groups alone."""
    rows, group = _rows(7, n=80), np.arange(80) % 16
    dummies = (group[:, None] == np.arange(16)).astype(float)
    both = sm.OLS(rows[:, -1], np.column_stack([dummies, rows[:, :-1]])).fit()
    _, p, _ = both.compare_f_test(sm.OLS(rows[:, -1], dummies).fit())
    means = np.array([rows[group == each].mean(axis=0) for each in range(16)])
    r2 = _r2(rows - means[group], [0, 1, 2, 3])
    assert p_of_r2(r2, 80, 4, 16) == pytest.approx(p)


def test_uncorrelated_predictors_get_their_squared_correlations() -> None:
    """There is nothing to share out between them."""
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 5, dtype=float)
    y = 2 * x[:, 0] + x[:, 1]
    found = shapley_r2(cross_products(np.column_stack([x, y]), np.ones((1, 20))), [[0], [1]])
    assert found[0] == pytest.approx([0.8, 0.2])


def test_a_predictor_given_twice_shares_with_its_copy() -> None:
    """Columns that repeat each other don't break the sums."""
    rows = _rows(3, columns=1)
    twice = np.column_stack([rows[:, :1], rows])
    found = shapley_r2(cross_products(twice, np.ones((1, len(rows)))), [[0], [1]])
    assert found[0] == pytest.approx([_r2(rows, [0]) / 2] * 2)


def test_an_outcome_that_does_not_vary_has_no_r2() -> None:
    """NaN, not 0."""
    rows = np.column_stack([np.arange(5.0), np.ones(5)])
    assert np.isnan(explained(cross_products(rows, np.ones((1, 5))), [0])).all()


def test_ranks_start_at_the_largest() -> None:
    """Of each row of shares."""
    assert ranks(np.array([[0.1, 0.5, 0.2], [3.0, 2.0, 1.0]])).tolist() == [[3, 1, 2], [1, 2, 3]]
