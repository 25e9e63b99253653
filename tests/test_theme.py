"""The stage that says what each comment talks about."""

from collections.abc import Sequence

import polars as pl

from cxtext.schema.columns import THEMED
from cxtext.schema.protocols import Term
from cxtext.theme import theme


class FakeTerms:
    """Every word of five letters or more is a term, in lower case."""

    name = "fake"

    def terms(self, texts: Sequence[str]) -> list[list[Term]]:
        """Return the terms of each text."""
        return [self._of(text) for text in texts]

    def _of(self, text: str) -> list[Term]:
        places = ((word, text.index(word)) for word in text.split())
        return [Term(word.lower(), at, at + len(word)) for word, at in places if len(word) >= 5]


def _fake(language: str) -> FakeTerms:
    assert language in ("nl", "en")
    return FakeTerms()


def _frame(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema=dict.fromkeys(("text", "language", "sentiment"), pl.String), orient="row"
    )


def test_each_term_stands_once_with_the_comments_polarity_and_its_first_words() -> None:
    """A repeated term is one theme; the evidence is how it was first written."""
    frame = theme(_frame(("Staff is staff prices", "en", "negative")), _fake)
    assert frame["themes"][0].to_list() == [
        {"term": "staff", "polarity": "negative", "evidence": "Staff"},
        {"term": "prices", "polarity": "negative", "evidence": "prices"},
    ]


def test_rows_without_a_supported_language_have_an_empty_list() -> None:
    """No language, or one that is not supported: no themes, and no extractor is asked for."""
    frame = theme(
        _frame(("levering", None, None), ("Lieferung", "de", "positive"), (None, "nl", None)), _fake
    )
    assert frame["themes"].to_list() == [[], [], []]


def test_rows_and_their_order_stay() -> None:
    """Languages may alternate; every row keeps its place and its own themes."""
    frame = _frame(
        ("prices", "en", None), ("x", "nl", None), ("levering", "nl", "positive"), ("staff", "en", None)
    )
    terms = [[term["term"] for term in row] for row in theme(frame, _fake)["themes"].to_list()]
    assert terms == [["prices"], [], ["levering"], ["staff"]]


def test_an_empty_frame_gets_the_column() -> None:
    """No rows, the same type."""
    assert theme(_frame(), _fake).schema["themes"] == THEMED["themes"]
