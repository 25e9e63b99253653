"""Markdown with the same words and figures as the page."""

from typing import Any

from cxtext.report.compose import compose_pages
from cxtext.report.markdown import plain, render_markdown


def test_it_holds_the_sections_and_the_figures(data: dict[str, Any]) -> None:
    """Tables with value, interval and n in one cell."""
    document = compose_pages(data)[0].documents[0]
    text = render_markdown(document)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        section.title for section in document.sections
    ]
    assert "68.4% (66.5 to 70.3), n = 273" in text
    assert "hidden: too few" in text


def test_tables_are_whole(data: dict[str, Any]) -> None:
    """Every row has as many cells as its header, whatever stands in them."""
    lines = render_markdown(compose_pages(data)[0].documents[0]).splitlines()
    rows = [line.replace(r"\|", "").count("|") for line in lines if line.startswith("|")]
    rules = [i for i, line in enumerate(lines) if line.startswith("| ---")]
    assert rows
    assert all(lines[i - 1].replace(r"\|", "").count("|") == lines[i].count("|") for i in rules)


def test_data_are_never_markup() -> None:
    """Neither Markdown nor HTML, and on one line."""
    assert plain("*a*\n<script>|`b`") == r"\*a\* \<script\>\|\`b\`"
