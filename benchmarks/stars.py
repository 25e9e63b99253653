"""Measures star engines on comments with gold ratings, and writes the stars section of docs/languages.md.

    python benchmarks/stars.py DATA [--engine linear]... [--docs docs/languages.md]

DATA holds comments_dev.jsonl.gz: text, lang, set, stars or label, nps, question, market. Needs the extra `bench`.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from cxtext.classify import FLAT_BELOW
from cxtext.engines import load_star_engine
from cxtext.engines.sentiments import sentiments
from cxtext.evaluate.stars import StarEvaluation, evaluate_stars, score_gold
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import StarEngine
from cxtext.statistics.intervals import Estimate, correlation, wilson
from peers import peers

BEGIN: Final = "<!-- stars:begin -->"
END: Final = "<!-- stars:end -->"
COLUMNS: Final = {
    "binary_accuracy": "binary accuracy",
    "within_one": "within one star",
    "qwk": "quadratic kappa",
    "macro_f1": "macro-F1 of three",
    "mae": "mean error, stars",
    "ece": "calibration error",
}
FEWEST: Final = 50  # rows of a set to have a line of its own


def main() -> None:
    """Measure everything and write the section."""
    parser = argparse.ArgumentParser(description="Measure star engines.")
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--engine", action="append", help="As in cxtext classify; repeatable. Default: linear."
    )
    parser.add_argument("--docs", type=Path, default=Path("docs/languages.md"))
    options = parser.parse_args()
    comments = read_comments(options.data / "comments_dev.jsonl.gz")
    engines = [load_star_engine(spec) for spec in options.engine or ["linear"]]
    section = "\n".join(sections(comments, engines))
    write_section(options.docs, section)
    print(section)


def read_comments(path: Path) -> pl.DataFrame:
    """Return the comments with the column `language`, their gold language."""
    return pl.read_ndjson(path, infer_schema_length=None).rename({"lang": "language"})


def sections(comments: pl.DataFrame, engines: Sequence[StarEngine]) -> Iterator[str]:
    """Yield the Markdown of the section."""
    rated = comments.filter(pl.col("stars").is_not_null())
    measured = [evaluate_stars(rated.drop("market"), engine) for engine in engines]
    yield INTRODUCTION.format(n=rated.height, companies=rated["company"].n_unique())
    yield from star_tables(measured)
    yield from peer_table(rated, measured)
    yield from set_table(rated, engines)
    yield from label_table(comments, engines)
    yield from nps_table(comments, engines)
    yield from calibration_table(measured)
    yield from flat_table(rated, engines)


INTRODUCTION: Final = """## Stars

{n:,} public customer comments in four languages with the stars their writers gave, of {companies} companies that
mostly do not occur in the training data. The language is given, so detection costs nothing here. Binary accuracy:
the inferred rating (mean of p) is above 3 where the stated one is, three stars left out. Within one star and
quadratic kappa: of the hard star (median of p). Macro-F1: of negative, neutral, positive. Calibration error: of
p(satisfied), in ten classes; in round brackets what a perfectly calibrated model would show by chance. Square
brackets hold 95% bootstrap intervals over comments; another company can differ by more.
"""


def star_tables(measured: Sequence[StarEvaluation]) -> Iterator[str]:
    """Yield the table of languages."""
    figures = pl.concat([each.figures for each in measured])
    yield f"| language | engine | comments | unscored | {' | '.join(COLUMNS.values())} |"
    yield "| --- " * (4 + len(COLUMNS)) + "|"
    for language in LANGUAGES:
        for engine in figures["engine"].unique(maintain_order=True):
            rows = figures.filter(language=language, engine=engine)
            found = {row["metric"]: row for row in rows.iter_rows(named=True)}
            if found:
                chance = f" ({found['ece_by_chance']['value']:.3f})"
                counts = f"{found['qwk']['n']:,} | {found['n_unscored']['value']:.0f}"
                cells = [cell(found[metric]) + (chance if metric == "ece" else "") for metric in COLUMNS]
                yield f"| {language} | {engine} | {counts} | {' | '.join(cells)} |"
    yield ""


def cell(figure: dict[str, float]) -> str:
    """Return `.912 [.900, .923]`."""
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def peer_table(rated: pl.DataFrame, measured: Sequence[StarEvaluation]) -> Iterator[str]:
    """Yield binary accuracy of the packages in peers.py beside the engines', on the same comments."""
    yield "### Other packages\n"
    yield "Free sentiment packages that cover a language, on the same comments. A comment without an answer (none of"
    yield "its words in their lexicon) counts as half right.\n"
    yield "| language | package | comments | without an answer | binary accuracy |"
    yield "| --- | --- | --- | --- | --- |"
    figures = pl.concat([each.figures for each in measured]).filter(metric="binary_accuracy")
    for language in LANGUAGES:
        rows = rated.filter(pl.col("language") == language, pl.col("stars") != 3)
        good = rows["stars"].to_numpy() > 3
        for name, polarity in peers(language):
            found = np.array([polarity(text) for text in rows["text"]])
            right = np.where(found == 0, 0.5, (found > 0) == good)
            shown = f"{name} | {rows.height:,} | {(found == 0).mean():.1%}"
            yield f"| {language} | {shown} | {interval(wilson(right.sum(), rows.height))} |"
        for row in figures.filter(language=language).iter_rows(named=True):
            yield f"| {language} | cxtext {row['engine']} | {row['n']:,} | | {cell(row)} |"
    yield ""


