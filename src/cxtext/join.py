"""Comments x survey results by respondent: what met, what did not, what repeated or contradicted itself.

The result does not depend on the order of the survey rows.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from cxtext.schema.columns import RESPONDENTS, UnscoredReason
from cxtext.schema.results import JoinCounts, Joined, SurveysRead

KEY: Final = "respondent_id"
# What two rows of one respondent must agree on where both have a value.
SCORES: Final = ("nps_0_10", "ces", "stated_rating_1_5")
# What says where and when a respondent answered.
ATTRIBUTES: Final = ("market", "channel", "touchpoint", "date", "wave")
FEW_MATCHED: Final = 0.05  # share of the comments with an id; below it the ids are hardly of one kind
STATED: Final = ("stated_rating", "stated_scale", "stated_rating_1_5")
MISFITS: Final[dict[str, pl.DataType]] = {
    "kind": pl.String(),
    "respondent_id": pl.String(),
    "file": pl.String(),
    "row": pl.Int64(),
    "detail": pl.String(),
}


@dataclass(frozen=True)
class _Rows:
    """Score rows by fate: `valid` has one row a respondent, the others are the rows as they came."""

    valid: pl.DataFrame
    duplicates: pl.DataFrame
    conflicting: pl.DataFrame


def join_surveys(comments: pl.DataFrame, surveys: SurveysRead) -> Joined:
    """Join comments and survey results by `respondent_id`; no comment is lost, moved or doubled.

    A comment keeps its own rating, NPS, CES, market, channel, touchpoint, date and wave, and gets those it lacks
    from its respondent. Columns added: `matched` (its respondent is in a survey; null where there is no
    survey), `stated_from` (comment | survey: whose rating it is). Scores in the comment file itself make
    respondents too: one per `respondent_id`, one per row where there is none. A respondent whose rows
    contradict each other in a score is left out, with all rows listed.

    `respondents` has the columns of schema.columns.RESPONDENTS, `languages`, `n_comments`, `wrote` (one of
    those is not blank), and `rated_in_comment` (a comment of theirs has a rating of its own, which counts
    instead of the survey's).
    """
    rows = _sort_out(surveys.respondents, _scores_in(comments))
    respondents = _with_comments(rows.valid, comments)
    joined = _fill(
        comments, rows.valid, has_survey=surveys.respondents.height > 0, survey=surveys.respondents
    )
    misfits = _misfits(rows, joined, respondents)
    return Joined(
        comments=joined,
        respondents=respondents.drop("from_survey"),
        groups=surveys.groups,
        counts=_count(surveys.respondents, rows, joined, respondents),
        misfits=misfits,
        warnings=_few_matched(joined, surveys.respondents),
    )


def _scores_in(comments: pl.DataFrame) -> pl.DataFrame:
    """Return the comments with an NPS or a CES as rows of respondents; a rating stays the comment's."""
    scored = comments.filter(pl.col("nps_0_10").is_not_null() | pl.col("ces").is_not_null())
    no_rating = [pl.lit(None, RESPONDENTS[name]).alias(name) for name in (*STATED, "stated_reason")]
    languages = pl.col("language") if "language" in comments.columns else pl.lit(None, pl.String)
    return scored.with_columns(*no_rating).select(*RESPONDENTS, language=languages, own_wrote=_wrote)


def _sort_out(survey: pl.DataFrame, in_comments: pl.DataFrame) -> _Rows:
    rows = pl.concat(
        [
            survey.select(
                *RESPONDENTS,
                pl.lit(None, pl.String).alias("language"),
                own_wrote=pl.lit(False),
                from_survey=pl.lit(True),
            ),
            in_comments.with_columns(from_survey=pl.lit(False)),
        ]
    )
    keyed, anonymous = rows.filter(pl.col(KEY).is_not_null()), rows.filter(pl.col(KEY).is_null())
    contradictory = pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in SCORES)
    verdicts = keyed.group_by(KEY).agg(conflicts=contradictory)
    keyed = keyed.join(verdicts, on=KEY, how="left")
    agreeing = keyed.filter(~pl.col("conflicts")).sort(_CANONICAL, nulls_last=True)
    repeats = agreeing.filter(pl.col("from_survey")).filter(~pl.col(KEY).is_first_distinct())
    return _Rows(
        valid=pl.concat([_merge(agreeing), anonymous.with_columns(_anonymous_language)], how="diagonal"),
        duplicates=repeats,
        conflicting=keyed.filter("conflicts"),
    )


