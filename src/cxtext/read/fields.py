"""The columns that comments and surveys share, as schema.columns names and types them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import polars as pl

from cxtext.read.dates import Dates, read_dates
from cxtext.read.load import Loaded
from cxtext.read.ratings import no_ratings, read_ratings
from cxtext.read.survey_scores import ces_scale, read_ces, read_nps
from cxtext.read.territories import market_codes
from cxtext.schema.columns import Role
from cxtext.schema.results import Recognised
from cxtext.schema.settings import Settings

_AS_WRITTEN: Final = (Role.CHANNEL, Role.TOUCHPOINT)


@dataclass
class Fields:
    """Typed columns as they come together, with what was recognised and what the user should know."""

    frame: pl.DataFrame
    recognised: list[Recognised] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def shared_fields(loaded: Loaded, settings: Settings, *, may_differ: bool = False) -> Fields:
    """Return source_file, source_row, respondent_id, market, channel, touchpoint, date, wave and all scores.

    With `may_differ` a rating scale that was declared and contradicts the values gives way to the one
    assumed from name and values: the comments' scale need not be the survey's.

    Raises
    ------
    InputError: ratings or CES answers contradict their declared scale.
    """
    rows = loaded.frame.height
    fields = Fields(
        pl.DataFrame({"source_file": pl.repeat(loaded.name, rows, eager=True), "source_row": loaded.rows})
    )
    columns = {
        "respondent_id": keys(loaded, Role.RESPONDENT_ID),
        "market": market_codes(column(loaded, Role.MARKET)),
        **{role.value: plain_text(column(loaded, role)) for role in _AS_WRITTEN},
        "wave": keys(loaded, Role.WAVE),
    }
    fields.frame = fields.frame.with_columns(**columns)
    _add_dates(fields, loaded, settings)
    _add_scores(fields, loaded, settings)
    _add_ratings(fields, loaded, settings, may_differ=may_differ)
    return fields


def column(loaded: Loaded, role: Role) -> pl.Series:
    """Return the column of a role, or one of nulls."""
    name = loaded.roles.get(role)
    if name is None:
        return pl.Series(role.value, [None], pl.String).new_from_index(0, loaded.frame.height)
    return loaded.frame[name]


def plain_text(values: pl.Series) -> pl.Series:
    """Return values as text without blanks around them; blank is null."""
    return values.cast(pl.String).str.strip_chars().replace("", None)


def keys(loaded: Loaded, role: Role) -> pl.Series:
    """Return ids as text: `17`, also where a tool wrote all of them as 17.0."""
    values = column(loaded, role)
    if values.dtype.is_float() and (values.drop_nulls() % 1 == 0).all():
        values = values.cast(pl.Int64, strict=False)
    texts = plain_text(values)
    return texts.str.strip_suffix(".0") if texts.str.contains(r"^\d+\.0$").all() else texts


def column_dates(loaded: Loaded, role: Role, settings: Settings) -> Dates:
    """Return the dates of a role's column as the settings have them read."""
    return read_dates(column(loaded, role), settings.date_format, by_week=settings.period == "week")


def renamed(names: Sequence[str], ours: Collection[str]) -> dict[str, str]:
    """Return new names for the columns that are called like one of ours: `in_` before it, till it is free."""
    taken, new = {*ours, *names}, dict[str, str]()
    for name in names:
        if name in ours:
            free = next(free for depth in count(1) if (free := "in_" * depth + name) not in taken)
            taken.add(free)
            new[name] = free
    return new


def _add_dates(fields: Fields, loaded: Loaded, settings: Settings) -> None:
    dates = column_dates(loaded, Role.DATE, settings)
    fields.frame = fields.frame.with_columns(dates.values.alias("date"))
    if dates.format:
        fields.recognised.append(Recognised(loaded.name, "date_format", dates.format, dates.assumed))
    fields.warnings += dates.warnings(f"{loaded.given}: column {dates.values.name!r}")


def _add_scores(fields: Fields, loaded: Loaded, settings: Settings) -> None:
    nps = read_nps(column(loaded, Role.NPS), loaded.given)
    ces = read_ces(column(loaded, Role.CES), settings, loaded.given)
    fields.frame = fields.frame.with_columns(
        nps.values.alias("nps_0_10"), ces.values.alias("ces")
    ).with_columns(ces_scale=pl.when(pl.col("ces").is_not_null()).then(pl.lit(ces_scale(settings))))
    fields.warnings += (*nps.warnings, *ces.warnings)
    if ces.values.null_count() < len(ces.values):
        fields.recognised.append(Recognised(loaded.name, "ces_scale", ces_scale(settings)))


def _add_ratings(fields: Fields, loaded: Loaded, settings: Settings, *, may_differ: bool) -> None:
    if loaded.roles.get(Role.RATING) is None:
        fields.frame = fields.frame.hstack(no_ratings(loaded.frame.height))
        return
    values = column(loaded, Role.RATING)
    ratings = read_ratings(
        values,
        loaded.roles.family,
        settings.rating_scale,
        loaded.given,
        may_differ=may_differ,
        rows=loaded.rows,
    )
    fields.frame = fields.frame.hstack(ratings.frame)
    fields.warnings += ratings.warnings
    if ratings.scale:
        fields.recognised.append(Recognised(loaded.name, "scale", ratings.scale, ratings.assumed))
