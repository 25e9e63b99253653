"""Ordinal regression against statsmodels, and the skill of its forecasts."""

import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from cxtext.statistics.intervals import Estimate
from cxtext.statistics.ordinal import (
    ProportionalOdds,
    clustered_ratio,
    fit_proportional_odds,
    ranked_probability_scores,
    skill,
)

Drawn = tuple[np.ndarray, np.ndarray]
TRUE = ProportionalOdds(np.array([-1.0, 0.5]), np.array([0.9, -0.02]))


def _drawn(n: int = 600, seed: int = 4) -> Drawn:
    """Return features, one of them on a scale of tens, and categories that follow them."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, 2)) * [1.0, 30.0] + [0.0, 100.0]
    below = np.cumsum(TRUE.probabilities(x), axis=1)
    return x, (generator.random((n, 1)) > below).sum(axis=1)


def test_coefficients_equal_statsmodels() -> None:
    """Without a penalty, thresholds and slopes are those of OrderedModel."""
    x, y = _drawn()
    found = fit_proportional_odds(x, y, 3, penalty=0)
    model = OrderedModel(y, (x - [0, 100]) / [1, 30], distr="logit")
    oracle = model.fit(method="bfgs", disp=False, gtol=1e-8)
    slopes = oracle.params[:2] / [1, 30]
    thresholds = model.transform_threshold_params(oracle.params)[1:-1] + 100 * slopes[1]
    assert found.slopes == pytest.approx(slopes, abs=1e-4)
    assert found.thresholds == pytest.approx(thresholds, abs=1e-3)
    assert found.probabilities(x) == pytest.approx(model.predict(oracle.params), abs=1e-4)


def test_without_features_the_forecast_is_the_shares() -> None:
    """That is the base rate."""
    y = np.array([0] * 2 + [1] * 3 + [2] * 5)
    found = fit_proportional_odds(np.empty((10, 0)), y, 3).probabilities(np.empty((1, 0)))
    assert found == pytest.approx(np.array([[0.2, 0.3, 0.5]]))


def test_the_penalty_pulls_slopes_to_nought_and_keeps_separated_ones_finite() -> None:
    """A feature that tells all would have an infinite slope."""
    x, y = _drawn()
    free, held = (np.abs(fit_proportional_odds(x, y, 3, penalty=of).slopes) for of in (0, 500))
    assert (held < free).all()
    told = fit_proportional_odds(y[:, None], y, 3)
    assert 1 < told.slopes[0] < 50


def test_a_score_counts_how_far_a_forecast_misses() -> None:
    """Epstein's, by hand: certain and right, one off, two off, and in between."""
    p = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.3, 0.2]]
    assert ranked_probability_scores(p, [0] * 4) == pytest.approx([0, 1, 2, 0.25 + 0.04])


def test_skill_is_one_of_a_perfect_and_nought_of_the_base_forecast() -> None:
    """The scale that everything else is read on."""
    base, who = np.array([0.5, 0.2, 0.9]), np.arange(3)
    assert skill(np.zeros(3), base, who).value == 1
    assert skill(base, base, who).value == 0


def test_rows_of_one_respondent_count_as_one() -> None:
    """Everything twice is no more knowledge: the same ratio and interval."""
    generator = np.random.default_rng(1)
    a, b, who = generator.random(40), generator.random(40) + 1, np.arange(40)
    once, twice = clustered_ratio(a, b, who), clustered_ratio(*(np.tile(each, 2) for each in (a, b, who)))
    for end in ("value", "low", "high"):
        assert getattr(once, end) == pytest.approx(getattr(twice, end))


@pytest.mark.slow
def test_the_interval_of_skill_holds_the_true_skill() -> None:
    """Of forecasts known to be right, in 95 of 100 samples of 300."""
    base = np.bincount(_drawn(200_000, 9)[1]) / 200_000
    every = _skill_of(_drawn(200_000, 9), base)
    held = [
        found.low <= every.value <= found.high
        for found in (_skill_of(_drawn(300, s), base) for s in range(500))
    ]
    assert 0.92 <= np.mean(held) <= 0.98


def _skill_of(drawn: Drawn, base: np.ndarray) -> Estimate:
    x, y = drawn
    forecast = TRUE.probabilities(x)
    scores = ranked_probability_scores(forecast, y)
    return skill(scores, ranked_probability_scores(np.tile(base, (len(y), 1)), y), np.arange(len(y)))
