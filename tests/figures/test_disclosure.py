"""What is hidden can't be computed from what is shown."""

import json
from collections.abc import Sequence
from itertools import product
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cxtext.figures.disclosure import hide_derivable
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Note

SMALLEST = 10


def _metrics(rows: Sequence[tuple[dict[str, str], int]]) -> pl.DataFrame:
    given = [
        {
            "group": json.dumps(group),
            "metric": "nps",
            "n": n,
            "value": 1.0,
            "low": 0.0,
            "high": 2.0,
            "level": 0.9,
        }
        | ({"suppressed": True, "note": Note.SUPPRESSED.value} if 0 < n < SMALLEST else {"suppressed": False})
        for group, n in rows
    ]
    shown = pl.DataFrame([{name: row.get(name) for name in METRICS} for row in given], schema=METRICS)
    return shown.with_columns(pl.when(~pl.col("suppressed")).then("value").alias("value"))


def _hidden(rows: Sequence[tuple[dict[str, str], int]]) -> list[bool]:
    found = hide_derivable(_metrics(rows), SMALLEST)
    assert found.filter(pl.col("suppressed"), pl.col("value").is_not_null()).is_empty()
    return found["suppressed"].to_list()


def _markets(n: Sequence[int], outside: int = 0) -> list[tuple[dict[str, str], int]]:
    return [({}, sum(n) + outside), *(({"market": str(place)}, count) for place, count in enumerate(n))]


@given(n=st.lists(st.integers(0, 40), min_size=1, max_size=8), outside=st.integers(0, 15))
def test_a_hidden_group_cannot_be_computed_from_the_total(n: list[int], outside: int) -> None:
    """What total and shown groups leave open is nothing, ten rows, or two groups."""
    total, *hidden = _hidden(_markets(n, outside))
    shown = [count for count, is_hidden in zip(n, hidden, strict=True) if count and not is_hidden]
    if not total and any(hidden) and shown:
        assert sum(hidden) >= 2 or sum(n) + outside - sum(shown) >= SMALLEST


@given(n=st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_no_more_is_hidden_than_needed(n: list[int]) -> None:
    """Groups of no rows are not hidden, and at most one group of ten or more is, for a smaller one."""
    hidden = _hidden(_markets(n))[1:]
    large = [is_hidden for count, is_hidden in zip(n, hidden, strict=True) if count >= SMALLEST]
    assert not any(is_hidden for count, is_hidden in zip(n, hidden, strict=True) if not count)
    assert sum(large) <= any(0 < count < SMALLEST for count in n)


def test_what_lies_within_a_hidden_group_is_hidden() -> None:
    """BE is hidden for LU's sake; all of BE writes Dutch, so BE in Dutch would tell the same."""
    rows = _markets([4, 20, 50])
    parts: list[tuple[dict[str, str], int]] = [
        ({"market": m, "language": "nl"}, n) for m, n in (("1", 20), ("2", 50))
    ]
    assert _hidden([*rows, *parts]) == [False, True, True, False, True, False]


def test_parts_of_a_group_cannot_be_computed_from_it() -> None:
    """A market's web channel would tell its telephone's four rows; the other market has no such secret."""
    parts = [
        ({"market": m, "channel": c}, n)
        for (m, c), n in zip(product("ab", ["web", "tel"]), (30, 4, 20, 30), strict=True)
    ]
    wholes: list[Any] = [({"market": "a"}, 34), ({"market": "b"}, 50)]
    assert _hidden([*wholes, *parts]) == [False, False, True, True, False, False]


def test_a_language_is_no_part_that_adds_up() -> None:
    """Languages are detected: a small one needs no second."""
    rows: list[Any] = [({}, 44), ({"language": "nl"}, 40), ({"language": "fr"}, 4)]
    assert _hidden(rows) == [False, False, True]


def test_each_metric_is_judged_by_its_own_n() -> None:
    """A metric with a small group does not hide another metric's figures."""
    small, large = _metrics(_markets([4, 20, 50])), _metrics(_markets([40, 20, 50]))
    found = hide_derivable(pl.concat([small, large.with_columns(metric=pl.lit("clv"))]), SMALLEST)
    assert found.filter(metric="clv")["suppressed"].sum() == 0
    assert found.filter(metric="nps")["note"].to_list().count(Note.SUPPRESSED_OTHER) == 1


def test_a_whole_without_a_figure_tells_nothing() -> None:
    """Results reported per market have no total to compute a small market from."""
    rows: list[Any] = [({}, 0), ({"market": "a"}, 40), ({"market": "b"}, 4)]
    assert _hidden(rows) == [False, False, True]
