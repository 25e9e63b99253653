"""Measures how far inferred CSAT of a company that the transformer never saw is from its stated CSAT.

    python benchmarks/quantification_stars.py WORK comments_train.jsonl.gz [more files]... [--minutes 5]

Parts the sets of comments in two, fine-tunes the base model of WORK (see `cxtext train stars --work`) on the one half
for some minutes, calibrates it on rows held out of that half, and estimates the CSAT of each company of the other.
Such a model knows less than the shipped one, so the errors are on the high side. The last line holds the root mean
squares for src/cxtext/measure/company_error.json. Half an hour on two cores; a second call trains nothing again.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.linear import softmax
from cxtext.train.ratings import WRITTEN
from cxtext.train.stars import finetune, recipe
from cxtext.train.stars import model as star_model
from cxtext.train.stars.data import Balance, balanced, hold_out, read_rows, set_priors, star_targets

Floats = NDArray[np.float64]
GROUP: Final = 500  # comments a company, as users have them
SMALLEST: Final = 100
HALVES: Final = 2


def main() -> None:
    """Print the errors of each company and their root mean squares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=5)
    given = parser.parse_args()
    rows = read_rows(given.files)
    print("| company | n | stated CSAT | error: CSAT | rating | shares of 1 to 5 stars |")
    print("| --- | --- | --- | --- | --- | --- |")
    errors = [found for half in range(HALVES) for found in errors_of(half, rows, given.work, given.minutes)]
    squares = np.sqrt((np.array(errors) ** 2).mean(axis=0))
    print(f"\nroot mean squares: {told(squares)}, {len(errors)} companies")


def errors_of(half: int, rows: pl.DataFrame, work: Path, minutes: float) -> Iterator[Floats]:
    """Yield the errors on each company of this half, by a model of the other."""
    stars = pl.col("stars").is_not_null() & (pl.col("set") != WRITTEN)
    sizes = rows.filter(stars).group_by("set").len().sort("len", "set", descending=True)
    mine = pl.col("set").is_in(sizes["set"].gather_every(HALVES, half).to_list())
    kept, held = hold_out(rows.filter(~mine), Balance(cap=600, cap_translated=60, repeats={}))
    model = trained(kept, work, work / f"half{half}", minutes)
    known = held.filter(stars | pl.col("label").is_not_null(), pl.col("set") != WRITTEN)
    fitted = recipe.calibrate(logits(model, known, work), known, Balance().balanced_by_hand)
    for company in companies(rows.filter(mine & stars)):
        scaled = fitted.scale[0] * logits(model, company, work) + fitted.offset[0]
        given = company["stars"].to_numpy()
        errors = error(softmax(scaled), given)
        print(f"| {company['set'][0]} {company['company'][0] or ''} | {len(given)} ", end="")
        print(f"| {100 * (given >= 4).mean():.1f} | {told(errors).replace(', ', ' | ', 2)} |")
        yield errors


def trained(rows: pl.DataFrame, work: Path, folder: Path, minutes: float) -> object:
    """Return the base model after some minutes on these rows."""
    if (folder / "done.json").is_file():
        return star_model.load(folder)
    chosen = balanced(rows, Balance(cap=600, cap_translated=60, repeats={}))
    soft, allowed = star_targets(chosen, recipe.SMOOTHING)
    encoded = recipe.encode_rows(recipe.tokenizer_of(work), chosen)
    examples = finetune.Examples(encoded, soft, allowed, set_priors(chosen, soft, allowed))
    schedule = finetune.Schedule(passes=1, minutes=minutes)
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
    verdict = (np.cumsum(p, axis=1) < 0.5).sum(axis=1) >= 3
    csat = 100 * ((p[:, 3:].sum(axis=1) + verdict).mean() / 2 - (stars >= 4).mean())
    rating = (p @ np.arange(1, 6)).mean() - stars.mean()
    shares = [100 * (p[:, star - 1].mean() - (stars == star).mean()) for star in range(1, 6)]
    return np.array([csat, rating, *shares])


def told(errors: Floats) -> str:
    """Return CSAT, rating, and the shares of stars."""
    return f"{errors[0]:.1f}, {errors[1]:.2f}, " + " ".join(f"{share:.0f}" for share in errors[2:])


if __name__ == "__main__":
    main()
