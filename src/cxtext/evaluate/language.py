"""How often the language of comments is told right: per language and length, with intervals and confusions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.detect import detect
from cxtext.schema.columns import LANGUAGES, LanguageReason
from cxtext.schema.protocols import Detector
from cxtext.schema.settings import LanguageSettings
from cxtext.statistics.intervals import wilson

# Name of a length -> how many words of the text are kept.
LENGTHS: Final[Mapping[str, int | None]] = {"first 3 words": 3, "first 6 words": 6, "whole": None}
_BINS: Final = 10


@dataclass(frozen=True)
class LanguageEvaluation:
    """What was measured.

    accuracy: `length, language, n, correct, accuracy, low, high`, one row a length and gold language, accuracies
    and their Wilson interval in 0..1; then one row `mean` a length, the unweighted mean of the languages.
    confusion: `length, gold, answer, n`; the answer is a language, or the reason there is none.
    calibration: `length, n, error`; the expected calibration error of the answers given, 0..1.
    contradicted: `row, gold, answer, confidence` of whole texts where a sure answer is not the gold language, in
    descending order of confidence: wrong answers, and wrong gold.
    """

    accuracy: pl.DataFrame
    confusion: pl.DataFrame
    calibration: pl.DataFrame
    contradicted: pl.DataFrame


def evaluate_language(
    frame: pl.DataFrame,
    detector: Detector,
    settings: LanguageSettings,
    *,
    mix: Mapping[str, float] | None = None,
    level: float = 0.95,
) -> LanguageEvaluation:
    """Detect the language of every text at three lengths and hold the answers against `gold`.

    `frame` has the columns `text` and `gold` (ISO 639-1) and may have `market`; rows without gold are left out.
    Of a gold language that is none of LANGUAGES, the right answer is `unsupported`. Any other abstention is a wrong
    answer here.
    """
    known = frame.filter(pl.col("gold").is_not_null() & pl.col("text").is_not_null())
    answers = pl.concat(
        [_answers(known, name, words, detector, settings, mix) for name, words in LENGTHS.items()]
    )
    return LanguageEvaluation(
        accuracy=_accuracy(answers, level),
        confusion=answers.group_by("length", "gold", "answer", maintain_order=True).len("n"),
        calibration=_calibration(answers),
        contradicted=_contradicted(answers),
    )


def cut_to_words(text: str, words: int | None) -> str:
    """Return the first words of a text, or all of it."""
    return text if words is None else " ".join(text.split()[:words])


def expected_calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """Return sum over ten equal bins of (share of answers) * |accuracy - mean confidence|, NaN for no answers.

    Naeini et al. (2015), Obtaining well calibrated probabilities using Bayesian binning.
    """
    if not len(confidence):
        return float("nan")
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    gap = np.bincount(bins, correct - confidence, minlength=_BINS)
    return float(np.abs(gap).sum() / len(confidence))


def _answers(
    known: pl.DataFrame,
    name: str,
    words: int | None,
    detector: Detector,
    settings: LanguageSettings,
    mix: Mapping[str, float] | None,
) -> pl.DataFrame:
    """Return `length, row, gold, answer, confidence, correct`, one row a text."""
    cut = pl.Series("text", [cut_to_words(text, words) for text in known["text"]], dtype=pl.String)
    found = detect(known.with_columns(cut), detector, mix=mix, settings=settings)
    return found.with_row_index("row").select(
        pl.lit(name).alias("length"),
        pl.col("row").cast(pl.Int64),
        "gold",
        pl.coalesce("language", "language_reason").alias("answer"),
        pl.col("language_confidence").alias("confidence"),
        _is_right().alias("correct"),
        pl.col("language").is_not_null().alias("given"),
    )


def _is_right() -> pl.Expr:
    """Return whether a row's language is that of gold, or unsupported as that of gold is."""
    unsupported = pl.col("language").is_null() & (pl.col("language_reason") == LanguageReason.UNSUPPORTED)
    right = (
        pl.when(pl.col("gold").is_in(LANGUAGES))
        .then(pl.col("language") == pl.col("gold"))
        .otherwise(unsupported)
    )
    return right.fill_null(value=False)


def _accuracy(answers: pl.DataFrame, level: float) -> pl.DataFrame:
    counted = answers.group_by("length", "gold", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n"), pl.col("correct").sum().cast(pl.Int64)
    )
    interval = wilson(counted["correct"].to_numpy(), counted["n"].to_numpy(), level)
    each = counted.rename({"gold": "language"}).with_columns(
        accuracy=pl.Series(interval.value), low=pl.Series(interval.low), high=pl.Series(interval.high)
    )
    mean = each.group_by("length", maintain_order=True).agg(
        pl.lit("mean").alias("language"),
        pl.col("n").sum(),
        pl.col("correct").sum(),
        pl.col("accuracy").mean(),
        pl.lit(None, dtype=pl.Float64).alias("low"),
        pl.lit(None, dtype=pl.Float64).alias("high"),
    )
    return pl.concat([each, mean])


def _calibration(answers: pl.DataFrame) -> pl.DataFrame:
    given = answers.filter("given")
    rows = []
    for name in LENGTHS:
        part = given.filter(length=name)
        error = expected_calibration_error(part["confidence"].to_numpy(), part["correct"].to_numpy())
        rows.append({"length": name, "n": len(part), "error": error})
    return pl.DataFrame(rows, schema={"length": pl.String, "n": pl.Int64, "error": pl.Float64})


def _contradicted(answers: pl.DataFrame) -> pl.DataFrame:
    sure = answers.filter(~pl.col("correct"), pl.col("length") == "whole", pl.col("confidence") >= 0.9)
    return sure.select("row", "gold", "answer", "confidence").sort(
        ["confidence", "row"], descending=[True, False]
    )
