"""Standard output, whose reader may leave (`cxtext ... | head`), or which may lie on a full disk."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import rich.console

from cxtext.errors import OutputError


class Console(rich.console.Console):
    """A console that names a closed pipe as such; rich would end the program."""

    def on_broken_pipe(self) -> None:
        """Raise, so that the caller decides."""
        raise BrokenPipeError


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End quietly what is told here when the reader of our output has seen enough.

    Raises
    ------
    OutputError: it can't be written for another reason.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OSError as error:
        raise OutputError(f"standard output: can't be written ({error.strerror})") from error


def drop_lost_output() -> None:
    """Drop what is left to write if it can't be written, or the exit would fail on it again."""
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()


def drop_output() -> None:
    """Send what is still to be written nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