def set_table(rated: pl.DataFrame, engines: Sequence[StarEngine]) -> Iterator[str]:
    """Yield binary accuracy by set of comments."""
    yield "### By set of comments\n"
    yield "| set | language | engine | comments | satisfied | binary accuracy |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for engine in engines:
        clear = score_gold(rated.filter(pl.col("stars") != 3), engine).drop_nulls("p_star_1")
        right = (pl.col("inferred_rating_1_5") > 3) == (pl.col("stars") > 3)
        table = clear.group_by("language", "set").agg(
            n=pl.len(), right=right.sum(), good=(pl.col("stars") > 3).mean()
        )
        for row in table.filter(pl.col("n") >= FEWEST).sort("language", "set").iter_rows(named=True):
            of = wilson(row["right"], row["n"])
            shown = f"{row['set']} | {row['language']} | {engine.name} | {row['n']:,} | {row['good']:.0%}"
            yield f"| {shown} | {interval(of)} |"
    yield ""


def label_table(comments: pl.DataFrame, engines: Sequence[StarEngine]) -> Iterator[str]:
    """Yield accuracy on comments that experts or the writers called positive or negative."""
    labelled = comments.filter(
        pl.col("stars").is_null(), pl.col("nps").is_null(), pl.col("label").is_in(["neg", "pos"])
    )
    yield "### Comments labelled positive or negative\n"
    yield "| set | language | engine | comments | binary accuracy |"
    yield "| --- | --- | --- | --- | --- |"
    for engine in engines:
        scored = score_gold(labelled, engine).drop_nulls("p_star_1")
        right = (pl.col("inferred_rating_1_5") > 3) == (pl.col("label") == "pos")
        table = scored.group_by("language", "set").agg(n=pl.len(), right=right.sum())
        for row in table.filter(pl.col("n") >= FEWEST).sort("language", "set").iter_rows(named=True):
            of = wilson(row["right"], row["n"])
            yield f"| {row['set']} | {row['language']} | {engine.name} | {row['n']:,} | {interval(of)} |"
    yield ""


def nps_table(comments: pl.DataFrame, engines: Sequence[StarEngine]) -> Iterator[str]:
    """Yield the correlation of the inferred rating with the respondent's NPS answer."""
    answered = comments.filter(pl.col("nps").is_not_null())
    yield "### Correlation with NPS\n"
    yield "An NPS rates the company, not the comment: text and score often part, so 1 can't be reached.\n"
    yield "| survey | language | engine | comments | correlation of inferred rating and NPS |"
    yield "| --- | --- | --- | --- | --- |"
    for engine in engines:
        scored = score_gold(answered, engine).drop_nulls("p_star_1")
        table = scored.group_by("language", "set").agg(n=pl.len(), r=pl.corr("inferred_rating_1_5", "nps"))
        for row in table.filter(pl.col("n") >= FEWEST).sort("language", "set").iter_rows(named=True):
            of = correlation(row["r"], row["n"])
            yield f"| {row['set']} | {row['language']} | {engine.name} | {row['n']:,} | {interval(of)} |"
    yield ""


def interval(of: Estimate) -> str:
    """Return the value with its interval."""
    return cell({"value": float(of.value), "low": float(of.low), "high": float(of.high)})


def calibration_table(measured: Sequence[StarEvaluation]) -> Iterator[str]:
    """Yield predicted beside stated satisfaction in classes of p(satisfied)."""
    yield "### Calibration of p(satisfied)\n"
    yield "Share of satisfied comments (4 or 5 stars) where the model expects so many.\n"
    yield "| language | engine | " + " | ".join(f"{k / 10:.1f}-{(k + 1) / 10:.1f}" for k in range(10)) + " |"
    yield "| --- " * 12 + "|"
    for each in measured:
        for (engine, language), rows in each.calibration.group_by("engine", "language", maintain_order=True):
            shares = {
                int(
                    np.minimum(row["predicted_csat_0_1"] * 10, 9)
                ): f"{row['stated_csat_0_1']:.2f} (n {row['n']})"
                for row in rows.iter_rows(named=True)
            }
            yield f"| {language} | {engine} | " + " | ".join(shares.get(k, "") for k in range(10)) + " |"


def flat_table(rated: pl.DataFrame, engines: Sequence[StarEngine]) -> Iterator[str]:
    """Yield how many comments are too flat for an answer, and how often the likeliest sentiment is right there."""
    yield "### Too unsure for an answer\n"
    yield f"Comments whose likeliest sentiment has a probability under {FLAT_BELOW} get no stars. How often that"
    yield "sentiment was the right one of three, and of those a little surer, which get theirs.\n"
    yield "| engine | too flat | share of comments | right | a little surer (up to 0.1 more) | right |"
    yield "| --- | --- | --- | --- | --- | --- |"
    gold = np.sign(rated["stars"].to_numpy() - 3) + 1
    texts, languages, asked = (rated[name].to_list() for name in ("text", "language", "question"))
    for engine in engines:
        three = sentiments(engine.predict(texts, languages, asked).probabilities)
        largest, right = three.max(axis=1), np.nan_to_num(three).argmax(axis=1) == gold
        flat, next_to = largest < FLAT_BELOW, (largest >= FLAT_BELOW) & (largest < FLAT_BELOW + 0.1)
        told = (interval(wilson(right[rows].sum(), rows.sum())) for rows in (flat, next_to))
        shown = f"{engine.name} | {flat.sum():,} | {flat.mean():.1%} | {next(told)} | {next_to.sum():,}"
        yield f"| {shown} | {next(told)} |"
    yield ""


def write_section(docs: Path, section: str) -> None:
    """Replace the text between the marks, or add it at the end."""
    old = docs.read_text("utf-8") if docs.is_file() else "# Languages: what was measured\n"
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    docs.write_text(f"{before.rstrip()}\n\n{BEGIN}\n{section}\n{END}\n{after.lstrip()}", "utf-8")


if __name__ == "__main__":
    main()
