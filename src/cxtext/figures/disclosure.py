"""Figures of small groups that could be computed from those shown: hidden too.

Rows of schema.columns.METRICS in, the same rows out; what small groups show is hidden before (figures.rows).
"""

import json
from collections.abc import Sequence
from typing import Final

import polars as pl

from cxtext.schema.figures import Note

# The one dimension whose total gives nothing away: which language a comment is in is detected, not declared.
NOT_DECLARED: Final = "language"
FIGURE: Final = ("value", "low", "high", "level")

Group = frozenset[tuple[str, str]]


def hide_derivable(metrics: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Return the metrics without the figures from which a hidden one could be computed.

    Of groups that differ in one declared dimension and make up a shown whole, one alone is not hidden: it is
    the whole less the others. So the smallest of the others is hidden as well, unless `smallest` rows or more
    of the whole are in no shown group. Where a group is hidden for that, so are its parts.
    """
    by_metric = metrics.with_row_index("row").partition_by("metric", maintain_order=True)
    rows = [row for one in by_metric for row in _derivable_from(one, smallest)]
    also = pl.int_range(pl.len()).is_in(pl.Series(rows, dtype=pl.Int64).implode())
    return metrics.with_columns(
        *(pl.when(~also).then(name).alias(name) for name in FIGURE),
        suppressed=pl.col("suppressed") | also,
        note=pl.when(also).then(pl.lit(Note.SUPPRESSED_OTHER.value)).otherwise("note"),
    )


def _derivable_from(rows: pl.DataFrame, smallest: int) -> list[int]:
    """Return the rows of one metric to hide too."""
    groups = [frozenset(json.loads(group).items()) for group in rows["group"]]
    n = dict(zip(groups, rows["n"].fill_null(0), strict=True))
    few = {group for group, is_hidden in zip(groups, rows["suppressed"], strict=True) if is_hidden}
    hidden, families = set(few), _families(groups)
    while found := _seconds(families, n, hidden, smallest):
        hidden |= {group for group in groups if n[group] and any(second <= group for second in found)}
    return [row for row, group in zip(rows["row"], groups, strict=True) if group in hidden - few]


def _families(groups: Sequence[Group]) -> dict[tuple[Group, str], list[Group]]:
    """Return the parts of each whole by the dimension that tells them apart."""
    known, families = set(groups), dict[tuple[Group, str], list[Group]]()
    for group in groups:
        if NOT_DECLARED not in dict(group):
            for key in group:
                if (whole := group - {key}) in known:
                    families.setdefault((whole, key[0]), []).append(group)
    return families


def _seconds(
    families: dict[tuple[Group, str], list[Group]], n: dict[Group, int], hidden: set[Group], smallest: int
) -> set[Group]:
    """Return the smallest shown part of each shown whole that has just one hidden part."""
    found = set()
    for (whole, _), parts in families.items():
        shown = [part for part in parts if n[part] and part not in hidden]
        alone = len(hidden.intersection(parts)) == 1
        left = n[whole] - sum(n[part] for part in shown)
        if alone and shown and n[whole] and whole not in hidden and left < smallest:
            found.add(min(shown, key=lambda part: n[part]))
    return found
