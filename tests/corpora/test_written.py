"""The comments written to train on: whole, distinct, and nobody's data."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from cxtext import registry
from cxtext.protect import protect_text
from cxtext.schema.columns import LANGUAGES

FOLDER = Path(__file__).parents[2] / "corpora" / "written"


def rows(language: str) -> list[dict[str, str | int | float]]:
    """Return the rows of a language."""
    return [json.loads(line) for line in (FOLDER / f"{language}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_row_says_its_language_and_stars(language: str) -> None:
    """All columns are there, question and reading where there is one; every star has its share."""
    stars = Counter(row["stars"] for row in rows(language))
    assert set(stars) == {1, 2, 3, 4, 5}
    assert min(stars.values()) > 0.1 * stars.total()
    known = [(), ("question",), ("reading",), ("question", "reading")]
    columns = {("id", "set", "lang", "stars", "domain", *more, "text") for more in known}
    assert {tuple(row) for row in rows(language)} == columns
    assert {row["lang"] for row in rows(language)} == {language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_readings_are_on_the_scale_and_agree_with_the_stars(language: str) -> None:
    """1 to 5; most comments have one, and on average it is less than half a star off."""
    read = [row for row in rows(language) if "reading" in row]
    assert len(read) > 0.6 * len(rows(language))
    assert all(1 <= float(row["reading"]) <= 5 for row in read)
    assert sum(abs(float(row["reading"]) - int(row["stars"])) for row in read) < 0.5 * len(read)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_comes_twice(language: str) -> None:
    """Texts differ in more than case and punctuation, or answer different questions."""
    seen = Counter(
        (re.sub(r"\W+", " ", str(row["text"]).lower()).strip() or row["text"], row.get("question"))
        for row in rows(language)
    )
    assert not [text for text, times in seen.items() if times > 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_hold_no_addresses(language: str) -> None:
    """No e-mail address, telephone or account number is found in them."""
    assert not {kind for row in rows(language) for kind in protect_text(str(row["text"]))[1]}


def test_the_files_are_those_declared() -> None:
    """The sha256 of each file is the one in config.json."""
    config = json.loads((FOLDER / "config.json").read_text("utf-8"))
    assert config["files"] == {
        f"{name}.jsonl": registry.sha256(FOLDER / f"{name}.jsonl") for name in LANGUAGES
    }
