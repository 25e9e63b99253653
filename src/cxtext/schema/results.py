"""Frozen results the stages hand on: what was kept, what was not, and why."""

from dataclasses import dataclass, field

import polars as pl

from cxtext.schema.columns import (
    ALERTS,
    CALIBRATION,
    CUSTOMER_COUNTS,
    CUSTOMERS,
    DIFFERENCES,
    MARGINS,
    METRICS,
    REJECTED,
    TOTALS,
    TRENDS,
    VERDICTS,
)
from cxtext.schema.settings import Settings


@dataclass(frozen=True)
class InputFile:
    """One input as it was read. rows = rows kept + rows rejected."""

    name: str
    sha256: str
    kind: str  # comments | surveys | customers | weights | totals
    format: str  # jsonl, csv, parquet, xlsx ...
    encoding: str | None
    delimiter: str | None
    compression: str | None
    rows: int
    rejected: int


@dataclass(frozen=True)
class Recognised:
    """One thing the reader worked out by itself, printed so that it can be corrected."""

    file: str
    what: str  # a role, or: encoding, delimiter, scale, date_format
    value: str
    assumed: bool = False  # a guess that changes figures (a rating scale), not a plain match


@dataclass(frozen=True)
class CommentsRead:
    """Comments as read: `frame` has the columns of schema.columns.COMMENTS, then the input's others."""

    frame: pl.DataFrame
    rejected: pl.DataFrame  # schema.columns.REJECTED
    files: tuple[InputFile, ...]
    recognised: tuple[Recognised, ...]
    warnings: tuple[str, ...] = ()
    control_characters_removed: int = 0


@dataclass(frozen=True)
class SurveysRead:
    """Survey results as read, at respondent level and at group level."""

    respondents: pl.DataFrame  # schema.columns.RESPONDENTS
    groups: pl.DataFrame  # schema.columns.GROUP_RESULTS
    rejected: pl.DataFrame
    files: tuple[InputFile, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CustomersRead:
    """Who came and who left, as read: one row a customer, and one row a market and period."""

    customers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CUSTOMERS))
    counts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CUSTOMER_COUNTS))
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    files: tuple[InputFile, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightsRead:
    """What figures are weighted to, as read: `margins` has the columns of schema.columns.MARGINS."""

    margins: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MARGINS))
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    files: tuple[InputFile, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class TotalsRead:
    """How many were asked, as read: `totals` has the columns of schema.columns.TOTALS, one row a market."""

    totals: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOTALS))
    rejected: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REJECTED))
    files: tuple[InputFile, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class JoinCounts:
    """How comments and survey rows met. Counts are of rows unless named otherwise."""

    comments: int = 0
    comments_matched: int = 0
    comments_without_key: int = 0
    comments_unmatched: int = 0
    survey_rows: int = 0
    respondents: int = 0
    respondents_matched: int = 0
    respondents_unmatched: int = 0
    survey_rows_without_key: int = 0
    duplicate_rows: int = 0  # exact repeats of a respondent, counted once
    conflicting_respondents: int = 0  # same respondent, different scores: left out


@dataclass(frozen=True)
class Joined:
    """Comments with their survey results, and every respondent once.

    `comments` keeps all rows and their order, with `nps_0_10`, `ces` and the stated rating filled
    from the survey where the comment has none of its own.
    `respondents` has one row a valid respondent (schema.columns.RESPONDENTS), with a comment or not, and
    `languages` (list of the languages of the respondent's comments).
    `misfits` lists duplicates, conflicts and unmatched keys: `kind, respondent_id, file, row, detail`.
    `warnings` says where hardly a comment met a survey row.
    """

    comments: pl.DataFrame
    respondents: pl.DataFrame
    groups: pl.DataFrame
    counts: JoinCounts
    misfits: pl.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """All figures of a run.

    `metrics` has the columns of schema.columns.METRICS.
    `themes`: one row a distinctive term of a market and language:
    `market, language, side (praise | complaint), term, z, n_satisfied, n_dissatisfied, examples`
    (a list of comment texts).
    `commenters`: respondents with a comment against those without, rows of schema.columns.METRICS whose group
    is {"commented": "yes"} or {"commented": "no"}; empty where one of both is missing.
    `counts`: what became of every row, in rows: `read, rejected, scored, unscored_<reason>,
    language_<code or reason>, personal_data_<kind>` and so on.
    """

    metrics: pl.DataFrame
    themes: pl.DataFrame
    counts: dict[str, int] = field(default_factory=dict)
    commenters: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=METRICS))


@dataclass(frozen=True)
class Compared:
    """Stated beside inferred: agreement figures, and the comments where the two part most.

    `metrics` has the columns of schema.columns.METRICS (csat_gap, agreement_exact, qwk, mae, bias ...).
    `disagreements`: `id, market, language, text, stated_rating_1_5, inferred_rating_1_5, gap` (inferred
    minus stated), largest first, with `kind` (quiet_unhappy: rated 4 or 5 but the words say 1 or 2,
    loud_happy: the reverse, or null) and `evidence`, the words that show it.
    `calibration` and `verdicts`: how far the inferred figures of each group can be relied on, with the columns
    of schema.columns.CALIBRATION and VERDICTS.
    `differences`: groups and periods against each other, with the columns of schema.columns.DIFFERENCES.
    `trends` and `alerts`: how figures move over periods, and what of it to look at, with the columns of
    schema.columns.TRENDS and ALERTS.
    """

    metrics: pl.DataFrame
    disagreements: pl.DataFrame
    calibration: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CALIBRATION))
    verdicts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=VERDICTS))
    differences: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DIFFERENCES))
    trends: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TRENDS))
    alerts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ALERTS))
    warnings: tuple[str, ...] = ()  # what the answers say against what was declared of them


@dataclass(frozen=True)
class ModelUsed:
    """A model that took part in a run."""

    name: str
    version: str
    files: dict[str, str]  # file name -> sha256


@dataclass(frozen=True)
class Analysis:
    """Everything one run found: all that the reports show comes from here."""

    version: str
    settings: Settings
    comments_read: CommentsRead
    surveys_read: SurveysRead
    joined: Joined
    measured: Measured
    compared: Compared
    models: tuple[ModelUsed, ...]
    customers_read: CustomersRead = field(default_factory=CustomersRead)
    weights_read: WeightsRead = field(default_factory=WeightsRead)
    totals_read: TotalsRead = field(default_factory=TotalsRead)

    @property
    def read(self) -> tuple[CommentsRead | SurveysRead | CustomersRead | WeightsRead | TotalsRead, ...]:
        """What was read, in the order in which it is told."""
        surveys, others = self.surveys_read, (self.customers_read, self.weights_read, self.totals_read)
        return (self.comments_read, surveys, *others)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know, in the order in which it was found."""
        told = (warning for read in self.read for warning in read.warnings)
        return (*told, *self.joined.warnings, *self.compared.warnings)

    @property
    def rejected(self) -> int:
        """How many rows of all files could not be read."""
        return sum(read.rejected.height for read in self.read)
