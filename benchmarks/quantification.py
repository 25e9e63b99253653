"""Measures how far inferred CSAT of a company that the linear model never saw is from its stated CSAT.

    python benchmarks/quantification.py comments_train.jsonl.gz [aspects_train.jsonl.gz]

Leaves out a quarter of the sets of companies at a time, trains and calibrates on the rest, and estimates the CSAT
of each company left out by several methods from the literature. The last lines are the root mean square errors to
put into src/cxtext/measure/company_error.json. About ten minutes on two cores. Needs quapy (extra `bench`),
whose methods take part with the same probabilities.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.linear import softmax
from cxtext.schema.columns import LANGUAGES
from cxtext.train import linear
from cxtext.train.lessons import Lessons, customers_lessons
from cxtext.train.ratings import customers_own

Floats = NDArray[np.float64]
PER_COMPANY: Final = 2_500
GROUP: Final = 500  # comments a group, as users have them
SMALLEST: Final = 100
KEYS: Final = ("set", "language", "company")


def main(files: list[Path]) -> None:
    """Print the error of each method as a Markdown table, and the errors of the chosen one."""
    lessons = customers_lessons(files, linear.NGRAMS)
    rated = _with_company(lessons.rows, files[0])
    probabilities, known = _probabilities_of_unseen(lessons)
    groups = _groups(rated.with_row_index("row"))
    print("| method | mean absolute error | bias | sd | worst |\n| --- | --- | --- | --- | --- |")
    for name, method in (METHODS | quapy_methods()).items():
        errors = [
            method(probabilities[rows], known[rated["origin"][int(rows[0])]]) - _csat(rated, rows)
            for rows in groups
        ]
        print(f"| {name} | {_told(_by_company(rated, groups, errors))} |")
    _print_errors(rated, groups, probabilities)


def _with_company(rated: pl.DataFrame, comments: Path) -> pl.DataFrame:
    """Return the training rows with the company of those that a customer of one wrote and rated."""
    keys = ["set", "text", "language", "stars"]
    named = pl.read_ndjson(comments, infer_schema_length=None).select(
        "set", "text", "company", language="lang", stars=pl.col("stars").cast(pl.Int64)
    )
    return rated.join(
        named.unique(keys, keep="first"), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )


def _probabilities_of_unseen(lessons: Lessons) -> tuple[Floats, dict[str, dict[str, Any]]]:
    """Return probabilities by a model and a calibration without the row's set, and what other sets tell."""
    rated, logits = lessons.rows, linear.logits_of_unseen_sets(lessons)
    origin = rated["origin"].to_numpy()
    own = rated.select(customers_own(pl.col("origin"))).to_series().to_numpy()
    place = np.array([1 + LANGUAGES.index(name) for name in rated["language"]])
    probabilities, known = np.zeros(logits.shape), {}
    for name in sorted(set(origin[own])):
        others = origin != name
        found = linear.calibrate(logits[others], lessons.of(others))
        scaled = softmax(found.scale[place][:, None] * logits + found.offset[place])
        probabilities[origin == name] = scaled[origin == name]
        known[name] = rates(scaled[others & own], rated["stars"].filter(others & own).to_numpy())
    return probabilities, known


def rates(probabilities: Floats, stars: NDArray[np.int64]) -> dict[str, Any]:
    """Return what the methods may know of other companies, from their probabilities (n, 5) and stars (n,)."""
    satisfied = stars >= 4
    verdict = _stars(probabilities) >= 4
    return {
        "prior": probabilities.mean(0),
        "satisfied": satisfied.astype(np.int64),
        "posteriors": of_two(probabilities),
        "hit": verdict[satisfied].mean(),
        "false": verdict[~satisfied].mean(),
    }


def _groups(rated: pl.DataFrame) -> list[NDArray[np.int64]]:
    own = rated.filter(customers_own(pl.col("origin")))
    drawn = own.sort(pl.col("text").hash(1)).group_by(KEYS, maintain_order=True).head(PER_COMPANY)
    found = []
    for company in drawn.sort(pl.col("text").hash(2)).partition_by(KEYS, maintain_order=True):
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


def adjusted_count(p: Floats, known: dict[str, Any]) -> float:
    """Return the percent satisfied from the share of verdicts, corrected for hits and false alarms elsewhere."""
    share = _verdicts(p, known) / 100
    return float(100 * np.clip((share - known["false"]) / (known["hit"] - known["false"]), 0, 1))


def prior_correction(p: Floats, known: dict[str, Any]) -> float:
    """Return the percent satisfied by the shares of five stars that expectation maximisation ends in."""
    prior = known["prior"]
    for _ in range(500):
        posterior = p * (prior / known["prior"])
        prior = (posterior / posterior.sum(axis=1, keepdims=True)).mean(axis=0)
    return float(100 * prior[3:].sum())


METHODS: Final[dict[str, Callable[[Floats, dict[str, Any]], float]]] = {
    "share of verdicts (classify and count)": _verdicts,
    "mean of calibrated probabilities": _probabilities,
    "halfway between the two": _halfway,
    "adjusted count (Forman 2008)": adjusted_count,
    "EM prior correction (Saerens et al. 2002)": prior_correction,
}


def of_two(probabilities: Floats) -> Floats:
    """Return the probabilities (n, 2) of not being satisfied and of being so."""
    satisfied = probabilities[:, 3:].sum(axis=1)
    return np.column_stack([1 - satisfied, satisfied])


def quapy_methods() -> dict[str, Callable[[Floats, dict[str, Any]], float]]:
    """Return methods of quapy that METHODS has not, on the same probabilities of two classes."""
    try:
        from quapy.method.aggregative import EMQ, PACC, DyS, HDy
    except ImportError:
        raise SystemExit('quapy is not installed; add it with: pip install "cxtext[bench]"') from None
    return {
        "probabilistic adjusted count (Bella et al. 2010), quapy": _quapy(PACC),
        "EM of two classes (Saerens et al. 2002), quapy": _quapy(EMQ, exact_train_prev=False),
        "HDy (Gonzalez-Castro et al. 2013), quapy": _quapy(HDy),
        "DyS, Topsoe (Maletzke et al. 2019), quapy": _quapy(DyS, divergence="topsoe"),
    }


def _quapy(quantifier: Any, **options: Any) -> Callable[[Floats, dict[str, Any]], float]:
    def estimate(p: Floats, known: dict[str, Any]) -> float:
        fitted = quantifier(two_classes(), fit_classifier=False, val_split=None, **options)
        fitted.aggregation_fit(known["posteriors"], known["satisfied"])
        return float(100 * fitted.aggregate(of_two(p))[1])

    return estimate


def two_classes() -> Any:
    """Return a classifier that only names its classes: quapy is given probabilities."""
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression()
    classifier.classes_ = np.array([0, 1])
    return classifier


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
    shares = [_verdicts(p, {}) - 100 * float((stars >= 4).mean()) for p, stars in pairs]
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
