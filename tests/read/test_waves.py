"""Waves: found by their header, in an order that is clear."""

from collections.abc import Callable

import pytest

from cxtext.errors import InputError
from cxtext.read import check_waves, read_customers
from cxtext.schema.results import CommentsRead, SurveysRead
from cxtext.schema.settings import Settings

Read = Callable[..., CommentsRead]
Surveys = Callable[..., SurveysRead]
WAVES = Settings(period="wave", by=(("period",),))


@pytest.mark.parametrize("header", ["wave", "Golf", "Meting", "Vague", "Måling", "Bølge", "Survey wave"])
def test_waves_are_recognised_in_four_languages(comments: Read, surveys: Surveys, header: str) -> None:
    """In comments and in surveys."""
    assert comments(f"comment,{header}\ngoed,2\ntop,10\n").frame["wave"].to_list() == ["2", "10"]
    read = surveys(f"respondent_id,nps,{header}\na,9,2\nb,3,10\n")
    assert read.respondents["wave"].to_list() == ["2", "10"]


def test_a_wave_is_the_period_of_survey_results_by_group(surveys: Surveys) -> None:
    """As month or quarter is."""
    assert surveys("land,golf,nps,n\nDK,1,20,50\nDK,2,30,50\n").groups["period"].to_list() == ["1", "2"]


def test_an_unclear_order_is_refused_with_its_place(comments: Read, surveys: Surveys) -> None:
    """Over all files together; not where periods are months."""
    given = comments("comment,golf\ngoed,Wave 1\ntop,Wave 2\n")
    scores = surveys("respondent_id,nps,wave\na,9,Wave 2\nb,3,baseline\n")
    with pytest.raises(InputError, match=r"survey\.csv, row 3, column 'wave': .*'baseline' and 'Wave 1'"):
        check_waves(given, scores, WAVES)
    check_waves(given, scores, Settings())
    check_waves(given, surveys("respondent_id,nps,wave\na,9,Wave 3\n"), WAVES)


def test_without_waves_there_is_a_warning(comments: Read) -> None:
    """As there is without dates."""
    read = comments("comment,rating\ngoed,2\n", period="wave", by=[["period"]])
    assert "no comment has a wave, so there are none by period" in read.warnings


def test_customers_have_no_waves(write: Callable[[str, str], str]) -> None:
    """Churn needs dates; the remedy is said."""
    file = write("customers.csv", "customer id,start\n1,2024-01-01\n")
    with pytest.raises(InputError, match=r"customers\.csv: customers come and go by date, not by wave"):
        read_customers([file], WAVES)
