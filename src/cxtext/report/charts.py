"""Charts as inline SVG, for a page and for a phone: each figure, its interval and n beside its mark.

Every mark and text is placed here, to the pixel, so the SVG is written directly: a general plotting library
took a hundred times as long for the same picture. Colours and fonts are the page's (templates/page.css).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from cxtext.report.document import ChartRow, Figure, IntervalChart, StackChart, StackRow

HEADER = 24  # above the first row, for the ticks
TICK = HEADER - 14
GAP = 14  # between rows
BAR = 18  # height of a bar
DOT = 4.7  # radius
ROUND, SQUARE, DIAMOND = "round", "square", "diamond"
SHAPES = {"stated": ROUND, "inferred": DIAMOND, "combined": SQUARE, "neutral": ROUND}


@dataclass(frozen=True)
class Layout:
    """Where things stand, in pixels."""

    name: str
    width: int
    plot: tuple[int, int]  # left and right end of the scale
    columns: tuple[int, int, int]  # value and interval start here, n ends here
    label_above: bool
    line: int
    longest_label: int
    narrowest_part: float  # of a bar, in pixels, that its percentage fits into
    every_tick: int  # that is labelled


LAYOUTS = (
    Layout("wide", 800, (190, 516), (536, 608, 800), False, 22, 26, 34, 1),
    Layout("narrow", 340, (12, 108), (120, 179, 338), True, 22, 44, 30, 2),
)


def interval_svg(chart: IntervalChart, alternative: str) -> Markup:
    """Return the chart in each layout; `alternative` is what a screen reader says."""
    return Markup("").join(_interval(chart, layout, alternative) for layout in LAYOUTS)


def stack_svg(chart: StackChart, alternative: str) -> Markup:
    """Return the chart in each layout; `alternative` is what a screen reader says."""
    return Markup("").join(_stack(chart, layout, alternative) for layout in LAYOUTS)


def _interval(chart: IntervalChart, layout: Layout, alternative: str) -> Markup:
    labels = [(row.label, len(row.marks)) for row in chart.rows]
    tops, height = _tops(labels, layout)
    ticks = [(_x(value, chart.scale, layout), text) for value, text in chart.ticks]
    grid = (draw_line(x, HEADER - 6, x, height - GAP / 2, "grid") for x, _ in ticks)
    told = (draw_text(x, TICK, text, "tick middle") for x, text in ticks[:: layout.every_tick])
    marks = (
        part
        for row, top in zip(chart.rows, tops, strict=True)
        for part in _lines(row, top, chart.scale, layout)
    )
    parts = [*grid, *told, *_frame(labels, tops, layout), *marks]
    return draw_svg(parts, layout.width, height, layout.name, alternative)


def _lines(row: ChartRow, top: float, scale: tuple[float, float], layout: Layout) -> Iterator[Markup]:
    for number, mark in enumerate(row.marks):
        y = top + (number + 0.5) * layout.line
        figure = mark.figure
        if figure.point is not None:
            ends = (figure.point if end is None else end for end in (figure.low, figure.high))
            low, high = (_x(end, scale, layout) for end in ends)
            yield draw_line(low, y, high, y, f"range {mark.series}")
            yield _dot(_x(figure.point, scale, layout), y, mark.series)
        yield from _figure(figure, y, layout)


def _stack(chart: StackChart, layout: Layout, alternative: str) -> Markup:
    labels = [(row.label, 1) for row in chart.rows]
    tops, height = _tops(labels, layout)
    told = draw_text(layout.columns[0], TICK, chart.beside, "tick")
    bars = (
        part
        for row, top in zip(chart.rows, tops, strict=True)
        for part in (
            *_bar(row, top + layout.line / 2, list(chart.series), layout),
            *_figure(row.figure, top + layout.line / 2, layout),
        )
    )
    parts = [told, *_frame(labels, tops, layout), *bars]
    return draw_svg(parts, layout.width, height, layout.name, alternative)


def _bar(row: StackRow, y: float, series: list[str], layout: Layout) -> Iterator[Markup]:
    start = 0.0
    for name, share, text in zip(series, row.parts, row.worded, strict=False):
        left, right = (_x(end, (0, 100), layout) for end in (start, start + share))
        yield Markup('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>').format(
            pixels(left), pixels(y - BAR / 2), pixels(right - left), BAR, name
        )
        if right - left >= layout.narrowest_part:
            yield draw_text((left + right) / 2, y, text, f"part middle on-{name}")
        start += share


def _tops(labels: list[tuple[str, int]], layout: Layout) -> tuple[list[float], float]:
    """Return where the marks of each row start, and the height of the whole."""
    tops, cursor = [], float(HEADER)
    for _, marks in labels:
        cursor += layout.line * layout.label_above
        tops.append(cursor)
        cursor += marks * layout.line + GAP
    return tops, cursor


def _x(value: float, scale: tuple[float, float], layout: Layout) -> float:
    low, high = scale
    share = min(max((value - low) / (high - low), 0), 1)
    left, right = layout.plot
    return left + share * (right - left)


def _frame(labels: list[tuple[str, int]], tops: list[float], layout: Layout) -> Iterator[Markup]:
    """Yield the lines between rows, and the rows' labels."""
    for (label, marks), top in zip(labels, tops, strict=True):
        above = top - layout.line * layout.label_above - GAP / 2
        yield draw_line(0, above, layout.width, above, "grid")
        y = top - layout.line / 2 if layout.label_above else top + marks * layout.line / 2
        fits = len(label) <= layout.longest_label
        yield draw_text(0, y, label if fits else f"{label[: layout.longest_label - 1]}…", "label")


