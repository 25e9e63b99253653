"""Header rows of tables and of survey tools' exports."""

from collections.abc import Callable

from cxtext.read.headers import read_header, unique_names
from cxtext.schema.results import CommentsRead

Comments = Callable[..., CommentsRead]

QUALTRICS = (
    "StartDate,ResponseId,Q1,Q2_TEXT\n"
    'Start Date,Response ID,How satisfied are you with our service?,"Why did you\nscore this?"\n'
    '"{""ImportId"":""startDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}",'
    '"{""ImportId"":""QID2""}"\n'
    "2024-03-01 10:00:00,R_1,9,Quick reply\n"
    "2024-03-02 11:30:00,R_2,2,Nobody answers\n"
)
SURVEYMONKEY = (
    "Respondent ID,Collector ID,How likely is it that you would recommend us?,What stood out?,"
    "Which did you use?,\n"
    ",,Response,Open-Ended Response,Shop,App\n"
    "118,7,10,The staff,Shop,\n"
    "119,7,3,The queue,,App\n"
)


def test_qualtrics_exports_have_three_header_rows(comments: Comments) -> None:
    """Names, questions and import ids: the questions are kept, the rows are not counted."""
    read = comments(QUALTRICS)
    assert read.frame["text"].to_list() == ["Quick reply", "Nobody answers"]
    assert read.frame["question"].unique().to_list() == ["Why did you\nscore this?"]
    assert read.frame["stated_rating"].to_list() == [9, 2]
    assert read.frame["respondent_id"].to_list() == ["R_1", "R_2"]
    assert (read.files[0].rows, read.frame["source_row"].to_list()) == (2, [4, 5])


def test_surveymonkey_exports_have_two_header_rows(comments: Comments) -> None:
    """The column it marks as open-ended is the text, whatever was asked."""
    read = comments(SURVEYMONKEY)
    assert read.frame.select("text", "question", "nps_0_10", "source_row").rows() == [
        ("The staff", "What stood out?", 10, 3),
        ("The queue", "What stood out?", 3, 4),
    ]
    assert read.frame.columns[-2:] == ["Which did you use?: Shop", "Which did you use?: App"]


def test_a_plain_table_has_one_header_row() -> None:
    """A first row that looks like answers is a row."""
    header = read_header([["id", "comment"], ["", "Response"], ["2", "fine"]])
    assert header.rows == 2
    assert read_header([["id", "comment"], ["1", "Response"]]).rows == 1


def test_names_are_unique_and_never_blank() -> None:
    """Repeated names get a number, blank ones their position."""
    assert unique_names(["a", "", "a", " b\x00", None, "a_2"]) == (
        "a",
        "column_2",
        "a_2",
        "b",
        "column_5",
        "a_2_2",
    )
