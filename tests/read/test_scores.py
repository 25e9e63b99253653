"""What a single answer says."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.read.scores import Score, parse_score, score_values


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("4", Score(4)),
        (" 4.0 ", Score(4)),
        ("8,5", Score(8.5)),
        ("9/10", Score(9, 10)),
        ("4 uit 5", Score(4, 5)),
        ("5 sur 5", Score(5, 5)),
        ("4 ud af 5", Score(4, 5)),
        ("4 out of 5", Score(4, 5)),
        ("4 OF 5 stars", Score(4, 5)),
        ("4 van de 5", Score(4, 5)),
        ("3 sterren", Score(3, 5)),
        ("3 étoiles", Score(3, 5)),
        ("1 stjerne", Score(1, 5)),
        ("85%", Score(85, 100)),
        ("85 %", Score(85, 100)),
        ("★★★★☆", Score(4, 5)),
        ("⭐⭐⭐", Score(3, 5)),
        ("⭐️⭐️", Score(2, 5)),
        ("★★★★★★★☆☆☆", Score(7, 10)),
        ("5 - Very satisfied", Score(5, word=5)),
        ("1 = heel moeilijk", Score(1, effort=1)),
        ("10 - Extremely likely", Score(10)),
        ("Zeer tevreden", Score(word=5)),
        ("plutôt insatisfait", Score(word=2)),
        ("Hverken tilfreds eller utilfreds", Score(word=3)),
        ("very dissatisfied", Score(word=1)),
        ("Meget nemt", Score(effort=5)),
        ("Not at all satisfied", Score(word=1)),
        ("Helemaal niet tevreden", Score(word=1)),
        ("Pas du tout satisfait(e)", Score(word=1)),
        ("Slet ikke tilfreds", Score(word=1)),
        ("Très satisfait(e)", Score(word=5)),
        ("Plutôt satisfait·e", Score(word=4)),
        ("Plutôt insatisfait.e", Score(word=2)),
        ("Ni satisfait(e) ni insatisfait(e)", Score(word=3)),
        ("5 - Très satisfait(e)", Score(5, word=5)),
        ("Bon(ne)", Score(word=4)),
        ("Niet makkelijk, niet moeilijk", Score(effort=3)),
        ("Ni facile ni difficile", Score(effort=3)),
        ("Hverken let eller svær", Score(effort=3)),
        ("Hverken eller", Score(word=3, effort=3)),
        ("Neither easy nor difficult", Score(effort=3)),
        ("Neutraal", Score(word=3, effort=3)),
        ("Neutre", Score(word=3, effort=3)),
        ("😡", Score(word=1)),
        ("👍🏽", Score(word=4)),
        (":-)", Score(word=4)),
        ("n/a", Score(missing=True)),
        ("N.v.t.", Score(missing=True)),
        ("ved ikke", Score(missing=True)),
        ("", Score(missing=True)),
        ("-", Score(missing=True)),
        ("5 terrible things", Score()),
        ("abc", Score()),
        ("9/10 would buy", Score()),
        ("12-05-2024", Score()),
    ],
)
def test_an_answer_is_read_as_people_write_it(answer: str, score: Score) -> None:
    """Numbers, fractions, percentages, stars, words and smileys in four languages."""
    assert parse_score(answer) == score


@given(st.text(max_size=20))
def test_any_text_is_a_score_or_none(answer: str) -> None:
    """Nothing raises."""
    assert isinstance(parse_score(answer), Score)


def test_different_answers_are_counted_once() -> None:
    """Columns are long, their answers few."""
    scores = score_values(pl.Series("x", [5, 5, None, 4]))
    assert scores.select("value", "count", "number", "missing").rows() == [
        (None, 1, None, True),
        ("4", 1, 4.0, False),
        ("5", 2, 5.0, False),
    ]
