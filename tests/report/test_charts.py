"""Charts that print each figure beside its mark, and stay within their frame."""

import re

import pytest

from cxtext.report.charts import LAYOUTS, interval_svg, stack_svg
from cxtext.report.document import ChartRow, Figure, IntervalChart, Mark, StackChart, StackRow

FIGURE = Figure("2,431", "n = 2,431", "72.4%", "70.6 to 74.1", point=72.4, low=70.6, high=74.1)
NONE = Figure("3", "n = 3", reason="hidden: too few")
SERIES = {"stated": "Stated", "inferred": "Inferred"}


def interval_chart(*figures: Figure, label: str = "Denmark") -> IntervalChart:
    """Return a chart of one row."""
    marks = tuple(Mark(name, figure) for name, figure in zip(SERIES, figures, strict=False))
    ticks = ((0.0, "0%"), (50.0, "50%"), (100.0, "100%"))
    return IntervalChart("By market", (ChartRow(label, marks),), (0, 100), ticks, SERIES)


def texts(svg: str) -> list[str]:
    """Return the texts of a chart, in drawing order."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_value_interval_and_n_stand_beside_the_mark_in_each_layout() -> None:
    """For a page and for a phone."""
    svg = interval_svg(interval_chart(FIGURE), "alternative")
    for text in ("72.4%", "70.6 to 74.1", "n = 2,431"):
        assert texts(svg).count(text) == len(LAYOUTS)


def test_a_figure_that_is_missing_shows_its_reason_and_no_mark() -> None:
    """A dot at zero would be an answer."""
    svg = interval_svg(interval_chart(NONE), "")
    assert texts(svg).count("hidden: too few") == len(LAYOUTS)
    assert "<circle" not in svg


def test_marks_stay_on_the_scale() -> None:
    """An interval that goes beyond the scale ends at its edge."""
    wide = Figure("5", "n = 5", "50.0%", "-20.0 to 120.0", point=50.0, low=-20.0, high=120.0)
    svg = interval_svg(interval_chart(wide), "")
    left, right = LAYOUTS[0].plot
    assert re.search(rf'd="M{left} [\d.]+L{right} [\d.]+" class="range stated"', svg)


def test_parts_of_a_bar_fill_it_and_are_named_where_they_fit() -> None:
    """A narrow part keeps its place without its text."""
    row = StackRow("Denmark", (60.0, 2.0, 38.0), ("60%", "2%", "38%"), FIGURE)
    chart = StackChart("By market", (row,), {"detractors": "D", "passives": "P", "promoters": "R"}, "NPS")
    svg = stack_svg(chart, "")
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', svg)]
    assert sum(widths[:3]) == pytest.approx(LAYOUTS[0].plot[1] - LAYOUTS[0].plot[0], abs=0.2)
    assert "2%" not in texts(svg)
    assert {"60%", "38%", "NPS"} <= set(texts(svg))


def test_labels_are_text_and_cut_where_they_are_long() -> None:
    """Whatever a market is called."""
    svg = interval_svg(interval_chart(FIGURE, label="<b>" + "x" * 90), 'say "hi"')
    assert "<b>" not in svg
    assert "&lt;b&gt;xxx" in svg
    assert max(len(text) for text in texts(svg)) < 60
    assert "say &#34;hi&#34;" in svg
