"""The data files of an output folder: comments, rejected rows and figures, as the output contract says."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cxtext.report.collect import metric_rows
from cxtext.schema.columns import CLASSIFIED, COMMENTS, DETECTED, EXPLAINED, METRICS, P_STARS
from cxtext.schema.results import Analysis
from cxtext.write import flat

# The output contract; what else the input had follows.
CONTRACT = (
    *("id", "source_file", "source_row", "text"),
    *("language", "language_confidence", "language_reason", "language_detected"),
    *("market", "channel", "touchpoint", "date", "respondent_id"),
    *("stated_rating", "stated_scale", "stated_rating_1_5", "stated_reason"),
    *P_STARS,
    *("inferred_rating_1_5", "inferred_star_1_5", "inferred_csat_0_1", "sentiment"),
    *("unscored_reason", "truncated", "engine", "themes", "nps_0_10", "ces", "ces_scale"),
)
# Not in the contract, but nothing of the input or of what was found should be lost.
KEPT = tuple(name for name in (*COMMENTS, *DETECTED, *CLASSIFIED, *EXPLAINED) if name not in CONTRACT)
INTERNAL = ("text_reason", "personal_data")

EXCEL_ROWS = 1_000_000  # of the 1,048,576 that a sheet holds
EXCEL_CHARACTERS = 32_767  # of a cell; a longer text would be dropped in silence
CUT = " […]"
# Excel files carry the moment they were made; a fixed one keeps reruns byte-identical.
EXCEL_CREATED = dt.datetime(2000, 1, 1)


def write_tables(analysis: Analysis, out: Path) -> list[Path]:
    """Write comments.*, rejected.jsonl, metrics.parquet, metrics.json and alerts.json into `out`; return their paths.

    Raises
    ------
    OSError: `out` can't be written.
    """
    comments = in_contract_order(analysis.joined.comments)
    paths = [out / f"comments.{ending}" for ending in analysis.settings.formats]
    for path in paths:
        WRITERS[path.suffix](comments, path)
    metrics = pl.concat([analysis.measured.metrics, analysis.compared.metrics]).select(*METRICS)
    alerts = _write_rows(metric_rows(analysis.compared.alerts), out / "alerts.json")
    return [*paths, _write_rejected(analysis, out), *_write_metrics(metrics, out), alerts]


def in_contract_order(comments: pl.DataFrame) -> pl.DataFrame:
    """Return the comments with the contract's columns first and the input's others last, none internal."""
    fixed = [name for name in (*CONTRACT, *KEPT) if name in comments.columns]
    others = [name for name in comments.columns if name not in {*fixed, *INTERNAL}]
    return comments.select(*fixed, *others)


def _write_rejected(analysis: Analysis, out: Path) -> Path:
    path = out / "rejected.jsonl"
    pl.concat([read.rejected for read in analysis.read]).write_ndjson(path)
    return path


def _write_metrics(metrics: pl.DataFrame, out: Path) -> list[Path]:
    finite = pl.col(pl.Float64)
    metrics = metrics.with_columns(pl.when(finite.is_finite()).then(finite))
    metrics.write_parquet(out / "metrics.parquet")
    return [out / "metrics.parquet", _write_rows(metric_rows(metrics), out / "metrics.json")]


def _write_rows(rows: list[dict[str, Any]], path: Path) -> Path:
    """Write rows as a JSON list, one a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
    path.write_text(f"[\n{lines}\n]\n" if rows else "[]\n", "utf-8")
    return path


def _never_formulas(comments: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would take for a formula and run (OWASP, CSV injection)."""
    text = pl.col(pl.String)
    formula = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(r"^[+-]?[\d.,]+$")
    return comments.with_columns(pl.when(formula).then(pl.lit("'") + text).otherwise(text).name.keep())


def _write_excel(comments: pl.DataFrame, path: Path) -> None:
    with new_workbook(path, constant_memory=True) as book:
        for number, part in enumerate(_sheets(comments), start=1):
            sheet = book.add_worksheet("comments" if number == 1 else f"comments {number}")
            sheet.freeze_panes(1, 0)
            write_rows(sheet, [part.columns, *flat(part).rows()])


def _sheets(comments: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield from comments.iter_slices(EXCEL_ROWS) if comments.height else iter([comments])


def new_workbook(path: Path, *, constant_memory: bool = False) -> Any:
    """Return a workbook that gives the same bytes for the same content, and never makes formulas or links."""
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    import xlsxwriter  # a third of what a command that writes no workbook takes to start

    book = xlsxwriter.Workbook(str(path), {**plain, "constant_memory": constant_memory, "in_memory": False})
    book.set_properties({"created": EXCEL_CREATED})
    return book


def write_rows(
    sheet: Any, rows: Iterable[Sequence[Any]], formats: dict[int, Any] | None = None, first: int = 0
) -> None:
    """Write rows of plain values to a sheet; text stays text, whatever character it starts with.

    `formats` maps a column's number to the format of its cells.
    """
    for row_number, row in enumerate(rows, start=first):
        for column, value in enumerate(row):
            _write_cell(sheet, row_number, column, value, (formats or {}).get(column))


def _write_cell(sheet: Any, row: int, column: int, value: Any, cell_format: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell_format)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, cell_format)
    elif value is not None:
        sheet.write_string(row, column, _fitting(str(value)), cell_format)


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le", "replace")  # what Excel counts
    if len(units) // 2 <= EXCEL_CHARACTERS:
        return text
    return units[: 2 * (EXCEL_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore") + CUT


WRITERS: dict[str, Callable[[pl.DataFrame, Path], None]] = {
    ".parquet": lambda comments, path: comments.write_parquet(path),
    ".csv": lambda comments, path: _never_formulas(flat(comments)).write_csv(path),
    ".jsonl": lambda comments, path: comments.write_ndjson(path),
    ".xlsx": _write_excel,
}
