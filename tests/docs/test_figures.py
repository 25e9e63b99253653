"""The accuracy that the README shows is the accuracy that was measured."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"\d[\d.]* (?:\[[\d., ]+\]|\([\d.]+ to [\d.]+\))")


def test_every_figure_of_the_readme_is_in_the_measured_page() -> None:
    """Value and interval as benchmarks/ wrote them into docs/languages.md."""
    shown = FIGURE.findall((ROOT / "README.md").read_text("utf-8"))
    measured = (ROOT / "docs/languages.md").read_text("utf-8")
    assert len(shown) >= 16
    assert [figure for figure in shown if figure not in measured] == []
