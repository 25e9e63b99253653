"""What one report is on: everything, or one market; its groups, and its figures in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cxtext.figures.periods import sort_key as period_key
from cxtext.report.document import Figure
from cxtext.report.wording import Wording

Row = dict[str, Any]
Group = dict[str, str]

NPS_ANSWERS = ("detractors", "passives", "promoters")
CES_ANSWERS = ("hard", "between", "easy")
PERCENT = frozenset(
    (
        *("csat_stated", "csat_inferred", "csat_combined"),
        *(f"rating_share_{star}" for star in range(1, 6)),
        *("nps_promoters", "nps_passives", "nps_detractors", "ces_easy_share"),
        *("churn_rate", "churn_rate_gross"),
        *("rating_drivers_r2", "rating_driver_share", "rating_driver_rank_kept"),
        "csat_stated_weighted",
        *("response_rate", "comment_rate"),
        *(f"nps_{kind}_{answer}" for kind in ("text", "inferred") for answer in NPS_ANSWERS),
        *(f"{kind}_{answer}" for kind in ("ces_text", "effort_inferred") for answer in CES_ANSWERS),
        *("nps_text_skill", "ces_text_skill"),
        *("nps_drivers_r2", "nps_driver_share", "nps_driver_rank_kept"),
        *("agreement_exact", "agreement_within_one", "share_unsupported", "share_unscored", "match_rate"),
    )
)
ONE_DECIMAL = frozenset(("nps", "nps_inferred", "nps_weighted", "csat_stated_effective_n", "nps_effective_n"))
SIGNED = {  # metric -> decimals
    "csat_gap": 1,
    "bias": 2,
    "limits_of_agreement": 2,
    "rating_driver_difference": 2,
    "nps_driver_difference": 2,
}
BETWEEN = " · "
NO_BREAK = "\N{NO-BREAK SPACE}"
MOST_ROWS, MOST_PERIODS = 40, 15  # of a chart, and of a table that is not folded away
NO_DATA, NOT_ENOUGH = "no data", "not enough data"  # where no note says more


@dataclass(frozen=True)
class Breakdown:
    """Groups that are shown together: a title, and each group with its label.

    `crossed`: by more than one dimension, so long and for those who look for it. Periods without any figure are
    left out and counted in the title, unless there are no others.
    """

    title: str
    groups: tuple[tuple[str, Group], ...]
    crossed: bool

    @property
    def is_long(self) -> bool:
        """Whether these are too many for a chart, or an open table; periods have a chart of their own."""
        periods = "period" in self.groups[-1][1]
        return len(self.groups) > (MOST_PERIODS if periods else MOST_ROWS)


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
        found: Row = next(row for row in self.data["rows"] if row["market"] == self.market)
        return found

    @property
    def level(self) -> str:
        """The level of the intervals, as a percentage."""
        return self.wording.percent(100 * self.data["settings"]["level"], digits=0)

    @cached_property
    def _by_group_and_metric(self) -> dict[tuple[tuple[tuple[str, str], ...], str], Row]:
        rows = [*self.data["metrics"], *self.data["commenters"]]
        return {(_key(row["group"]), row["metric"]): row for row in rows}

    @cached_property
    def _parts(self) -> dict[tuple[str, ...], list[Group]]:
        """The groups within this scope by their dimensions, each sorted by name, periods by time."""
        parts: dict[tuple[str, ...], list[Group]] = {}
        for group in {_key(row["group"]): row["group"] for row in self.data["metrics"]}.values():
            if self.whole.items() < group.items():
                parts.setdefault(tuple(group), []).append(group)
        return {dimensions: sorted(found, key=self._place) for dimensions, found in parts.items()}

    def _place(self, group: Group) -> list[str]:
        sort_key = self.wording.sort_key
        return [
            period_key(value) if name == "period" else sort_key(name, value) for name, value in group.items()
        ]

    def metric(self, metric: str, group: Group) -> Row | None:
        """Return the row of a figure, or null where it was not computed."""
        return self._by_group_and_metric.get((_key(group), metric))

    def has(self, metric: str) -> bool:
        """Return whether any group of this scope has a value for the metric."""
        groups = [self.whole, *(group for groups in self._parts.values() for group in groups)]
        return any(self._is_shown(group, [metric]) for group in groups)

    def label(self, group: Group) -> str:
        """Return how a group is called, its market left out where the whole report is on that market."""
        named = dict(group.items() - self.whole.items())
        if not named:
            return (
                self.wording("group.all") if self.market is None else self.wording.name("market", self.market)
            )
        return BETWEEN.join(self.wording.name(key, value) for key, value in group.items() if key in named)

    def breakdowns(self, *, of: Sequence[str]) -> list[Breakdown]:
        """Return the groups to show beside each other, of those that have one of the metrics `of`.

        The first breakdown begins with the whole.
        """
        found = [self._breakdown(dimensions, groups, of) for dimensions, groups in self._parts.items()]
        shown = [breakdown for breakdown in found if breakdown.groups]
        whole = (self.label(self.whole), self.whole)
        if not shown:
            return [Breakdown(whole[0], (whole,), crossed=False)]
        first = shown[0]
        return [Breakdown(first.title, (whole, *first.groups), first.crossed), *shown[1:]]

    def _breakdown(self, dimensions: tuple[str, ...], groups: list[Group], of: Sequence[str]) -> Breakdown:
        known = [group for group in groups if any(self.metric(metric, group) for metric in of)]
        shown = [group for group in known if "period" not in group or self._is_shown(group, of)] or known
        named = [self.wording(f"dimension.{name}") for name in dimensions if name not in self.whole]
        title = self.wording("group.by", dimensions=self.wording("group.and").join(named))
        if left_out := len(known) - len(shown):
            title = self.wording("group.left_out", title=title, count=self.wording.number(left_out))
        return Breakdown(title, tuple((self.label(group), group) for group in shown), crossed=len(named) > 1)

    def _is_shown(self, group: Group, of: Sequence[str]) -> bool:
        rows = (self.metric(metric, group) for metric in of)
        return any(row is not None and row["value"] is not None for row in rows)

    def figure(self, metric: str, group: Group) -> Figure:
        """Return a figure in words: its value with interval and n, or the reason there is none."""
        row = self.metric(metric, group)
        if row is None:
            return Figure("", "", reason=self.wording.code("note", NO_DATA))
        n = "" if row["n"] is None else self.wording.number(row["n"])
        base = self.wording("figure.n", n=n) if n else self.wording("figure.n_unknown")
        if row["value"] is None:
            reason = row["note"] or (NOT_ENOUGH if row["n"] else NO_DATA)
            return Figure(n, base, reason=self.wording.code("note", reason))
        return Figure(
            n,
            base,
            value=self.worded(metric, row["value"]),
            interval=self._interval(metric, row),
            note=self.wording.code("note", row["note"]) if row["note"] else None,
            point=row["value"],
            low=row["low"],
            high=row["high"],
        )

    def interval(self, figure: Figure) -> str:
        """Return the interval of a figure with its level: "95% interval 70.6 to 74.1"."""
        if figure.interval is None:
            return self.wording("interval.none")
        unbroken = figure.interval.replace(" ", NO_BREAK)
        return self.wording("interval.with_level", level=self.level, range=unbroken)

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


def _key(group: Group) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(group.items()))
