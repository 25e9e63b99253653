"""Rows above the header of a table: a title, where the data come from, when they were exported."""

from collections.abc import Sequence
from typing import Final

from cxtext.read.headers import read_header
from cxtext.read.recognise import find_roles_leniently
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings

TITLE_ROWS: Final = 20  # rows among which the header is looked for

_HEADER_ROWS: Final = 3  # the most that a survey tool writes
_PLAIN_ROLES: Final = 2  # columns recognised in what is a header without doubt

Cells = Sequence[str | None]


def usefulness(rows: Sequence[Cells], settings: Settings) -> tuple[bool, int]:
    """Return whether a header of these rows names a text column, and how many roles it names."""
    roles = find_roles_leniently(read_header(rows[:_HEADER_ROWS] or [()]), settings)
    return Role.TEXT in roles, len(roles)


def is_plain_header(rows: Sequence[Cells], settings: Settings) -> bool:
    """Return whether the first row is a header without doubt."""
    has_text, roles = usefulness(rows, settings)
    return has_text or roles >= _PLAIN_ROLES


def title_rows(rows: Sequence[Cells], settings: Settings) -> int:
    """Return how many rows lie above the header; none unless that is plain.

    The header has at least twice as many cells as each row above it, all different, rows below it, and
    names columns that are known or declared, more than the first row does.
    """
    filled = [[cell.strip() for cell in row if (cell or "").strip() and cell] for row in rows]
    widest = 0
    for at, cells in enumerate(filled[:-1]):
        if at and len(cells) >= max(2, 2 * widest) and len({*cells}) == len(cells):
            following = rows[at + 1 : at + 1 + TITLE_ROWS]
            as_wide = sum(len(row) == len(rows[at]) for row in following)
            found = usefulness(rows[at:], settings)
            if 2 * as_wide > len(following) and found > max(usefulness(rows, settings), (False, 0)):
                return at
        widest = max(widest, len(cells))
    return 0


def told_titles(above: int, row: int) -> tuple[str, ...]:
    """Return the warning that rows above the header, in this row, are left aside."""
    return (f"the header is row {row}; {above} {'row' if above == 1 else 'rows'} above it left aside",)
