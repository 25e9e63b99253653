"""`--explain`: evidence in the output, with places in the text that the output shows."""

import json
from pathlib import Path

import polars as pl
import pytest

TEXTS = [
    "Mail naar klant@example.nl gestuurd, service re\u0301actif en super 👍🏽",
    "Slechte service, bel 06-12345678 en je krijgt nooit antwoord",
    "",
    "Top",
]


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    path = tmp_path / "comments.jsonl"
    path.write_text("".join(json.dumps({"comment": text, "evidence": "x"}) + "\n" for text in TEXTS), "utf-8")
    return path


def check(texts: list[str], evidence: list[list[dict[str, object]] | None]) -> None:
    """Every span shows its word; the placeholder's row has words on both sides of it."""
    for text, words in zip(texts, evidence, strict=True):
        assert all(text[word["start"] : word["end"]] == word["word"] for word in words or [])  # type: ignore[misc]
    assert "super" in [word["word"] for word in evidence[0] or []]
    assert {"Slechte", "nooit"} <= {word["word"] for word in evidence[1] or []}
    assert (evidence[2], len(evidence[3] or [])) == (None, 1)


def test_classify_shows_the_words_in_the_text_as_it_came(cxtext, comments: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """With the personal data that the input has; an input column of the same name stays under another."""
    assert cxtext("classify", comments, "--explain", "--output", "out.jsonl").code == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["comment"] for row in rows] == TEXTS
    assert {row["in_evidence"] for row in rows} == {"x"}
    check(TEXTS, [row["evidence"] for row in rows])


def test_in_csv_evidence_is_json(cxtext, comments: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The same that JSONL holds; two runs give the same bytes."""
    for name in ("out.csv", "again.csv"):
        assert cxtext("classify", comments, "--explain", "--output", name).code == 0
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "again.csv").read_bytes()
    cells = pl.read_csv(tmp_path / "out.csv")["evidence"].to_list()
    check(TEXTS, [json.loads(cell) if cell else None for cell in cells])


def test_without_the_option_there_is_no_evidence(cxtext, comments: Path) -> None:  # type: ignore[no-untyped-def]
    """It costs a scoring a word."""
    assert json.loads(cxtext("classify", comments).out.splitlines()[0])["evidence"] == "x"


def test_analyse_shows_the_words_in_the_protected_text(cxtext, comments: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """comments.parquet holds the text with placeholders."""
    assert cxtext("analyse", comments, "--explain", "--out", "out").code == 0
    found = pl.read_parquet(tmp_path / "out" / "comments.parquet")
    assert "[EMAIL]" in found["text"][0]
    assert found["in_evidence"].to_list() == ["x"] * 4
    check(found["text"].fill_null("").to_list(), found["evidence"].to_list())
