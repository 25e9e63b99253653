"""Survey results by respondent and by group."""

from collections.abc import Callable

import pytest

from cxtext.errors import InputError
from cxtext.read import read_surveys
from cxtext.schema.columns import GROUP_RESULTS, RESPONDENTS
from cxtext.schema.results import SurveysRead
from cxtext.schema.settings import Settings

Surveys = Callable[..., SurveysRead]


def test_one_row_a_respondent(surveys: Surveys) -> None:
    """A satisfaction column is the stated rating; an empty ces column is no harm."""
    read = surveys("respondent_id,market,nps,satisfaction,ces\nR1,FR,10,10.0,\nR2,DK,8,,\nR3,UK,5,4.0,\n")
    assert dict(read.respondents.schema) == RESPONDENTS
    assert read.respondents.select("respondent_id", "market", "nps_0_10", "stated_rating", "ces").rows() == [
        ("R1", "FR", 10, 10.0, None),
        ("R2", "DK", 8, None, None),
        ("R3", "GB", 5, 4.0, None),
    ]
    assert read.respondents["stated_scale"].to_list() == ["0-10", None, "0-10"]
    assert (read.groups.height, dict(read.groups.schema)) == (0, GROUP_RESULTS)


def test_one_row_a_market_and_period(surveys: Surveys) -> None:
    """No respondents, but how many answered: each figure becomes a row."""
    read = surveys(
        "land;kwartaal;nps;csat;aantal\nNederland;2024-Q1;-12,5;61;400\nDanmark;2024-Q1;30;70;250\n"
    )
    assert read.respondents.height == 0
    assert read.groups.select("market", "period", "metric", "value", "n", "source_row").rows() == [
        ("NL", "2024-Q1", "nps", -12.5, 400, 2),
        ("NL", "2024-Q1", "csat_stated", 61.0, 400, 2),
        ("DK", "2024-Q1", "nps", 30.0, 250, 3),
        ("DK", "2024-Q1", "csat_stated", 70.0, 250, 3),
    ]


@pytest.mark.parametrize(
    ("written", "n"), [("1.234", 1234), ("12 500", 12500), ("400.0", 400), ("1,5", None), ("many", None)]
)
def test_how_many_answered_is_read_as_people_write_counts(
    surveys: Surveys, written: str, n: int | None
) -> None:
    """A mark sets thousands apart; what is no whole number is null, with a warning."""
    read = surveys(f"land;nps;aantal\nDK;30;{written}\n")
    assert read.groups["n"].to_list() == [n]
    told = [warning for warning in read.warnings if "'aantal': left out 1 of 1 numbers of answers" in warning]
    assert len(told) == (n is None)


def test_group_values_off_their_range_are_left_out(surveys: Surveys) -> None:
    """An NPS of 120 is no NPS."""
    read = surveys("country,n,nps\nDK,10,120\nNL,20,5\n")
    assert read.groups["market"].to_list() == ["NL"]
    assert any("left out 1 of 2 values: not between -100 and 100" in warning for warning in read.warnings)


def test_percentages_as_fractions_are_refused(surveys: Surveys) -> None:
    """0.61 would be read as less than one percent."""
    with pytest.raises(InputError, match="multiply them by 100"):
        surveys("country,n,csat\nDK,10,0.61\nNL,20,0.5\nFR,20,0.7\n")


def test_mean_ratings_are_no_percentages(surveys: Surveys) -> None:
    """A mean of 4.2 on 1..5 is not 4.2 percent satisfied."""
    with pytest.raises(InputError, match="mean ratings instead of percent"):
        surveys("market,satisfaction,n\nNL,4.2,50\nDK,3.9,50\n")


def test_respondents_may_lack_a_key(surveys: Surveys) -> None:
    """Their scores count all the same."""
    read = surveys("market,nps\nDK,9\nDK,2\n")
    assert read.respondents.select("respondent_id", "nps_0_10").rows() == [(None, 9), (None, 2)]


def test_an_id_is_the_key_where_there_is_no_other(surveys: Surveys) -> None:
    """Some exports call the respondent id."""
    assert surveys("id,nps\n7,9\n").respondents["respondent_id"].to_list() == ["7"]


@pytest.mark.parametrize("key", ["respondent_id", "id"])
def test_ids_that_a_tool_wrote_with_a_decimal_are_the_same_ids(surveys: Surveys, key: str) -> None:
    """Where all are so, as of numbers with gaps among them; else 17.0 is another id than 17."""
    found = [surveys(f"{key},nps\n{one},9\n18.0,8\n,7\n") for one in ("17.0", "17")]
    assert [read.respondents["respondent_id"].to_list() for read in found] == [
        ["17", "18", None],
        ["17", "18.0", None],
    ]


def test_a_file_without_scores_is_refused(surveys: Surveys) -> None:
    """The line says how to name one."""
    with pytest.raises(InputError, match="--column nps=NAME"):
        surveys("respondent_id,shop\n1,x\n")


def test_broken_rows_are_rejected(surveys: Surveys) -> None:
    """Read and rejected are all rows."""
    read = surveys("respondent_id,nps\n1,9\n2\n3,4\n")
    assert (read.files[0].rows, read.rejected["row"].to_list()) == (3, [3])


def test_no_survey_is_no_rows() -> None:
    """Surveys are optional."""
    read = read_surveys([], Settings())
    assert (read.respondents.height, read.groups.height, read.rejected.height) == (0, 0, 0)


def test_the_scale_declared_for_comments_need_not_be_the_surveys(surveys: Surveys) -> None:
    """Satisfaction from 0 to 10 stays so, with a warning; a scale that nothing explains is refused."""
    read = surveys("respondent_id,satisfaction\n1,9\n2,10\n3,4\n", rating_scale="1-5")
    assert read.respondents["stated_scale"].to_list() == ["0-10"] * 3
    assert any("contradict the declared 1-5" in warning for warning in read.warnings)
    with pytest.raises(InputError, match="off the declared scale"):
        surveys("respondent_id,satisfaction\n1,90\n2,100\n3,4\n", rating_scale="1-5")


def test_satisfaction_from_1_to_5_is_read_as_such(surveys: Surveys) -> None:
    """As in comment files its values tell, and a stray one is named with the row it has in the file."""
    answers = "".join(f"R{i},{i % 5 + 1}\n" for i in range(40))
    read = surveys(f"respondent_id,CSAT\n{answers}R40,99\n")
    assert read.respondents["stated_scale"].unique().to_list() in (["1-5", None], [None, "1-5"])
    assert any("off the scale 1-5 (99 in row 42)" in warning for warning in read.warnings)


def test_a_period_alone_makes_no_groups(surveys: Surveys) -> None:
    """Several rows of one market and month are respondents without a key."""
    read = surveys("market,month,nps\nDK,2024-01,9\nDK,2024-01,2\n")
    assert (read.respondents.height, read.groups.height) == (2, 0)
    read = surveys("market,month,nps\nDK,2024-01,9\nDK,2024-02,2\n")
    assert (read.respondents.height, read.groups.height) == (0, 2)
