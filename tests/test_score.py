"""What scoring knows of the whole input before it starts."""

from collections.abc import Callable
from typing import Any

import pytest

import cxtext.score
from cxtext.schema.settings import Settings
from cxtext.score import describe_file

Build = Callable[..., Any]
DUTCH = "De bezorging was veel te laat en niemand neemt de telefoon op."
DANISH = "Jeg fik aldrig noget svar af medarbejderne, hvilket jeg synes er ret utilfredsstillende."


def _rows(file: str, text: str) -> list[dict[str, str]]:
    return [{"source_file": file, "text": text}] * 30


def test_the_language_mix_is_of_all_files_in_any_order(
    scored_comments: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file longer than the rows looked at does not speak for the next one."""
    monkeypatch.setattr(cxtext.score, "MIX_ROWS", 20)
    dutch, danish = _rows("nl.csv", DUTCH), _rows("da.csv", DANISH)
    mixes = [
        describe_file(scored_comments(rows), Settings()).mix for rows in (dutch + danish, danish + dutch)
    ]
    assert mixes[0] == mixes[1]
    assert mixes[0] is not None
    assert mixes[0]["nl"] > 0.3
    assert mixes[0]["da"] > 0.3
