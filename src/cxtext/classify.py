"""classify: text -> probabilities of 1..5 stars and what follows from them, or null and the reason."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from cxtext.engines.evidence import explain as explained
from cxtext.engines.sentiments import sentiments
from cxtext.schema.columns import CLASSIFIED, EXPLAINED, P_STARS, LanguageReason, UnscoredReason
from cxtext.schema.protocols import Evidence, Floats, StarEngine

SENTIMENTS: Final = ("negative", "neutral", "positive")
# Under this the model gives its own first choice of three less than four chances in ten: a guess, no answer.
FLAT_BELOW: Final = 0.4
_READ: Final = ("text", "text_reason", "language", "language_reason", "question")
_UNIT: Final = ("text", "_language", "_question")  # each distinct one is scored once
_BEFORE: Final = "_reason"
_FLAT: Final = "_flat"
_SCORES: Final = tuple(name for name in CLASSIFIED if name != "unscored_reason")


def classify(
    frame: pl.DataFrame, engine: StarEngine, *, question: str | None = None, explain: bool = False
) -> pl.DataFrame:
    """Add the columns of schema.columns.CLASSIFIED to comments, row by row, none lost; EXPLAINED if asked for.

    `frame` has `text`, `text_reason`, `language`, `language_reason` and perhaps `question`, which wins over
    the argument. A comment of undetermined language is scored if the engine finds evidence in it. Each
    distinct (text, language, question) is scored once. Rows without a score have an `unscored_reason`; one is that
    no sentiment is likelier than FLAT_BELOW.
    """
    # only these columns: any other may be called like one that is needed here
    read = frame.select(name for name in _READ if name in frame.columns)
    prepared = read.with_columns(_reason_before(), _language(), _question(frame.columns, question))
    units = prepared.filter(pl.col(_BEFORE).is_null()).select(_UNIT).unique(maintain_order=True)
    scored = _scored(units, engine)
    scored = scored.with_columns(_evidence(units, engine)) if explain else scored
    joined = prepared.join(scored, on=_UNIT, how="left", nulls_equal=True, maintain_order="left")
    answered = pl.col(_BEFORE).is_null() & pl.col("engine").is_not_null()
    names = (*_SCORES, *EXPLAINED) if explain else _SCORES
    added = [pl.when(answered).then(name).alias(name) for name in names]
    reason = pl.when(~answered).then(pl.coalesce(_BEFORE, _reason_after())).alias("unscored_reason")
    order = (*CLASSIFIED, *names[len(_SCORES) :])
    return frame.with_columns(joined.select(*added, reason).select(order))


def stars_frame(probabilities: Floats) -> pl.DataFrame:
    """Return what follows from star probabilities (n, 5), each row summing to 1, or NaN for no answer (null).

    Inferred rating: sum of k * p(k). Hard star: the median of p, the smallest k with p(1..k) >= 1/2. Inferred
    CSAT: p(4) + p(5). Sentiment: the largest of p(1) + p(2), p(3), p(4) + p(5), the earlier one on a tie.
    """
    three = sentiments(probabilities)
    # A sum of floats may miss 1/2 by a rounding error, which must not move the median.
    median = (np.cumsum(probabilities, axis=1)[:, :4] < 0.5 - 1e-12).sum(1) + 1
    columns = dict(zip(P_STARS, probabilities.T, strict=True)) | {
        "inferred_rating_1_5": probabilities @ np.arange(1.0, 6.0),
        "inferred_star_1_5": median.astype(np.int64),
        "inferred_csat_0_1": three[:, 2],
        "sentiment": np.array(SENTIMENTS)[three.argmax(1)],
    }
    known = pl.Series(~np.isnan(probabilities).any(axis=1), dtype=pl.Boolean)
    frame = pl.DataFrame(columns, schema={name: CLASSIFIED[name] for name in columns})
    return frame.select(pl.when(known).then(name).alias(name) for name in columns)


def _scored(units: pl.DataFrame, engine: StarEngine) -> pl.DataFrame:
    """Return the distinct units with their scores; null where the engine has no evidence, or is too unsure."""
    texts, languages, questions = (units[name].to_list() for name in _UNIT)
    stars = engine.predict(texts, languages, questions)
    truncated = pl.Series("truncated", stars.truncated, dtype=pl.Boolean)
    flat = sentiments(stars.probabilities).max(axis=1) < FLAT_BELOW
    known = pl.col("p_star_1").is_not_null()
    scores = stars_frame(np.where(flat[:, None], np.nan, stars.probabilities)).with_columns(
        truncated, pl.Series(_FLAT, flat, dtype=pl.Boolean), engine=pl.when(known).then(pl.lit(engine.name))
    )
    return units.hstack(scores)


def _evidence(units: pl.DataFrame, engine: StarEngine) -> pl.Series:
    """Return the words that moved the rating of each unit most."""
    texts, languages, questions = (units[name].to_list() for name in _UNIT)
    found = explained(engine, texts, languages, questions)
    rows = [[_told(text, word) for word in words] for text, words in zip(texts, found, strict=True)]
    return pl.Series("evidence", rows, dtype=EXPLAINED["evidence"])


def _told(text: str, word: Evidence) -> dict[str, Any]:
    return {
        "start": word.start,
        "end": word.end,
        "word": text[word.start : word.end],
        "weight": word.weight,
    }


def _reason_before() -> pl.Expr:
    """Why a row is not even shown to the engine."""
    unsupported = pl.col("language").is_null() & (
        pl.col("language_reason") == LanguageReason.UNSUPPORTED.value
    )
    return (
        pl.when(pl.col("text_reason").is_not_null())
        .then("text_reason")
        .when(pl.col("text").is_null())
        .then(pl.lit(UnscoredReason.EMPTY.value))
        .when(unsupported)
        .then(pl.lit(UnscoredReason.UNSUPPORTED.value))
        .alias(_BEFORE)
    )


def _reason_after() -> pl.Expr:
    """Why the engine gave no answer."""
    undetermined = pl.lit(UnscoredReason.UNDETERMINED.value)
    return (
        pl.when(pl.col("language").is_null())
        .then(undetermined)
        .when(_FLAT)
        .then(pl.lit(UnscoredReason.TOO_FLAT.value))
        .otherwise(pl.lit(UnscoredReason.NO_EVIDENCE.value))
    )


def _language() -> pl.Expr:
    return pl.col("language").fill_null("").alias("_language")


def _question(columns: Sequence[str], question: str | None) -> pl.Expr:
    """Return the row's own question where it has one that is not blank, else the one given for all."""
    given = pl.lit(question, dtype=pl.String)
    if "question" not in columns:
        return given.alias("_question")
    own = pl.col("question")
    return pl.when(own.str.strip_chars() != "").then(own).otherwise(given).alias("_question")
