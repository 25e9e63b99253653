"""Calibration of class probabilities: a scale and an offset per group, shrunk to what the groups share."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

_WHOLE: Final = 1e-12  # keeps the logarithm of a vanishing probability finite


@dataclass(frozen=True)
class Calibration:
    """Calibrated logits of a row in group g: scale[g] * logits + offset[g]. Shapes (groups,), (groups, k)."""

    scale: Floats
    offset: Floats

    def apply(self, logits: Floats, group: NDArray[np.int64]) -> Floats:
        """Return the calibrated logits (n, k) of rows in the groups (n,)."""
        return np.asarray(self.scale[group, None] * logits + self.offset[group], dtype=np.float64)


def fit_calibration(
    logits: Floats,
    allowed: Floats,
    group: NDArray[np.int64],
    weight: Floats,
    *,
    groups: int,
    shrinkage: float,
) -> Calibration:
    """Fit scale and offset of each group by maximum marginal likelihood.

    logits (n, k) of rows the model has not seen; allowed (n, k), 1 where a class agrees with what is known of
    the row (several when the label is coarse); group (n,) in 0..groups-1; weight (n,) >= 0. A group's log
    scale and offsets are drawn to the mean of all groups by half `shrinkage` times their squared distance, so
    that a group of few rows, or none, takes over what the others agree on. Temperature and vector scaling:
    Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    k = logits.shape[1]

    def objective(flat: Floats) -> tuple[float, Floats]:
        values = flat.reshape(groups, 1 + k)
        scaled = np.exp(values[group, :1]) * logits
        loss, slope = marginal_loss(scaled + values[group, 1:], allowed, weight)
        per_row = np.column_stack([(slope * scaled).sum(1), slope])
        gradient = np.zeros_like(values)
        np.add.at(gradient, group, per_row)
        apart = values - values.mean(axis=0)
        centred = values[:, 1:].mean(axis=1, keepdims=True)  # a shift of all classes changes nothing
        loss += 0.5 * shrinkage * float((apart**2).sum()) + 0.5 * float((centred**2).sum())
        gradient += shrinkage * apart
        gradient[:, 1:] += centred / k
        return loss, gradient.ravel()

    found: Any = minimize(
        objective, np.zeros(groups * (1 + k)), jac=True, method="L-BFGS-B", options={"maxiter": 500}
    )
    values = found.x.reshape(groups, 1 + k)
    return Calibration(np.exp(values[:, 0]), values[:, 1:])


def chosen_calibration(
    logits: Floats,
    allowed: Floats,
    weight: Floats,
    group: NDArray[np.int64],
    source: NDArray[np.int64],
    *,
    groups: int,
    shrinkages: tuple[float, ...] = (30.0, 300.0, 3000.0),
) -> Calibration:
    """Return the calibration that does best on sources left out of its fit, or none (scale 1, offset 0).

    Arguments as for `fit_calibration`; source (n,) names where each row comes from. Each shrinkage is judged by
    the mean over sources of the loss of a source under the calibration fitted to the others.
    """

    def loss(shrinkage: float | None) -> float:
        losses = []
        for left_out in np.unique(source):
            inside = source == left_out
            fitted = (
                None
                if shrinkage is None
                else fit_calibration(
                    logits[~inside],
                    allowed[~inside],
                    group[~inside],
                    weight[~inside],
                    groups=groups,
                    shrinkage=shrinkage,
                )
            )
            calibrated = logits[inside] if fitted is None else fitted.apply(logits[inside], group[inside])
            losses.append(
                marginal_loss(calibrated, allowed[inside], weight[inside])[0] / weight[inside].sum()
            )
        return float(np.mean(losses))

    best = min((None, *shrinkages), key=loss)
    if best is None:
        return Calibration(np.ones(groups), np.zeros((groups, logits.shape[1])))
    return fit_calibration(logits, allowed, group, weight, groups=groups, shrinkage=best)


def marginal_loss(logits: Floats, allowed: Floats, weight: Floats) -> tuple[float, Floats]:
    """Return the weighted negative log-likelihood of the allowed classes, and its slope by logit (n, k).

    A star rating allows one class; a coarse label (negative) allows several, whose probabilities are summed.
    """
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    inside = shares * allowed
    total = inside.sum(axis=1) + _WHOLE
    loss = -float(weight @ np.log(total))
    slope: Floats = (shares - inside / total[:, None]) * weight[:, None]
    return loss, slope
