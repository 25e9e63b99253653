"""Waves of a survey, whose order must be clear from what they are called."""

import polars as pl

from cxtext.errors import InputError
from cxtext.figures.periods import unclear
from cxtext.schema.columns import Role
from cxtext.schema.results import CommentsRead, SurveysRead
from cxtext.schema.settings import Settings


def check_waves(comments: CommentsRead, surveys: SurveysRead, settings: Settings) -> None:
    """Check the order of the waves of all files together; does nothing where periods are not waves.

    Raises
    ------
    InputError: the order of two waves can't be told, or both may be one wave.
    """
    if settings.period != "wave":
        return
    place = pl.col("source_file", "source_row")
    seen = pl.concat(
        [
            comments.frame.select(place, wave="wave"),
            surveys.respondents.select(place, wave="wave"),
            surveys.groups.select(place, wave="period"),
        ]
    ).unique("wave", keep="first", maintain_order=True)
    where = {wave: (file, row) for file, row, wave in seen.drop_nulls("wave").iter_rows()}
    if found := unclear(list(where)):
        later = max(found, key=list(where).index)
        file, row = where[later]
        known = {role.value for role in (Role.WAVE, Role.PERIOD)}
        told = [
            one.value
            for one in (*comments.recognised, *surveys.recognised)
            if one.what in known and one.file == file
        ]
        column = f", column {told[0]!r}" if told else ""
        raise InputError(
            f"{file}, row {row}{column}: the order of waves {found[0]!r} and {found[1]!r} is not clear;"
            " call all alike with a number, as 2024-1, 2024-2, or name another column with --column wave=NAME"
        )
