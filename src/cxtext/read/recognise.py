"""Which column holds what: declared in the settings, else told from its name in any of the languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from cxtext.errors import InputError
from cxtext.read.headers import Header
from cxtext.read.vocabulary import normalise, squeeze, vocabulary
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings

GROUP_ONLY: Final = frozenset({Role.PERIOD, Role.N})
CUSTOMER_ONLY: Final = frozenset(
    {
        *(Role.START, Role.END, Role.MARGIN),
        *(Role.CUSTOMERS_START, Role.CUSTOMERS_END, Role.CUSTOMERS_NEW),
    }
)
TOTALS_ONLY: Final = frozenset({Role.INVITED})
COMMENT_ROLES: Final = tuple(role for role in Role if role not in GROUP_ONLY | CUSTOMER_ONLY | TOTALS_ONLY)
# The first that occurs is used.
_FAMILIES: Final = {Role.RATING: ("rating", "satisfaction"), Role.PERIOD: ("period", "wave")}
_SHOWN: Final = 12  # columns listed in a message
_SCALE: Final = re.compile(
    r"(?<![\d.,])([01])\s*(?:-|\u2013|_|\.\.|/|to|tot|t/m|t\.?e\.?m\.?|à|a|au|til)\s*(5|7|10|100)(?![\d.,])"
)


class Column(NamedTuple):
    """A column as its name shows it: its family (role or `satisfaction`), and how sure that is (2 or 1)."""

    name: str
    family: str
    strength: int


@dataclass(frozen=True)
class Roles:
    """Which columns hold what. Only TEXT may have several columns."""

    columns: dict[Role, tuple[str, ...]]
    family: str = "rating"  # of the rating column: rating or satisfaction
    undecided: dict[Role, tuple[str, ...]] = field(default_factory=dict)  # columns that might be it too
    missing: dict[Role, tuple[str, ...]] = field(default_factory=dict)  # declared, but not there

    def get(self, role: Role) -> str | None:
        """Return the column of a role, or None."""
        return next(iter(self.columns.get(role, ())), None)


def find_roles(
    columns: Sequence[str],
    settings: Settings,
    *,
    titles: Mapping[str, str] | None = None,
    open_answers: frozenset[str] = frozenset(),
    roles: Iterable[Role] = COMMENT_ROLES,
) -> Roles:
    """Return the columns of each role; of several text columns nothing is chosen, see `undecided`.

    Where roles of customers files are asked for, their words go before others: `end date` is when a customer
    left.
    """
    roles = tuple(roles)
    words = vocabulary().columns | (vocabulary().customers if CUSTOMER_ONLY & set(roles) else {})
    declared, missing = _declared(columns, settings, roles)
    taken = {name for names in declared.values() for name in names}
    free = [_match(name, titles or {}, open_answers, words) for name in columns if name not in taken]
    found, undecided = dict(declared), {}
    for role in roles:
        if role in declared or (role is Role.TEXT and role in missing):
            continue
        candidates = _candidates(role, [column for column in free if column])
        if len(candidates) > 1:
            undecided[role] = tuple(column.name for column in candidates)
        if candidates and (role is not Role.TEXT or len(candidates) == 1):
            found[role] = (candidates[0].name,)
    return Roles(found, _family(found, titles or {}), undecided, missing)


def find_column(
    columns: Sequence[str], role: Role, settings: Settings, *, where: str = "input"
) -> str | None:
    """Return the column of one role, or None where there is none.

    Raises
    ------
    InputError: several columns may be the text, or the declared text column is not there.
    """
    roles = find_roles(columns, settings)
    if role is Role.TEXT and (role in roles.undecided or role in roles.missing):
        text_columns(roles, columns, where)
    return roles.get(role)


def find_roles_leniently(header: Header, settings: Settings) -> set[Role]:
    """Return the roles that occur in a header, undecided ones too."""
    found = find_roles(header.names, settings, titles=header.titles, open_answers=header.open_answers)
    return {*found.columns, *found.undecided}


def text_columns(roles: Roles, columns: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the text columns.

    Raises
    ------
    InputError: there is none, or several may be it.
    """
    if Role.TEXT in roles.columns:
        return roles.columns[Role.TEXT]
    if Role.TEXT in roles.missing:
        raise InputError(
            f"{where}: no column {listed(roles.missing[Role.TEXT])}; {columns_in_words(columns)}"
        )
    if Role.TEXT in roles.undecided:
        names = roles.undecided[Role.TEXT]
        raise InputError(
            f"{where}: several columns may hold the comments: {listed(names)};"
            f" choose with --column text={names[0]} (or --column text={','.join(names[:2])} for both)"
        )
    raise InputError(
        f"{where}: no text column found; {columns_in_words(columns)}; name it with --column text=NAME"
    )


