"""The calibration plot: of the comments given 70 percent, were seven in ten satisfied? One SVG, nothing outside it.

A panel an engine and language: the mean inferred probability of each tenth against the stated share satisfied,
with Wilson's interval, the diagonal where both are the same, and n of each tenth.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from cxtext.evaluate.answers import WORDS, language_name
from cxtext.evaluate.stars import BINS
from cxtext.report.charts import draw_line, draw_text, pixels
from cxtext.schema.figures import Verdict

COLUMNS: Final = 2
WIDTH, HEIGHT = 400, 446  # of a panel
LEFT, TOP, SIDE = 64, 76, 300  # of the square that is plotted in
MARGIN: Final = 16
HEADER: Final = 58
TICKS: Final = (0, 25, 50, 75, 100)
TITLE: Final = "Inferred against stated satisfaction"
CAPTION: Final = "Each dot a tenth of the scores, with its interval; on the dashed line both are the same."
STYLE: Final = Markup("""
svg { background: #fff; font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
text { fill: #56606e; font-size: 12px; } .n { font-size: 10px; } .middle { text-anchor: middle; }
.end { text-anchor: end; } .title { fill: #1c2430; font-size: 20px; font-weight: 700; }
.name { fill: #1c2430; font-size: 15px; font-weight: 700; }
path { fill: none; } .grid { stroke: #dcdfe3; } .same { stroke: #56606e; stroke-dasharray: 5 4; }
.range { stroke: #1f5fae; stroke-width: 2.5; stroke-linecap: round; } circle { fill: #1f5fae; }
""")


def calibration_svg(calibration: pl.DataFrame, figures: pl.DataFrame, verdicts: pl.DataFrame) -> str:
    """Return the plot of the tables of evaluate.stars and evaluate.answers; the same tables give the same text."""
    several = verdicts["engine"].n_unique() > 1
    rows = -(-verdicts.height // COLUMNS)
    width = COLUMNS * WIDTH + 2 * MARGIN
    height = HEADER + rows * HEIGHT + MARGIN
    parts = [
        draw_text(MARGIN, 30, TITLE, "title"),
        draw_text(MARGIN, 50, CAPTION, ""),
    ]
    for number, verdict in enumerate(verdicts.iter_rows(named=True)):
        row, column = divmod(number, COLUMNS)
        mine = {"engine": verdict["engine"], "language": verdict["language"]}
        place = Markup('<g transform="translate({} {})">').format(
            MARGIN + column * WIDTH, HEADER + row * HEIGHT
        )
        whole = figures.filter(pl.col("market").is_null(), **mine)
        heading = _heading(verdict, whole, several=several)
        parts += [place, *heading, *_frame(), *_dots(calibration.filter(**mine)), Markup("</g>")]
    opening = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img">'
        "<title>{2}. {3}</title><style>{4}</style>"
        '<rect width="{0}" height="{1}" fill="#fff"/>\n'
    ).format(width, height, TITLE, CAPTION, STYLE)
    return opening + Markup("\n").join(parts) + Markup("\n</svg>\n")


def _heading(verdict: dict[str, Any], figures: pl.DataFrame, *, several: bool) -> Iterator[Markup]:
    name = language_name(verdict["language"]) + (f", {verdict['engine']}" if several else "")
    yield draw_text(LEFT, 24, f"{name}: {WORDS[Verdict(verdict['verdict'])]}", "name")
    errors = dict(
        figures.filter(pl.col("metric").is_in(["ece", "ece_by_chance"])).select("metric", "value").rows()
    )
    told = f"n = {verdict['n']:,}"
    if None not in errors.values():
        told += f", calibration error {errors['ece']:.3f} ({errors['ece_by_chance']:.3f} by chance alone)"
    yield draw_text(LEFT, 43, told, "")


def _frame() -> Iterator[Markup]:
    """Yield grid, ticks, axis titles and the diagonal."""
    for tick in TICKS:
        x, y = _x(tick / 100), _y(tick / 100)
        yield draw_line(x, TOP, x, TOP + SIDE, "grid")
        yield draw_line(LEFT, y, LEFT + SIDE, y, "grid")
        yield draw_text(x, TOP + SIDE + 16, f"{tick}%", "middle")
        yield draw_text(LEFT - 8, y + 4, f"{tick}%", "end")
    yield draw_line(_x(0), _y(0), _x(1), _y(1), "same")
    yield draw_text(LEFT - 8, TOP + SIDE + 31, "n", "n end")
    yield draw_text(LEFT, TOP - 10, "stated 4 or 5 stars", "")
    yield draw_text(LEFT + SIDE, TOP + SIDE + 50, "inferred probability of 4 or 5 stars", "end")


def _dots(bins: pl.DataFrame) -> Iterator[Markup]:
    for row in bins.iter_rows(named=True):
        x = _x(row["predicted_csat_0_1"])
        yield draw_line(x, _y(row["low"]), x, _y(row["high"]), "range")
        yield Markup('<circle cx="{}" cy="{}" r="4.5"/>').format(
            pixels(x), pixels(_y(row["stated_csat_0_1"]))
        )
        # In the middle of the tenth, so that two of them never touch.
        tenth = min(int(BINS * row["predicted_csat_0_1"]), BINS - 1)
        yield draw_text(_x((tenth + 0.5) / BINS), TOP + SIDE + 31, str(row["n"]), "n middle")


def _x(share: float) -> float:
    return LEFT + share * SIDE


def _y(share: float) -> float:
    return TOP + (1 - share) * SIDE
