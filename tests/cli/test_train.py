"""`cxtext train`: models of one's own, as a user makes them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cxtext.engines.ngrams import NgramSpec
from cxtext.train import lessons, linear


@pytest.fixture
def comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write Danish comments that nobody rated, praise and complaint in turn, and make the model small."""
    monkeypatch.setattr(
        linear, "NGRAMS", NgramSpec(char_min=3, char_max=4, word_min=1, word_max=1, buckets=2**12)
    )
    monkeypatch.setattr(lessons, "TAUGHT_ITERATIONS", 8)
    texts = [
        f"{verdict} {thing} nr {number}"
        for number in range(7)
        for thing in ("betjening", "levering", "mad", "service")
        for verdict in ("Fantastisk", "Elendig")
    ]
    file = tmp_path / "comments.jsonl"
    file.write_text("\n".join(json.dumps({"text": text, "lang": "da"}) for text in texts), "utf-8")
    return file


def test_a_model_taught_by_a_shipped_engine_scores_comments(
    cxtext: Callable[..., Any], comments: Path
) -> None:
    """No rating is needed; the folder it makes is an engine."""
    made = cxtext("train", "linear", "--teacher", "linear", "--data", comments, "--out", "mine")
    assert (made.code, made.out) == (0, "Learned from 56 different comments: da 56\nModel: mine\n")
    scored = cxtext("classify", comments, "--engine", "mine")
    ratings = [json.loads(line)["inferred_rating_1_5"] for line in scored.out.splitlines()]
    assert scored.code == 0
    assert all(praise > complaint for praise, complaint in zip(ratings[::2], ratings[1::2], strict=True))


def test_an_unknown_teacher_is_refused(cxtext: Callable[..., Any], comments: Path) -> None:
    """As an unknown engine is: by its name, and nothing is written."""
    refused = cxtext("train", "linear", "--teacher", "nobody", "--data", comments, "--out", "mine")
    assert refused.code == 5
    assert "nobody" in refused.err
    assert not Path("mine").exists()


@pytest.mark.parametrize("model", ["linear", "language"])
def test_a_seed_below_0_is_refused(cxtext: Callable[..., Any], comments: Path, model: str) -> None:
    """Before the work; nothing can be drawn with it."""
    refused = cxtext("train", model, "--data", comments, "--out", "mine", "--seed", "-1")
    assert (refused.code, "--seed" in refused.err) == (2, True)


@pytest.mark.parametrize("model", ["linear", "language"])
def test_a_folder_that_holds_something_is_not_overwritten(
    cxtext: Callable[..., Any], comments: Path, model: str, tmp_path: Path
) -> None:
    """Not without --force, and with it only a model's; before the data are read."""
    kept = tmp_path / "keep"
    kept.mkdir()
    (kept / "notes.txt").write_text("mine")
    for more, named in (((), "--force"), (("--force",), "no model")):
        refused = cxtext("train", model, "--data", "absent.csv", "--out", "keep", *more)
        assert (refused.code, named in refused.err) == (6, True)
    assert [path.name for path in kept.iterdir()] == ["notes.txt"]


def test_a_model_is_replaced_with_force_and_its_card_stays(
    cxtext: Callable[..., Any], comments: Path, tmp_path: Path
) -> None:
    """The files of the model are new, the rest of the folder is as it was."""
    kept = tmp_path / "keep"
    kept.mkdir()
    for name in ("config.json", "weights.safetensors", "README.md"):
        (kept / name).write_text("{}")
    made = cxtext("train", "linear", "--teacher", "linear", "--data", comments, "--out", "keep", "--force")
    assert made.code == 0
    assert sorted(path.name for path in kept.iterdir()) == ["README.md", "config.json", "weights.safetensors"]
    assert json.loads((kept / "config.json").read_text("utf-8"))["kind"] == "linear"
    assert (kept / "README.md").read_text() == "{}"
