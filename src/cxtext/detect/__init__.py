"""Adds the language of each comment: evidence of the text, weighed with what is known of the row and the file."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from cxtext.detect.doubt import foreign_languages
from cxtext.detect.mixture import language_shares
from cxtext.detect.priors import log_priors, open_log_prior
from cxtext.schema.columns import DETECTED, LANGUAGES, LanguageReason
from cxtext.schema.protocols import Detector, Floats
from cxtext.schema.settings import LanguageSettings

MIX_ROWS: Final = 2_000  # the first rows of the input tell its language mix
_MIX_STEPS: Final = 20  # of expectation maximisation
# Log-likelihood below the best label's at which a text is in no way a language's, even if a closed set has none
# better: another script.
_FITS_FROM: Final = -500.0


def detect(
    frame: pl.DataFrame,
    detector: Detector,
    *,
    mix: Mapping[str, float] | None,
    settings: LanguageSettings,
) -> pl.DataFrame:
    """Return the frame with the columns of schema.columns.DETECTED.

    `frame` has `text`; `text_reason`, `market` and `language_declared` are used where there. `mix` is the share of
    each label in the file (see `language_mix`), a prior for rows that have no market.
    """
    reasons = _column(frame, "text_reason")
    texts = ["" if reason else text or "" for text, reason in zip(frame["text"], reasons, strict=True)]
    evidence = detector.log_likelihoods(texts)
    priors = log_priors(frame, detector.labels, mix, settings)
    logits = evidence + priors
    readable = np.asarray(evidence.any(axis=1))
    rows = _answers(detector, texts, reasons, evidence, _posterior(logits))
    for row, shares in language_shares(detector, texts, priors, readable, logits).items():
        rows[row] |= _mixed(shares)
    if settings.closed is None:
        for row, language in foreign_languages(detector, texts, readable, logits).items():
            rows[row] |= _foreign(language)
    columns = {name: [row[name] for row in rows] for name in DETECTED}
    return frame.with_columns(pl.DataFrame(columns, schema=DETECTED))


def language_mix(frame: pl.DataFrame, detector: Detector, settings: LanguageSettings) -> dict[str, float]:
    """Return the share of each label among the first 2,000 texts, estimated by expectation maximisation.

    The shares sum to 1. Texts without evidence do not count; with none at all the shares are those of the open
    prior.
    """
    evidence = detector.log_likelihoods(frame["text"].head(MIX_ROWS).fill_null("").to_list())
    evidence = evidence[evidence.any(axis=1)]
    log_prior = open_log_prior(detector.labels, settings)
    shares = np.exp(log_prior)
    for _ in range(_MIX_STEPS if len(evidence) else 0):
        posterior = _posterior(evidence + np.log(np.maximum(shares, 1e-12)))
        shares = (posterior.sum(axis=0) + np.exp(log_prior)) / (len(evidence) + 1)
    return dict(zip(detector.labels, shares.tolist(), strict=True))


def _column(frame: pl.DataFrame, name: str) -> list[str | None]:
    return frame[name].to_list() if name in frame.columns else [None] * len(frame)


def _posterior(logits: Floats) -> Floats:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _answers(
    detector: Detector, texts: list[str], reasons: list[str | None], evidence: Floats, posterior: Floats
) -> list[dict[str, object]]:
    """Return the DETECTED values of each row, as if no text held two languages."""
    best = posterior.argmax(axis=1)
    fits = evidence[np.arange(len(best)), best] > _FITS_FROM
    readable = np.asarray(evidence.any(axis=1))
    rows: list[dict[str, object]] = []
    for i, reason in enumerate(reasons):
        label = detector.labels[best[i]]
        row: dict[str, object] = dict.fromkeys(DETECTED)
        if not readable[i]:
            row["language_reason"] = reason or LanguageReason.UNDETERMINED
        elif label in LANGUAGES and fits[i]:
            row |= {"language": label, "language_detected": label}
        else:
            row |= {"language_reason": LanguageReason.UNSUPPORTED}
            row |= {"language_detected": _foreign_name(detector, label, texts[i])}
        if readable[i]:
            row["language_confidence"] = float(posterior[i, best[i]])
        rows.append(row)
    return rows


def _foreign_name(detector: Detector, label: str, text: str) -> str | None:
    """Return the language of a text of none of the supported ones, null when it can't be named."""
    if label != "other" and label not in LANGUAGES:
        return label
    named = detector.identify([text])[0]
    return None if named in LANGUAGES else named


def _foreign(language: str) -> dict[str, object]:
    """Return what changes in a row that turns out to be in a language of no label."""
    empty: dict[str, object] = dict.fromkeys(DETECTED)
    return empty | {"language_reason": LanguageReason.UNSUPPORTED, "language_detected": language}


def _mixed(shares: dict[str, float]) -> dict[str, object]:
    """Return what changes in a row that holds two languages: the dominant one, a supported one, is kept."""
    dominant = next(iter(shares))
    return {
        "language": dominant,
        "language_detected": dominant,
        "language_reason": LanguageReason.MIXED,
        "language_shares": [{"language": label, "share": share} for label, share in shares.items()],
    }
