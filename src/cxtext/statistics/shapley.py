"""How much of the variance of an outcome goes with each of several predictors, however they overlap.

A predictor is one column of X or several (the levels of a factor). Cross-products are those of centred
columns, the outcome last: shape (..., q, q) with q - 1 columns of X.
"""

from collections.abc import Iterator, Sequence
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from cxtext.statistics.intervals import Floats, floats

Columns = Sequence[Sequence[int]]  # of each predictor

# A column that the others explain up to this share of its variance adds nothing.
_RIDGE = 1e-9
_AT_ONCE = 4096  # rows, to bound memory


def cross_products(rows: Floats, weights: Floats) -> Floats:
    """Return the cross-products (B, q, q) of rows (n, q), centred, under weights (B, n): how often each counts."""
    with_one = np.column_stack([rows, np.ones(len(rows))])
    moments = np.zeros((len(weights), with_one.shape[1] ** 2))
    for start in range(0, len(rows), _AT_ONCE):
        part = with_one[start : start + _AT_ONCE]
        moments += weights[:, start : start + _AT_ONCE] @ (part[:, :, None] * part[:, None, :]).reshape(
            len(part), -1
        )
    full = moments.reshape(len(weights), with_one.shape[1], with_one.shape[1])
    sums, n = full[:, :-1, -1], full[:, -1:, -1:]
    return floats(full[:, :-1, :-1] - sums[:, :, None] * sums[:, None, :] / n)


def explained(products: Floats, columns: Sequence[int]) -> Floats:
    """Return R^2 (...,) of the outcome on some columns, 0..1; NaN where the outcome does not vary."""
    return dict(_all_explained(products, [columns]))[1]


def coefficients(products: Floats, columns: Sequence[int]) -> Floats:
    """Return the slopes (..., k) of the outcome on some columns, each with the others held alike."""
    inner = products[..., columns, :][..., columns]
    scale = np.trace(inner, axis1=-2, axis2=-1)[..., None, None] + np.finfo(np.float64).tiny
    ridge = _RIDGE * scale * np.eye(len(columns))
    return floats(np.linalg.solve(inner + ridge, products[..., columns, -1][..., None])[..., 0])


def shapley_r2(products: Floats, predictors: Columns) -> Floats:
    """Return each predictor's part of R^2, shape (..., p); the parts add to R^2 and none is negative.

    The gain in R^2 when a predictor joins those before it, averaged over all orders of the p predictors.
    Costs 2^p regressions.
    Source: R. H. Lindeman, P. F. Merenda and R. Z. Gold (1980), Introduction to bivariate and multivariate
    analysis (LMG); U. Groemping (2007), Estimators of relative importance in linear regression based on
    variance decomposition, The American Statistician 61; equal to the Shapley value.
    """
    p = len(predictors)
    r2 = dict(_all_explained(products, predictors))
    parts = np.zeros((*products.shape[:-2], p))
    for chosen, without in r2.items():
        weight = factorial(chosen.bit_count()) * factorial(max(p - chosen.bit_count() - 1, 0)) / factorial(p)
        for place in (place for place in range(p) if not chosen & 1 << place):
            parts[..., place] += weight * (r2[chosen | 1 << place] - without)
    return floats(np.maximum(parts, 0))


def _all_explained(products: Floats, predictors: Columns) -> Iterator[tuple[int, Floats]]:
    """Yield every set of predictors, as the bits of a number, with its R^2.

    By Gaussian elimination, predictor after predictor: each is left out, or taken out of all that follow.
    """
    order = [*(column for part in predictors for column in part), -1]
    # the many draws last, next to each other in memory
    rest = np.ascontiguousarray(np.moveaxis(products[..., order, :][..., order], (-2, -1), (0, 1)))
    total, least = rest[-1, -1], _RIDGE * np.einsum("ii...->i...", rest)
    left: list[tuple[int, int, Floats]] = [(0, 0, rest)]
    while left:
        place, chosen, rest = left.pop()
        if place == len(predictors):
            yield chosen, _share(rest[0, 0], total)
            continue
        size = len(predictors[place])
        left.append((place + 1, chosen, rest[size:, size:]))
        for _ in range(size):
            rest = _without_first(rest, least[len(least) - len(rest)])
        left.append((place + 1, chosen | 1 << place, rest))


def _without_first(rest: Floats, least: Floats) -> Floats:
    """Return the cross-products of what the first column leaves unexplained of the others."""
    pivot, row = rest[0, 0], rest[0, 1:]
    factor = np.where(pivot > least, 1 / np.where(pivot > least, pivot, 1), 0)
    return floats(rest[1:, 1:] - (row * factor)[:, None] * row[None, :])


def _share(unexplained: Floats, total: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return floats(np.where(total > 0, np.clip(1 - unexplained / total, 0, 1), np.nan))


def p_of_r2(r2: float, n: int, columns: int, groups: int = 1) -> float:
    """Return the p-value of R^2 from n rows and k columns: the F test that nothing goes with the outcome.

    `groups`: of how many the means were taken out beforehand; each costs a degree of freedom.
    """
    rest = n - columns - groups
    if rest <= 0 or not columns:
        return 1.0
    return float(fdtrc(columns, rest, (r2 / columns) / max((1 - r2) / rest, np.finfo(np.float64).tiny)))


def ranks(parts: Floats) -> NDArray[np.int64]:
    """Return the rank of each predictor (..., p), 1 the largest; ties in their order."""
    order = np.argsort(-parts, axis=-1, kind="stable")
    return np.asarray(np.argsort(order, axis=-1, kind="stable") + 1, dtype=np.int64)
