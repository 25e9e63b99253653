"""The readings to train on: numbers for comments, and nothing of the comments themselves."""

import json
from pathlib import Path

import polars as pl
import pytest

from cxtext import registry
from cxtext.schema.columns import LANGUAGES

FOLDER = Path(__file__).parents[2] / "corpora" / "readings"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_comment_has_one_reading_on_the_scale_and_no_text(language: str) -> None:
    """A comment is named by its set and id."""
    rows = pl.read_ndjson(FOLDER / f"{language}.jsonl")
    assert rows.columns == ["set", "id", "lang", "reading"]
    assert rows["reading"].is_between(1, 5).all()
    assert rows["lang"].unique().to_list() == [language]
    assert not rows.select("set", "id").is_duplicated().any()


def test_the_files_are_those_declared() -> None:
    """The sha256 of each file is the one in config.json."""
    config = json.loads((FOLDER / "config.json").read_text("utf-8"))
    assert config["files"] == {
        f"{name}.jsonl": registry.sha256(FOLDER / f"{name}.jsonl") for name in LANGUAGES
    }
