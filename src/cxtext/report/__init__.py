"""Measured results to HTML, XLSX, Markdown and JSON. Computes nothing."""

import json
from pathlib import Path
from typing import Any

from cxtext.report.collect import REPORT_JSON, collect, load_report
from cxtext.report.compose import compose_pages
from cxtext.report.markdown import render_markdown
from cxtext.report.page import render_page
from cxtext.report.tables import write_tables
from cxtext.report.wording import load_wording
from cxtext.report.workbook import write_workbook

__all__ = [
    "collect",
    "load_report",
    "write_reports",
    "write_tables",
]


def write_reports(data: dict[str, Any], out: Path) -> list[Path]:
    """Write the pages, report.md, report.xlsx and report.json from collected data; return their paths.

    Raises
    ------
    OSError: `out` can't be written.
    """
    pages = compose_pages(data)
    for page in pages:
        (out / page.file).write_text(render_page(page, pages), "utf-8")
    main = pages[0].documents[0]
    (out / "report.md").write_text(render_markdown(main), "utf-8")
    write_workbook(data, main, load_wording(main.language), out / "report.xlsx")
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    (out / REPORT_JSON).write_text(text + "\n", "utf-8")
    return [out / name for name in (*(page.file for page in pages), "report.md", "report.xlsx", REPORT_JSON)]
