"""Small input files, written by each test itself."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from cxtext.read import read_comments, read_surveys
from cxtext.schema.results import CommentsRead, SurveysRead
from cxtext.schema.settings import Settings

Write = Callable[[str, str | bytes], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file by name and return its path."""

    def _write(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return _write


@pytest.fixture
def comments(write: Write) -> Callable[..., CommentsRead]:
    """Read text written as a file of comments, with these settings."""
    return lambda content, name="in.csv", **settings: read_comments(
        [write(name, content)], Settings.model_validate(settings)
    )


@pytest.fixture
def surveys(write: Write) -> Callable[..., SurveysRead]:
    """Read text written as a file of survey results, with these settings."""
    return lambda content, name="survey.csv", **settings: read_surveys(
        [write(name, content)], Settings.model_validate(settings)
    )


@pytest.fixture
def jsonl() -> Callable[[Iterable[Any]], str]:
    """Write objects as JSON lines."""
    return lambda rows: "".join(json.dumps(row) + "\n" for row in rows)
