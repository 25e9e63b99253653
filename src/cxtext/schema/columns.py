"""Names, types and order of the columns that travel through the pipeline, and the reasons a value is null."""

from enum import StrEnum
from typing import Final

import polars as pl

LANGUAGES: Final = ("nl", "fr", "da", "en")
STARS: Final = (1, 2, 3, 4, 5)
P_STARS: Final = tuple(f"p_star_{star}" for star in STARS)


class Role(StrEnum):
    """What an input column means to cxtext."""

    ID = "id"
    TEXT = "text"
    QUESTION = "question"
    LANGUAGE = "language"
    MARKET = "market"
    CHANNEL = "channel"
    TOUCHPOINT = "touchpoint"
    DATE = "date"
    WAVE = "wave"
    RESPONDENT_ID = "respondent_id"
    RATING = "rating"
    NPS = "nps"
    CES = "ces"
    # In group-level survey files only: the period a row is of, and how many answered.
    PERIOD = "period"
    N = "n"
    # In customers files only: one customer's first and last day, or how many customers a period had.
    START = "start"
    END = "end"
    CUSTOMERS_START = "customers_start"
    CUSTOMERS_END = "customers_end"
    CUSTOMERS_NEW = "customers_new"
    MARGIN = "margin"
    # In totals files only: how many were asked.
    INVITED = "invited"


class LanguageReason(StrEnum):
    """Why `language` is null, or not the whole truth."""

    UNDETERMINED = "undetermined"
    UNSUPPORTED = "unsupported"
    MIXED = "mixed"  # the dominant language is kept and used
    EMPTY = "empty"
    TOO_SHORT = "too_short"
    NO_TEXT_LEFT = "no_text_left"


