"""The parts a report is made of: worded once, rendered as HTML, Markdown and Excel."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two. `tone`: plain, lead (the answer), or quiet (an explanation)."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Figure:
    """One figure as shown: either `value` with what surrounds it, or the `reason` there is none.

    `interval` is worded, "70.6 to 74.1", `base` is "n = 54", `note` what else to know. `point`, `low` and
    `high` are unrounded, for charts.
    """

    n: str
    base: str
    value: str | None = None
    interval: str | None = None
    reason: str | None = None
    note: str | None = None
    point: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Return the figure on one line: "72.4% (70.6 to 74.1), n = 2,431", or why there is none."""
        if self.value is None:
            return self.reason or ""
        interval = f" ({self.interval})" if self.interval else ""
        return f"{self.value}{interval}, {self.base}" + (f"; {self.note}" if self.note else "")


Cell = str | Figure


@dataclass(frozen=True)
class Card:
    """A headline figure. `scale` is the range its interval is drawn on, `series` its colour."""

    title: str
    figure: Figure
    interval: str
    base: str
    scale: tuple[float, float]
    series: str


@dataclass(frozen=True)
class Cards:
    """Headline figures side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Table:
    """Rows of worded cells; the first cell of a row is its header. `title` is its caption.

    With a `summary` a page may fold the table away under that line, to be shown on request.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    summary: str | None = None


@dataclass(frozen=True)
class Mark:
    """A line of a chart: a figure of one series."""

    series: str
    figure: Figure


@dataclass(frozen=True)
class ChartRow:
    """A group of a chart: its name and its marks, one under the other."""

    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class IntervalChart:
    """Dots with intervals on a common scale, the figure printed beside each. `series`: id -> name."""

    title: str
    rows: tuple[ChartRow, ...]
    scale: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    series: dict[str, str]


@dataclass(frozen=True)
class StackRow:
    """A whole cut into parts: percentages that add to 100, each also worded; none without a figure."""

    label: str
    parts: tuple[float, ...]
    worded: tuple[str, ...]
    figure: Figure


@dataclass(frozen=True)
class StackChart:
    """Bars of 100 percent, cut into the same parts, and a figure (what it is: `beside`) beside each.

    `series`: id -> name, in the order of the parts.
    """

    title: str
    rows: tuple[StackRow, ...]
    series: dict[str, str]
    beside: str


@dataclass(frozen=True)
class LinePoint:
    """A period of a chart: its name, how many periods it lies from some first one, and its figure."""

    label: str
    at: int
    figure: Figure


@dataclass(frozen=True)
class LineChart:
    """A figure over time in the band of its intervals. `series` is its colour, `name` what it is called.

    `shift` is the first point of a new level, one of `points` but the first; null where there is none.
    """

    title: str
    points: tuple[LinePoint, ...]
    scale: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    series: str
    name: str
    shift: LinePoint | None = None


@dataclass(frozen=True)
class Term:
    """A distinctive term with its counts and comments that show it."""

    term: str
    counts: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Themes:
    """What praise and what complaints of one group talk about; `gist` is the first few terms of both.

    With `brief` a page may show the gist only, and the terms on request.
    """

    title: str
    gist: str
    brief: bool
    language: str | None
    praise_title: str
    praise: tuple[Term, ...]
    complaint_title: str
    complaints: tuple[Term, ...]
    none: str


@dataclass(frozen=True)
class Quote:
    """A comment whose rating and words part: its text, where it is from, and both figures.

    `kind` names what is remarkable about it, `evidence` the words that show it; both may be empty.
    """

    text: str
    language: str | None
    origin: str
    stated: str
    inferred: str
    gap: str
    kind: str
    evidence: str
    direction: str  # higher | lower: the words against the rating


@dataclass(frozen=True)
class Quotes:
    """Comments side by side with what was stated and what was inferred."""

    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Definitions:
    """Terms and what they mean."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bullets:
    """A list. `language` is given where it is not the report's own."""

    items: tuple[str, ...]
    language: str | None = None


Chart = IntervalChart | StackChart | LineChart
Block = Paragraph | Cards | Table | Chart | Themes | Quotes | Definitions | Bullets


@dataclass(frozen=True)
class Section:
    """A titled part of a report; `name` is its anchor."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A whole report in one language, on everything or on one market."""

    language: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str
