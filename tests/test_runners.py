"""Where batches run must not change what comes out."""

from operator import methodcaller

import polars as pl
import pytest

from cxtext.runners import InProcess, ProcessPool, choose_runner, cut

# Picklable, as a function for a pool must be.
TURN_ROUND = methodcaller("reverse")
FAIL = methodcaller("select", "no such column")

NUMBERS = pl.DataFrame({"x": range(25)})


@pytest.mark.parametrize("rows", [1, 7, 25, 100])
def test_a_cut_frame_put_together_is_the_frame(rows: int) -> None:
    """Batches are cut by row index and lose nothing."""
    assert pl.concat(cut(NUMBERS, rows)).equals(NUMBERS)


def test_an_empty_frame_is_one_empty_batch() -> None:
    """The types of an empty input reach the output."""
    assert [batch.height for batch in cut(NUMBERS.clear())] == [0]


def test_a_pool_gives_what_one_process_gives() -> None:
    """Same rows, same order, whatever finishes first."""
    alone = pl.concat(InProcess().map(TURN_ROUND, cut(NUMBERS, 3)))
    pooled = pl.concat(ProcessPool(2).map(TURN_ROUND, cut(NUMBERS, 3)))
    assert pooled.equals(alone)


def test_an_error_in_a_worker_reaches_the_caller() -> None:
    """A failure never looks like an answer."""
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        list(ProcessPool(2).map(FAIL, cut(NUMBERS, 3)))


def test_small_inputs_stay_in_this_process() -> None:
    """A pool pays only when there is much to do."""
    assert isinstance(choose_runner(rows=100), InProcess)


def test_workers_asked_for_are_used() -> None:
    """The user's word beats the rule of thumb."""
    assert choose_runner(workers=3, rows=1) == ProcessPool(3)
    assert choose_runner(workers=1, rows=10**9) == InProcess()
