"""What praise and what complaints talk about, per market and language."""

from typing import Any

from cxtext.report.document import Paragraph, Section, Term, Themes
from cxtext.report.scope import BETWEEN, Row, Scope

EXAMPLE_CHARACTERS = 280
EXAMPLES = 2
IN_GIST = 4
SIDES = ("praise", "complaint")


def subjects(scope: Scope) -> Section:
    """Return the section on distinctive terms, each with its counts and examples."""
    rows = [row for row in scope.data["themes"] if scope.market in (None, row["market"])]
    keys = dict.fromkeys((row["market"], row["language"]) for row in rows)
    if not keys:
        key = "themes.none" if scope.data["settings"]["themes"] else "themes.off"
        return Section("themes", scope.wording("themes.title"), (Paragraph(scope.wording(key)),))
    groups = ([row for row in rows if (row["market"], row["language"]) == key] for key in keys)
    intro = Paragraph(scope.wording("themes.intro"), "quiet")
    return Section(
        "themes", scope.wording("themes.title"), (intro, *(_themes(scope, group) for group in groups))
    )


def _themes(scope: Scope, rows: list[Row]) -> Themes:
    wording, first = scope.wording, rows[0]
    gist = (_gist(scope, side, [row["term"] for row in rows if row["side"] == side]) for side in SIDES)
    return Themes(
        title=origin(scope, first),
        gist=BETWEEN.join(part for part in gist if part),
        brief=scope.market is None,
        language=first["language"],
        praise_title=wording("themes.praise"),
        praise=tuple(_term(scope, row) for row in rows if row["side"] == SIDES[0]),
        complaint_title=wording("themes.complaint"),
        complaints=tuple(_term(scope, row) for row in rows if row["side"] == SIDES[1]),
        none=wording("themes.none_side"),
    )


def _gist(scope: Scope, side: str, terms: list[str]) -> str:
    told = ", ".join(terms[:IN_GIST])
    return scope.wording(f"themes.gist_{side}", terms=told) if terms else ""


def _term(scope: Scope, row: Row) -> Term:
    satisfied, dissatisfied = (
        scope.wording.number(row[f"n_{side}"]) for side in ("satisfied", "dissatisfied")
    )
    counts = scope.wording("themes.counts", satisfied=satisfied, dissatisfied=dissatisfied)
    examples = tuple(shortened(text) for text in (row["examples"] or [])[:EXAMPLES])
    return Term(row["term"], counts, examples)


def origin(scope: Scope, row: Row) -> str:
    """Return the market and language a row is of, as far as they are known and not the report's own."""
    named: list[Any] = []
    if scope.market is None:
        named.append(
            scope.wording.name("market", row["market"]) if row["market"] else scope.wording("group.no_market")
        )
    if row["language"]:
        named.append(scope.wording.name("language", row["language"]))
    return BETWEEN.join(named)


def shortened(text: str) -> str:
    """Return a comment on one line, cut between words where it is long."""
    line = " ".join(text.split())
    if len(line) <= EXAMPLE_CHARACTERS:
        return line
    return line[:EXAMPLE_CHARACTERS].rsplit(" ", 1)[0] + " …"
