import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from cxtext.statistics.calibration import Calibration, cross_entropy, fit_calibration, marginal_loss

RAMP = np.arange(-2.0, 3.0)[None]


def sample(scale: float, shift: float, n: int = 20_000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return logits, and classes drawn from the logits after scaling by `scale` and tilting by `shift`."""
    random = np.random.default_rng(seed)
    logits = random.normal(size=(n, 5))
    powers = np.exp(scale * logits + shift * RAMP)
    shares = np.cumsum(powers / powers.sum(1, keepdims=True), axis=1)
    return logits, np.eye(5)[(random.random((n, 1)) > shares).sum(1).clip(0, 4)]


@given(st.integers(0, 1000))
@settings(deadline=None, max_examples=20)
def test_the_slope_is_the_derivative_of_the_loss(seed: int) -> None:
    """For stars and for coarse labels alike."""
    random = np.random.default_rng(seed)
    logits, weight = random.normal(size=(3, 5)), random.random(3)
    allowed = np.array([[1.0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 1]])
    slope = marginal_loss(logits, allowed, weight)[1]
    numeric = approx_fprime(
        logits.ravel(), lambda flat: marginal_loss(flat.reshape(3, 5), allowed, weight)[0], 1e-7
    )
    assert slope.ravel() == pytest.approx(numeric, abs=1e-5)


def test_the_cross_entropy_of_a_sure_teacher_is_the_loss_of_a_star() -> None:
    """And its slope vanishes where the probabilities are the teacher's."""
    logits, sure = np.log([[0.1, 0.3, 0.2, 0.2, 0.2]]), np.eye(5)[[1]]
    for of_star, of_teacher in zip(
        marginal_loss(logits, sure, np.ones(1)), cross_entropy(logits, sure, np.ones(1)), strict=True
    ):
        assert of_teacher == pytest.approx(of_star)
    assert cross_entropy(logits, np.exp(logits), np.ones(1))[1] == pytest.approx(0)


def test_a_coarse_label_sums_its_classes() -> None:
    """A row that may be 1 or 2 costs minus the log of p(1) + p(2)."""
    logits = np.log([[0.1, 0.3, 0.2, 0.2, 0.2]])
    loss = marginal_loss(logits, np.array([[1.0, 1, 0, 0, 0]]), np.ones(1))[0]
    assert loss == pytest.approx(-np.log(0.4))


def test_scale_and_offset_are_recovered() -> None:
    """Classes drawn from a known distortion give it back."""
    logits, allowed = sample(0.5, 0.4)
    found = fit_calibration(
        logits, allowed, np.zeros(len(logits), int), np.ones(len(logits)), groups=1, shrinkage=1.0
    )
    assert found.scale == pytest.approx([0.5], abs=0.03)
    assert np.diff(found.offset[0]) == pytest.approx([0.4] * 4, abs=0.08)


def test_directions_limit_the_offsets() -> None:
    """With a ramp as the only direction, offsets are even steps."""
    logits, allowed = sample(1.0, 0.3)
    group, weight = np.zeros(len(logits), int), np.ones(len(logits))
    found = fit_calibration(logits, allowed, group, weight, groups=1, shrinkage=1.0, directions=RAMP)
    assert np.diff(found.offset[0]) == pytest.approx([0.3] * 4, abs=0.03)


def test_a_group_without_rows_takes_over_what_the_others_agree_on() -> None:
    """Shrinkage draws a group of no rows to the mean of the others."""
    logits, allowed = sample(0.6, 0.2)
    group = np.arange(len(logits)) % 2
    weight = np.ones(len(logits))
    found = fit_calibration(logits, allowed, group, weight, groups=3, shrinkage=100.0, directions=RAMP)
    assert found.scale[2] == pytest.approx(found.scale[:2].mean(), abs=0.05)
    assert found.offset[2] == pytest.approx(found.offset[:2].mean(axis=0), abs=0.05)


def test_a_calibration_is_applied_by_group() -> None:
    """Each row is scaled and shifted as its own group is."""
    calibration = Calibration(np.array([1.0, 2.0]), np.array([[0.0, 0.0], [1.0, -1.0]]))
    assert calibration.apply(np.ones((2, 2)), np.array([1, 0])).tolist() == [[3, 1], [1, 1]]
