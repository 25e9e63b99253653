"""Charts as inline SVG, for a page and for a phone: each figure, its interval and n beside its mark."""

import re
from dataclasses import dataclass
from typing import Any

import vl_convert
from markupsafe import Markup

from cxtext.report.document import ChartRow, Figure, IntervalChart, StackChart, StackRow

# Colours are the page's own, so that a chart follows its light and dark scheme.
INK, MUTED, GRID = "var(--ink)", "var(--muted)", "var(--grid)"
SHAPES = {"stated": "circle", "inferred": "diamond", "combined": "square", "neutral": "circle"}
# Vega names its parts in English, and roles of its own keep a reader from the chart's description.
UNWANTED = re.compile(r' (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*"|pointer-events="none")')

Values = list[dict[str, Any]]
Spec = dict[str, Any]  # a group of marks, in Vega's terms


@dataclass(frozen=True)
class Layout:
    """Where things stand, in pixels."""

    name: str
    width: int
    plot: tuple[int, int]  # left and right end of the scale
    columns: tuple[int, int, int]  # value and interval start here, n ends here
    label_above: bool
    line: int
    font: int
    longest_label: int
    narrowest_part: float  # of a bar, in pixels, that its percentage fits into


LAYOUTS = (
    Layout("wide", 760, (190, 490), (510, 574, 760), False, 22, 13, 26, 34),
    Layout("narrow", 340, (12, 112), (124, 176, 338), True, 22, 12, 44, 30),
)
HEADER = 24  # above the first row, for the ticks
GAP = 14  # between rows


def interval_svg(chart: IntervalChart, alternative: str) -> Markup:
    """Return the chart in each layout; `alternative` is what a screen reader says."""
    return Markup("").join(_interval(chart, layout, alternative) for layout in LAYOUTS)


def stack_svg(chart: StackChart, alternative: str) -> Markup:
    """Return the chart in each layout; `alternative` is what a screen reader says."""
    return Markup("").join(_stack(chart, layout, alternative) for layout in LAYOUTS)


def _interval(chart: IntervalChart, layout: Layout, alternative: str) -> Markup:
    tops, height = _tops([len(row.marks) for row in chart.rows], layout)
    lines: Values = []
    for row, top in zip(chart.rows, tops, strict=True):
        lines += _interval_lines(row, top, chart.scale, layout)
    ticks = [{"x": _x(value, chart.scale, layout), "text": text} for value, text in chart.ticks]
    layers = [
        *_frame([(row.label, len(row.marks)) for row in chart.rows], tops, height, ticks, layout),
        *(
            layer
            for series in chart.series
            for layer in _series([m for m in lines if m["series"] == series], series)
        ),
        *_figures(lines, layout),
    ]
    return _svg(layers, height, layout, alternative)


def _interval_lines(row: ChartRow, top: float, scale: tuple[float, float], layout: Layout) -> Values:
    lines = []
    for number, mark in enumerate(row.marks):
        figure = mark.figure
        line = {"series": mark.series, "y": top + (number + 0.5) * layout.line, **_texts(figure)}
        if figure.point is not None:
            line["x"] = _x(figure.point, scale, layout)
            line["low"] = _x(figure.point if figure.low is None else figure.low, scale, layout)
            line["high"] = _x(figure.point if figure.high is None else figure.high, scale, layout)
        lines.append(line)
    return lines


def _stack(chart: StackChart, layout: Layout, alternative: str) -> Markup:
    tops, height = _tops([1] * len(chart.rows), layout)
    parts: dict[str, Values] = {series: [] for series in chart.series}
    lines: Values = []
    for row, top in zip(chart.rows, tops, strict=True):
        y = top + layout.line / 2
        lines.append({"y": y, **_texts(row.figure)})
        for series, part in zip(chart.series, _parts(row, y, layout), strict=False):
            parts[series].append(part)
    layers = [
        *_frame([(row.label, 1) for row in chart.rows], tops, height, [], layout),
        _text(
            [{"x": layout.columns[0], "y": HEADER - 14, "text": chart.beside}], "left", layout.font - 2, MUTED
        ),
        *(layer for series, values in parts.items() for layer in _bars(values, series, layout)),
        *_figures(lines, layout),
    ]
    return _svg(layers, height, layout, alternative)


def _parts(row: StackRow, y: float, layout: Layout) -> Values:
    parts, start = [], 0.0
    half = layout.line / 2 - 2
    for share, text in zip(row.parts, row.worded, strict=True):
        left, right = (_x(end, (0, 100), layout) for end in (start, start + share))
        fits = right - left >= layout.narrowest_part
        parts.append({"x": left, "x2": right, "y": y - half, "y2": y + half, "text": text if fits else ""})
        start += share
    return parts


