"""The section on how far the text tells the score."""

from typing import Any

import pytest

from cxtext.report.document import Paragraph, Table
from cxtext.report.scope import Scope
from cxtext.report.sections.told import METRICS, told
from cxtext.report.wording import load_wording
from cxtext.schema.columns import LANGUAGES


def _sentences(data: dict[str, Any], language: str = "en", market: str | None = None) -> str:
    blocks = told(Scope(data, load_wording(language), market)).blocks
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


def test_skill_correlation_and_confusion_are_told_in_words(data: dict[str, Any]) -> None:
    """As a reader who knows no statistics would ask for them."""
    text = _sentences(data)
    assert "takes away 12.5% of the error in forecasting whether an answer is a detractor's" in text
    assert "Of 80 comments by detractors, the words of 60.0% point to a detractor and of 20.0% to" in text
    assert "22.5% promoters" not in text
    assert "46.0% promoters, 31.5% passives and 22.5% detractors: an inferred score of 23.5" in text
    assert text.count("This is a proxy") == 2
    assert "46.0% found it easy, 31.5% between and 22.5% hard" in text


def test_no_skill_says_so_and_infers_nothing(data: dict[str, Any]) -> None:
    """In Denmark the words tell nothing."""
    text = _sentences(data, "en", "DK")
    assert "The words do not tell the NPS answer here: over 240 comments" in text
    assert "without an NPS answer" not in text
    assert "proxy" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_are_named_in_the_language_of_the_page(data: dict[str, Any], language: str) -> None:
    """Rows are the answers given, worst first."""
    wording = load_wording(language)
    tables = [block for block in told(Scope(data, wording)).blocks if isinstance(block, Table)]
    assert [row[0] for row in tables[0].rows] == [
        wording(f"answered.{answer}") for answer in ("detractors", "passives", "promoters")
    ]


def test_too_few_answers_are_a_reason_and_no_table_of_what_words_point_to(data: dict[str, Any]) -> None:
    """The reason stands where the figure would."""
    refused = {"value": None, "low": None, "high": None, "note": "refused: too few comments with an answer"}
    data["metrics"] = [
        row | (refused if row["metric"] in METRICS else {})
        for row in data["metrics"]
        if "answered" not in row["group"]
    ]
    text = _sentences(data)
    assert text.count("no figure (too few comments with an answer)") == 2
    assert "point to" not in text


def test_without_answers_there_is_no_section(data: dict[str, Any]) -> None:
    """Comments alone have no score to tell."""
    data["metrics"] = [row for row in data["metrics"] if row["metric"] not in METRICS]
    assert told(Scope(data, load_wording("en"))).blocks == ()
