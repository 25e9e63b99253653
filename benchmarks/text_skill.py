"""Measures how far the text of comments tells the NPS answer of their writers.

    python benchmarks/text_skill.py comments_dev.jsonl.gz [--engine linear cascade]

For every set and language with 500 NPS answers, each by itself: the correlation of the inferred rating with the
answer, and the skill of cross-fitted forecasts of detractor, passive or promoter against the base rate (0%).
Prints a Markdown table.
"""

import argparse
from pathlib import Path
from typing import Final

import polars as pl

from cxtext.engines import load_star_engine
from cxtext.measure.populations import Populations
from cxtext.measure.text_skill import text_skill_figures
from cxtext.schema.columns import P_STARS
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import correlation

SMALLEST: Final = 500
HEADER: Final = (
    "| engine | set | language | n | correlation | skill | detractors whose words point to one | to a promoter |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--engine", nargs="+", default=["linear", "cascade"])
    given = parser.parse_args()
    print(HEADER)
    for engine in given.engine:
        scored = _scored(given.file, engine)
        for (name, language), rows in scored.group_by("set", "language", maintain_order=True):
            if rows.height < SMALLEST:
                continue
            print(f"| {engine} | {name} | {language} | {_measured(rows)} |")


def _scored(file: Path, engine_name: str) -> pl.DataFrame:
    """Return the comments with an NPS answer and their stars, those without evidence left out."""
    rows = pl.read_ndjson(file, infer_schema_length=None).filter(pl.col("nps").is_not_null())
    rows = rows.rename({"lang": "language", "nps": "nps_0_10"}).sort("set", "language", "id")
    engine = load_star_engine(engine_name)
    found = engine.predict(rows["text"].to_list(), rows["language"].to_list(), rows["question"].to_list())
    stars = pl.DataFrame(found.probabilities, schema=P_STARS)
    rating = sum((star * pl.col(name) for star, name in enumerate(P_STARS, 1)), pl.lit(0.0))
    scored = pl.concat([rows, stars], how="horizontal").with_columns(inferred_rating_1_5=rating)
    nothing = [pl.lit(None, pl.String).alias(name) for name in ("respondent_id", "source_file", "ces_scale")]
    return scored.filter(pl.col(P_STARS[0]).is_not_nan()).with_columns(*nothing, ces=pl.lit(None, pl.Float64))


def _measured(rows: pl.DataFrame) -> str:
    none = pl.Series("respondent_id", [], pl.String)
    people = Populations(rows, rows.clear(), rows.clear(), rows.clear(), none)
    metrics = text_skill_figures(people, Settings(by=()))
    detractors = '{"answered": "detractors"}'
    skill = metrics.row(by_predicate=pl.col("metric") == "nps_text_skill", named=True)
    right, wrong = (
        metrics.filter(group=detractors, metric=f"nps_text_{to}")["value"].item()
        for to in ("detractors", "promoters")
    )
    r = correlation(rows.select(pl.corr("inferred_rating_1_5", "nps_0_10")).item(), rows.height).value
    told = f"{skill['value']:.1f}% ({skill['low']:.1f} to {skill['high']:.1f})"
    return f"{rows.height} | {r:.2f} | {told} | {right:.0f}% | {wrong:.0f}%"


if __name__ == "__main__":
    main()
