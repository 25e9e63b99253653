"""The order of periods and waves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.figures.periods import in_order, place_of, sort_key, steps, unclear


@pytest.mark.parametrize(
    "ordered",
    [
        ["2", "10", "11"],
        ["Wave 2", "Wave 10"],
        ["2023 H2", "2024 H1", "2024 H2"],
        ["H2 2023", "H1 2024", "H2 2024"],
        ["Q4 2023", "2024-Q1", "q2 2024"],
        ["2024-W09", "2024-W10", "2025-W01"],
        ["december 2023", "mars 2024", "maj 2024", "oktober 2024"],
        ["Meting A", "Meting B"],
        ["vague 9", "vague 10"],
        ["Bølge 1", "Bølge 2"],
    ],
)
def test_waves_are_ordered_as_people_count(ordered: list[str]) -> None:
    """Ten comes after two, and a year counts before what stands in front of it."""
    assert in_order(reversed(ordered)) == [ordered]
    assert sorted(set(ordered), key=sort_key) == ordered
    assert unclear(ordered) is None


@pytest.mark.parametrize(
    "labels",
    [
        ["Spring 2024", "Autumn 2024"],
        ["baseline", "wave 1"],
        ["2024 H1", "2024 Q1"],
        ["2024", "2024 H2"],
        ["1/24", "2/23"],
        ["Wave 1", "wave 01"],
    ],
)
def test_an_order_that_names_do_not_tell_is_said(labels: list[str]) -> None:
    """No guess: seasons, a baseline, halves beside quarters, one wave written in two ways."""
    assert set(unclear(labels) or ()) == set(labels)


def test_periods_of_another_length_are_another_series() -> None:
    """A month is not compared with the quarter it lies in."""
    assert in_order(["2026-Q1", "2026-02", "2026-01"]) == [["2026-01", "2026-02"], ["2026-Q1"]]


def test_a_missing_period_leaves_its_gap() -> None:
    """Over the turn of the year too; waves are counted, whatever their numbers."""
    months = steps(["2025-11", "2026-02"], waves=False)
    assert months["2026-02"] - months["2025-11"] == 3
    weeks = steps(["2020-W52", "2020-W53", "2021-W01"], waves=False)
    assert [weeks[week] - weeks["2020-W52"] for week in weeks] == [0, 1, 2]
    assert steps(["2025-01", "2025-02", "2026-01"], waves=True) == {"2025-01": 0, "2025-02": 1, "2026-01": 2}
    assert steps(["2025-99", "2025-01"], waves=False) == {"2025-01": 0, "2025-99": 1}


@given(st.lists(st.text(max_size=12)))
def test_any_text_has_a_place(labels: list[str]) -> None:
    """And none is lost: it stands where its place says, among those called alike."""
    assert {label for alike in in_order(labels) for label in alike} == set(labels)
    for places in ([place_of(label) for label in alike] for alike in in_order(labels)):
        assert len({place.shape for place in places}) == 1
        assert places == sorted(places)
    assert set(steps(labels, waves=True)) == set(labels)
