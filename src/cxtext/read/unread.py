"""Columns of a comment file that look like comments too and are not read."""

from collections.abc import Collection, Mapping

import polars as pl

_WORDS = 4  # on average, from which a column of other than an asked question is taken for text
_WORDS_ASKED = 1.5
_DIFFERENT = 0.5  # share of the values; answers that were chosen from a list repeat


def unread_texts(frame: pl.DataFrame, read: Collection[str], titles: Mapping[str, str]) -> list[str]:
    """Return the columns of no role that hold what people wrote: several words, hardly two values alike."""
    free = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in read]
    return [name for name in free if _is_written(frame[name], titles.get(name, name))]


def _is_written(values: pl.Series, title: str) -> bool:
    texts = values.drop_nulls().str.strip_chars()
    texts = texts.filter(texts != "")
    if texts.is_empty() or texts.n_unique() < _DIFFERENT * len(texts):
        return False
    words = texts.str.count_matches(r"\pL{2,}").mean()
    least = _WORDS_ASKED if title.rstrip().endswith("?") else _WORDS
    # Lists of values and nested JSON hold words between signs.
    return isinstance(words, float) and words >= least and not texts.str.contains(r"^[\[{]").any()
