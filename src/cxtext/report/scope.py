"""What one report is on: everything, or one market; its groups, and its figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cxtext.report.document import Figure
from cxtext.report.wording import Wording

Row = dict[str, Any]
Group = dict[str, str]

PERCENT = frozenset(
    (
        *("csat_stated", "csat_inferred", "csat_combined"),
        *(f"rating_share_{star}" for star in range(1, 6)),
        *("nps_promoters", "nps_passives", "nps_detractors", "ces_easy_share", "churn_rate"),
        *("agreement_exact", "agreement_within_one", "share_unsupported", "share_unscored", "match_rate"),
    )
)
ONE_DECIMAL = frozenset(("nps",))
SIGNED = {"csat_gap": 1, "bias": 2}  # metric -> decimals
BETWEEN = " · "


@dataclass(frozen=True)
class Breakdown:
    """Groups that are shown together: a title, and each group with its label."""

    title: str
    groups: tuple[tuple[str, Group], ...]


@dataclass(frozen=True)
class Scope:
    """The data of a run, the wording to tell it in, and the market it is limited to (null: everything)."""

    data: dict[str, Any]
    wording: Wording
    market: str | None = None

    @property
    def whole(self) -> Group:
        """The group that holds all of this scope."""
        return {} if self.market is None else {"market": self.market}

    @property
    def rows(self) -> Row:
        """What became of the rows of this scope."""
        found = (row for row in self.data["rows"] if row["market"] == self.market)
        return next(found, self.data["rows"][0])

    @property
    def level(self) -> str:
        """The level of the intervals, as a percentage."""
        return self.wording.percent(100 * self.data["settings"]["level"], digits=0)

    @cached_property
    def _by_group_and_metric(self) -> dict[tuple[tuple[tuple[str, str], ...], str], Row]:
        return {(_key(row["group"]), row["metric"]): row for row in self.data["metrics"]}

    def metric(self, metric: str, group: Group) -> Row | None:
        """Return the row of a figure, or null where it was not computed."""
        return self._by_group_and_metric.get((_key(group), metric))

    def groups_by(self, dimensions: Sequence[str]) -> list[Group]:
        """Return the groups of this scope that have exactly these dimensions, in the order of the figures."""
        groups = {_key(row["group"]): row["group"] for row in self.data["metrics"]}
        wanted = (group for group in groups.values() if group.keys() == set(dimensions))
        return [group for group in wanted if self.whole.items() <= group.items()]

    def label(self, group: Group) -> str:
        """Return how a group is called, its market left out where the whole report is on that market."""
        named = {key: value for key, value in group.items() if key not in self.whole}
        if not named:
            return (
                self.wording("group.all") if self.market is None else self.wording.name("market", self.market)
            )
        return BETWEEN.join(self.wording.name(dimension, value) for dimension, value in named.items())

    def breakdowns(self, *, of: Sequence[str]) -> list[Breakdown]:
        """Return the groups to show beside each other, of those that have one of the metrics `of`."""
        crossed = [tuple(by) for by in self.data["settings"]["by"]]
        wanted = [by for by in crossed if self.market is None or ("market" in by and len(by) > 1)]
        found = [self._breakdown(by, of) for by in dict.fromkeys(wanted)]
        shown = [breakdown for breakdown in found if breakdown.groups]
        whole = (self.label(self.whole), self.whole)
        if not shown:
            return [Breakdown(whole[0], (whole,))]
        first = shown[0]
        return [Breakdown(first.title, (whole, *first.groups)), *shown[1:]]

    def _breakdown(self, dimensions: tuple[str, ...], of: Sequence[str]) -> Breakdown:
        groups = [g for g in self.groups_by(dimensions) if any(self.metric(metric, g) for metric in of)]
        named = [self.wording(f"dimension.{name}") for name in dimensions if name not in self.whole]
        title = self.wording("group.by", dimensions=self.wording("group.and").join(named))
        return Breakdown(title, tuple((self.label(group), group) for group in groups))

    def has(self, metric: str) -> bool:
        """Return whether any group of this scope has a value for the metric."""
        rows = (row for row in self.data["metrics"] if row["metric"] == metric and row["value"] is not None)
        return any(self.whole.items() <= row["group"].items() for row in rows)

    def figure(self, metric: str, group: Group) -> Figure:
        """Return a figure in words: its value with interval and n, or the reason there is none."""
        row = self.metric(metric, group)
        if row is None:
            return Figure("", "", reason=self.wording("reason.no_data"))
        n = self.wording.number(row["n"] or 0)
        base = self.wording("figure.n", n=n)
        if row["value"] is None:
            return Figure(n, base, reason=self._reason(row))
        return Figure(
            n,
            base,
            value=self.worded(metric, row["value"]),
            interval=self._interval(metric, row),
            point=row["value"],
            low=row["low"],
            high=row["high"],
        )

    def worded(self, metric: str, value: float, *, bare: bool = False) -> str:
        """Return a value of a metric with its unit; `bare` leaves the unit out."""
        if metric in PERCENT:
            return self.wording.number(value, 1) if bare else self.wording.percent(value)
        if metric in SIGNED:
            return self.wording.signed(value, SIGNED[metric])
        return self.wording.number(value, 1 if metric in ONE_DECIMAL else 2)

    def _interval(self, metric: str, row: Row) -> str | None:
        if row["low"] is None or row["high"] is None:
            return None
        low, high = (self.worded(metric, row[end], bare=True) for end in ("low", "high"))
        return self.wording("interval.range", low=low, high=high)

    def _reason(self, row: Row) -> str:
        if row["suppressed"]:
            return self.wording(
                "reason.suppressed", n=self.wording.number(self.data["settings"]["min_group_n"])
            )
        if row["note"]:
            return self.wording.code("note", row["note"])
        return self.wording("reason.not_available" if row["n"] else "reason.no_data")

    def cell(self, metric: str, group: Group) -> str:
        """Return a figure for a table: "72.4% (70.6 to 74.1), n = 2,431", or the reason there is none."""
        figure = self.figure(metric, group)
        if figure.value is None:
            return figure.reason or ""
        interval = f" ({figure.interval})" if figure.interval else ""
        note = (self.metric(metric, group) or {}).get("note")
        told = f"; {self.wording.code('note', note)}" if note else ""
        return f"{figure.value}{interval}, {figure.base}{told}"


def _key(group: Group) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(group.items()))
