"""Comments and survey rows meet by respondent, and everything is accounted for."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtext.join import join_surveys
from cxtext.schema.results import JoinCounts, SurveysRead

Build = Callable[..., Any]
keys = st.sampled_from(["a", "b", "c", "d", None])
scores = st.sampled_from([0, 6, 9, None])
comments_rows = st.lists(
    st.fixed_dictionaries(
        {"respondent_id": keys, "nps_0_10": scores, "language": st.sampled_from(["nl", None])}
    ),
    max_size=8,
)
surveys_rows = st.lists(
    st.fixed_dictionaries(
        {"respondent_id": keys, "nps_0_10": scores, "market": st.sampled_from(["NL", "BE", None])}
    ),
    max_size=8,
)
fixtures_are_pure = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)


def test_a_comment_gets_what_it_lacks_from_its_respondent(scored_comments: Build, survey_rows: Build) -> None:
    """NPS, CES, rating, market and date come from the survey where the comment has none."""
    comments = scored_comments(
        [{"respondent_id": "a"}, {"respondent_id": "b", "rating": 2.0, "market": "FR"}]
    )
    answers = {"nps_0_10": 9, "ces": 4.0, "ces_scale": "1-5 high_is_easy", "market": "NL"}
    rating = {"stated_rating": 10.0, "stated_scale": "0-10", "stated_rating_1_5": 5.0}
    surveys = survey_rows([{"respondent_id": key, **answers, **rating} for key in "ab"])
    joined = join_surveys(comments, surveys).comments
    assert joined["nps_0_10"].to_list() == [9, 9]
    assert joined["ces_scale"].to_list() == ["1-5 high_is_easy"] * 2
    assert joined["market"].to_list() == ["NL", "FR"]
    assert joined["stated_rating_1_5"].to_list() == [5.0, 2.0]
    assert joined["stated_scale"].to_list() == ["0-10", "1-5"]
    assert joined["stated_from"].to_list() == ["survey", "comment"]
    assert joined["stated_reason"].to_list() == [None, None]


def test_a_column_of_the_input_is_not_taken_for_the_surveys(
    scored_comments: Build, survey_rows: Build
) -> None:
    """An export may have its own `survey_date` and `survey_nps_0_10`: they stay, and answer nothing."""
    comments = scored_comments([{"respondent_id": "a"}]).with_columns(
        survey_date=pl.lit("x"), survey_nps_0_10=3
    )
    joined = join_surveys(comments, survey_rows([{"respondent_id": "a", "nps_0_10": 9}])).comments
    assert joined.select("survey_date", "survey_nps_0_10", "nps_0_10").rows() == [("x", 3, 9)]


def test_unmatched_keys_are_counted_and_listed(scored_comments: Build, survey_rows: Build) -> None:
    """Comments without a survey row, and survey rows without a comment, both show."""
    comments = scored_comments([{"respondent_id": "a"}, {"respondent_id": "x"}, {"respondent_id": None}])
    joined = join_surveys(comments, survey_rows([{"respondent_id": key, "nps_0_10": 8} for key in "ab"]))
    assert joined.counts == JoinCounts(
        comments=3, comments_matched=1, comments_without_key=1, comments_unmatched=1,
        survey_rows=2, respondents=2, respondents_matched=1, respondents_unmatched=1,
    )  # fmt: skip
    found = joined.misfits.select("kind", "respondent_id").rows()
    assert found == [("comment_unmatched", "x"), ("respondent_unmatched", "b")]
    assert joined.comments["matched"].to_list() == [True, False, False]


def test_an_exact_repeat_counts_once(scored_comments: Build, survey_rows: Build) -> None:
    """A respondent exported twice is one respondent, and the repeat is listed with its row."""
    rows = [{"respondent_id": "a", "nps_0_10": 9}, {"respondent_id": "a", "nps_0_10": 9}]
    joined = join_surveys(scored_comments([]), survey_rows(rows))
    assert joined.counts.duplicate_rows == 1
    assert joined.respondents["nps_0_10"].to_list() == [9]
    assert joined.misfits.filter(kind="duplicate").select("file", "row").rows() == [("surveys.csv", 2)]


def test_a_respondent_who_contradicts_themselves_is_left_out(
    scored_comments: Build, survey_rows: Build
) -> None:
    """Two different scores: no score is used, every row is listed, the comment stays."""
    rows = [{"respondent_id": "a", "nps_0_10": 9}, {"respondent_id": "a", "nps_0_10": 3}]
    joined = join_surveys(scored_comments([{"respondent_id": "a"}]), survey_rows(rows))
    assert joined.counts.conflicting_respondents == 1
    assert joined.respondents.is_empty()
    assert joined.comments["nps_0_10"].to_list() == [None]
    listed = joined.misfits.filter(kind="conflicting_scores")
    assert listed["detail"].to_list() == ["nps_0_10 9", "nps_0_10 3"]


def test_rows_that_complete_each_other_are_one_respondent(scored_comments: Build, survey_rows: Build) -> None:
    """NPS in one file and CES in another do not contradict each other."""
    rows = [{"respondent_id": "a", "nps_0_10": 9}, {"respondent_id": "a", "ces": 2.0}]
    joined = join_surveys(scored_comments([]), survey_rows(rows))
    assert joined.respondents.select("nps_0_10", "ces").rows() == [(9, 2.0)]


def test_scores_in_the_comment_file_make_respondents(scored_comments: Build, survey_rows: Build) -> None:
    """One respondent per key, one per row without a key, none for a row without a score."""
    comments = scored_comments(
        [
            {"respondent_id": "a", "nps_0_10": 9, "language": "nl", "market": "NL"},
            {"respondent_id": "a", "nps_0_10": 9, "language": "fr", "market": "NL"},
            {"nps_0_10": 2, "language": "da", "market": "DK"},
            {"nps_0_10": 2, "language": "da", "market": "DK"},
            {"respondent_id": "b", "language": "en"},
        ]
    )
    joined = join_surveys(comments, survey_rows())
    found = joined.respondents.select("respondent_id", "nps_0_10", "languages", "n_comments", "market").rows()
    anonymous = (None, 2, ["da"], 1, "DK")
    assert found == [("a", 9, ["fr", "nl"], 2, "NL"), anonymous, anonymous]
    assert joined.comments["matched"].to_list() == [None] * 5
    assert joined.misfits.is_empty()


def test_a_respondent_takes_the_market_of_the_survey(scored_comments: Build, survey_rows: Build) -> None:
    """The survey's market first, the comment's where the survey names none."""
    comments = scored_comments([{"respondent_id": key, "market": "FR"} for key in "ab"])
    surveys = survey_rows(
        [{"respondent_id": "a", "nps_0_10": 1, "market": "BE"}, {"respondent_id": "b", "nps_0_10": 1}]
    )
    assert join_surveys(comments, surveys).respondents["market"].to_list() == ["BE", "FR"]


def test_survey_rows_without_a_key_stay_respondents(scored_comments: Build, survey_rows: Build) -> None:
    """They can't be matched, but their score counts."""
    joined = join_surveys(scored_comments([]), survey_rows([{"nps_0_10": 9}, {"nps_0_10": 9}]))
    assert joined.counts.survey_rows_without_key == 2
    assert joined.respondents["nps_0_10"].to_list() == [9, 9]
    assert joined.respondents["n_comments"].to_list() == [0, 0]


