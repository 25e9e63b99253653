"""What became of every row: read, rejected, recognised, scored, matched."""

from cxtext.report.document import Block, Paragraph, Section, Table
from cxtext.report.scope import Scope
from cxtext.report.sections.satisfaction import metric_table

SHARES = ("share_unscored", "share_unsupported", "match_rate")
UNSUPPORTED = "unsupported"
# Why a comment has no language; mixed ones have one.
NO_LANGUAGE = (UNSUPPORTED, "undetermined", "empty", "too_short", "no_text_left")
JOIN = (
    *("comments_matched", "comments_unmatched", "comments_without_key"),
    *("survey_rows", "survey_rows_without_key", "duplicate_rows", "conflicting_respondents"),
    *("respondents", "respondents_matched", "respondents_unmatched"),
)

CONFLICT = "conflicting_scores"
MISFITS = ("duplicate", CONFLICT)
MISFITS_SHOWN = 20  # the workbook has more

Line = tuple[str, int]


def account(scope: Scope) -> Section:
    """Return the section that accounts for every row of the input."""
    tables = [
        _table(scope, "reading", _reading(scope)),
        _table(scope, "language", _language(scope)),
        _table(scope, "scoring", _scoring(scope)),
        _table(scope, "personal_data", _personal_data(scope)),
        _table(scope, "join", _join(scope)),
    ]
    shown = (table for table in tables if table.rows)
    return Section(
        "rows", scope.wording("rows.title"), (*_intro(scope), *shown, *_misfits(scope), *_shares(scope))
    )


def _shares(scope: Scope) -> list[Block]:
    shares = [metric for metric in SHARES if scope.has(metric)]
    titled = [
        (breakdown, scope.wording("rows.shares", breakdown=breakdown.title))
        for breakdown in (scope.breakdowns(of=shares) if shares else [])
    ]
    return [metric_table(scope, breakdown, shares, title=title, summary=title) for breakdown, title in titled]


def _intro(scope: Scope) -> tuple[Paragraph, ...]:
    if scope.market is not None:
        return (Paragraph(scope.wording("rows.intro_market"), "quiet"),)
    kept = scope.data["settings"]["keep_personal_data"]
    off = (Paragraph(scope.wording("rows.personal_data_kept"), "warning"),) if kept else ()
    return (Paragraph(scope.wording("rows.intro"), "quiet"), *off)


def _table(scope: Scope, name: str, lines: list[Line]) -> Table:
    wording = scope.wording
    header = (wording("rows.what"), wording("rows.count"))
    return Table(
        wording(f"rows.{name}"), header, tuple((label, wording.number(count)) for label, count in lines)
    )


def _counted(scope: Scope, family: str, counts: dict[str, int]) -> list[Line]:
    return [(scope.wording.code(family, code), count) for code, count in counts.items()]


def _reading(scope: Scope) -> list[Line]:
    wording, rows = scope.wording, scope.rows
    rejected, of_surveys = rows.get("rejected", {}), rows.get("survey_rejected", {})
    lines = (
        [(wording("rows.input"), rows["comments"] + sum(rejected.values()))] if scope.market is None else []
    )
    lines += [
        (wording("rows.rejected", reason=reason), n) for reason, n in _counted(scope, "rejected", rejected)
    ]
    lines.append((wording("rows.comments"), rows["comments"]))
    lines.append((wording("rows.rated"), rows["rated"]))
    unrated = _counted(scope, "stated_reason", rows["stated_reason"])
    lines += [(wording("rows.unrated", reason=reason), n) for reason, n in unrated]
    lost = _counted(scope, "rejected", of_surveys)
    return lines + [(wording("rows.survey_rejected", reason=reason), n) for reason, n in lost]


def _language(scope: Scope) -> list[Line]:
    wording, rows = scope.wording, scope.rows
    lines = [(wording.name("language", code), n) for code, n in rows["language"].items()]
    reasons = rows["language_reason"]
    if "mixed" in reasons:
        lines.append((wording("language_reason.mixed"), reasons["mixed"]))
    for code in NO_LANGUAGE:
        lines += [(wording(f"language_reason.{code}"), reasons[code])] if code in reasons else []
        seen = rows["language_detected"].items() if code == UNSUPPORTED else ()
        lines += [(wording("rows.seen", language=wording.name("language", one)), n) for one, n in seen]
    return lines


def _scoring(scope: Scope) -> list[Line]:
    wording, rows = scope.wording, scope.rows
    unscored = _counted(scope, "unscored_reason", rows["unscored_reason"])
    lines = [(wording("rows.scored"), rows["scored"])]
    lines += [(wording("rows.unscored", reason=reason), n) for reason, n in unscored]
    return lines + ([(wording("rows.truncated"), rows["truncated"])] if rows["truncated"] else [])


def _personal_data(scope: Scope) -> list[Line]:
    lines = _counted(scope, "personal_data", scope.rows["personal_data"])
    removed = scope.rows.get("control_characters_removed")
    return lines + ([] if removed is None else [(scope.wording("rows.control_characters"), removed)])


def _misfits(scope: Scope) -> list[Block]:
    """Return the first survey rows that repeat or contradict another, so that somebody can look them up."""
    if scope.market is not None:
        return []
    wording = scope.wording
    found = [row for row in scope.data["misfits"] if row["kind"] in MISFITS][:MISFITS_SHOWN]
    header = tuple(wording(f"misfit.{name}") for name in ("kind", "respondent", "file", "row", "detail"))
    rows = tuple(
        (
            wording(f"misfit.{row['kind']}"),
            row["respondent_id"] or "",
            row["file"] or "",
            "" if row["row"] is None else wording.number(row["row"]),
            row["detail"] if row["kind"] == CONFLICT else "",
        )
        for row in found
    )
    title = wording("misfit.title")
    return [Table(title, header, rows, summary=title)] if rows else []


def _join(scope: Scope) -> list[Line]:
    counts = scope.data["join"]
    if scope.market is not None or not counts["survey_rows"]:
        return []
    return [(scope.wording(f"join.{name}"), counts[name]) for name in JOIN]
