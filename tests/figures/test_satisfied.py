"""When a stated rating counts as satisfied."""

from collections.abc import Callable
from typing import Any

import pytest

from cxtext.figures.satisfied import stated_satisfied
from cxtext.schema.settings import Settings


@pytest.mark.parametrize(
    ("satisfied_from", "expected"),
    [({}, [False, False, True]), ({"1-5": 3}, [False, False, True]), ({"0-10": 6}, [False, True, True])],
)
def test_a_threshold_holds_for_its_own_scale(
    satisfied_from: dict[str, float], expected: list[bool], scored_comments: Callable[..., Any]
) -> None:
    """5, 6 and 8 of 0-10, whatever is set for another scale."""
    rows = [
        {"stated_rating": rating, "stated_scale": "0-10", "stated_rating_1_5": 1 + rating / 2.5}
        for rating in (5.0, 6.0, 8.0)
    ]
    settings = Settings(satisfied_from=satisfied_from)
    assert scored_comments(rows).select(stated_satisfied(settings)).to_series().to_list() == expected
