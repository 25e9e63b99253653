"""The comments whose words and rating part most."""

from cxtext.report.document import Block, Paragraph, Quote, Quotes, Section
from cxtext.report.scope import BETWEEN, Row, Scope
from cxtext.report.sections.subjects import origin, shortened

SHOWN = 10


def partings(scope: Scope) -> Section:
    """Return the section on the comments to read first."""
    rows = [row for row in scope.data["disagreements"] if scope.market in (None, row["market"])]
    title = scope.wording("partings.title")
    if not rows:
        return Section("partings", title, (Paragraph(scope.wording("partings.none")), *_withheld(scope)))
    quotes = Quotes(tuple(_quote(scope, row) for row in rows[:SHOWN]))
    intro = Paragraph(scope.wording("partings.intro"), "quiet")
    return Section("partings", title, (intro, quotes, *_withheld(scope)))


def _quote(scope: Scope, row: Row) -> Quote:
    wording = scope.wording
    origins = (origin(scope, row), wording("partings.id", id=row["id"]) if row["id"] else "")
    return Quote(
        text=shortened(row["text"] or ""),
        language=row["language"],
        origin=BETWEEN.join(part for part in origins if part),
        stated=wording("partings.stated", value=wording.number(row["stated_rating_1_5"], 1)),
        inferred=wording("partings.inferred", value=wording.number(row["inferred_rating_1_5"], 1)),
        gap=wording.signed(row["gap"], 1),
        kind=wording(f"partings.{row['kind']}") if row["kind"] else "",
        evidence=_evidence(scope, row["evidence"] or []),
        direction="higher" if row["gap"] > 0 else "lower",
    )


def _evidence(scope: Scope, words: list[str]) -> str:
    return scope.wording("partings.evidence", words=", ".join(map(shortened, words))) if words else ""


def _withheld(scope: Scope) -> tuple[Block, ...]:
    withheld = scope.data["disagreements_withheld"]
    if not withheld or scope.market is not None:
        return ()
    few = scope.wording.number(scope.data["settings"]["min_group_n"])
    return (
        Paragraph(scope.wording("partings.withheld", count=scope.wording.number(withheld), few=few), "quiet"),
    )
