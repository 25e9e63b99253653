"""Everything the reports show, gathered from a finished analysis: plain data, nothing computed anew."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from cxtext.errors import InputError
from cxtext.schema.results import Analysis

REPORT_JSON = "report.json"
FORMAT = 1  # raised when report.json changes so that older ones can't be rendered
# What the lists hold at most; the pages show the first few of them, the workbook all.
DISAGREEMENTS_PER_MARKET = 100
MISFITS_PER_KIND = 1_000

ANY_LANGUAGE = "*"
Group = tuple[str | None, str]  # market, language or any


def collect(analysis: Analysis) -> dict[str, Any]:
    """Return all that is rendered, as JSON-able data without a clock or an output path.

    Figures stay unrounded. Groups under `min_group_n` rows give no theme and no verbatim.
    """
    comments = analysis.joined.comments
    read = analysis.read
    hidden = _hidden_groups(analysis)
    disagreements, withheld = _disagreements(analysis.compared.disagreements, hidden)
    metrics = metric_rows(pl.concat([analysis.measured.metrics, analysis.compared.metrics]))
    return {
        "format": FORMAT,
        "version": analysis.version,
        "settings": analysis.settings.model_dump(mode="json"),
        "models": [asdict(model) for model in analysis.models],
        "inputs": [asdict(file) for result in read for file in result.files],
        "recognised": [asdict(found) for result in read for found in result.recognised],
        "warnings": [*analysis.warnings],
        "metrics": metrics,
        "commenters": metric_rows(analysis.measured.commenters),
        "themes": _themes(analysis.measured.themes, hidden),
        "disagreements": disagreements,
        "disagreements_withheld": withheld,
        "differences": _with_groups(analysis.compared.differences, "group_a", "group_b"),
        "trends": _with_groups(analysis.compared.trends, "group"),
        "alerts": _with_groups(analysis.compared.alerts, "group"),
        "verdicts": _with_groups(analysis.compared.verdicts, "group"),
        "calibration": _with_groups(analysis.compared.calibration, "group"),
        "rows": _rows(
            comments, analysis, [row["group"]["market"] for row in metrics if "market" in row["group"]]
        ),
        "join": asdict(analysis.joined.counts),
        "misfits": analysis.joined.misfits.group_by("kind", maintain_order=True)
        .head(MISFITS_PER_KIND)
        .to_dicts(),
    }


def load_report(path: Path) -> dict[str, Any]:
    """Return the data of a report.json, or of the one in an output folder.

    Raises
    ------
    InputError: there is none, or it was written by a version of cxtext with another format.
    """
    file = path / REPORT_JSON if path.is_dir() else path
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: not a readable report.json; run cxtext analyse to make one") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{file}: written by another version of cxtext; run cxtext analyse again")
    return data


def metric_rows(metrics: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a metrics frame with `group` as an object, and null where a value is not finite."""
    numbers = [name for name, dtype in metrics.schema.items() if dtype.is_float()]
    finite = pl.col(numbers)
    clean = metrics.with_columns(pl.when(finite.is_finite()).then(finite)) if numbers else metrics
    return [row | {"group": json.loads(row["group"])} for row in clean.iter_rows(named=True)]


def _hidden_groups(analysis: Analysis) -> set[Group]:
    """Return the groups by market, and by market and language, whose comments are too few to quote."""
    comments, few = analysis.joined.comments, analysis.settings.min_group_n
    by_market = comments.group_by("market").len().with_columns(language=pl.lit(ANY_LANGUAGE))
    by_both = comments.drop_nulls("language").group_by("market", "language").len()
    counted = pl.concat([by_market.select("market", "language", "len"), by_both])
    small = {(market, language) for market, language, rows in counted.iter_rows() if rows < few}
    metrics = metric_rows(
        analysis.measured.metrics.filter(pl.col("suppressed"), pl.col("metric") == "csat_inferred")
    )
    suppressed = (row["group"] for row in metrics if row["group"].keys() <= {"market", "language"})
    return small | {
        (group["market"], group.get("language", ANY_LANGUAGE)) for group in suppressed if "market" in group
    }


def _is_hidden(row: dict[str, Any], hidden: set[Group]) -> bool:
    return bool({(row["market"], ANY_LANGUAGE), (row["market"], row["language"])} & hidden)


def _themes(themes: pl.DataFrame, hidden: set[Group]) -> list[dict[str, Any]]:
    return [row for row in themes.iter_rows(named=True) if not _is_hidden(row, hidden)]


def _disagreements(frame: pl.DataFrame, hidden: set[Group]) -> tuple[list[dict[str, Any]], int]:
    """Return the comments to show, largest gap first, and how many small groups withheld."""
    rows = list(frame.sort(pl.col("gap").abs(), descending=True, maintain_order=True).iter_rows(named=True))
    open_rows = [row for row in rows if not _is_hidden(row, hidden)]
    shown: list[dict[str, Any]] = []
    of_market: Counter[str | None] = Counter()
    for row in open_rows:
        of_market[row["market"]] += 1
        if of_market[row["market"]] <= DISAGREEMENTS_PER_MARKET:
            shown.append(row)
    return shown, len(rows) - len(open_rows)


def _with_groups(frame: pl.DataFrame, *names: str) -> list[dict[str, Any]]:
    """Return the rows of a frame with the groups in the columns `names` as objects."""
    return [row | {name: json.loads(row[name]) for name in names} for row in frame.iter_rows(named=True)]


def _rows(comments: pl.DataFrame, analysis: Analysis, measured: list[str]) -> list[dict[str, Any]]:
    """Return what became of the rows: of the whole input first, then of each market, largest first.

    A market that was `measured` from survey results alone has no rows here, and is told so.
    """
    markets = dict.fromkeys([*_counted(comments["market"]), *sorted(measured)])
    whole = {"market": None, **_account(comments), **_account_of_reading(analysis)}
    return [whole, *({"market": name, **_account(comments.filter(market=name))} for name in markets)]


def _account(comments: pl.DataFrame) -> dict[str, Any]:
    first, last = comments["date"].min(), comments["date"].max()
    return {
        "comments": comments.height,
        "first_date": None if first is None else str(first),
        "last_date": None if last is None else str(last),
        "rated": comments["stated_rating_1_5"].count(),
        "stated_reason": _counted(comments["stated_reason"]),
        "language": _counted(comments["language"]),
        "language_reason": _counted(comments["language_reason"]),
        "language_detected": _counted(comments.filter(language_reason="unsupported")["language_detected"]),
        "scored": comments["inferred_rating_1_5"].count(),
        "unscored_reason": _counted(comments["unscored_reason"]),
        "truncated": int(comments["truncated"].sum()),
        "personal_data": _counted(comments["personal_data"].explode()),
    }


def _account_of_reading(analysis: Analysis) -> dict[str, Any]:
    return {
        "rejected": _counted(_without_numbers(analysis.comments_read.rejected["reason"])),
        "survey_rejected": _counted(_without_numbers(analysis.surveys_read.rejected["reason"])),
        "control_characters_removed": analysis.comments_read.control_characters_removed,
    }


def _without_numbers(reasons: pl.Series) -> pl.Series:
    # "3 fields instead of 5" and "4 fields instead of 5" are one reason; rejected.jsonl tells them apart.
    return reasons.str.replace_all(r"\d+", "#")


def _counted(values: pl.Series) -> dict[str, int]:
    """Return how often each value occurs, most frequent first, nulls left out."""
    counts = (
        values.drop_nulls().rename("value").value_counts().sort("count", "value", descending=[True, False])
    )
    return dict(counts.iter_rows())