def columns_in_words(columns: Sequence[str]) -> str:
    """Return which columns there are, for a message: the first few names, long ones cut short."""
    if not columns:
        return "there are no columns"
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    return f"the columns are {listed(columns[:_SHOWN])}{more}"


def scale_in_name(name: str) -> str | None:
    """Return the scale that a column name tells, as in `satisfaction_0_10` or `Rating (1-5)`."""
    match = _SCALE.search(name.lower())
    return f"{match[1]}-{match[2]}" if match else None


def match_family(name: str, title: str = "", families: Mapping[str, str] | None = None) -> Column | None:
    """Return what the name of a column, else the question it answers, says that it holds.

    `families` maps a name without spaces to its family; that of the vocabulary where none is given.
    """
    words = vocabulary()
    families = words.columns if families is None else families
    bare = _SCALE.sub(" ", name.lower()) if scale_in_name(name) else name
    family = families.get(squeeze(bare))
    if family:
        return Column(name, family, 2)
    for text in filter(None, (bare, title)):
        kept = "".join(word for word in normalise(text).split() if word not in words.fillers)
        family = families.get(kept) or families.get(squeeze(text)) or _asked(text)
        if family:
            return Column(name, family, 1)
    return None


def _match(
    name: str, titles: Mapping[str, str], open_answers: frozenset[str], families: Mapping[str, str]
) -> Column | None:
    found = match_family(name, titles.get(name, ""), families)
    return Column(name, "text", 1) if found is None and name in open_answers else found


def _asked(text: str) -> str | None:
    question = normalise(text)
    return next((family for family, asks in vocabulary().questions if asks.search(question)), None)


def _declared(
    columns: Sequence[str], settings: Settings, roles: Sequence[Role]
) -> tuple[dict[Role, tuple[str, ...]], dict[Role, tuple[str, ...]]]:
    """Return the declared columns of the roles asked for, and those that are not there."""
    found: dict[Role, tuple[str, ...]] = {}
    missing: dict[Role, tuple[str, ...]] = {}
    for role, names in settings.columns.items():
        if role not in roles:
            continue
        there = {name: _named(name, columns) for name in names}
        present = tuple(column for column in there.values() if column is not None)
        if present:
            found[role] = present if role is Role.TEXT else present[:1]
        else:
            missing[role] = names
    return found, missing


def _named(name: str, columns: Sequence[str]) -> str | None:
    if name in columns:
        return name
    alike = [column for column in columns if normalise(column) == normalise(name)]
    return alike[0] if len(alike) == 1 else None


def _candidates(role: Role, columns: Sequence[Column]) -> list[Column]:
    for strength in (2, 1):
        for family in _FAMILIES.get(role, (role.value,)):
            found = [column for column in columns if (column.family, column.strength) == (family, strength)]
            own = [column for column in found if squeeze(column.name) == squeeze(role.value)]
            if found:
                # `respondent_id` goes before `customer id`; comments are never chosen between.
                return own if len(own) == 1 and role is not Role.TEXT else found
    return []


def _family(found: Mapping[Role, tuple[str, ...]], titles: Mapping[str, str]) -> str:
    name = next(iter(found.get(Role.RATING, ())), None)
    column = match_family(name, titles.get(name, "")) if name else None
    return column.family if column else "rating"


def listed(names: Sequence[str]) -> str:
    """Return names for a message, long ones cut short."""
    # A file without a header has comments for names: they are cut short.
    return ", ".join(name if len(name) <= 40 else f"{name[:37]}..." for name in names)
