"""Where batches run: in this process, or in a pool of processes. A runner knows nothing of its function."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import polars as pl

Progress = Callable[[str, int, int], None]  # stage, rows done, rows in all
BATCH_ROWS = 2_000
# Under this a pool costs more (each worker loads the models) than it saves.
POOL_FROM_ROWS = 20_000

BatchFunction = Callable[[pl.DataFrame], pl.DataFrame]


class Runner(Protocol):
    """Applies a pure function to batches and gives the results back in the batches' order."""

    def map(self, function: BatchFunction, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield function(batch) for each batch, lazily and in order."""
        ...


@dataclass(frozen=True)
class InProcess:
    """Runs batches one after the other in this process."""

    def map(self, function: BatchFunction, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield function(batch) for each batch."""
        return map(function, batches)


@dataclass(frozen=True)
class ProcessPool:
    """Runs batches in `workers` processes, at most twice as many in flight, so memory stays bounded."""

    workers: int

    def map(self, function: BatchFunction, batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield function(batch) for each batch, in order. `function` must be picklable."""
        # Spawned, not forked: polars holds locks that a fork would copy in whatever state they are.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.workers, mp_context=context, initializer=_ignore_interrupt) as pool:
            source = iter(batches)
            running: deque[Future[pl.DataFrame]] = deque(
                pool.submit(function, batch) for batch in islice(source, 2 * self.workers)
            )
            try:
                while running:
                    result = running.popleft().result()
                    running.extend(pool.submit(function, batch) for batch in islice(source, 1))
                    yield result
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupt() -> None:
    # Ctrl-C reaches the whole process group: the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def choose_runner(*, workers: int | None = None, rows: int = 0) -> Runner:
    """Return the runner for `workers` processes; null: as many as cores once `rows` make it worth it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    chosen = workers or (cores if rows >= POOL_FROM_ROWS else 1)
    return ProcessPool(chosen) if chosen > 1 else InProcess()


def cut(frame: pl.DataFrame, rows: int = BATCH_ROWS) -> Iterator[pl.DataFrame]:
    """Yield the frame in batches cut by row index; an empty frame is one empty batch, so types survive."""
    yield from frame.iter_slices(rows) if frame.height else iter([frame])
