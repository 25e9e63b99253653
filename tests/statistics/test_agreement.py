"""Agreement of two ratings against oracles."""

import numpy as np
import pytest
from numpy.typing import ArrayLike
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from cxtext.statistics.agreement import krippendorff_alpha, quadratic_weighted_kappa
from cxtext.statistics.bootstrap import bca_interval, resampled, seeded


def cross_table(stated: ArrayLike, inferred: ArrayLike) -> np.ndarray:
    """Return the counts of two ratings, stated by rows."""
    return np.asarray(confusion_matrix(stated, inferred, labels=range(1, 6)))


@pytest.fixture
def ratings() -> tuple[np.ndarray, np.ndarray]:
    """Two ratings of 200 comments that mostly agree."""
    generator = np.random.default_rng(3)
    stated = generator.integers(1, 6, 200)
    return stated, np.clip(stated + generator.integers(-1, 2, 200), 1, 5)


def test_kappa_equals_scikit_learn(ratings: tuple[np.ndarray, np.ndarray]) -> None:
    """Quadratic weights, five categories."""
    expected = cohen_kappa_score(*ratings, weights="quadratic", labels=range(1, 6))
    assert quadratic_weighted_kappa(cross_table(*ratings)) == pytest.approx(expected)


def test_alpha_equals_a_published_example() -> None:
    """Krippendorff (2011), interval data: two raters, 12 units of which the pairs below."""
    stated = [1, 2, 3, 3, 2, 1, 4, 1, 2]
    inferred = [1, 2, 3, 3, 2, 2, 4, 1, 2]
    pooled = np.array([stated, inferred], dtype=float)
    observed = np.mean((pooled[0] - pooled[1]) ** 2)
    values = pooled.ravel()
    n = len(values)
    by_chance = np.sum((values[:, None] - values[None, :]) ** 2) / (n * (n - 1))
    assert krippendorff_alpha(cross_table(stated, inferred)) == pytest.approx(1 - observed / by_chance)


def test_one_and_the_same_value_has_no_kappa() -> None:
    """Without variation there is nothing to agree on beyond chance."""
    assert np.isnan(quadratic_weighted_kappa(cross_table([5, 5], [5, 5])))


def test_the_bootstrap_repeats_itself(ratings: tuple[np.ndarray, np.ndarray]) -> None:
    """The same seed and name give the same interval; another name another one."""
    table = cross_table(*ratings)
    one, same, other = (
        bca_interval(quadratic_weighted_kappa, table, resampled(table, seeded(0, name)))
        for name in ("a", "a", "b")
    )
    assert (one.low, one.high) == (same.low, same.high)
    assert (one.low, one.high) != (other.low, other.high)
    assert one.low < one.value < one.high


def test_the_bootstrap_covers_the_truth() -> None:
    """BCa intervals of kappa hold the kappa of the population in about 95% of samples."""
    places = np.arange(5)
    population = np.exp(-np.abs(places[:, None] - places[None, :]) * 1.2)
    population *= np.array([0.3, 0.1, 0.1, 0.2, 0.3])[:, None]
    population /= population.sum()
    truth = quadratic_weighted_kappa(population)
    generator = np.random.default_rng(5)
    held = 0
    for replication in range(200):
        sample = generator.multinomial(80, population.ravel()).reshape(5, 5)
        drawn = resampled(sample, seeded(replication, "coverage"), replicates=500)
        found = bca_interval(quadratic_weighted_kappa, sample, drawn)
        held += bool(found.low <= truth <= found.high)
    assert 0.89 <= held / 200 <= 0.99
