"""Measures how far inferred CSAT of a company that the transformer never saw is from its stated CSAT.

    python benchmarks/quantification_stars.py WORK comments_train.jsonl.gz [more files]... [--minutes 25]

Parts the companies of all sets in two (a set without companies goes to one side whole), fine-tunes the base model
of WORK (see `cxtext train stars --work`) without the one half for some minutes, calibrates it on rows held out of
what it was trained on, and estimates the CSAT of each company of that half by the methods of quantification.py.
Such a model knows less than the shipped one, so the errors are on the high side. Sets that were balanced by hand are
left out: their shares of stars are no company's. The last line holds the root mean squares for
src/cxtext/measure/company_error.json. An hour on two cores; a second call trains nothing again. Needs quapy (extra
`bench`).
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.train.ratings import WRITTEN
from cxtext.train.stars import finetune, recipe
from cxtext.train.stars import model as star_model
from cxtext.train.stars.calibrate import calibrate, calibrated
from cxtext.train.stars.data import Balance, balanced, hold_out, read_rows, set_priors, star_targets
from quantification import METHODS, quapy_methods, rates

Floats = NDArray[np.float64]
Methods = dict[str, Callable[[Floats, dict[str, Any]], float]]
GROUP: Final = 500  # comments a company, as users have them
SMALLEST: Final = 100
HALVES: Final = 2


def main() -> None:
    """Print the errors of each company, of each method, and the root mean squares of the chosen one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=25)
    given = parser.parse_args()
    rows = read_rows(given.files)
    methods = METHODS | quapy_methods()
    print("| company | n | stated CSAT | error: verdicts | rating | shares of 1 to 5 stars |")
    print("| --- | --- | --- | --- | --- | --- |")
    found = [
        each for half in range(HALVES) for each in errors_of(half, rows, given.work, given.minutes, methods)
    ]
    print("\n| method | mean absolute error | bias | worst |\n| --- | --- | --- | --- |")
    for name, errors in zip(methods, np.array([by_method for _, by_method in found]).T, strict=True):
        print(f"| {name} | {np.abs(errors).mean():.1f} | {errors.mean():+.1f} | {np.abs(errors).max():.1f} |")
    squares = np.sqrt((np.array([errors for errors, _ in found]) ** 2).mean(axis=0))
    print(f"\nroot mean squares: {told(squares)}, {len(found)} companies")


def errors_of(
    half: int, rows: pl.DataFrame, work: Path, minutes: float, methods: Methods
) -> Iterator[tuple[Floats, list[float]]]:
    """Yield the errors on each company of this half, by a model that never saw it, and those of each method."""
    stars = pl.col("stars").is_not_null() & (pl.col("set") != WRITTEN)
    keys = ["set", "company"]
    sizes = (
        rows.filter(stars).group_by(keys).len().sort("set", "len", "company", descending=[False, True, False])
    )
    rows = rows.join(sizes.with_row_index("turn"), on=keys, how="left", nulls_equal=True)
    mine = (pl.col("turn") % HALVES == half).fill_null(False)
    kept, held = hold_out(rows.filter(~mine), Balance())
    model = trained(kept, work, work / f"half{half}", minutes)
    known = held.filter(stars | pl.col("label").is_not_null(), pl.col("set") != WRITTEN)
    by_hand = Balance().balanced_by_hand
    seen = logits(model, known, work)
    fitted = calibrate(seen, known, by_hand)
    own = (known["stars"].is_not_null() & ~known["set"].is_in(by_hand)).to_numpy()
    elsewhere = calibrated(fitted, seen, known["lang"].to_list())
    told_elsewhere = rates(elsewhere[own], known["stars"].to_numpy()[own])
    for company in companies(rows.filter(mine & stars & ~pl.col("set").is_in(by_hand))):
        p = calibrated(fitted, logits(model, company, work), company["lang"].to_list())
        given = company["stars"].to_numpy()
        stated = 100 * float((given >= 4).mean())
        errors = error(p, given)
        print(f"| {company['set'][0]} {company['company'][0] or ''} | {len(given)} ", end="")
        print(f"| {stated:.1f} | {told(errors).replace(', ', ' | ')} |")
        yield errors, [method(p, told_elsewhere) - stated for method in methods.values()]


def trained(rows: pl.DataFrame, work: Path, folder: Path, minutes: float) -> object:
    """Return the base model after some minutes on these rows."""
    if (folder / "done.json").is_file():
        return star_model.load(folder)
    chosen = balanced(rows, Balance())
    soft, allowed = star_targets(chosen, recipe.SMOOTHING)
    encoded = recipe.encode_rows(recipe.tokenizer_of(work), chosen)
    examples = finetune.Examples(encoded, soft, allowed, set_priors(chosen, soft, allowed))
    schedule = finetune.Schedule(passes=2, minutes=minutes)
    return finetune.fit(star_model.load(work / "base"), examples, schedule, folder, lambda _: None)


def logits(model: object, rows: pl.DataFrame, work: Path) -> Floats:
    """Return the model's star logits (rows, 5)."""
    encoded = recipe.encode_rows(recipe.tokenizer_of(work), rows)
    return star_model.predict_logits(model, encoded).astype(np.float64)


def companies(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield up to GROUP comments of each company that has SMALLEST."""
    for part in rows.sort("id").partition_by("set", "company", maintain_order=True):
        if part.height >= SMALLEST:
            yield part.sample(min(GROUP, part.height), seed=0, shuffle=True)


def error(p: Floats, stars: NDArray[np.int64]) -> Floats:
    """Return inferred minus stated: CSAT in points, mean rating in stars, and the shares of stars in points."""
    csat = 100 * ((p[:, 3:].sum(axis=1) > 0.5).mean() - (stars >= 4).mean())
    rating = (p @ np.arange(1, 6)).mean() - stars.mean()
    shares = [100 * (p[:, star - 1].mean() - (stars == star).mean()) for star in range(1, 6)]
    return np.array([csat, rating, *shares])


def told(errors: Floats) -> str:
    """Return CSAT, rating, and the shares of stars."""
    return f"{errors[0]:.1f}, {errors[1]:.2f}, " + " ".join(f"{share:.0f}" for share in errors[2:])


if __name__ == "__main__":
    main()
