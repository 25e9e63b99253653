"""The per-comment function: protect, detect, classify, theme. Pure: the same bytes wherever it runs."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from cxtext.classify import classify
from cxtext.detect import MIX_ROWS, detect, language_mix
from cxtext.engines import load_detector, load_star_engine, load_term_extractor
from cxtext.protect import protect
from cxtext.schema.columns import THEMED
from cxtext.schema.settings import Settings
from cxtext.theme import theme


@dataclass(frozen=True)
class ScoreContext:
    """What scoring must know of the whole file, found once and passed to every batch as a constant."""

    settings: Settings
    mix: Mapping[str, float] | None  # language -> share of the first rows, sums to 1; null when not used


def describe_file(head: pl.DataFrame, settings: Settings) -> ScoreContext:
    """Return the constants of the input from its first 2,000 rows, of several files from as many rows of each.

    The order of the files changes nothing: the mix is not that of the file that happens to come first.
    """
    if not settings.language.use_mix:
        return ScoreContext(settings, mix=None)
    rows = protect(_first_rows(head), keep=settings.keep_personal_data)
    return ScoreContext(settings, mix=language_mix(rows, load_detector(), settings.language))


def _first_rows(comments: pl.DataFrame) -> pl.DataFrame:
    if "source_file" not in comments.columns or comments.is_empty():
        return comments.head(MIX_ROWS)
    of_each = MIX_ROWS // comments["source_file"].n_unique()
    place = pl.int_range(pl.len()).over("source_file")
    return comments.filter(place < max(of_each, 1)).sort("source_file", maintain_order=True)


def score_batch(comments: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Add language, star probabilities and themes to a batch of comments, row by row, none lost.

    `comments` has at least the columns `text, question, market, language_declared`; the columns of
    schema.columns.PROTECTED, DETECTED, CLASSIFIED and THEMED are added.
    """
    scored = classify_batch(comments, context)
    if not context.settings.themes:
        return scored.with_columns(pl.lit([], dtype=THEMED["themes"]).alias("themes"))
    return theme(scored, load_term_extractor)


def classify_batch(comments: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Add language and star probabilities to a batch of comments, and the evidence if settings ask for it."""
    settings = context.settings
    return classify(
        detect_batch(comments, context),
        load_star_engine(settings.engine),
        question=settings.question,
        explain=settings.explain,
    )


def detect_batch(comments: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Add the language to a batch of comments."""
    protected = protect(comments, keep=context.settings.keep_personal_data)
    return detect(protected, load_detector(), mix=context.mix, settings=context.settings.language)
