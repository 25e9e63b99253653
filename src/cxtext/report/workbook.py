"""A report as an Excel workbook: the words of the page, and the figures unrounded to work on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxtext.report.document import Bullets, Card, Cards, Definitions, Document, Paragraph, Section, Table
from cxtext.report.scope import BETWEEN
from cxtext.report.tables import new_workbook, write_rows
from cxtext.report.wording import Wording
from cxtext.schema.columns import ALERTS, METRICS, TRENDS
from cxtext.schema.columns import DIFFERENCES as COMPARED

Line = Sequence[Any]  # cells
WIDE, NARROW = 60, 18
METRIC_COLUMNS = tuple(name for name in METRICS if name != "group")
THEMES = ("market", "language", "side", "term", "z", "n_satisfied", "n_dissatisfied")
MISFITS = ("kind", "respondent_id", "file", "row", "detail")
PARTINGS = (
    "id",
    "market",
    "language",
    "stated_rating_1_5",
    "inferred_rating_1_5",
    "gap",
    "kind",
    "evidence",
    "text",
)
DIFFERENCES = tuple(name for name in COMPARED if not name.startswith("group_"))


def write_workbook(data: dict[str, Any], document: Document, wording: Wording, path: Path) -> None:
    """Write the workbook of a report; the same data give the same bytes.

    Raises
    ------
    OSError: `path` can't be written.
    """
    sections = {section.name: section for section in document.sections}
    with new_workbook(path) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        _sheet(
            book, wording("sheet.overview"), _overview(document, sections["answer"]), widths=(WIDE, NARROW)
        )
        _table(book, bold, wording("sheet.metrics"), *_metrics(data))
        _table(book, bold, wording("sheet.differences"), *_differences(data))
        for name, columns in (("trends", TRENDS), ("alerts", ALERTS)):
            _table(book, bold, wording(f"sheet.{name}"), [*columns], _columns(data[name], [*columns]))
        _table(book, bold, wording("sheet.themes"), *_themes(data))
        _table(book, bold, wording("sheet.partings"), PARTINGS, _columns(data["disagreements"], PARTINGS))
        _table(book, bold, wording("sheet.misfits"), MISFITS, _columns(data["misfits"], MISFITS))
        _sheet(book, wording("sheet.rows"), _words(sections["rows"]), widths=(WIDE, NARROW))
        words = [*_words(sections["recognised"]), (), *_words(sections["method"])]
        _sheet(book, wording("sheet.method"), words, widths=(NARROW * 2, WIDE, NARROW * 2, NARROW))


def _sheet(book: Any, name: str, lines: list[Line], widths: Sequence[int]) -> None:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    write_rows(sheet, lines)


def _table(book: Any, bold: Any, name: str, header: Line, rows: Sequence[Line]) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(header) - 1, NARROW)
    sheet.freeze_panes(1, 0)
    write_rows(sheet, [header], dict.fromkeys(range(len(header)), bold))
    write_rows(sheet, rows, first=1)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(header) - 1)


def _overview(document: Document, answer: Section) -> list[Line]:
    return [(document.title,), (document.subtitle,), (), *_words(answer), (), (document.footer,)]


def _metrics(data: dict[str, Any]) -> tuple[Line, Sequence[Line]]:
    """Return the figures with a column for each dimension that any group has."""
    dimensions = list(dict.fromkeys(name for row in data["metrics"] for name in row["group"]))
    rows = [
        [*(row["group"].get(name) for name in dimensions), *(row[name] for name in METRIC_COLUMNS)]
        for row in data["metrics"]
    ]
    return [*dimensions, *METRIC_COLUMNS], rows


def _differences(data: dict[str, Any]) -> tuple[Line, Sequence[Line]]:
    rows = [
        [_named(row["group_a"]), _named(row["group_b"]), *(row[name] for name in DIFFERENCES)]
        for row in data["differences"]
    ]
    return ["group_a", "group_b", *DIFFERENCES], rows


def _named(group: dict[str, str]) -> str:
    return BETWEEN.join(group.values())


def _themes(data: dict[str, Any]) -> tuple[Line, Sequence[Line]]:
    shown = max((len(row["examples"] or []) for row in data["themes"]), default=0)
    rows = [[*(row[name] for name in THEMES), *(row["examples"] or [])] for row in data["themes"]]
    return [*THEMES, *(f"example_{number}" for number in range(1, shown + 1))], rows


def _columns(rows: list[dict[str, Any]], columns: Sequence[str]) -> list[Line]:
    return [[_cell(row[name]) for name in columns] for row in rows]


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return _named(value)
    return ", ".join(value) if isinstance(value, list) else value


def _card(card: Card) -> Line:
    figure = card.figure
    return (
        (card.title, figure.reason)
        if figure.value is None
        else (card.title, figure.value, card.interval, card.base)
    )


def _words(section: Section) -> list[Line]:
    lines: list[Line] = [(section.title,)]
    for block in section.blocks:
        match block:
            case Paragraph():
                lines.append((block.text,))
            case Cards():
                lines += [*map(_card, block.cards), ()]
            case Table():
                lines += [(), (block.title,), block.header, *block.rows]
            case Definitions():
                lines += [(), *block.entries]
            case Bullets():
                lines += [(item,) for item in block.items]
    return lines
