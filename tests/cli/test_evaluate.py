"""`cxtext evaluate stars` answers whether cxtext is good enough on your data."""

import json
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture
def labelled(demo: Path, tmp_path: Path) -> Path:
    """Comments of the demo with their gold, as a file of labelled rows."""
    comments = pl.read_ndjson(demo / "comments.jsonl").select("comment_id", "comment")
    gold = pl.read_csv(demo / "gold.csv").join(comments, on="comment_id")
    gold.select("comment", "stars").write_csv(tmp_path / "labelled.csv")
    return tmp_path / "labelled.csv"


def test_every_language_is_answered_for_and_plotted(cxtext, labelled: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """In a line of its own after the figures, and in a panel of its own."""
    ran = cxtext("evaluate", "stars", "--gold", labelled, "--plot", "plot.svg")
    assert ran.code == 0
    svg = (tmp_path / "plot.svg").read_text("utf-8")
    for language in ("Dutch", "French", "Danish", "English"):
        assert [line for line in ran.out.splitlines() if line.startswith(f"{language}: ")]
        assert f">{language}: " in svg


def test_json_has_the_verdicts_too(cxtext, labelled: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """As codes, with what they rest on; a plot that is there is replaced when that is asked for."""
    (tmp_path / "plot.svg").write_text("old")
    plot = ("--plot", "plot.svg", "--force")
    found = json.loads(cxtext("evaluate", "stars", "--gold", labelled, "--json", *plot).out)
    assert list(found) == ["figures", "calibration", "verdicts", "left_out"]
    assert {"verdict", "qwk_low", "csat_gap", "n"} <= set(found["verdicts"][0])
    assert (tmp_path / "plot.svg").read_text("utf-8").startswith("<svg")


@pytest.mark.parametrize(("plot", "code", "named"), [("plot.svg", 6, "--force"), ("plot.png", 2, ".svg")])
def test_a_plot_that_can_not_be_is_refused_before_the_work(
    plot: str,
    code: int,
    named: str,
    cxtext,  # type: ignore[no-untyped-def]
    tmp_path: Path,
) -> None:
    """The file that is there stays as it was; an ending of another format is named. The gold isn't looked for."""
    (tmp_path / "plot.svg").write_text("old")
    ran = cxtext("evaluate", "stars", "--gold", "nothing.csv", "--plot", plot)
    assert (ran.code, ran.err.count("\n")) == (code, 1)
    assert named in ran.err
    assert (tmp_path / "plot.svg").read_text() == "old"


def test_gold_left_out_is_told(cxtext, labelled: Path) -> None:  # type: ignore[no-untyped-def]
    """Under the verdicts, and in --json."""
    labelled.write_text(labelled.read_text("utf-8") + "Prima service,x\n", "utf-8")
    told = f"{labelled}: left out of"
    ran = cxtext("evaluate", "stars", "--gold", labelled)
    assert [line for line in ran.out.splitlines() if line.startswith(told) and "1 not a rating: 'x'" in line]
    found = json.loads(cxtext("evaluate", "stars", "--gold", labelled, "--json").out)["left_out"]
    assert [(one["n"], one["values"]) for one in found if one["reason"] == "not_a_rating"] == [(1, ["x"])]