def _figure(figure: Figure, y: float, layout: Layout) -> Iterator[Markup]:
    """Yield the texts beside a mark: value, interval and n, or why there is none."""
    value, interval, n = layout.columns
    if figure.value is None:
        yield draw_text(value, y, figure.reason or "", "reason")
        return
    yield draw_text(value, y, figure.value, "value")
    yield draw_text(interval, y, figure.interval or "", "beside")
    yield draw_text(n, y, figure.base, "beside end")


def pixels(value: float) -> str:
    """Return a place in pixels, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def draw_text(x: float, y: float, text: str, style: str) -> Markup:
    """Return a text; `style` is its classes in templates/page.css."""
    return Markup('<text x="{}" y="{}" class="{}">{}</text>').format(pixels(x), pixels(y), style, text)


def draw_line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """Return a straight line; `style` is its classes in templates/page.css."""
    path = f"M{pixels(x1)} {pixels(y1)}L{pixels(x2)} {pixels(y2)}"
    return Markup('<path d="{}" class="{}"/>').format(path, style)


def _dot(x: float, y: float, series: str) -> Markup:
    shape = SHAPES[series]
    if shape == ROUND:
        return Markup('<circle cx="{}" cy="{}" r="{}" class="{}"/>').format(pixels(x), pixels(y), DOT, series)
    corner = f"M{pixels(x - DOT)} {pixels(y - DOT)}h{2 * DOT}v{2 * DOT}h-{2 * DOT}z"
    wide = pixels(1.35 * DOT)
    edge = f"M{pixels(x - 1.35 * DOT)} {pixels(y)}l{wide} -{wide} {wide} {wide} -{wide} {wide}z"
    return Markup('<path d="{}" class="{}"/>').format(corner if shape == SQUARE else edge, series)


def draw_svg(parts: list[Markup], width: int, height: float, name: str, alternative: str) -> Markup:
    """Return a picture of its parts; `name` tells where it is shown: wide or narrow."""
    opening = Markup('<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        name, width, round(height), alternative
    )
    return opening + Markup("").join(parts) + Markup("</svg>\n")
