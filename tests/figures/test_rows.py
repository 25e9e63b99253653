"""What is hidden stays hidden."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cxtext.figures.rows import suppressed

SMALLEST = 10


@given(n=st.lists(st.integers(0, 40), min_size=1, max_size=8), outside=st.integers(0, 15))
def test_a_hidden_group_cannot_be_computed_from_the_total(n: list[int], outside: int) -> None:
    """Less than ten is hidden; what total and shown groups leave open is nothing, ten rows, or two groups."""
    counts = np.array(n)
    hidden = suppressed(counts, smallest=SMALLEST, n_total=int(counts.sum()) + outside)
    assert hidden[(counts > 0) & (counts < SMALLEST)].all()
    shown = (counts > 0) & ~hidden
    left_open = counts.sum() + outside - counts[shown].sum()
    if hidden.any() and shown.any():
        assert hidden.sum() >= 2 or left_open >= SMALLEST


@given(n=st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_no_more_is_hidden_than_needed(n: list[int]) -> None:
    """Groups of no rows are not hidden, and at most one group of ten or more is."""
    counts = np.array(n)
    hidden = suppressed(counts, smallest=SMALLEST, n_total=int(counts.sum()))
    assert not hidden[counts == 0].any()
    assert hidden[counts >= SMALLEST].sum() <= 1
    few = (counts > 0) & (counts < SMALLEST)
    assert few.any() or not hidden.any()


def test_without_a_total_only_small_groups_are_hidden() -> None:
    """Where groups don't add up to the total, nothing can be computed from it."""
    assert suppressed(np.array([3, 40, 50]), smallest=SMALLEST, n_total=None).tolist() == [True, False, False]
