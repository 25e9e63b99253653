"""Frames as the stages before would hand them on, built from the few columns a test cares about."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import settings

from cxtext.schema.columns import (
    CLASSIFIED,
    COMMENTS,
    DETECTED,
    GROUP_RESULTS,
    P_STARS,
    PROTECTED,
    REJECTED,
    RESPONDENTS,
    THEMED,
)
from cxtext.schema.results import SurveysRead

# How long an example takes says more of the machine than of the code.
settings.register_profile("cxtext", deadline=None)
settings.load_profile("cxtext")

SCORED = {**COMMENTS, **PROTECTED, **DETECTED, **CLASSIFIED, **THEMED}
Rows = Sequence[dict[str, Any]]


def _comment(row: dict[str, Any], place: int) -> dict[str, Any]:
    """Fill in a comment; `rating` is a stated rating on 1..5, `stars` the five probabilities."""
    given = dict(row)
    rating, stars = given.pop("rating", None), given.pop("stars", None)
    filled: dict[str, Any] = {"id": f"c{place}", "source_file": "comments.csv", "source_row": place + 1}
    if rating is not None:
        filled |= {"stated_rating": rating, "stated_rating_1_5": rating, "stated_scale": "1-5"}
    else:
        filled |= {"stated_reason": "missing"}
    if stars is not None:
        below = [sum(stars[: star + 1]) for star in range(5)]
        filled |= dict(zip(P_STARS, stars, strict=True))
        filled["inferred_rating_1_5"] = sum(p * star for star, p in enumerate(stars, start=1))
        filled["inferred_star_1_5"] = next(star for star in range(1, 6) if below[star - 1] >= 0.5)
        filled["inferred_csat_0_1"] = stars[3] + stars[4]
    return filled | given


@pytest.fixture
def scored_comments() -> Callable[[Rows], pl.DataFrame]:
    """Return a function from rows to a frame of scored comments."""

    def build(rows: Rows) -> pl.DataFrame:
        filled = [_comment(row, place) for place, row in enumerate(rows)]
        columns = {name: [row.get(name) for row in filled] for name in SCORED}
        return pl.DataFrame(columns, schema=SCORED)

    return build


@pytest.fixture
def survey_rows() -> Callable[..., SurveysRead]:
    """Return a function from rows of respondents, and of groups, to surveys as read."""

    def build(rows: Rows = (), groups: Rows = ()) -> SurveysRead:
        filled = [
            {"source_file": "surveys.csv", "source_row": place + 1} | row for place, row in enumerate(rows)
        ]
        return SurveysRead(
            respondents=_frame(filled, RESPONDENTS),
            groups=_frame(groups, GROUP_RESULTS),
            rejected=pl.DataFrame(schema=REJECTED),
        )

    return build


def _frame(rows: Rows, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in schema}, schema=schema)