@fixtures_are_pure
@given(rows=comments_rows, survey=surveys_rows)
def test_no_comment_is_lost_and_counts_add_up(
    rows: list[dict[str, Any]], survey: list[dict[str, Any]], scored_comments: Build, survey_rows: Build
) -> None:
    """Whatever the keys: comments keep number and order, and every row is in exactly one count."""
    comments, surveys = scored_comments(rows), survey_rows(survey)
    joined = join_surveys(comments, surveys)
    counts = joined.counts
    assert joined.comments["id"].to_list() == comments["id"].to_list()
    assert counts.respondents == counts.respondents_matched + counts.respondents_unmatched
    if survey:
        met = counts.comments_matched + counts.comments_unmatched + counts.comments_without_key
        assert met == counts.comments
    assert counts.survey_rows == _survey_rows_accounted_for(surveys, joined.misfits, counts)


def _survey_rows_accounted_for(surveys: SurveysRead, misfits: pl.DataFrame, counts: JoinCounts) -> int:
    conflicting = misfits.filter(kind="conflicting_scores", file="surveys.csv")
    keyed = surveys.respondents["respondent_id"].drop_nulls().unique()
    valid = keyed.filter(~keyed.is_in(misfits.filter(kind="conflicting_scores")["respondent_id"].to_list()))
    return counts.survey_rows_without_key + len(valid) + counts.duplicate_rows + conflicting.height


@fixtures_are_pure
@given(survey=surveys_rows, order=st.randoms(use_true_random=False))
def test_the_order_of_survey_rows_does_not_matter(
    survey: list[dict[str, Any]], order: Any, scored_comments: Build, survey_rows: Build
) -> None:
    """The same rows in another order give the same comments, respondents and counts."""
    comments = scored_comments([{"respondent_id": key} for key in "abcx"])
    shuffled = order.sample(survey, len(survey))
    one, other = (join_surveys(comments, survey_rows(rows)) for rows in (survey, shuffled))
    unordered = ["source_row"]
    assert one.comments.equals(other.comments)
    assert one.counts == other.counts
    by = ["respondent_id", "market", "nps_0_10"]
    assert one.respondents.drop(unordered).sort(by).equals(other.respondents.drop(unordered).sort(by))


@pytest.mark.parametrize("column", ["nps_0_10", "ces"])
def test_an_own_score_wins_over_none(column: str, scored_comments: Build, survey_rows: Build) -> None:
    """A score that only the comment has stays."""
    comments = scored_comments([{"respondent_id": "a", column: 3}])
    joined = join_surveys(comments, survey_rows([{"respondent_id": "a"}]))
    assert joined.comments[column].to_list() == [3]
    assert joined.respondents[column].to_list() == [3]


def test_ids_of_another_kind_are_told(scored_comments: Build, survey_rows: Build) -> None:
    """Both files and what to do, but no id; where some ids meet, nothing is said."""
    comments = scored_comments([{"respondent_id": f"NV-{n}"} for n in range(40)])
    (told,) = join_surveys(comments, survey_rows([{"respondent_id": "x", "nps_0_10": 9}])).warnings
    files = comments["source_file"][0], survey_rows([{}]).respondents["source_file"][0]
    assert told == (
        f"0 of 40 comments with an id ({files[0]}) are in the survey ({files[1]}):"
        " name the column of ids in each with --column respondent_id=NAME,NAME"
    )
    lower = survey_rows([{"respondent_id": f"nv{n}", "nps_0_10": 9} for n in range(30)])
    (told,) = join_surveys(comments, lower).warnings
    assert told.endswith("30 would but for capitals, signs and leading zeros; write the ids alike in both")
    some = survey_rows([{"respondent_id": f"NV-{n}", "nps_0_10": 9} for n in range(2)])
    assert join_surveys(comments, some).warnings == ()
    assert join_surveys(comments, survey_rows([])).warnings == ()