def _tops(marks: list[int], layout: Layout) -> tuple[list[float], float]:
    """Return where the marks of each row start, and the height of the whole."""
    tops, cursor = [], float(HEADER)
    for count in marks:
        cursor += layout.line * layout.label_above
        tops.append(cursor)
        cursor += count * layout.line + GAP
    return tops, cursor


def _x(value: float, scale: tuple[float, float], layout: Layout) -> float:
    low, high = scale
    share = min(max((value - low) / (high - low), 0), 1)
    left, right = layout.plot
    return round(left + share * (right - left), 2)


def _texts(figure: Figure) -> dict[str, str]:
    if figure.value is None:
        return {"reason": figure.reason or ""}
    return {"value": figure.value, "interval": figure.interval or "", "n": figure.base}


def _frame(
    labels: list[tuple[str, int]], tops: list[float], height: float, ticks: Values, layout: Layout
) -> list[Spec]:
    """Return the scale with its ticks, the lines between rows, and the rows' labels."""
    shift = -0.5 if layout.label_above else 0.0
    named = [
        {
            "x": 0,
            "y": top + layout.line * (shift if layout.label_above else count / 2),
            "text": label if len(label) <= layout.longest_label else label[: layout.longest_label - 1] + "…",
        }
        for (label, count), top in zip(labels, tops, strict=True)
    ]
    above = layout.line * layout.label_above
    rules = [{"x": 0, "x2": layout.width, "y": top - above - GAP / 2} for top in tops]
    grid = [{"x": tick["x"], "y": HEADER - 6, "y2": height - GAP / 2} for tick in ticks]
    return [
        _marks("rule", grid, stroke=GRID),
        _marks("rule", rules, stroke=GRID),
        _text([{**tick, "y": HEADER - 14} for tick in ticks], "center", layout.font - 2, MUTED),
        _text(named, "left", layout.font, INK, fontWeight=600),
    ]


def _series(lines: Values, series: str) -> list[Spec]:
    color = f"var(--{series})"
    drawn = [line for line in lines if "x" in line]
    ranges = [{"x": line["low"], "x2": line["high"], "y": line["y"]} for line in drawn]
    points = [{"x": line["x"], "y": line["y"]} for line in drawn]
    return [
        _marks("rule", ranges, stroke=color, strokeWidth=2.5, strokeCap="round"),
        _marks("symbol", points, fill=color, shape=SHAPES[series], size=85),
    ]


def _bars(parts: Values, series: str, layout: Layout) -> list[Spec]:
    middles = [
        {**part, "x": (part["x"] + part["x2"]) / 2, "y": (part["y"] + part["y2"]) / 2} for part in parts
    ]
    return [
        _marks("rect", parts, fill=f"var(--{series})"),
        _text([part for part in middles if part["text"]], "center", layout.font - 1, f"var(--on-{series})"),
    ]


def _figures(lines: Values, layout: Layout) -> list[Spec]:
    value, interval, n = layout.columns
    found = [line for line in lines if "value" in line]
    missing = [{"x": value, "y": line["y"], "text": line["reason"]} for line in lines if "reason" in line]

    def column(name: str, x: int) -> Values:
        return [{"x": x, "y": line["y"], "text": line[name]} for line in found]

    return [
        _text(column("value", value), "left", layout.font, INK, fontWeight=700),
        _text(column("interval", interval), "left", layout.font - 1, MUTED),
        _text(column("n", n), "right", layout.font - 1, MUTED),
        _text(missing, "left", layout.font - 1, MUTED, fontStyle="italic"),
    ]


def _text(values: Values, align: str, size: int, color: str, **style: Any) -> Spec:
    fixed = {"align": align, "baseline": "middle", "font": "inherit", "fontSize": size, "fill": color}
    return _marks("text", values, **fixed, **style)


def _marks(kind: str, values: Values, **style: Any) -> Spec:
    """Return marks of one kind: each value holds its position in pixels, and its text if it has one."""
    fields = {key: {"field": key} for key in ("x", "x2", "y", "y2", "text") if values and key in values[0]}
    fixed = {key: {"value": value} for key, value in style.items()}
    return {"type": kind, "values": values, "encode": {"enter": fields | fixed}}


def _svg(groups: list[Spec], height: float, layout: Layout, alternative: str) -> Markup:
    drawn = [group for group in groups if group["values"]]
    spec = {
        "width": layout.width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "data": [{"name": f"{number}", "values": group.pop("values")} for number, group in enumerate(drawn)],
        "marks": [{**group, "from": {"data": f"{number}"}} for number, group in enumerate(drawn)],
    }
    svg = vl_convert.vega_to_svg(spec)
    opening = Markup('<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        layout.name, layout.width, round(height), alternative
    )
    return opening + Markup(UNWANTED.sub("", svg[svg.index(">") + 1 :]))  # noqa: S704 - vega escapes its texts
