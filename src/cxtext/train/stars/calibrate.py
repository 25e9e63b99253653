"""Fit temperature and bias of the star probabilities on companies held out from training."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

PULL: Final = 50.0  # a language's own values count as much as those of all languages from this many rows on


def fit_calibration(
    logits: Floats, soft: Floats, allowed: Floats, languages: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return temperature and bias for `any` language and for each language, drawn towards the first.

    `logits`, `soft` (a distribution over stars, or zeros) and `allowed` (1 for each star that a coarse label
    allows, or zeros) are (rows, 5); `languages` holds the language of each row. Languages weigh the same in
    the common values.
    """
    codes = np.asarray(languages)
    weights = np.zeros(len(codes))
    for language in np.unique(codes):
        weights[codes == language] = 1 / (codes == language).sum()
    common = _fit(logits, soft, allowed, weights * len(codes) / weights.sum(), np.zeros(6), 1e-3)
    fitted = {"any": common}
    for language in sorted(set(languages)):
        chosen = codes == language
        fitted[language] = _fit(
            logits[chosen], soft[chosen], allowed[chosen], np.ones(int(chosen.sum())), common, PULL
        )
    return {language: _described(found) for language, found in fitted.items()}


def _described(found: Floats) -> dict[str, Any]:
    return {
        "temperature": round(float(np.exp(found[0])), 4),
        "bias": [round(float(value - found[1:].mean()), 4) for value in found[1:]],
    }


def _fit(
    logits: Floats, soft: Floats, allowed: Floats, weights: Floats, start: Floats, pull: float
) -> Floats:
    def loss(point: Floats) -> float:
        scaled = logits / np.exp(point[0]) + point[1:]
        log_p = scaled - np.logaddexp.reduce(scaled, axis=1)[:, None]
        own = -(soft * log_p).sum(1)
        coarse = allowed.sum(1) > 0
        own[coarse] = -np.logaddexp.reduce(np.where(allowed > 0, log_p, -np.inf)[coarse], axis=1)
        return float((weights * own).sum() + pull * ((point - start) ** 2).sum())

    found: Floats = minimize(loss, start, method="L-BFGS-B").x
    return found
