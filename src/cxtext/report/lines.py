"""A figure over time as inline SVG: a line through its values, in the band of its intervals."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from cxtext.report.charts import draw_line, draw_svg, draw_text, pixels
from cxtext.report.document import LineChart, LinePoint


@dataclass(frozen=True)
class Frame:
    """Where a chart stands, in pixels: its size, and the plot's left, top, right and bottom."""

    name: str
    width: int
    height: int
    plot: tuple[int, int, int, int]
    apart: int  # from one label of the time axis to the next, at least


FRAMES = (
    Frame("wide", 800, 230, (52, 14, 730, 196), 110),
    Frame("narrow", 340, 200, (40, 12, 280, 168), 110),
)
DOT = 3.2


def line_svg(chart: LineChart, alternative: str) -> Markup:
    """Return the chart for a page and for a phone; `alternative` is what a screen reader says."""
    return Markup("").join(_chart(chart, frame, alternative) for frame in FRAMES)


def _chart(chart: LineChart, frame: Frame, alternative: str) -> Markup:
    parts = [*_axes(chart, frame), *_shift(chart, frame), *_series(chart, frame)]
    return draw_svg(parts, frame.width, frame.height, frame.name, alternative)


def _axes(chart: LineChart, frame: Frame) -> Iterator[Markup]:
    left, _, right, bottom = frame.plot
    for value, told in chart.ticks:
        y = _y(value, chart, frame)
        yield draw_line(left, y, right, y, "grid")
        yield draw_text(left - 8, y, told, "tick end")
    free = float(frame.width)
    # From the last, which is the one that people look for.
    for point in reversed(chart.points):
        if (x := _x(point, chart, frame)) <= free:
            yield draw_text(x, bottom + 18, point.label, "tick middle")
            free = x - frame.apart


def _shift(chart: LineChart, frame: Frame) -> Iterator[Markup]:
    if chart.shift is not None:
        place = chart.points.index(chart.shift)
        x = sum(_x(point, chart, frame) for point in chart.points[place - 1 : place + 1]) / 2
        yield draw_line(x, frame.plot[1], x, frame.plot[3], "shift")


def _series(chart: LineChart, frame: Frame) -> Iterator[Markup]:
    shown = [(_x(point, chart, frame), point.figure) for point in chart.points]
    known = [(x, figure.point, figure.low, figure.high) for x, figure in shown if figure.point is not None]
    upper = [(x, _y(value if high is None else high, chart, frame)) for x, value, _, high in known]
    lower = [(x, _y(value if low is None else low, chart, frame)) for x, value, low, _ in known]
    middle = [(x, _y(value, chart, frame)) for x, value, *_ in known]
    yield _path([*upper, *lower[::-1]], f"band {chart.series}", closed=True)
    yield _path(middle, f"line {chart.series}")
    for x, y in middle:
        dot = Markup('<circle cx="{}" cy="{}" r="{}" class="{}"/>')
        yield dot.format(pixels(x), pixels(y), DOT, chart.series)
    last = chart.points[-1].figure
    if last.value is not None:
        yield draw_text(middle[-1][0] + 9, middle[-1][1], last.value, "value")


def _path(places: list[tuple[float, float]], style: str, *, closed: bool = False) -> Markup:
    path = "L".join(f"{pixels(x)} {pixels(y)}" for x, y in places)
    return Markup('<path d="M{}{}" class="{}"/>').format(path, "Z" if closed else "", style)


def _x(point: LinePoint, chart: LineChart, frame: Frame) -> float:
    first, last = chart.points[0].at, chart.points[-1].at
    left, _, right, _ = frame.plot
    return left + (point.at - first) / max(last - first, 1) * (right - left)


def _y(value: float, chart: LineChart, frame: Frame) -> float:
    low, high = chart.scale
    _, top, _, bottom = frame.plot
    return bottom - (min(max(value, low), high) - low) / (high - low) * (bottom - top)
