"""`cxtext analyse` on the demo corpus: the whole output contract, end to end."""

import csv
import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

CLOCK = "manifest.json"  # the only file that may differ between two runs


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, demo: Path) -> Path:
    """The demo, analysed once."""
    from cxtext.pipeline import analyse
    from cxtext.schema.settings import Settings

    folder = tmp_path_factory.mktemp("analyse") / "out"
    sources = [str(demo / "comments.jsonl")], [str(demo / "surveys.csv")]
    analyse(*sources, out=folder, settings=Settings(formats=("parquet", "csv", "jsonl", "xlsx")))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != CLOCK}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def metrics(folder: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads((folder / "metrics.json").read_text("utf-8"))
    return rows


def test_every_row_read_is_there_in_input_order(out: Path, demo: Path) -> None:
    """read + rejected = rows in the input."""
    ids = [row["comment_id"] for row in lines(demo / "comments.jsonl")]
    assert pl.read_parquet(out / "comments.parquet")["id"].to_list() == ids
    assert [row for row in lines(out / "rejected.jsonl") if row["file"] == "comments.jsonl"] == []


def test_each_market_has_its_page_in_its_language(out: Path) -> None:
    """DK in Danish, FR in French, NL in Dutch, GB in English; BE in Dutch and French."""
    languages = {
        path.stem.removeprefix("report-"): path.read_text("utf-8").split('lang="', 1)[1][:2]
        for path in out.glob("report-*.html")
    }
    assert languages | {"BE": "", "LU": ""} == {
        "BE": "",
        "DK": "da",
        "FR": "fr",
        "GB": "en",
        "LU": "",
        "NL": "nl",
    }
    belgian = (out / "report-BE.html").read_text("utf-8")
    assert 'lang="nl"' in belgian
    assert 'lang="fr"' in belgian


def test_pages_ask_nothing_of_the_network(out: Path) -> None:
    """A page holds all it shows."""
    for page in out.glob("*.html"):
        text = page.read_text("utf-8")
        assert not any(mark in text for mark in ('src="http', 'href="http', "@import", "url(http"))


def test_nps_equals_a_plain_recount(out: Path, demo: Path) -> None:
    """Every valid respondent once; conflicting ones left out."""
    answers: dict[str, set[int]] = {}
    with (demo / "surveys.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["nps"].strip().isdigit() and int(row["nps"]) <= 10 and row["respondent_id"].strip():
                answers.setdefault(row["respondent_id"], set()).add(int(row["nps"]))
    conflicting = conflicts(demo)
    scores = [min(given) for who, given in answers.items() if who not in conflicting]
    expected = 100 * sum((score >= 9) - (score <= 6) for score in scores) / len(scores)
    nps = next(row for row in metrics(out) if row["group"] == {} and row["metric"] == "nps")
    anonymous = nps["n"] - len(scores)  # type: ignore[operator]  # the one blank respondent counts too
    assert anonymous in (0, 1)
    assert nps["value"] == pytest.approx(expected, abs=100 / len(scores))


def conflicts(demo: Path) -> set[str]:
    rows: dict[str, set[tuple[str, str]]] = {}
    with (demo / "surveys.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            rows.setdefault(row["respondent_id"], set()).add((row["nps"], row["ces"]))
    return {who for who, given in rows.items() if len(given) > 1}


def test_a_figure_without_a_value_says_why(out: Path) -> None:
    """Never NaN, and never a null without a note."""
    assert "NaN" not in (out / "metrics.json").read_text("utf-8")
    assert [row for row in metrics(out) if row["value"] is None and not row["note"]] == []


def test_small_groups_show_nothing(out: Path) -> None:
    """Under n = 10 there is a note instead of a figure."""
    small = [row for row in metrics(out) if 0 < row["n"] < 10]  # type: ignore[operator]
    assert small
    assert all(row["value"] is None and row["suppressed"] for row in small)


def test_a_second_run_gives_the_same_bytes(out: Path, cxtext, demo: Path) -> None:  # type: ignore[no-untyped-def]
    """In two processes instead of one, and the manifest apart."""
    ran = cxtext(
        "analyse", demo / "comments.jsonl", "--surveys", demo / "surveys.csv", "--out", "again",
        "--workers", 2, "--format", "parquet,csv,jsonl,xlsx", "--quiet",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.out == ""
    assert contents(Path("again")) == contents(out)


def test_the_reports_render_again_without_computing(out: Path, cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """report.json holds all that is shown."""
    copied = tmp_path / "copied"
    copied.mkdir()
    (copied / "report.json").write_bytes((out / "report.json").read_bytes())
    assert cxtext("report", copied).code == 0
    rendered = contents(copied)
    assert rendered == {name: data for name, data in contents(out).items() if name in rendered}
    assert "report-DK.html" in rendered


@pytest.mark.parametrize("language", ["de", "../../x", ""])
def test_a_language_there_is_no_report_in_is_wrong_usage(
    language: str,
    out: Path,
    cxtext,  # type: ignore[no-untyped-def]
    tmp_path: Path,
) -> None:
    """For both commands; nothing is written."""
    copied = tmp_path / "copied"
    copied.mkdir()
    (copied / "report.json").write_bytes((out / "report.json").read_bytes())
    (tmp_path / "a.csv").write_text("comment\nPrima service\n")
    for command in (("report", "copied"), ("analyse", "a.csv")):
        ran = cxtext(*command, "--report-language", language)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert "nl" in ran.err
    assert [path.name for path in copied.iterdir()] == ["report.json"]
    assert not (tmp_path / "cxtext-out").exists()


def test_the_summary_tells_what_was_done(cxtext, demo: Path) -> None:  # type: ignore[no-untyped-def]
    """Recognised columns, figures with n, the path of the report; warnings on standard error."""
    ran = cxtext("analyse", demo / "comments.jsonl", "--out", "plain")
    assert ran.code == 0
    assert "text=comment" in ran.out
    assert "rating=rating" in ran.out
    assert "plain/report.html" in ran.out
    assert "not scored" in ran.err


def test_the_json_summary_can_be_read_by_a_program(cxtext, demo: Path) -> None:  # type: ignore[no-untyped-def]
    """Nothing but JSON on standard output."""
    summary = json.loads(cxtext("analyze", demo / "comments.jsonl", "--out", "o", "--json").out)
    assert Counter(row["metric"] for row in summary["figures"])["csat_inferred"] > 1
    assert summary["counts"]["read"] == 360


def test_comments_hold_no_personal_data(out: Path) -> None:
    """The placeholders are there, the addresses are not."""
    for name in ("comments.jsonl", "report.html", "report.json", "comments.csv"):
        assert "@example" not in (out / name).read_text("utf-8")
    assert "[EMAIL]" in (out / "comments.jsonl").read_text("utf-8")


def test_no_file_holds_an_address_wherever_it_stood(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Personal data in a column's name, a market, a key, a survey's channel or a broken row is in no output."""
    address = "bo.jensen@example.dk"
    lines = [f"c{place},The help was quick and kind,5,{address},{address},x" for place in range(12)]
    header = f"id,comment,rating,market,respondent_id,ask {address}"
    (tmp_path / "in.csv").write_text("\n".join([header, *lines, f"broken,{address}"]) + "\n", "utf-8")
    (tmp_path / "nps.csv").write_text(
        f"respondent_id,nps,channel\n{address},9,{address}\n" + f"r,1,{address}\n" * 11, "utf-8"
    )
    ran = cxtext(
        "analyse", "in.csv", "--surveys", "nps.csv", "--by", "market,channel", "--format", "csv,jsonl,xlsx"
    )
    assert ran.code == 0
    assert address not in ran.out + ran.err
    files = [file for file in (tmp_path / "cxtext-out").iterdir() if file.suffix not in (".xlsx", ".parquet")]
    assert [file.name for file in files if address in file.read_text("utf-8")] == []