# Survey rows first, so that a survey's market wins over a comment's; then an order no reshuffling changes.
_CANONICAL: Final = [
    KEY, pl.col("from_survey").not_(), *ATTRIBUTES, *SCORES, "stated_rating", "source_file", "source_row",
]  # fmt: skip
# A survey exported with its comments has a row, and a blank text, for each who wrote nothing.
_wrote: Final = pl.col("text_reason").ne_missing(UnscoredReason.EMPTY.value)
# A row of the comment file without a key is a respondent with one comment.
_anonymous_language: Final = (
    pl.when(~pl.col("from_survey")).then(pl.concat_list("language").list.drop_nulls()).alias("own_languages")
)


def _merge(agreeing: pl.DataFrame) -> pl.DataFrame:
    """Return one row a respondent: in each column the first value that is there, in canonical order."""
    first = [pl.col(name).drop_nulls().first() for name in RESPONDENTS if name != KEY]
    merged = agreeing.group_by(KEY, maintain_order=True).agg(*first, pl.col("from_survey").any())
    return merged.with_columns(
        own_languages=pl.lit(None, pl.List(pl.String)), own_wrote=pl.lit(None, pl.Boolean)
    )


def _with_comments(valid: pl.DataFrame, comments: pl.DataFrame) -> pl.DataFrame:
    """Add what a respondent's comments tell: how many, their languages, market and date if unknown."""
    own_rating = pl.col("stated_rating_1_5").is_not_null().any()
    told = (
        comments.filter(pl.col(KEY).is_not_null())
        .group_by(KEY)
        .agg(
            pl.len().cast(pl.Int64).alias("n_comments"),
            pl.col("language").drop_nulls().unique().sort().alias("comment_languages"),
            own_rating.alias("rated_in_comment"),
            _wrote.any().alias("wrote"),
            *(pl.col(name).drop_nulls().first().alias(f"comment_{name}") for name in ATTRIBUTES),
        )
    )
    joined = valid.join(told, on=KEY, how="left", maintain_order="left")
    from_row = pl.col("own_languages").is_not_null()
    return joined.select(
        *(
            pl.coalesce(name, f"comment_{name}").alias(name) if name in ATTRIBUTES else pl.col(name)
            for name in RESPONDENTS
        ),
        pl.coalesce("comment_languages", "own_languages", pl.lit([], pl.List(pl.String))).alias("languages"),
        pl.coalesce("n_comments", from_row.fill_null(False).cast(pl.Int64)).alias("n_comments"),
        pl.coalesce("wrote", "own_wrote", pl.lit(False)).alias("wrote"),
        pl.col("rated_in_comment").fill_null(False),
        "from_survey",
    )


def _fill(
    comments: pl.DataFrame, valid: pl.DataFrame, *, has_survey: bool, survey: pl.DataFrame
) -> pl.DataFrame:
    """Return all comments in their order, with what they lack taken from their respondent."""
    known = valid.filter(pl.col(KEY).is_not_null())
    columns = [*ATTRIBUTES, *STATED, "nps_0_10", "ces", "ces_scale"]
    answers = known.select(KEY, *(pl.col(name).alias(f"survey_{name}") for name in columns))
    # of the comments only these columns: any other may be called like one that is needed here
    own = comments.select(KEY, *columns, "stated_reason")
    joined = own.join(answers, on=KEY, how="left", maintain_order="left")
    unrated = pl.col("stated_rating_1_5").is_null()
    from_survey = unrated & pl.col("survey_stated_rating_1_5").is_not_null()
    lacking_ces = pl.col("ces").is_null()
    in_survey = pl.col(KEY).is_in(survey[KEY].drop_nulls().unique().implode()).fill_null(False)
    filled = joined.select(
        *(pl.coalesce(name, f"survey_{name}").alias(name) for name in (*ATTRIBUTES, "nps_0_10", "ces")),
        pl.when(lacking_ces).then("survey_ces_scale").otherwise("ces_scale").alias("ces_scale"),
        *(pl.when(from_survey).then(f"survey_{name}").otherwise(name).alias(name) for name in STATED),
        pl.when(from_survey).then(None).otherwise("stated_reason").alias("stated_reason"),
        pl.when(from_survey)
        .then(pl.lit("survey"))
        .when(~unrated)
        .then(pl.lit("comment"))
        .alias("stated_from"),
        (in_survey if has_survey else pl.lit(None, pl.Boolean)).alias("matched"),
    )
    return comments.with_columns(filled)


