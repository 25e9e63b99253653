"""Errors a user can act on: each holds one line that names the place and the remedy, and its exit code."""

from typing import ClassVar


class CxtextError(Exception):
    """Base of all errors cxtext raises on purpose. The message is one line for the user."""

    exit_code: ClassVar[int] = 1


class UsageError(CxtextError):
    """The call itself is wrong: unknown setting, options that exclude each other."""

    exit_code = 2


class InputError(CxtextError):
    """An input can't be read, has no text column, or contradicts what was declared of it."""

    exit_code = 3


class NothingScoredError(CxtextError):
    """The input was read, but not one row could be scored."""

    exit_code = 4


class MissingModelError(CxtextError):
    """A model file is missing, altered or refused, or an optional extra is not installed."""

    exit_code = 5


class OutputError(CxtextError):
    """The output can't be written, or exists already."""

    exit_code = 6


def missing_extra(package: str, extra: str) -> MissingModelError:
    """Return the error that names the package that is not installed and the command that adds it."""
    return MissingModelError(f'{package} is not installed; add it with: pip install "cxtext[{extra}]"')
