"""Who was asked, who answered, and who of those wrote: response and comment rate per market."""

from typing import Final

import polars as pl

from cxtext.errors import InputError
from cxtext.figures.groups import group_names
from cxtext.figures.rows import Figures, metrics_frame
from cxtext.schema.columns import METRICS, UnscoredReason
from cxtext.schema.figures import Method, Unit
from cxtext.schema.results import Joined
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import wilson

KEY: Final = "respondent_id"
ROW: Final = ("source_file", "source_row")
SCORES: Final = ("nps_0_10", "ces", "stated_rating_1_5")


def response_figures(joined: Joined, totals: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return response_rate and comment_rate of each market in `totals`, and of them all; rows of METRICS.

    Raises
    ------
    InputError: more people answered in a market than were invited there.
    """
    if totals.is_empty():
        return pl.DataFrame(schema=METRICS)
    counted = _answered(joined).group_by("market").agg(pl.len().alias("answered"), pl.col("wrote").sum())
    table = totals.join(counted, on="market", how="left", maintain_order="left").sort("market")
    table = table.with_columns(pl.col("answered", "wrote").fill_null(0))
    _check(table)
    whole = table.select(pl.col("invited", "answered", "wrote").sum())
    return pl.concat(
        [_figures(whole, ["{}"], settings), _figures(table, group_names(table, ("market",)), settings)]
    )


def _figures(table: pl.DataFrame, groups: list[str], settings: Settings) -> pl.DataFrame:
    rates = (("response_rate", "answered", "invited"), ("comment_rate", "wrote", "answered"))
    figures = [
        Figures(
            metric,
            wilson(table[part], table[of], settings.level).map(lambda share: 100 * share),
            table[of],
            Method.WILSON,
            Unit.PERCENT,
        )
        for metric, part, of in rates
    ]
    return metrics_frame(groups, figures, smallest=settings.min_group_n, level=settings.level)


def _answered(joined: Joined) -> pl.DataFrame:
    """Return everyone who answered anything, once: market, and whether they wrote a comment.

    Rows with a respondent are that respondent's; a row without one is a person by itself. A row without a
    score and without a text, as exports have for those who did not answer, is nobody's answer.
    """
    wrote = pl.col("text_reason").ne_missing(UnscoredReason.EMPTY.value)
    scored = pl.any_horizontal(pl.col(SCORES).is_not_null())
    own = joined.comments.select(KEY, *ROW, "market", wrote=wrote, scored=scored)
    surveyed = joined.respondents.select(KEY, *ROW, "market", wrote=pl.lit(False), scored=scored)
    # A comment's own scores make it a respondent too: without a key it would count twice.
    surveyed = pl.concat(
        [
            surveyed.filter(pl.col(KEY).is_not_null()),
            surveyed.filter(pl.col(KEY).is_null()).join(own, on=ROW, how="anti"),
        ]
    )
    who = pl.coalesce(KEY, pl.format("{}\n{}", *ROW)).alias("who")
    rows = pl.concat([surveyed, own]).with_columns(who).filter(pl.col("wrote") | pl.col("scored"))
    people = rows.group_by("who", pl.col(KEY).is_null().alias("anonymous"), maintain_order=True)
    return people.agg(pl.col("market").drop_nulls().first(), pl.col("wrote").any())


def _check(table: pl.DataFrame) -> None:
    for row in table.filter(pl.col("answered") > pl.col("invited")).iter_rows(named=True):
        raise InputError(
            f"{row['source_file']}, row {row['source_row']}, column {row['column']!r}: {row['invited']} invited"
            f" in {row['market']}, but {row['answered']} answered; count everyone who could answer, or give the"
            " comments and surveys of those invited only"
        )
