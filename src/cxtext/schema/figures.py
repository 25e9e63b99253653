"""What the text columns of a figure's row (schema.columns.METRICS) may say: its unit, its method, its note.

Fixed phrases, so that a report can translate them; numbers stand in columns of their own.
"""

from enum import StrEnum
from typing import Final

FEWEST_PERIODS: Final = 6  # for a trend or a shift to be looked for


class Unit(StrEnum):
    """What `value`, `low` and `high` are counted in. CES figures have `ces ` and the scale and direction."""

    PERCENT = "percent"  # 0..100
    POINTS = "points"  # NPS -100..100; gaps between two percentages
    RATING = "rating 1-5"
    STARS = "stars"  # differences between ratings on 1..5
    CORRELATION = "correlation"  # -1..1
    KAPPA = "kappa"  # -1..1, 0 as by chance
    ALPHA = "alpha"  # Krippendorff's, at most 1, 0 as by chance
    CES = "ces"
    TIMES = "times"  # a ratio, 1 where nothing is gained
    ANSWER = "answer 0-10"  # differences between NPS answers
    ROWS = "rows"
    MONEY = "money"  # in the currency of the margin


class Method(StrEnum):
    """How a figure and its interval were computed; formulas and sources in docs/scores.md."""

    COUNT = "count"  # a fact of the input, no interval
    WILSON = "wilson"
    T = "t"
    SCORE = "score"  # of a mean on a scale
    PAIRED_T = "paired t"
    ADJUSTED_WALD = "adjusted wald"
    FISHER_Z = "fisher z"
    BOOTSTRAP = "bootstrap"
    BLAND_ALTMAN = "bland-altman"
    NEWCOMBE = "newcombe"
    MOVER = "mover"  # of two means, from the interval of each
    BETWEEN_COMPANY = "between-company"  # of two inferred figures, the engine's error on each counted
    VERDICTS = "share of verdicts, between-company interval"
    MEAN_PROBABILITY = "mean of probabilities, between-company interval"
    PPI = "ppi++"
    RATED_ONLY = "rated only"
    REPORTED = "as reported"
    LOG_DELTA = "log delta"
    RAKED = "raked"
    CROSS_FITTED = "cross-fitted ordinal regression"


class Verdict(StrEnum):
    """Whether the inferred figures of a group may be used, judged by its rated comments."""

    USABLE = "usable"
    WITH_CARE = "with_care"
    DO_NOT_USE = "do_not_use"
    NOT_KNOWN = "not_known"


class VerdictReason(StrEnum):
    """What a verdict rests on: the first rule that fails."""

    AGREES = "agrees"
    TOO_FEW_RATED = "too_few_rated"
    HIDDEN = "hidden"
    ALL_ALIKE = "all_alike"
    WEAK_AGREEMENT = "weak_agreement"
    LARGE_GAP = "large_gap"


class Note(StrEnum):
    """Why a figure is null, or what to know of it."""

    NO_DATA = "no data"
    SUPPRESSED = "suppressed: too few"
    SUPPRESSED_OTHER = "suppressed: would reveal another group"
    ONE_VALUE = "all values are the same"
    OTHER_CHANNEL = "refused: rated and unrated comments differ in channel"
    OTHER_SOURCE = "refused: rated and unrated comments differ in source"
    SCORES_DIFFER = "refused: rated and unrated comments differ in inferred score beyond chance"
    TOO_FEW_RATED = "refused: too few rated comments"
    NO_UNRATED = "no unrated comments: the rated alone"
    NO_GAIN = "no gain from the unrated comments: the rated alone"
    SCALES_DIFFER = "refused: different scales"
    WIDEST = "widest interval that n and score allow"
    NO_N = "no interval: n not reported"
    NO_START = "no figure: start dates not given"
    NO_END = "no figure: end dates not given"
    NO_CUSTOMERS_END = "no figure: customers at end not given"
    NO_MARGIN = "no figure: margin not given"
    NO_CHURN = "no figure: churn rate not above 0"
    NET = "net: new customers make up for those who left"
    NOT_OVER = "the period may not be over"
    TOO_FEW_FOR_DRIVERS = "refused: fewer than 100 respondents"
    TOO_FEW_ANSWERS = "refused: too few comments with an answer"
    NO_SKILL = "no skill: the text does not tell the answer here"
    PROXY = "proxy: comments with and without an answer differ in source, channel or score"
    NO_DRIVERS = "refused: no touchpoint, channel or theme varies enough"
    BY_CHANCE = "no shares: what goes with it may be chance"
    EMPTY_MARGIN = "refused: a value of the margins has no respondents"
    MARGINS_CONTRADICT = "refused: the margins contradict each other"
    TRIMMED = "weights trimmed: a margin is missed by more than a point"
    UNDATED = "satisfaction not dated: periods before it count too"
