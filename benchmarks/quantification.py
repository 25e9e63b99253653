"""Measures how far inferred CSAT of a company that the linear model never saw is from its stated CSAT.

    python benchmarks/quantification.py comments_train.jsonl.gz [aspects_train.jsonl.gz]

Leaves out one set of companies after the other, trains and calibrates on the rest, and estimates the CSAT of
each company left out by several methods from the literature. The last lines are the root mean square errors
to put into src/cxtext/measure/company_error.json. About ten minutes on two cores.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.linear import softmax, vectors
from cxtext.schema.columns import LANGUAGES
from cxtext.statistics.calibration import fit_calibration
from cxtext.train import linear
from cxtext.train.ratings import allowed_stars, read_rated

Floats = NDArray[np.float64]
PER_COMPANY: Final = 2_500
GROUP: Final = 500  # comments a group, as users have them
SMALLEST: Final = 100
KEYS: Final = ("set", "language", "company")


def main(files: list[Path]) -> None:
    """Print the error of each method as a Markdown table, and the errors of the chosen one."""
    rated = _sample(files)
    allowed = allowed_stars(rated)
    weight = linear.row_weights(rated, _recipe()["set_weight"])
    probabilities, known = _probabilities_of_unseen(rated, allowed, weight)
    groups = _groups(rated.with_row_index("row"))
    print("| method | mean absolute error | bias | sd | worst |\n| --- | --- | --- | --- | --- |")
    for name, method in METHODS.items():
        errors = [
            method(probabilities[rows], known[rated["set"][int(rows[0])]]) - _csat(rated, rows)
            for rows in groups
        ]
        print(f"| {name} | {_told(_by_company(rated, groups, errors))} |")
    _print_errors(rated, groups, probabilities)


def _recipe() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (Path(linear.__file__).parent / "linear_recipe.json").read_text("utf-8")
    )
    return found


def _sample(files: list[Path]) -> pl.DataFrame:
    """Return rated comments with their company, at most PER_COMPANY of each."""
    rated = read_rated(files, linear._unusable(_recipe()))
    comments = pl.read_ndjson(files[0], infer_schema_length=None).select(
        "set", "text", "company", language="lang", stars=pl.col("stars").cast(pl.Int64)
    )
    keys = ["set", "text", "language", "stars"]
    named = rated.join(comments.unique(keys, keep="first"), on=keys, how="left", nulls_equal=True)
    drawn = named.sort(pl.col("text").hash(1)).group_by(KEYS, maintain_order=True).head(PER_COMPANY)
    return drawn.sort("language", "set", "text", "stars", "label")


def _probabilities_of_unseen(
    rated: pl.DataFrame, allowed: Floats, weight: Floats
) -> tuple[Floats, dict[str, dict[str, Any]]]:
    """Return calibrated probabilities from a model without the row's set, and what the other sets tell."""
    x, sets = vectors(rated["text"].to_list(), linear.NGRAMS), rated["set"].to_numpy()
    language = np.array([LANGUAGES.index(name) for name in rated["language"]])
    starred = rated["stars"].is_not_null().to_numpy()
    names = sorted(set(sets[starred]))
    logits = np.zeros(allowed.shape)
    for name in names:
        rest = sets != name
        fitted = linear.fit_weights(
            x[rest], allowed[rest], weight[rest], linear._set_index(rated.filter(rest))
        )
        logits[~rest] = x[~rest] @ fitted
    probabilities, known = np.zeros(allowed.shape), {}
    for name in names:
        others = (sets != name) & np.isin(sets, names)
        found = fit_calibration(
            logits[others], allowed[others], language[others], weight[others], groups=4, shrinkage=30.0
        )
        scaled = softmax(found.scale[language][:, None] * logits + found.offset[language])
        probabilities[sets == name] = scaled[sets == name]
        known[name] = _rates(scaled[others & starred], rated["stars"].filter(others & starred).to_numpy())
    return probabilities, known


def _rates(probabilities: Floats, stars: NDArray[np.int64]) -> dict[str, Any]:
    satisfied = stars >= 4
    verdict = _stars(probabilities) >= 4
    return {
        "prior": probabilities.mean(0),
        "hit": verdict[satisfied].mean(),
        "false": verdict[~satisfied].mean(),
    }


