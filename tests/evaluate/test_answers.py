"""The figures of an evaluation as an answer in plain words, and as a plot."""

import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from cxtext.evaluate.answers import WORDS, answers, told
from cxtext.evaluate.plot import LEFT, SIDE, TOP, calibration_svg
from cxtext.evaluate.stars import CALIBRATION, FIGURES
from cxtext.schema.figures import Verdict

SVG = "{http://www.w3.org/2000/svg}"


def figures(
    kappa_low: float | None, gap: float, n: int = 500, language: str = "da", engine: str = "linear"
) -> pl.DataFrame:
    """Return the figures that a verdict rests on, with those of a market that must not count."""
    rows = [
        (engine, language, market, metric, value, low, None, n)
        for market, worse in ((None, 0.0), ("BE", -1.0))
        for metric, value, low in (
            ("qwk", 0.9, None if kappa_low is None else kappa_low + worse),
            ("csat_gap", gap, None),
            ("ece", 0.04, 0.02),
            ("ece_by_chance", 0.01, None),
        )
    ]
    return pl.DataFrame(rows, schema=FIGURES, orient="row")


def bins(language: str = "da", engine: str = "linear") -> pl.DataFrame:
    """Return two tenths; in the last all were satisfied."""
    rows = [(engine, language, 0.25, 0.5, 0.4, 0.6, 80), (engine, language, 1.0, 1.0, 0.9, 1.0, 20)]
    return pl.DataFrame(rows, schema=CALIBRATION, orient="row")


@pytest.mark.parametrize(
    ("kappa_low", "gap", "n", "verdict"),
    [
        (0.6, 5.0, 500, Verdict.USABLE),
        (0.6, -5.1, 500, Verdict.WITH_CARE),
        (0.59, 0.0, 500, Verdict.WITH_CARE),
        (0.8, 10.1, 500, Verdict.DO_NOT_USE),
        (0.39, 0.0, 500, Verdict.DO_NOT_USE),
        (0.9, 0.0, 29, Verdict.NOT_KNOWN),
        (None, 0.0, 500, Verdict.NOT_KNOWN),
    ],
)
def test_each_language_gets_its_verdict(
    kappa_low: float | None, gap: float, n: int, verdict: Verdict
) -> None:
    """By the thresholds that docs/scores.md tells, and in plain words that begin with it."""
    found = answers(figures(kappa_low, gap, n))
    assert found["verdict"].to_list() == [verdict]
    first, meaning = told(found)
    assert first.startswith(f"Danish: {WORDS[verdict]} - ")
    assert f"{n} " in first or first.endswith(f"n = {n}.")
    assert "0.6" in meaning
    assert "5 points" in meaning


def test_the_direction_of_the_gap_is_told() -> None:
    """Below what was stated is not above it."""
    assert "5.6 points below stated CSAT" in next(told(answers(figures(0.7, -5.6))))
    assert "5.6 points above stated CSAT" in next(told(answers(figures(0.7, 5.6))))


def test_stars_that_are_all_alike_are_not_too_few() -> None:
    """Kappa has no value then, however many comments there are."""
    alike, few = answers(figures(None, 0.0, 500)), answers(figures(None, 0.0, 12))
    assert [alike["reason"].item(), few["reason"].item()] == ["all_alike", "too_few_rated"]
    assert "all 500 comments have one star" in next(told(alike))
    assert "12 comments are too few" in next(told(few))


def test_two_engines_are_told_apart() -> None:
    """Each language is answered for each; what sets the two apart is no third engine."""
    difference = [("linear - cascade", "da", None, "difference_binary_accuracy", 0.1, 0.0, 0.2, 500)]
    both = [figures(0.7, 1), figures(0.5, 1, engine="cascade")]
    found = answers(pl.concat([*both, pl.DataFrame(difference, schema=FIGURES, orient="row")]))
    assert found["engine"].to_list() == ["linear", "cascade"]
    assert [line.split(":")[0] for line in told(found)][:2] == ["Danish with linear", "Danish with cascade"]


def test_no_rows_no_answers() -> None:
    """And an empty plot, not an error."""
    found = answers(pl.DataFrame(schema=FIGURES))
    assert found.height == 0
    ET.fromstring(calibration_svg(pl.DataFrame(schema=CALIBRATION), pl.DataFrame(schema=FIGURES), found))  # noqa: S314


def test_the_plot_stands_alone_and_shows_each_tenth_where_it_is() -> None:
    """One dot, bar and n a tenth; the verdict, the error and what chance makes of it in words."""
    parts = pl.concat([figures(0.7, 1), figures(0.5, 1, language="nl")])
    svg = calibration_svg(pl.concat([bins(), bins("nl")]), parts, answers(parts))
    root = ET.fromstring(svg)  # noqa: S314
    dots = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in root.iter(f"{SVG}circle")]
    assert dots == 2 * [(LEFT + SIDE / 4, TOP + SIDE / 2), (LEFT + SIDE, TOP)]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts.count("80") == texts.count("20") == 2
    assert {"Danish: good enough", "Dutch: use with care"} <= set(texts)
    assert "n = 500, calibration error 0.040 (0.010 by chance alone)" in texts
    assert not re.search(r"href|url\(|@import", svg)
    assert svg == calibration_svg(pl.concat([bins(), bins("nl")]), parts, answers(parts))