class UnscoredReason(StrEnum):
    """Why a comment has no star probabilities."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"  # no word of two letters and no emoji
    NO_TEXT_LEFT = "no_text_left"  # nothing but placeholders after protect
    UNSUPPORTED = "unsupported"
    UNDETERMINED = "undetermined"
    NO_EVIDENCE = "no_evidence"
    TOO_FLAT = "too_flat"  # negative, neutral and positive are about as likely


class StatedReason(StrEnum):
    """Why a row has no `stated_rating_1_5`."""

    MISSING = "missing"
    OFF_SCALE = "off_scale"
    NOT_A_RATING = "not_a_rating"
    SCALE_UNKNOWN = "scale_unknown"


# One row a comment, as `read` hands it on. `ces_scale` such as "1-5 high_is_easy".
COMMENTS: Final[dict[str, pl.DataType]] = {
    "id": pl.String(),
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "text": pl.String(),
    "question": pl.String(),
    "language_declared": pl.String(),
    "market": pl.String(),
    "channel": pl.String(),
    "touchpoint": pl.String(),
    "date": pl.Date(),
    "wave": pl.String(),
    "respondent_id": pl.String(),
    "stated_rating": pl.Float64(),
    "stated_scale": pl.String(),
    "stated_rating_1_5": pl.Float64(),
    "stated_reason": pl.String(),
    "nps_0_10": pl.Int64(),
    "ces": pl.Float64(),
    "ces_scale": pl.String(),
}

LANGUAGE_SHARES: Final = pl.List(pl.Struct({"language": pl.String(), "share": pl.Float64()}))
EVIDENCE: Final = pl.List(
    pl.Struct({"start": pl.Int64(), "end": pl.Int64(), "word": pl.String(), "weight": pl.Float64()})
)
THEMES: Final = pl.List(pl.Struct({"term": pl.String(), "polarity": pl.String(), "evidence": pl.String()}))

# What each per-comment stage adds.
# `personal_data`: the kind of each placeholder put into the row, with repeats.
# `text_reason`: an UnscoredReason that follows from the text alone (empty, too_short, no_text_left), else null.
PROTECTED: Final[dict[str, pl.DataType]] = {
    "personal_data": pl.List(pl.String()),
    "text_reason": pl.String(),
}
DETECTED: Final[dict[str, pl.DataType]] = {
    "language": pl.String(),
    "language_confidence": pl.Float64(),
    "language_reason": pl.String(),
    "language_detected": pl.String(),
    "language_shares": LANGUAGE_SHARES,
}
CLASSIFIED: Final[dict[str, pl.DataType]] = {
    **{name: pl.Float64() for name in P_STARS},
    "inferred_rating_1_5": pl.Float64(),
    "inferred_star_1_5": pl.Int64(),
    "inferred_csat_0_1": pl.Float64(),
    "sentiment": pl.String(),
    "unscored_reason": pl.String(),
    "truncated": pl.Boolean(),
    "engine": pl.String(),
}
# Only when asked for: the words that moved the rating most, and where they stand in `text`; null where unscored.
EXPLAINED: Final[dict[str, pl.DataType]] = {"evidence": EVIDENCE}
THEMED: Final[dict[str, pl.DataType]] = {"themes": THEMES}

# What the join with surveys adds: whose the stated rating is (comment | survey), and whether the comment's
# respondent is in a survey (null where there is none).
JOINED: Final[dict[str, pl.DataType]] = {"stated_from": pl.String(), "matched": pl.Boolean()}

# Structured survey results, one row a respondent.
RESPONDENTS: Final[dict[str, pl.DataType]] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "respondent_id": pl.String(),
    "market": pl.String(),
    "channel": pl.String(),
    "touchpoint": pl.String(),
    "date": pl.Date(),
    "wave": pl.String(),
    "nps_0_10": pl.Int64(),
    "ces": pl.Float64(),
    "ces_scale": pl.String(),
    "stated_rating": pl.Float64(),
    "stated_scale": pl.String(),
    "stated_rating_1_5": pl.Float64(),
    "stated_reason": pl.String(),
}

# Structured survey results, one row a market, period and metric (`nps`, `ces_mean`, `csat_stated`).
GROUP_RESULTS: Final[dict[str, pl.DataType]] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "market": pl.String(),
    "period": pl.String(),
    "metric": pl.String(),
    "value": pl.Float64(),
    "n": pl.Int64(),
}

# Customers, one row each. `end` is null for who is still one, if `end_known`; `margin` is of one period.
CUSTOMERS: Final[dict[str, pl.DataType]] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "respondent_id": pl.String(),
    "market": pl.String(),
    "start": pl.Date(),
    "end": pl.Date(),
    "end_known": pl.Boolean(),
    "margin": pl.Float64(),
}

# Customers counted, one row a market and period. `margin` is the average of one customer in that period.
CUSTOMER_COUNTS: Final[dict[str, pl.DataType]] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "market": pl.String(),
    "period": pl.String(),
    "at_start": pl.Float64(),
    "at_end": pl.Float64(),
    "new": pl.Float64(),
    "margin": pl.Float64(),
}

# What figures are weighted to: the population's share (0..1) of each value of a dimension.
MARGINS: Final[dict[str, pl.DataType]] = {
    "dimension": pl.String(),
    "value": pl.String(),
    "share": pl.Float64(),
}

# How many were asked, one row a market; `column` is what the file calls the number.
TOTALS: Final[dict[str, pl.DataType]] = {
    "source_file": pl.String(),
    "source_row": pl.Int64(),
    "market": pl.String(),
    "invited": pl.Int64(),
    "column": pl.String(),
}

REJECTED: Final[dict[str, pl.DataType]] = {
    "file": pl.String(),
    "row": pl.Int64(),
    "reason": pl.String(),
    "raw": pl.String(),
}

# One row a figure. `group` is canonical JSON: keys grouped by and no others, none null.
METRICS: Final[dict[str, pl.DataType]] = {
    "group": pl.String(),
    "metric": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "level": pl.Float64(),
    "n": pl.Int64(),
    "n_rated": pl.Int64(),
    "n_unrated": pl.Int64(),
    "method": pl.String(),
    "unit": pl.String(),
    "suppressed": pl.Boolean(),
    "note": pl.String(),
}

# One row a group and tenth of the scores: does a comment given 0.7 satisfy in seven cases of ten?
# `inferred` is the mean p4 + p5 of the bin, `stated` the share satisfied; percent, Wilson interval.
CALIBRATION: Final[dict[str, pl.DataType]] = {
    "group": pl.String(),
    "bin_from": pl.Float64(),
    "bin_to": pl.Float64(),
    "inferred": pl.Float64(),
    "stated": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "n": pl.Int64(),
    "suppressed": pl.Boolean(),
}

# One row a group: may its inferred figures be used? `verdict`: usable, with_care, do_not_use, not_known.
VERDICTS: Final[dict[str, pl.DataType]] = {
    "group": pl.String(),
    "verdict": pl.String(),
    "reason": pl.String(),
    "n": pl.Int64(),
}

# One row a comparison of two groups that differ in `dimension` only; `difference` is b minus a.
# `smallest_detectable`: the true difference that these n find four times in five.
DIFFERENCES: Final[dict[str, pl.DataType]] = {
    "metric": pl.String(),
    "dimension": pl.String(),
    "group_a": pl.String(),
    "group_b": pl.String(),
    "difference": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "level": pl.Float64(),
    "p": pl.Float64(),
    "p_adjusted": pl.Float64(),
    "differs": pl.Boolean(),
    "smallest_detectable": pl.Float64(),
    "n_a": pl.Int64(),
    "n_b": pl.Int64(),
    "method": pl.String(),
    "unit": pl.String(),
}

# One row a group and metric with enough periods. `slope` and `shift` are in `unit` (the slope a period);
# `dispersion` is how many times the variance between periods is that of sampling, by the trend.
# `direction`: up, down, or none beyond chance. `shift_period` is the first period of the new level.
TRENDS: Final[dict[str, pl.DataType]] = {
    "metric": pl.String(),
    "group": pl.String(),
    "first_period": pl.String(),
    "last_period": pl.String(),
    "periods": pl.Int64(),
    "n": pl.Int64(),
    "slope": pl.Float64(),
    "slope_low": pl.Float64(),
    "slope_high": pl.Float64(),
    "slope_p": pl.Float64(),
    "slope_p_adjusted": pl.Float64(),
    "direction": pl.String(),
    "dispersion": pl.Float64(),
    "shift_period": pl.String(),
    "shift": pl.Float64(),
    "shift_low": pl.Float64(),
    "shift_high": pl.Float64(),
    "shift_p": pl.Float64(),
    "shift_p_adjusted": pl.Float64(),
    "shifted": pl.Boolean(),
    "level": pl.Float64(),
    "unit": pl.String(),
}

# One row a change to look at: `kind` is last_period (against the one before) or shift (the level since).
# `n`: of both periods, or of all that the level shifted in.
ALERTS: Final[dict[str, pl.DataType]] = {
    "kind": pl.String(),
    "metric": pl.String(),
    "group": pl.String(),
    "period": pl.String(),
    "difference": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "p_adjusted": pl.Float64(),
    "n": pl.Int64(),
    "unit": pl.String(),
}
