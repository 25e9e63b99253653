"""What a comment talks about: its content terms, each with a polarity and the words that show it."""

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from cxtext.schema.columns import LANGUAGES, THEMED
from cxtext.schema.protocols import Term, TermExtractor

_THEME = ("term", "polarity", "evidence")


def theme(frame: pl.DataFrame, extractors: Callable[[str], TermExtractor]) -> pl.DataFrame:
    """Add `themes`, the content terms of each text: a list of (term, polarity, evidence).

    Each term stands once a comment, with the words of its first mention as evidence. Its polarity is the
    `sentiment` of the whole comment, null where that is null: of "the food was good, the service was not"
    both terms get the comment's one polarity. Rows without a supported language get an empty list.

    `extractors` gives the extractor of a language; it is asked only for the languages that occur.
    """
    rows = frame.select("text", "language", "sentiment").with_row_index("row")
    found = [_found(rows.filter(language=language), extractors(language)) for language in _languages(frame)]
    schema: dict[str, pl.DataType] = {"row": pl.UInt32(), "themes": THEMED["themes"]}
    themes = pl.concat([pl.DataFrame(schema=schema), *(_collected(terms) for terms in found)])
    empty = pl.lit([], dtype=THEMED["themes"])
    joined = rows.select("row").join(themes, on="row", how="left", maintain_order="left")
    return frame.with_columns(joined.select(pl.col("themes").fill_null(empty)).to_series())


def _languages(frame: pl.DataFrame) -> list[str]:
    present = set(frame["language"].unique())
    return [language for language in LANGUAGES if language in present]


def _found(rows: pl.DataFrame, extractor: TermExtractor) -> pl.DataFrame:
    """Return one row a distinct term of a comment, in text order."""
    texts = rows["text"].fill_null("").to_list()
    flat = [
        (row, term.term, sentiment, text[term.start : term.end])
        for row, sentiment, text, terms in zip(
            rows["row"], rows["sentiment"], texts, extractor.terms(texts), strict=True
        )
        for term in _first_mentions(terms)
    ]
    schema: dict[str, pl.DataType] = {"row": pl.UInt32(), **dict.fromkeys(_THEME, pl.String())}
    return pl.DataFrame(flat, schema=schema, orient="row")


def _first_mentions(terms: Sequence[Term]) -> Iterable[Term]:
    first: dict[str, Term] = {}
    for term in terms:
        first.setdefault(term.term, term)
    return first.values()


def _collected(terms: pl.DataFrame) -> pl.DataFrame:
    return terms.group_by("row", maintain_order=True).agg(pl.struct(_THEME).alias("themes"))
