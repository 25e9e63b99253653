"""Lines of CSV or TSV to records, each with its number, broken ones with the reason.

Written here since no reader at hand keeps exact row numbers and raw text of broken records, recovers from
a quote that is never closed, and reads a field of any length without changing a global limit.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

DELIMITERS: Final = (",", ";", "\t", "|")
SINGLE_COLUMN: Final = "\ufdd0\ufdd1"  # stands for a delimiter that occurs nowhere
_LONGEST_RECORD: Final = 1 << 25  # characters; a longer one is a quote that was never closed
_SAMPLED: Final = 100  # records looked at to recognise the delimiter
_TO_CLOSING_QUOTE: Final = re.compile(r'([^"]*+(?:""[^"]*+)*+)"')


class Record(NamedTuple):
    """One record: its fields, or None and the reason why it has none. Numbers start at 1."""

    number: int
    fields: list[str] | None
    raw: str
    reason: str = ""


class _Quote(NamedTuple):
    """The lines so far of a quoted field still open, and whether all closed ones ended at a delimiter."""

    opened: list[str] | None = None
    clean: bool = True


class Sniffed(NamedTuple):
    """How well a delimiter fits: the share of records as wide as the header, and that width."""

    share: float
    width: int
    delimiter: str


def records(lines: Iterable[str], delimiter: str, width: int | None = None) -> Iterator[Record]:
    """Yield the records of a delimited text; with `width`, those of another width have no fields.

    A quoted field may hold delimiters, line breaks and doubled quotes. Where a record of several lines has
    text behind a closing quote, the quote was opened and never meant to be closed: the first line alone is
    broken and the next record starts on the second. Blank lines count as numbers and are no records,
    unless the text has a single column.
    """
    again: deque[str] = deque()  # lines of a broken record that are to be read once more
    rest = iter(lines)

    def take() -> str | None:
        return again.popleft() if again else next(rest, None)

    for number, line in enumerate(iter(take, None), start=1):
        if '"' in line:
            record = _quoted(number, line, delimiter, width, take, again)
        elif line and not (line.isspace() and delimiter not in line):
            record = _checked(number, line.split(delimiter), line, width)
        elif delimiter == SINGLE_COLUMN:
            record = Record(number, [""], line)
        else:
            continue
        yield record


def recognise_delimiter(lines: list[str], preferred: str | None = None) -> str:
    """Return the delimiter under which most records are as wide as the header, or SINGLE_COLUMN."""
    order = (preferred, *DELIMITERS) if preferred else DELIMITERS
    tried = [_sniff(lines, delimiter) for delimiter in order]
    best = max(tried, key=lambda one: (one.width > 1, one.share, one.width))
    return best.delimiter if best.width > 1 else SINGLE_COLUMN


def _sniff(lines: list[str], delimiter: str) -> Sniffed:
    sample = list(islice(records(lines, delimiter), _SAMPLED))
    widths = [len(record.fields or ()) for record in sample]
    if not widths:
        return Sniffed(0, 0, delimiter)
    fitting = sum(width == widths[0] for width in widths[1:])
    return Sniffed(fitting / max(1, len(widths) - 1), widths[0], delimiter)


def _checked(number: int, fields: list[str], raw: str, width: int | None) -> Record:
    if width is None or len(fields) == width:
        return Record(number, fields, raw)
    return Record(number, None, raw, f"{len(fields)} fields instead of {width}")


def _quoted(
    number: int,
    line: str,
    delimiter: str,
    width: int | None,
    take: Callable[[], str | None],
    again: deque[str],
) -> Record:
    fields: list[str] = []
    state = _add_line(line, delimiter, fields, _Quote())
    taken = [line]
    length = len(line)
    while state.opened is not None and length < _LONGEST_RECORD:
        following = take()
        if following is None:
            break
        taken.append(following)
        length += len(following)
        state = _add_line(following, delimiter, fields, state)
    if len(taken) == 1 and state.opened is None:
        return _checked(number, fields, line, width)
    if state.opened is None and state.clean:
        return _checked(number, fields, "\n".join(taken), width)
    again.extendleft(reversed(taken[1:]))
    return Record(number, None, line, "a quote is opened and never closed")


def _add_line(line: str, delimiter: str, fields: list[str], state: _Quote) -> _Quote:
    """Add the fields of one line; return the state of quoting at its end."""
    at, (opened, clean) = 0, state
    while True:
        quoted = ""
        if opened is not None or line.startswith('"', at):
            start = at if opened is not None else at + 1
            parts = [] if opened is None else opened
            closing = _TO_CLOSING_QUOTE.match(line, start)
            if closing is None:
                parts.append(line[start:])
                return _Quote(parts, clean)
            quoted = "\n".join((*parts, closing[1])).replace('""', '"')
            at, opened = closing.end(), None
            clean = clean and (at == len(line) or line.startswith(delimiter, at))
        end = line.find(delimiter, at)
        fields.append(quoted + (line[at:] if end < 0 else line[at:end]))
        if end < 0:
            return _Quote(None, clean)
        at = end + len(delimiter)
