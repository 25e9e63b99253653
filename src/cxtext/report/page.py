"""A page as one HTML file: no network request, no script needed, readable on a phone, on paper and aloud."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cxtext.report.charts import interval_svg, stack_svg
from cxtext.report.compose import MAIN_PAGE, Page, Words
from cxtext.report.document import Card
from cxtext.report.lines import line_svg
from cxtext.report.wording import load_wording

TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, "utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tests = {"kind": lambda block, name: type(block).__name__ == name}
    environment.tests.update(tests)
    charts = {"interval_svg": interval_svg, "stack_svg": stack_svg, "line_svg": line_svg, "strip": _strip}
    environment.globals.update(charts)
    return environment


def render_page(page: Page, pages: list[Page], words: Words = load_wording) -> str:
    """Return the HTML of a page, with links to the others. `words`: language -> wording."""
    template = _environment().get_template("page.html.j2")
    return template.render(page=page, pages=pages, main_page=MAIN_PAGE, wording=words)


def _strip(card: Card) -> dict[str, Any] | None:
    """Return where a card's point and interval stand on its scale, in percent of its width."""
    if card.figure.point is None:
        return None
    low, high = card.scale

    def place(value: float) -> float:
        return round(100 * min(max((value - low) / (high - low), 0), 1), 2)

    point, start, end = (
        place(card.figure.point if value is None else value)
        for value in (card.figure.point, card.figure.low, card.figure.high)
    )
    return {"point": point, "start": start, "width": round(end - start, 2)}
