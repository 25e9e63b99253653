"""Structured survey results: one row a respondent, or one row a market and period."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from cxtext.errors import InputError
from cxtext.read.amounts import read_amounts
from cxtext.read.fields import column, keys, plain_text, shared_fields
from cxtext.read.load import Loaded, load, stack_rejected
from cxtext.read.recognise import CUSTOMER_ONLY, TOTALS_ONLY
from cxtext.read.scores import score_values
from cxtext.read.sources import find_sources
from cxtext.read.territories import market_codes
from cxtext.schema.columns import GROUP_RESULTS, RESPONDENTS, Role
from cxtext.schema.results import Recognised, SurveysRead
from cxtext.schema.settings import Settings

_OF_COMMENTS: Final = frozenset((Role.TEXT, Role.QUESTION, Role.LANGUAGE))
_SURVEY_ROLES: Final = tuple(role for role in Role if role not in CUSTOMER_ONLY | TOTALS_ONLY | _OF_COMMENTS)
_GROUP_METRICS: Final = {Role.NPS: "nps", Role.CES: "ces_mean", Role.RATING: "csat_stated"}
_RANGES: Final = {"nps": (-100.0, 100.0), "csat_stated": (0.0, 100.0)}
_FEW: Final = 3
_HIGHEST_MEAN: Final = 10  # of a scale to 10; no two groups have so few satisfied


class _Survey(NamedTuple):
    """The results of one file: respondents or groups, the other empty."""

    respondents: pl.DataFrame
    groups: pl.DataFrame
    recognised: tuple[Recognised, ...]
    warnings: tuple[str, ...]


def read_surveys(sources: str | Path | Sequence[str | Path], settings: Settings) -> SurveysRead:
    """Read survey results from files, folders, globs and `-`.

    A file without respondents whose rows say how many answered, or are each of another market and period,
    holds group results; any other has one row a respondent.

    Raises
    ------
    InputError: an input can't be read, holds no score, or contradicts the settings.
    """
    loaded = [load(source, settings, kind="surveys", roles=_SURVEY_ROLES) for source in find_sources(sources)]
    surveys = [_read_file(one, settings) for one in loaded]
    return SurveysRead(
        respondents=pl.concat([pl.DataFrame(schema=RESPONDENTS), *(one.respondents for one in surveys)]),
        groups=pl.concat([pl.DataFrame(schema=GROUP_RESULTS), *(one.groups for one in surveys)]),
        rejected=stack_rejected([one.rejected for one in loaded]),
        files=tuple(one.file for one in loaded),
        recognised=tuple(known for one in surveys for known in one.recognised),
        warnings=tuple(warning for one in surveys for warning in one.warnings),
    )


def _read_file(loaded: Loaded, settings: Settings) -> _Survey:
    if not _GROUP_METRICS.keys() & loaded.roles.columns.keys():
        raise InputError(
            f"{loaded.given}: no nps, ces or satisfaction column found; name one with --column nps=NAME"
        )
    return _read_groups(loaded, settings) if _is_grouped(loaded) else _read_respondents(loaded, settings)


def _is_grouped(loaded: Loaded) -> bool:
    roles = loaded.roles
    if roles.get(Role.RESPONDENT_ID) or roles.get(Role.ID):
        return False
    if roles.get(Role.N) or not roles.get(Role.PERIOD):
        return roles.get(Role.N) is not None
    group = [name for name in (roles.get(Role.MARKET), roles.get(Role.PERIOD)) if name is not None]
    return not loaded.frame.select(group).is_duplicated().any()


def _read_respondents(loaded: Loaded, settings: Settings) -> _Survey:
    fields = shared_fields(loaded, settings, may_differ=True)
    frame = fields.frame
    if loaded.roles.get(Role.RESPONDENT_ID) is None:
        frame = frame.with_columns(keys(loaded, Role.ID).alias("respondent_id"))
    level = Recognised(loaded.name, "level", "one row a respondent")
    return _Survey(
        frame.select(*RESPONDENTS).cast(pl.Schema(RESPONDENTS)),
        pl.DataFrame(schema=GROUP_RESULTS),
        (*loaded.recognised, *fields.recognised, level),
        (*loaded.warnings, *fields.warnings),
    )


def _read_groups(loaded: Loaded, settings: Settings) -> _Survey:
    answered, told = _answered(loaded)
    rows = pl.DataFrame(
        {
            "source_row": loaded.rows,
            "market": market_codes(column(loaded, Role.MARKET)),
            "period": plain_text(column(loaded, Role.PERIOD)),
            "n": answered,
        }
    ).with_columns(source_file=pl.lit(loaded.name))
    parts, warnings = [], [*loaded.warnings, *told]
    for role, metric in _GROUP_METRICS.items():
        if role in loaded.roles.columns:
            values, told = _metric(column(loaded, role), metric, settings, loaded.given)
            parts.append(rows.with_columns(metric=pl.lit(metric), value=values))
            warnings += told
    groups = pl.concat(parts).sort("source_row", maintain_order=True)
    level = Recognised(loaded.name, "level", "one row a market and period")
    return _Survey(
        pl.DataFrame(schema=RESPONDENTS),
        groups.select(*GROUP_RESULTS).cast(pl.Schema(GROUP_RESULTS)).drop_nulls("value"),
        (*loaded.recognised, level),
        tuple(warnings),
    )


def _answered(loaded: Loaded) -> tuple[pl.Series, list[str]]:
    """Return how many answered in each group, null where that is no whole number, and a warning of those."""
    given = column(loaded, Role.N)
    numbers = read_amounts(given)
    whole = ((numbers >= 0) & (numbers % 1 == 0)).fill_null(value=False)
    counts = numbers.set(~whole, None).cast(pl.Int64, strict=False)
    unreadable = counts.null_count() - plain_text(given).null_count()
    place = f"{loaded.given}: column {given.name!r}"
    told = f"{place}: left out {unreadable} of {len(given)} numbers of answers: not a whole number"
    return counts, [told] if unreadable else []


def _metric(values: pl.Series, metric: str, settings: Settings, given: str) -> tuple[pl.Series, list[str]]:
    numbers = _numbers(values)
    place = f"{given}: column {values.name!r}"
    told = _check_percent(numbers.drop_nulls(), metric, place)
    ces = settings.ces_scale.split("-")
    low, high = _RANGES.get(metric, (float(ces[0]), float(ces[1])))
    valid = numbers.is_between(low, high)
    off = int((~valid).sum())
    if off:
        told.append(f"{place}: left out {off} of {len(numbers)} values: not between {low:g} and {high:g}")
    return numbers.set(~valid.fill_null(value=False), None), told


def _check_percent(numbers: pl.Series, metric: str, place: str) -> list[str]:
    """Return warnings of figures that may not be percent or points; refuse those that are not."""
    if metric not in _RANGES:
        return []
    n = len(numbers)
    small = int(((numbers.abs() <= 1) & (numbers % 1 != 0)).sum())  # 1 and 0 may be either
    if small and (numbers.abs() <= 1).all() and (n >= _FEW or metric == "csat_stated"):
        unit = "percent" if metric == "csat_stated" else "points"
        raise InputError(
            f"{place}: all {n} values are fractions of 1 instead of {unit}; multiply them by 100"
        )
    if metric == "csat_stated" and n > 1 and numbers.is_between(1, _HIGHEST_MEAN).all():
        raise InputError(
            f"{place}: mean ratings instead of percent satisfied; give the share of satisfied answers,"
            f" or one row a respondent"
        )
    told = f"{place}: {small} of {n} values are fractions of 1; if they are shares, multiply them by 100"
    return [told] if small else []


def _numbers(values: pl.Series) -> pl.Series:
    scores = score_values(values)
    return values.cast(pl.String, strict=False).replace_strict(
        scores["value"], scores["number"], default=None, return_dtype=pl.Float64
    )