def _groups(rated: pl.DataFrame) -> list[NDArray[np.int64]]:
    starred = rated.filter(pl.col("stars").is_not_null()).sort(pl.col("text").hash(2))
    found = []
    for company in starred.partition_by(KEYS, maintain_order=True):
        rows = company["row"].to_numpy().astype(np.int64)
        found += [part for part in np.split(rows, range(GROUP, len(rows), GROUP)) if len(part) >= SMALLEST]
    return found


def _stars(probabilities: Floats) -> NDArray[np.int64]:
    return np.asarray((np.cumsum(probabilities, axis=1) < 0.5).sum(axis=1) + 1)


def _verdicts(p: Floats, _: dict[str, Any]) -> float:
    return float(100 * (_stars(p) >= 4).mean())


def _probabilities(p: Floats, _: dict[str, Any]) -> float:
    return float(100 * p[:, 3:].sum(axis=1).mean())


def _halfway(p: Floats, known: dict[str, Any]) -> float:
    return (_verdicts(p, known) + _probabilities(p, known)) / 2


def _adjusted_count(p: Floats, known: dict[str, Any]) -> float:
    share = _verdicts(p, known) / 100
    return float(100 * np.clip((share - known["false"]) / (known["hit"] - known["false"]), 0, 1))


def _prior_correction(p: Floats, known: dict[str, Any]) -> float:
    prior = known["prior"]
    for _ in range(500):
        posterior = p * (prior / known["prior"])
        prior = (posterior / posterior.sum(axis=1, keepdims=True)).mean(axis=0)
    return float(100 * prior[3:].sum())


METHODS: Final[dict[str, Callable[[Floats, dict[str, Any]], float]]] = {
    "share of verdicts (classify and count)": _verdicts,
    "mean of calibrated probabilities": _probabilities,
    "halfway between the two": _halfway,
    "adjusted count (Forman 2008)": _adjusted_count,
    "EM prior correction (Saerens et al. 2002)": _prior_correction,
}


def _csat(rated: pl.DataFrame, rows: NDArray[np.int64]) -> float:
    return float(100 * (rated["stars"].gather(rows).to_numpy() >= 4).mean())


def _by_company(rated: pl.DataFrame, groups: list[NDArray[np.int64]], errors: list[float]) -> pl.DataFrame:
    keys = rated.select(KEYS)[[int(rows[0]) for rows in groups]]
    error = pl.col("error")
    return (
        keys.with_columns(error=pl.Series(errors))
        .group_by(KEYS)
        .agg(error.mean(), absolute=error.abs().mean())
        .sort(KEYS)
    )


def _told(of: pl.DataFrame) -> str:
    error, absolute = of["error"].to_numpy(), of["absolute"].to_numpy()
    return f"{absolute.mean():.1f} | {error.mean():+.1f} | {error.std(ddof=1):.1f} | {absolute.max():.1f}"


def _print_errors(rated: pl.DataFrame, groups: list[NDArray[np.int64]], probabilities: Floats) -> None:
    stated = [rated["stars"].gather(rows).to_numpy() for rows in groups]
    pairs = [(probabilities[rows], stars) for rows, stars in zip(groups, stated, strict=True)]
    shares = [_halfway(p, {}) - 100 * float((stars >= 4).mean()) for p, stars in pairs]
    print(f"\ncsat: {_root_mean_square(_by_company(rated, groups, shares)):.1f} points")
    ratings = [float((p @ np.arange(1, 6)).mean() - stars.mean()) for p, stars in pairs]
    print(f"rating: {_root_mean_square(_by_company(rated, groups, ratings)):.2f} stars")
    for star in range(1, 6):
        shares = [float(100 * (p[:, star - 1].mean() - (stars == star).mean())) for p, stars in pairs]
        print(f"share of {star} stars: {_root_mean_square(_by_company(rated, groups, shares)):.1f} points")


def _root_mean_square(of: pl.DataFrame) -> float:
    return float(np.sqrt((of["error"].to_numpy() ** 2).mean()))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
