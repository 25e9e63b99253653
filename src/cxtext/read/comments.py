"""Comment files to one frame of schema.columns.COMMENTS, followed by the input's other columns."""

import json
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.read.clean import clean_texts
from cxtext.read.fields import column, keys, plain_text, renamed, shared_fields
from cxtext.read.load import Loaded, load, stack, stack_rejected
from cxtext.read.recognise import COMMENT_ROLES, listed, text_columns
from cxtext.read.sources import find_sources
from cxtext.read.territories import language_codes
from cxtext.read.unread import unread_texts
from cxtext.schema.columns import (
    CLASSIFIED,
    COMMENTS,
    DETECTED,
    EXPLAINED,
    JOINED,
    PROTECTED,
    THEMED,
    Role,
)
from cxtext.schema.results import CommentsRead, Recognised
from cxtext.schema.settings import Settings

# Dimension -> its column, of those that no run groups by unless told to.
_ASKED_FOR: Final = {"channel": "channel", "touchpoint": "touchpoint", "period": "date"}
_WAVE: Final = "wave"
_OURS: Final = frozenset({**COMMENTS, **PROTECTED, **DETECTED, **CLASSIFIED, **EXPLAINED, **THEMED, **JOINED})


class _Comments(NamedTuple):
    """The comments of one file, and what was recognised of them."""

    frame: pl.DataFrame
    loaded: Loaded
    recognised: tuple[Recognised, ...]
    warnings: tuple[str, ...]
    removed: int


def read_comments(sources: str | Path | Sequence[str | Path], settings: Settings) -> CommentsRead:
    """Read all comments of files, folders, globs and `-` (standard input), in that order.

    Every row that can be read is kept, blank comments too; the others are in `rejected`. Several text
    columns (`columns={"text": ("Good", "Better")}`) become as many comments per row, the column's title
    as the question. Ids that occur twice are kept, with a warning.

    Raises
    ------
    InputError: an input can't be read, has no text column or several, or contradicts the settings.
    """
    parts = [
        _read_file(load(source, settings, kind="comments", roles=COMMENT_ROLES), settings)
        for source in find_sources(sources)
    ]
    if not parts:
        raise InputError("no input: name a file of comments")
    frame = stack([part.frame for part in parts])
    others = [name for name in frame.columns if name not in COMMENTS]
    return CommentsRead(
        frame=frame.select(*COMMENTS, *others).cast(pl.Schema(COMMENTS)),
        rejected=stack_rejected([part.loaded.rejected for part in parts]),
        files=tuple(part.loaded.file for part in parts),
        recognised=tuple(one for part in parts for one in part.recognised),
        warnings=(
            *(one for part in parts for one in part.warnings),
            *_repeated_ids(frame["id"]),
            *_nothing_to_group_by(frame, settings),
        ),
        control_characters_removed=sum(part.removed for part in parts),
    )


def _read_file(loaded: Loaded, settings: Settings) -> _Comments:
    fields = shared_fields(loaded, settings)
    texts = text_columns(loaded.roles, loaded.frame.columns, loaded.given)
    frame = fields.frame.with_columns(
        _ids(loaded),
        language_codes(column(loaded, Role.LANGUAGE)).alias("language_declared"),
    )
    frame = frame.hstack(_others(loaded))
    frame = _one_row_a_text(frame, loaded, texts)
    cleaned = clean_texts(frame, repair=("text", "question"))
    warnings = [*loaded.warnings, *fields.warnings, *_texts_left(loaded, texts, settings)]
    if cleaned.repaired:
        warnings.append(
            f"{loaded.given}: broken characters repaired in {cleaned.repaired} of {frame.height} texts"
        )
    recognised = (*loaded.recognised, *fields.recognised)
    return _Comments(cleaned.frame, loaded, recognised, tuple(warnings), cleaned.removed)


def _texts_left(loaded: Loaded, texts: Sequence[str], settings: Settings) -> list[str]:
    """Return a warning where other columns seem to hold comments too, unless the user chose."""
    if Role.TEXT in settings.columns:
        return []
    used = {name for names in loaded.roles.columns.values() for name in names}
    # What cxtext itself wrote beside a comment is none.
    left = unread_texts(loaded.frame, {*used, *_OURS}, loaded.titles)
    if not left:
        return []
    every = (*texts, *left)
    remedy = f"--column {quote('text=' + ','.join(every))}"
    if any("," in name for name in every):  # which an option can't name
        remedy = f"--config: columns.text = {json.dumps(every, ensure_ascii=False)}"
    return [
        f"{loaded.given}: only column {', '.join(texts)} is read as comments; {listed(left)} may hold some too:"
        f" read all with {remedy}"
    ]


def _ids(loaded: Loaded) -> pl.Series:
    place = pl.format("{}:{}", pl.lit(loaded.name), pl.col("row"))
    given = pl.DataFrame({"id": keys(loaded, Role.ID), "row": loaded.rows})
    return given.select(pl.coalesce("id", place).alias("id")).to_series()


def _others(loaded: Loaded) -> pl.DataFrame:
    used = {name for names in loaded.roles.columns.values() for name in names}
    names = [name for name in loaded.frame.columns if name not in used]
    return loaded.frame.select(names).rename(renamed(names, _OURS))


def _one_row_a_text(frame: pl.DataFrame, loaded: Loaded, texts: Sequence[str]) -> pl.DataFrame:
    if len(texts) == 1:
        return frame.with_columns(_text(loaded, texts[0]), _question(loaded, texts[0]))
    several = len(loaded.roles.columns[Role.TEXT])
    order = pl.int_range(0, frame.height, eager=True).alias("__order")
    parts = [
        frame.with_columns(
            _text(loaded, name),
            pl.lit(loaded.titles.get(name, name)).alias("question"),
            pl.concat_str("id", pl.lit(f":{name}")).alias("id"),
            # The comments of one row are one respondent's.
            pl.coalesce("respondent_id", "id").alias("respondent_id"),
            order * several + position,
        )
        for position, name in enumerate(texts)
    ]
    return pl.concat(parts).sort("__order").drop("__order")


def _text(loaded: Loaded, name: str) -> pl.Series:
    values = loaded.frame[name]
    if values.dtype.is_nested():
        raise InputError(
            f"{loaded.given}: column {name!r} holds lists, not text; name another with --column text=NAME"
        )
    return values.cast(pl.String).alias("text")


def _question(loaded: Loaded, text: str) -> pl.Series:
    title = loaded.titles.get(text)
    asked = plain_text(column(loaded, Role.QUESTION)).alias("question")
    return asked.fill_null(title) if title else asked


def _repeated_ids(ids: pl.Series) -> tuple[str, ...]:
    repeated = len(ids) - ids.n_unique()
    return (f"{repeated} of {len(ids)} ids occur before; they are kept as they are",) if repeated else ()


def _nothing_to_group_by(frame: pl.DataFrame, settings: Settings) -> tuple[str, ...]:
    """Return a warning for each dimension asked for that no comment has; the default ones may be missing."""
    columns = _ASKED_FOR | ({"period": _WAVE} if settings.period == _WAVE else {})
    asked = [name for name in columns if any(name in dimensions for dimensions in settings.by)]
    absent = [name for name in asked if frame[columns[name]].is_null().all()]
    return tuple(f"no comment has a {columns[name]}, so there are none by {name}" for name in absent)