def _misfits(rows: _Rows, comments: pl.DataFrame, respondents: pl.DataFrame) -> pl.DataFrame:
    """Return duplicates, conflicts and keys that met nothing, in the order of kinds, files and rows."""
    strangers = comments.filter(pl.col(KEY).is_not_null() & ~pl.col("matched"))
    silent = respondents.filter(pl.col("from_survey"), pl.col(KEY).is_not_null(), pl.col("n_comments") == 0)
    listed = [
        _listed(rows.duplicates, "duplicate", pl.lit("repeats another row of this respondent; counted once")),
        _listed(rows.conflicting, "conflicting_scores", _told_scores),
        _listed(strangers, "comment_unmatched", pl.lit("its respondent is in no survey")),
        _listed(silent, "respondent_unmatched", pl.lit("has no comment")),
    ]
    return pl.concat([part.sort("file", "row") for part in listed])


_told_scores: Final = pl.concat_str(
    [pl.format("{} {}", pl.lit(name), pl.col(name)) for name in SCORES], separator=", ", ignore_nulls=True
)


def _listed(rows: pl.DataFrame, kind: str, detail: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.lit(kind).alias("kind"),
        pl.col(KEY),
        pl.col("source_file").alias("file"),
        pl.col("source_row").alias("row"),
        detail.alias("detail"),
    ).cast(MISFITS)  # type: ignore[arg-type]


def _few_matched(comments: pl.DataFrame, survey: pl.DataFrame) -> tuple[str, ...]:
    """Return a warning where hardly a comment is of a respondent of the survey; no id is told."""
    ours, theirs = (rows.filter(pl.col(KEY).is_not_null()) for rows in (comments, survey))
    matched = int(ours["matched"].sum())
    if ours.is_empty() or theirs.is_empty() or matched >= FEW_MATCHED * ours.height:
        return ()
    here, there = (", ".join(rows["source_file"].unique(maintain_order=True)) for rows in (ours, theirs))
    bare = [rows[KEY].str.to_lowercase().str.replace_all(_SIGNS, "") for rows in (ours, theirs)]
    alike = int(bare[0].is_in(bare[1].unique().implode()).sum())
    remedy = "name the column of ids in each with --column respondent_id=NAME,NAME"
    if alike > matched:
        remedy = f"{alike} would but for capitals, signs and leading zeros; write the ids alike in both"
    return (f"{matched} of {ours.height} comments with an id ({here}) are in the survey ({there}): {remedy}",)


_SIGNS: Final = r"^[^\pL1-9]+|[^\pL\pN]+"  # and the zeros that a number begins with


def _count(
    survey: pl.DataFrame, rows: _Rows, comments: pl.DataFrame, respondents: pl.DataFrame
) -> JoinCounts:
    matched, keyed = comments["matched"].sum(), comments[KEY].is_not_null()
    with_comment = int((respondents["n_comments"] > 0).sum())
    return JoinCounts(
        comments=comments.height,
        comments_matched=int(matched),
        comments_without_key=int((~keyed).sum()),
        comments_unmatched=int((~comments["matched"] & keyed).sum()),
        survey_rows=survey.height,
        respondents=respondents.height,
        respondents_matched=with_comment,
        respondents_unmatched=respondents.height - with_comment,
        survey_rows_without_key=survey[KEY].null_count(),
        duplicate_rows=rows.duplicates.height,
        conflicting_respondents=rows.conflicting[KEY].n_unique(),
    )
