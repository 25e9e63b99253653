"""Which words moved a comment's inferred rating most: each is left out in turn, and the rest is scored again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cxtext.engines.readable import EMOJI, MAX_CHARACTERS
from cxtext.schema.protocols import Evidence, ExplainingEngine, Floats, StarEngine

Span = tuple[int, int]

MOST: Final = 5  # words named of a comment
DECIMALS: Final = 4  # of a weight; what rounds to zero moved nothing
# A longer comment is first searched by passages, and only the words of the telling ones are left out singly:
# else the work would grow with the square of its length.
LONG: Final = 100  # words
PASSAGE: Final = 10  # words
_AT_ONCE: Final = 1_000_000  # characters scored together, so that memory stays bounded

# Letters and digits with the marks and invisible signs that belong to them; "don't" and "e-mail" are one word.
_WORD: Final = "[^\\W_](?:[^\\W_]|[\u0300-\u036f\u00ad\u200b-\u200d]|[-'\u2019](?=[^\\W_]))*"
_LOOK: Final = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"  # variation selectors and skin tones
_SIGN: Final = f"{EMOJI.pattern}{_LOOK}*"
_FLAG: Final = "[\U0001f1e6-\U0001f1ff]{2}"
_SMILEY: Final = "[:;=][-']?[)(D/](?!/)"
# Placeholders of personal data stand first, unnamed: they are no words of the customer's.
_PIECES: Final = re.compile(
    rf"\[[A-Z][A-Z_]+\]|(?P<word>{_WORD}|{_FLAG}|{_SIGN}(?:\u200d{_SIGN})*|{_SMILEY})"
)


@dataclass(frozen=True)
class _Comment:
    """A comment as the engine is asked about it, and the spans to leave out of it, one at a time."""

    text: str
    language: str
    question: str | None
    spans: list[Span]

    def variants(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield what to score: the whole comment, then the comment without each span."""
        for text in (self.text, *(without(self.text, span) for span in self.spans)):
            yield text, self.language, self.question


def explain(
    engine: StarEngine,
    texts: Sequence[str],
    languages: Sequence[str],
    questions: Sequence[str | None],
) -> list[list[Evidence]]:
    """Return the words that moved the inferred rating of each text most, largest weight first.

    In the engine's own way where it has one, else by leaving out each word. None for a text without a score.
    """
    if isinstance(engine, ExplainingEngine):
        return engine.explain(texts, languages, questions)
    return by_leaving_out(engine, texts, languages, questions)


def by_leaving_out(
    engine: StarEngine,
    texts: Sequence[str],
    languages: Sequence[str],
    questions: Sequence[str | None],
) -> list[list[Evidence]]:
    """Return up to MOST words of each text, by how much its rating falls (stars) when the word alone is left out.

    A word without which the text has no score has no weight, and stands first. Equal weights stand in text
    order. What follows the MAX_CHARACTERS that an engine reads is not looked at. Source: Li, Monroe and Jurafsky
    (2016), Understanding neural networks through representation erasure.
    """
    read = [text[:MAX_CHARACTERS] for text in texts]
    comments = [
        _Comment(text, language, question, word_spans(text))
        for text, language, question in zip(read, languages, questions, strict=True)
    ]
    comments = _without_dull_passages(engine, comments)
    return [
        _strongest(comment.spans, falls)
        for comment, falls in zip(comments, _falls(engine, comments), strict=True)
    ]


def word_spans(text: str) -> list[Span]:
    """Return where the words, emoji and smileys of a text stand; placeholders of personal data are none."""
    return [found.span() for found in _PIECES.finditer(text) if found.lastgroup]


def without(text: str, span: Span) -> str:
    """Return the text without a span, and without the space that would then stand beside another."""
    start, end = span
    doubled = text[end : end + 1] == " " and (start == 0 or text[start - 1] == " ")
    return text[:start] + text[end + doubled :]


def _without_dull_passages(engine: StarEngine, comments: list[_Comment]) -> list[_Comment]:
    """Return the comments, of the long ones only with the words of the passages that moved the rating most."""
    passages = {
        place: [comment.spans[i : i + PASSAGE] for i in range(0, len(comment.spans), PASSAGE)]
        for place, comment in enumerate(comments)
        if len(comment.spans) > LONG
    }
    whole = [
        replace(comments[place], spans=[(part[0][0], part[-1][1]) for part in parts])
        for place, parts in passages.items()
    ]
    chosen = list(comments)
    for (place, parts), falls in zip(passages.items(), _falls(engine, whole), strict=True):
        telling = sorted(_order(falls)[: LONG // PASSAGE])
        chosen[place] = replace(comments[place], spans=[span for i in telling for span in parts[i]])
    return chosen


def _falls(engine: StarEngine, comments: Sequence[_Comment]) -> Iterator[Floats]:
    """Yield how much each comment's rating falls without each of its spans, in stars; NaN where none is left."""
    for part in _parts(comments):
        texts, languages, questions = zip(
            *(each for comment in part for each in comment.variants()), strict=True
        )
        ratings = engine.predict(texts, languages, questions).probabilities @ np.arange(1.0, 6.0)
        ends = np.cumsum([1 + len(comment.spans) for comment in part])
        for whole, *left in np.split(ratings, ends[:-1]):
            falls = np.round(whole - np.array(left, dtype=np.float64), DECIMALS)
            yield np.zeros(len(left)) if np.isnan(whole) else falls


def _parts(comments: Sequence[_Comment]) -> Iterator[list[_Comment]]:
    part, characters = list[_Comment](), 0
    for comment in comments:
        part.append(comment)
        characters += len(comment.text) * (1 + len(comment.spans))
        if characters >= _AT_ONCE:
            yield part
            part, characters = [], 0
    if part:
        yield part


def _order(falls: Floats) -> list[int]:
    """Return the places of the largest falls or rises first, those without any score left before them."""
    size = np.where(np.isnan(falls), np.inf, np.abs(falls))
    order: list[int] = np.argsort(-size, kind="stable").tolist()
    return order


def _strongest(spans: list[Span], falls: Floats) -> list[Evidence]:
    moved = [place for place in _order(falls) if falls[place] != 0][:MOST]
    weights = [None if np.isnan(falls[place]) else float(falls[place]) for place in moved]
    return [Evidence(*spans[place], weight) for place, weight in zip(moved, weights, strict=True)]
