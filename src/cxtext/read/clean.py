"""Texts without control characters, and with broken characters (mojibake) repaired."""

from typing import Final, NamedTuple

import polars as pl

_CONTROLS: Final = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]"
# UTF-8 that was read as cp1252 or latin-1: a lead byte followed by a continuation byte, or C1 controls.
_CONTINUATION: Final = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_MAYBE_BROKEN: Final = rf"[Â-ô][{_CONTINUATION}\x{{80}}-\x{{BF}}]|[\x{{80}}-\x{{9F}}]"


class Cleaned(NamedTuple):
    """The frame, how many control characters were removed, and how many texts were repaired."""

    frame: pl.DataFrame
    removed: int
    repaired: int


def clean_texts(frame: pl.DataFrame, repair: tuple[str, ...]) -> Cleaned:
    """Remove control characters from every String column, after repairing broken characters in `repair`."""
    before = frame
    for name in repair:
        frame = frame.with_columns(_repaired(frame[name]))
    repaired = sum(int((frame[name] != before[name]).sum()) for name in repair)
    textual = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not textual:
        return Cleaned(frame, 0, repaired)
    counts = frame.select(pl.col(textual).str.count_matches(_CONTROLS).sum()).row(0)
    dirty = [name for name, count in zip(textual, counts, strict=True) if count]
    frame = frame.with_columns(pl.col(dirty).str.replace_all(_CONTROLS, "")) if dirty else frame
    return Cleaned(frame, sum(counts), repaired)


def _repaired(texts: pl.Series) -> pl.Series:
    suspects = texts.filter(texts.str.contains(_MAYBE_BROKEN).fill_null(value=False)).unique()
    if suspects.is_empty():
        return texts
    import ftfy

    fixed = [ftfy.fix_encoding(text) for text in suspects]
    return texts.replace(suspects, pl.Series(fixed, dtype=pl.String))
