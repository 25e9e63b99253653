"""Whether comments that are given 0.7 of being satisfied are, in seven cases of ten."""

from typing import Final

import polars as pl

from cxtext.figures.groups import Dimensions, aggregate, breakdowns, group_names
from cxtext.figures.rows import few
from cxtext.figures.satisfied import stated_satisfied
from cxtext.schema.columns import CALIBRATION
from cxtext.schema.settings import Settings
from cxtext.statistics.intervals import floats, wilson

BINS: Final = 10
SHOWN: Final = ("inferred", "stated", "low", "high")
_BIN: Final = "bin"


def calibration_table(comments: pl.DataFrame, hidden: pl.Series, settings: Settings) -> pl.DataFrame:
    """Return inferred beside stated CSAT for each tenth of the scores, per group; columns CALIBRATION.

    Only comments with both sides count, bins without any are left out. Bins under `settings.min_group_n`
    and those of groups in `hidden` show no figure.
    """
    both = comments.filter(pl.col("gap").is_not_null()).with_columns(
        stated_satisfied(settings),
        (pl.col("inferred_csat_0_1") * BINS).floor().clip(0, BINS - 1).cast(pl.Int64).alias(_BIN),
    )
    parts = [_of_breakdown(both, dimensions, settings) for dimensions in breakdowns(settings)]
    table = pl.concat([pl.DataFrame(schema=CALIBRATION), *parts])
    suppressed = pl.col("suppressed") | pl.col("group").is_in(hidden.implode())
    return table.with_columns(
        *(pl.when(~suppressed).then(name).alias(name) for name in SHOWN), suppressed=suppressed
    )


def _of_breakdown(both: pl.DataFrame, dimensions: Dimensions, settings: Settings) -> pl.DataFrame:
    sums = [
        pl.len().alias("n"),
        pl.col("satisfied").sum(),
        (100 * pl.col("inferred_csat_0_1").mean()).alias("inferred"),
    ]
    table = aggregate(both, (*dimensions, _BIN), sums)
    n = table["n"].cast(pl.Int64).to_numpy()
    share = wilson(table["satisfied"], n, settings.level).map(lambda x: 100 * x)
    columns = {
        "group": ["{}"] * len(n) if not dimensions else group_names(table, dimensions),
        "bin_from": table[_BIN] / BINS,
        "bin_to": (table[_BIN] + 1) / BINS,
        "inferred": floats(table["inferred"]),
        "stated": share.value,
        "low": share.low,
        "high": share.high,
        "n": n,
        "suppressed": few(n, settings.min_group_n),
    }
    return pl.DataFrame(columns, schema=CALIBRATION).with_columns(pl.col(pl.Float64).fill_nan(None))
