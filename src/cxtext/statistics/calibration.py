"""Calibration of class probabilities: a scale and an offset per group, shrunk to what the groups share."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

_WHOLE: Final = 1e-12  # keeps the logarithm of a vanishing probability finite


@dataclass(frozen=True)
class Calibration:
    """Calibrated logits of a row in group g: scale[g] * logits + offset[g]. Shapes (groups,), (groups, k)."""

    scale: Floats
    offset: Floats

    def apply(self, logits: Floats, group: Index) -> Floats:
        """Return the calibrated logits (n, k) of rows in the groups (n,)."""
        return np.asarray(self.scale[group, None] * logits + self.offset[group], dtype=np.float64)


def fit_calibration(
    logits: Floats,
    allowed: Floats,
    group: Index,
    weight: Floats,
    *,
    groups: int,
    shrinkage: float,
    directions: Floats | None = None,
) -> Calibration:
    """Fit scale and offset of each group by maximum marginal likelihood.

    logits (n, k) of rows the model has not seen; allowed (n, k), 1 where a class agrees with what is known of
    the row (several when the label is coarse); group (n,) in 0..groups-1; weight (n,) >= 0; directions (m, k),
    the offsets to choose from (null: any). A group's log scale and offset are drawn to the mean of all groups by
    half `shrinkage` times their squared distance, so that a group of few rows, or none, takes over what the
    others agree on. Temperature and vector scaling: Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    ways = np.eye(logits.shape[1]) if directions is None else directions

    def objective(flat: Floats) -> tuple[float, Floats]:
        values = flat.reshape(groups, 1 + len(ways))
        scaled = np.exp(values[group, :1]) * logits
        loss, slope = marginal_loss(scaled + values[group, 1:] @ ways, allowed, weight)
        gradient = np.zeros_like(values)
        np.add.at(gradient, group, np.column_stack([(slope * scaled).sum(1), slope @ ways.T]))
        apart = values - values.mean(axis=0)
        shift = (values[:, 1:] @ ways).mean(axis=1, keepdims=True)  # of all classes alike: changes nothing
        loss += 0.5 * shrinkage * float((apart**2).sum()) + 0.5 * float((shift**2).sum())
        gradient += shrinkage * apart
        gradient[:, 1:] += shift * ways.mean(axis=1)
        return loss, gradient.ravel()

    start = np.zeros(groups * (1 + len(ways)))
    found: Any = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    values = found.x.reshape(groups, 1 + len(ways))
    return Calibration(np.exp(values[:, 0]), values[:, 1:] @ ways)


def marginal_loss(logits: Floats, allowed: Floats, weight: Floats) -> tuple[float, Floats]:
    """Return the weighted negative log-likelihood of the allowed classes, and its slope by logit (n, k).

    A star rating allows one class; a coarse label (negative) allows several, whose probabilities are summed.
    """
    shares = _shares(logits)
    inside = shares * allowed
    total = inside.sum(axis=1) + _WHOLE
    loss = -float(weight @ np.log(total))
    slope: Floats = (shares - inside / total[:, None]) * weight[:, None]
    return loss, slope


def cross_entropy(logits: Floats, told: Floats, weight: Floats) -> tuple[float, Floats]:
    """Return the weighted cross-entropy of the probabilities `told` (n, k), and its slope by logit (n, k)."""
    shares = _shares(logits)
    loss = -float(weight @ (told * np.log(shares + _WHOLE)).sum(axis=1))
    slope: Floats = (shares - told) * weight[:, None]
    return loss, slope


def _shares(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares
