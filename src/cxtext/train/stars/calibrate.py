"""A scale per language and one tilt from bad to good, so that star logits become what a new company may expect."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from cxtext.engines.linear import softmax
from cxtext.engines.sentiments import GOOD_OR_BAD
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Floats
from cxtext.statistics.calibration import Calibration
from cxtext.train.stars.data import company_weight

OWN_SCALE: Final = 20  # fewest held-out ratings on either side of three for a language's own scale


def calibrate(logits: Floats, rows: pl.DataFrame, by_hand: Sequence[str]) -> Calibration:
    """Fit a scale per language, and one tilt from bad to good, to which side of three customers' own stars are.

    A model trained with its sets' shares of stars takes every star to be as likely; the tilt restores what a new
    company may expect. So rows count by company (n rows weigh root n), companies by language (likewise: their
    weights' root), and sets balanced by hand (`by_hand`) don't count. A tilt of its own would be that of the one or
    two companies a language has here; one with fewer than OWN_SCALE bad or good ratings takes the scale of all.
    Without both bad and good ratings there is nothing to fit: logits stay as they are.
    """
    own = pl.col("stars").is_not_null() & (pl.col("stars") != 3) & ~pl.col("set").is_in(by_hand)
    weighed = rows.with_columns(own=own, weight=company_weight())
    seen, chosen = logits[weighed["own"].to_numpy()], weighed.filter("own")
    good, weight, codes = (
        chosen["stars"].to_numpy() > 3,
        chosen["weight"].to_numpy(),
        chosen["lang"].to_numpy(),
    )
    scale, tilt = 1.0, 0.0
    if good.any() and not good.all():
        scale, tilt = fit_scale_and_tilt(seen, good, by_language(weight, codes))
    scales = np.full(1 + len(LANGUAGES), scale)
    for index, language in enumerate(LANGUAGES, start=1):
        mine = codes == language
        if min((mine & good).sum(), (mine & ~good).sum()) >= OWN_SCALE:
            scales[index], _ = fit_scale_and_tilt(seen[mine], good[mine], weight[mine], tilt)
    return Calibration(scales, np.tile(tilt * GOOD_OR_BAD, (len(scales), 1)))


def calibrated(fitted: Calibration, logits: Floats, languages: Sequence[str]) -> Floats:
    """Return the calibrated star probabilities (rows, 5) of logits (rows, 5) of texts in these languages."""
    return softmax(fitted.apply(logits, np.array([1 + LANGUAGES.index(code) for code in languages])))


def by_language(weight: Floats, codes: NDArray[Any]) -> Floats:
    """Return the weights with each language's sum brought to its root."""
    total = {code: weight[codes == code].sum() for code in np.unique(codes)}
    return weight / np.sqrt([total[code] for code in codes])


def fit_scale_and_tilt(
    logits: Floats, good: Bools, weight: Floats, tilt: float | None = None
) -> tuple[float, float]:
    """Return the scale and the tilt (of a scale alone, the given one) of least weighted cross-entropy of `good`."""

    def loss(point: Floats) -> float:
        scaled = np.exp(point[0]) * logits + (point[1] if tilt is None else tilt) * GOOD_OR_BAD
        gap = np.logaddexp(*scaled[:, 3:].T) - np.logaddexp(*scaled[:, :2].T)
        return float((weight * np.logaddexp(0, np.where(good, -gap, gap))).sum() / weight.sum())

    found = minimize(loss, np.zeros(2 if tilt is None else 1), method="Nelder-Mead").x
    return float(np.exp(found[0])), float(found[1]) if tilt is None else tilt
