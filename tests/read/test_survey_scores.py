"""NPS and CES answers."""

import polars as pl
import pytest

from cxtext.errors import InputError
from cxtext.measure.scores import EASY
from cxtext.read.survey_scores import ces_scale, read_ces, read_nps
from cxtext.schema.settings import Settings


def test_nps_answers_are_whole_numbers_from_0_to_10() -> None:
    """Others are left out and counted; blank ones are no answers."""
    found = read_nps(pl.Series("nps", ["9", "10.0", "11", "7.5", "-1", "", None, "8/10", "high"]), "s.csv")
    assert found.values.to_list() == [9, 10, None, None, None, None, None, 8, None]
    assert found.values.dtype == pl.Int64
    assert "left out 4 of 7 NPS answers" in found.warnings[0]


@pytest.mark.parametrize(
    ("values", "warned"), [([1, 5, 10] * 40, True), ([1, 0, 10] * 40, False), ([1, 5] * 40, False)]
)
def test_a_long_nps_column_without_a_0_is_warned_about(values: list[int], *, warned: bool) -> None:
    """It may be on another scale."""
    assert (
        any("no 0 among" in line for line in read_nps(pl.Series("nps", values), "s.csv").warnings) == warned
    )


def test_ces_answers_lie_on_the_declared_scale() -> None:
    """A single one off it is left out and counted."""
    found = read_ces(pl.Series("ces", ["1", "5,0", "9", None, "4", "3", "2"]), Settings(), "s.csv")
    assert found.values.to_list() == [1, 5, None, None, 4, 3, 2]
    assert "left out 1 of 6 CES answers: off the scale 1-5" in found.warnings[0]


def test_ces_answers_on_another_scale_are_refused() -> None:
    """1-7 under 1-5 would look easy or hard for no reason."""
    values = pl.Series("ces", [1, 2, 3, 4, 5, 6, 7])
    with pytest.raises(InputError, match="--ces-scale"):
        read_ces(values, Settings(), "s.csv")
    assert read_ces(values, Settings(ces_scale="1-7"), "s.csv").values.to_list() == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("direction", "values"), [("high_is_easy", [5, 4, 2, 1]), ("high_is_hard", [1, 2, 4, 5])]
)
def test_words_are_placed_by_the_direction(direction: str, values: list[float]) -> None:
    """Very easy is the top or the bottom."""
    settings = Settings.model_validate({"ces_direction": direction})
    words = pl.Series("ces", ["zeer makkelijk", "easy", "difficile", "meget svært"])
    assert read_ces(words, settings, "s.csv").values.to_list() == values
    assert ces_scale(settings) == f"1-5 {direction}"


@pytest.mark.parametrize(("scale", "middle"), [("1-5", 3), ("0-5", 2.5), ("1-7", 4)])
def test_neither_easy_nor_difficult_is_the_middle(scale: str, middle: float) -> None:
    """In every language, and whichever way the scale runs."""
    words = pl.Series("ces", ["Neutraal", "Ni facile ni difficile", "Hverken let eller svær", "Neutral"])
    for direction in ("high_is_easy", "high_is_hard"):
        settings = Settings.model_validate({"ces_scale": scale, "ces_direction": direction})
        found = read_ces(words, settings, "s.csv")
        assert (found.values.to_list(), found.warnings) == ([middle] * 4, ())


@pytest.mark.parametrize("scale", EASY)
def test_a_word_lies_on_the_side_it_names_on_every_scale(scale: str) -> None:
    """Easy counts as easy, difficult as far from it on the other side, and both as less than with very."""
    points, direction = scale.split()
    settings = Settings.model_validate({"ces_scale": points, "ces_direction": direction})
    words = pl.Series("ces", ["very easy", "easy", "difficult", "very difficult"])
    found = read_ces(words, settings, "s.csv").values
    low, high = EASY[scale]
    assert found.is_between(low, high).to_list() == [True, True, False, False]
    assert (found + found.reverse()).to_list() == [sum(map(int, points.split("-")))] * 4
    assert found.n_unique() == 4


def test_a_direction_that_its_own_words_contradict_is_refused() -> None:
    """5 = very difficult is not high_is_easy."""
    with pytest.raises(InputError, match="high_is_hard"):
        read_ces(pl.Series("ces", ["5 - very difficult", "1 - very easy"]), Settings(), "s.csv")


def test_an_empty_ces_column_is_no_contradiction() -> None:
    """Many exports have one."""
    assert read_ces(pl.Series("ces", [None, None], pl.String), Settings(), "s.csv").warnings == ()
