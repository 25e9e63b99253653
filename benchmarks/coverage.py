"""Measures by simulation how often 95% intervals hold the truth, and writes docs/coverage.md.

    python benchmarks/coverage.py

Every cell is a population, a sample size and a function of cxtext.statistics. tests/statistics/test_coverage.py
holds the same cells to their bounds. Seeds follow from a cell's name. About three minutes of one core.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit, ndtri
from scipy.stats import binom

from cxtext.statistics.bootstrap import seeded
from cxtext.statistics.comparisons import difference_of_estimates, difference_of_nps, difference_of_shares
from cxtext.statistics.intervals import Estimate, Floats, bounded_mean, floats, net_promoter_score, wilson
from cxtext.statistics.ppi import Moments, ppi_mean
from cxtext.statistics.raking import design_effect, rake, raked_variance, weighted_nps, weighted_share

PAGE: Final = Path(__file__).parents[1] / "docs" / "coverage.md"
BOUNDS: Final = (0.93, 0.975)
REPLICATIONS: Final = 20_000
RAKED_REPLICATIONS: Final = 2_000  # weights are made sample by sample

Held = NDArray[np.bool_]
Draw = Callable[[np.random.Generator, int], Held]  # samples, and how many


@dataclass(frozen=True)
class Cell:
    """One population and sample size: `held` draws samples and tells whose interval holds the truth."""

    figure: str
    case: str
    n: str
    held: Draw
    replications: int = REPLICATIONS

    @property
    def name(self) -> str:
        """Return what the cell is called, and seeded by."""
        return f"{self.figure}, {self.case}, n = {self.n}"

    def coverage(self) -> float:
        """Return the share of samples whose interval holds the truth."""
        return float(np.mean(self.held(seeded(0, self.name), self.replications)))

    @property
    def bounds(self) -> tuple[float, float]:
        """Return what the coverage must lie in: 93 to 97.5 percent, but for what is told in EXCEPTIONS."""
        return EXCEPTIONS.get(self.name, BOUNDS)


def cells() -> list[Cell]:
    """Return all cells, in the order of the page."""
    families = (_nps, _means, _nps_differences, _share_differences, _mean_differences, _combined, _raked)
    return [cell for family in families for cell in family()]


def holds(found: Estimate, truth: float) -> Held:
    """Return whether the intervals hold the truth."""
    return np.asarray((found.low <= truth) & (truth <= found.high))


# --- NPS ---------------------------------------------------------------------------------------------------

# Shares of promoters, passives and detractors.
NPS: Final = {
    "61% score 10, 20% detractors": (0.68, 0.12, 0.20),
    "many promoters": (0.80, 0.13, 0.07),
    "nearly all promoters": (0.90, 0.07, 0.03),
    "divided": (0.51, 0.19, 0.30),
    "even": (0.35, 0.35, 0.30),
    "mostly passives": (0.30, 0.55, 0.15),
    "mostly detractors": (0.20, 0.20, 0.60),
}
SIZES: Final = (30, 100, 1_000)


def _nps() -> Iterator[Cell]:
    for (case, shares), n in product(NPS.items(), SIZES):
        yield Cell("nps", case, f"{n:,}", partial(_nps_held, n=n, shares=shares))


def _nps_held(generator: np.random.Generator, times: int, *, n: int, shares: Sequence[float]) -> Held:
    drawn = generator.multinomial(n, shares, times)
    return holds(net_promoter_score(*drawn.T), 100 * (shares[0] - shares[2]))


# --- means on a scale --------------------------------------------------------------------------------------

Answers = tuple[tuple[float, ...], tuple[float, ...]]  # the points of a scale, and the share that gives each

MEANS: Final[dict[str, Answers]] = {
    "rating 1-5, most give 5": ((1, 2, 3, 4, 5), (0.04, 0.03, 0.05, 0.18, 0.70)),
    "rating 1-5, nearly all give 5": ((1, 2, 3, 4, 5), (0.02, 0.01, 0.02, 0.10, 0.85)),
    "rating 1-5, most give 4": ((1, 2, 3, 4, 5), (0.05, 0.02, 0.03, 0.75, 0.15)),
    "rating 1-5, 1 or 5": ((1, 2, 3, 4, 5), (0.45, 0.03, 0.02, 0.04, 0.46)),
    "rating 0-10, 61% give 10": (
        tuple(range(11)), (0.06, 0.02, 0.02, 0.02, 0.02, 0.04, 0.02, 0.04, 0.08, 0.07, 0.61),
    ),
    "CES 1-5, spread": ((1, 2, 3, 4, 5), (0.10, 0.20, 0.30, 0.25, 0.15)),
    "CES 1-7, mostly easy": ((1, 2, 3, 4, 5, 6, 7), (0.03, 0.03, 0.04, 0.08, 0.15, 0.27, 0.40)),
    "CES 0-5, mostly hard": ((0, 1, 2, 3, 4, 5), (0.45, 0.25, 0.12, 0.08, 0.06, 0.04)),
}  # fmt: skip


def _means() -> Iterator[Cell]:
    for (case, answers), n in product(MEANS.items(), SIZES):
        yield Cell("mean", case, f"{n:,}", partial(_mean_held, n=n, answers=answers))


def _mean_held(generator: np.random.Generator, times: int, *, n: int, answers: Answers) -> Held:
    return holds(_sampled(generator, times, n, answers), _mean(answers))


def _mean(answers: Answers) -> float:
    return float(np.average(answers[0], weights=answers[1]))


def _sampled(generator: np.random.Generator, times: int, n: int, answers: Answers) -> Estimate:
    """Return the means of many samples."""
    points, shares = map(np.array, answers)
    drawn = generator.multinomial(n, shares / shares.sum(), times)
    mean = drawn @ points / n
    variance = np.maximum(drawn @ points**2 - n * mean**2, 0) / (n - 1)
    return bounded_mean(mean, variance, n, lowest=points[0], highest=points[-1])


# --- differences -------------------------------------------------------------------------------------------

PAIRS: Final = ((30, 30), (30, 300), (300, 30), (100, 100), (1_000, 200))
NPS_PAIRS: Final = (
    ("61% score 10, 20% detractors", "many promoters"), ("many promoters", "nearly all promoters"),
    ("61% score 10, 20% detractors", "mostly detractors"), ("even", "divided"),
)  # fmt: skip
SHARE_PAIRS: Final = ((0.6, 0.8), (0.8, 0.8), (0.9, 0.96), (0.3, 0.9))
MEAN_PAIRS: Final = (
    ("rating 1-5, most give 5", "rating 1-5, most give 5"),
    ("rating 1-5, most give 5", "rating 1-5, nearly all give 5"),
    ("rating 1-5, most give 4", "rating 1-5, nearly all give 5"),
    ("rating 1-5, 1 or 5", "rating 1-5, most give 5"),
)


def _nps_differences() -> Iterator[Cell]:
    for (first, second), n in product(NPS_PAIRS, PAIRS):
        held = partial(_nps_difference_held, n=n, shares=(NPS[first], NPS[second]))
        yield Cell("difference of nps", f"{first}; {second}", _both(n), held)


def _nps_difference_held(
    generator: np.random.Generator, times: int, *, n: tuple[int, int], shares: tuple[Sequence[float], ...]
) -> Held:
    first, second = (generator.multinomial(size, p, times) for size, p in zip(n, shares, strict=True))
    (up, _, down), (other_up, _, other_down) = shares
    return holds(difference_of_nps(first, second).estimate, 100 * (other_up - other_down - up + down))


def _share_differences() -> Iterator[Cell]:
    for shares, n in product(SHARE_PAIRS, PAIRS):
        case = f"{shares[0]:.0%}; {shares[1]:.0%}"
        yield Cell(
            "difference of shares", case, _both(n), partial(_share_difference_held, n=n, shares=shares)
        )


def _share_difference_held(
    generator: np.random.Generator, times: int, *, n: tuple[int, int], shares: tuple[float, float]
) -> Held:
    first, second = (generator.binomial(size, p, times) for size, p in zip(n, shares, strict=True))
    return holds(difference_of_shares(first, n[0], second, n[1]).estimate, shares[1] - shares[0])


def _mean_differences() -> Iterator[Cell]:
    for (first, second), n in product(MEAN_PAIRS, PAIRS):
        held = partial(_mean_difference_held, n=n, answers=(MEANS[first], MEANS[second]))
        yield Cell("difference of means", f"{first}; {second}", _both(n), held)


def _mean_difference_held(
    generator: np.random.Generator, times: int, *, n: tuple[int, int], answers: tuple[Answers, Answers]
) -> Held:
    first, second = (_sampled(generator, times, size, of) for size, of in zip(n, answers, strict=True))
    return holds(difference_of_estimates(first, second).estimate, _mean(answers[1]) - _mean(answers[0]))


def _both(sizes: tuple[int, int]) -> str:
    return "{:,} and {:,}".format(*sizes)


# --- rated and unrated together ----------------------------------------------------------------------------

KINDS: Final = 60  # of comments, from the worst to the best, each as frequent
QUALITY: Final = ndtri((np.arange(KINDS) + 0.5) / KINDS)
SHARES: Final = (0.5, 0.9, 0.96, 0.99)
RATED: Final = (30, 100, 300)
UNRATED: Final = (300, 3_000)
STEPS: Final = np.array([1.5, 1.0, 0.0, -1.5])  # where ratings from two to five begin, in those log odds


@dataclass(frozen=True)
class Scores:
    """How scores come about: how strongly quality shows in the rating, and what the engine makes of it."""

    strength: float
    score: Callable[[Floats], Floats]  # from the log odds of being satisfied


SCORES: Final = {
    "good": Scores(3, expit),
    "fair": Scores(1.5, expit),
    "useless": Scores(0, lambda odds: floats(expit(QUALITY) + 0 * odds)),
    "too low": Scores(3, lambda odds: floats(expit(odds - 2))),
    "too sure": Scores(3, lambda odds: floats(expit(3 * odds))),
    "unsure": Scores(3, lambda odds: floats(expit(odds / 4))),
    "reversed": Scores(3, lambda odds: floats(expit(-odds))),
    "verdicts alone": Scores(3, lambda odds: floats(odds > 0)),
}


def _combined() -> Iterator[Cell]:
    figures = [("csat_combined", name) for name in SCORES]
    figures += [("rating_combined_mean", name) for name in ("good", "useless", "too sure")]
    for (figure, name), share, n, unrated in product(figures, SHARES, RATED, UNRATED):
        case = f"scores {name}, {share:.0%} satisfied"
        held = partial(_combined_held, sizes=(n, unrated), of=population(figure, SCORES[name], share))
        yield Cell(figure, case, f"{n} and {unrated:,}", held)


def population(figure: str, scores: Scores, share: float) -> tuple[Floats, Floats, Floats]:
    """Return the answers (A,), how often each kind of comment gives them (KINDS, A), and the kinds' scores."""
    shift = brentq(lambda x: expit(scores.strength * QUALITY + x).mean() - share, -40, 40)
    odds = scores.strength * QUALITY + shift
    score = scores.score(odds)
    if figure == "csat_combined":
        return np.array([0.0, 1.0]), np.column_stack([1 - expit(odds), expit(odds)]), score
    above = expit(odds[:, None] + STEPS)
    ends = np.ones((KINDS, 1))
    return np.arange(1.0, 6), -np.diff(np.hstack([ends, above, 0 * ends])), 1 + 4 * score


def _combined_held(
    generator: np.random.Generator, times: int, *, sizes: tuple[int, int], of: tuple[Floats, Floats, Floats]
) -> Held:
    y, given, f = of
    moments = _moments(generator, times, sizes, y, given, f)
    found = ppi_mean(moments, lowest=y[0], highest=y[-1]).estimate
    return holds(found, float((given @ y).mean()))


def _moments(
    generator: np.random.Generator, times: int, sizes: tuple[int, int], y: Floats, given: Floats, f: Floats
) -> Moments:
    """Return the moments of many samples of rated and unrated comments."""
    n, unrated = sizes
    drawn = generator.multinomial(n, given.ravel() / KINDS, times)
    others = generator.multinomial(unrated, np.full(KINDS, 1 / KINDS), times)
    answer, score = np.tile(y, KINDS), np.repeat(f, len(y))
    mean_y, var_y = _mean_and_variance(drawn, answer, n)
    mean_f, var_f = _mean_and_variance(drawn, score, n)
    mean_others, var_others = _mean_and_variance(others, f, unrated)
    return Moments(
        n=np.full(times, float(n)), mean_y=mean_y, var_y=var_y, mean_f=mean_f, var_f=var_f,
        cov=(drawn @ (answer * score) - n * mean_y * mean_f) / (n - 1),
        n_unrated=np.full(times, float(unrated)), mean_f_unrated=mean_others, var_f_unrated=var_others,
    )  # fmt: skip


def _mean_and_variance(drawn: NDArray[np.int64], values: Floats, n: int) -> tuple[Floats, Floats]:
    mean = drawn @ values / n
    return floats(mean), floats(np.maximum(drawn @ values**2 - n * mean**2, 0) / (n - 1))


# --- raked -------------------------------------------------------------------------------------------------

# Two ages by three regions: how many there are, and how often each answers.
POPULATION: Final = np.array([0.25, 0.15, 0.10, 0.15, 0.20, 0.15])
ANSWERING: Final = np.array([2.0, 2.0, 2.0, 1.0, 1.0, 1.0])
AGES: Final = np.repeat(np.arange(2, dtype=np.int64), 3)
REGIONS: Final = np.tile(np.arange(3, dtype=np.int64), 2)
SATISFIED: Final = {
    "young less satisfied": (0.50, 0.60, 0.70, 0.80, 0.85, 0.90),
    "most satisfied": (0.88, 0.90, 0.92, 0.96, 0.97, 0.98),
}
# Promoters and detractors in each of the six.
PROMOTING: Final = {
    "young less pleased": ((0.40, 0.45, 0.50, 0.70, 0.75, 0.80), (0.40, 0.35, 0.30, 0.15, 0.10, 0.05)),
    "all alike": ((0.68,) * 6, (0.20,) * 6),
}


def _raked() -> Iterator[Cell]:
    for (case, satisfied), n in product(SATISFIED.items(), (100, 400)):
        given = np.column_stack([1 - np.array(satisfied), satisfied])
        yield _raked_cell("csat_stated_weighted", case, n, np.array([0.0, 1.0]), given)
    for (case, (up, down)), n in product(PROMOTING.items(), (100, 400)):
        given = np.column_stack([down, 1 - np.array(up) - np.array(down), up])
        yield _raked_cell("nps_weighted", case, n, np.array([-1.0, 0.0, 1.0]), given)


def _raked_cell(figure: str, case: str, n: int, y: Floats, given: Floats) -> Cell:
    def held(generator: np.random.Generator, times: int) -> Held:
        answering = POPULATION * ANSWERING / (POPULATION @ ANSWERING)
        drawn = generator.multinomial(n, (answering[:, None] * given).ravel(), times)
        truth = float(POPULATION @ given @ y)
        return np.array([_raked_holds(counts.astype(np.float64), y, truth) for counts in drawn])

    return Cell(figure, case, f"{n:,}", held, RAKED_REPLICATIONS)


def _raked_holds(counts: Floats, y: Floats, truth: float) -> bool:
    margins = [
        (np.repeat(codes, len(y)), floats(np.bincount(codes, weights=POPULATION)))
        for codes in (AGES, REGIONS)
    ]
    values = np.tile(y, len(POPULATION))
    weights = rake(counts, margins, 5).weights
    variance = raked_variance(values, np.ones(len(counts)), counts, weights, margins)
    weighted = counts * weights / (counts @ weights)
    n = float(counts.sum()) / design_effect(counts, weights)
    if len(y) == 2:
        return bool(holds(weighted_share(float(weighted @ values), variance, n, 0.95), truth).item())
    shares = floats([weighted[values == kind].sum() for kind in (1, 0, -1)])
    return bool(holds(weighted_nps(shares, variance, n, 0.95), 100 * truth).item())


# --- Wilson, exactly ---------------------------------------------------------------------------------------


def wilson_coverage(n: int, p: ArrayLike) -> Floats:
    """Return how often Wilson's interval of n answers holds each true share: exact, not drawn."""
    successes = np.arange(n + 1)
    found = wilson(successes, np.full(n + 1, n))
    truth = floats(p)[:, None]
    held = (found.low <= truth) & (truth <= found.high)
    return floats((binom.pmf(successes, n, truth) * held).sum(axis=1))


TRUE_SHARES: Final = np.linspace(0.05, 0.95, 1_801)


# --- the page ----------------------------------------------------------------------------------------------

# With 99% satisfied and scores that add nothing, what can happen with 100 rated comments is that 0, 1, 2 ...
# are dissatisfied. An interval holds the truth for the first three or the first four of these: 92.1 or 98.2%
# of the time. Nothing lies between. Wilson's holds it for three.
LUMPY: Final = (0.91, 0.975)
# Few answers unlike the rest: what may be missing in so small a sample is allowed for, mostly more than enough.
CAUTIOUS: Final = (0.93, 0.99)
EXCEPTIONS: Final[dict[str, tuple[float, float]]] = {
    **{
        f"csat_combined, scores {scores}, 99% satisfied, n = 100 and {unrated:,}": LUMPY
        for scores in ("useless", "too sure", "reversed", "verdicts alone") for unrated in UNRATED
    },
    **{
        f"csat_combined, scores {scores}, {share}% satisfied, n = 30 and {unrated:,}": CAUTIOUS
        for scores in ("too sure", "reversed", "verdicts alone") for share in (90, 96) for unrated in UNRATED
    },
    **{f"csat_combined, scores verdicts alone, 96% satisfied, n = 100 and {unrated:,}": LUMPY for unrated in UNRATED},
    **{
        f"rating_combined_mean, scores {scores}, {share}% satisfied, n = {n} and {unrated:,}": CAUTIOUS
        for scores in ("good", "useless", "too sure") for share in (96, 99) for n in (30, 100) for unrated in UNRATED
    },
    **{
        f"difference of nps, many promoters; nearly all promoters, n = {n}": CAUTIOUS
        for n in ("30 and 30", "30 and 300", "300 and 30")
    },
}  # fmt: skip
INTRODUCTION: Final = """# Coverage

How often a 95% interval holds the true value, in percent of simulated samples (written by
`benchmarks/coverage.py`; `pytest -m slow tests/statistics/test_coverage.py` holds every cell to its bounds). A cell
lies within 93 and 97.5 unless it is marked: **low** or *cautious*, for what is told below. {times:,} samples a cell,
{raked:,} of weighted figures: a cell is known to about 0.3 and 1.0 points.

- **low**: with 99% satisfied and scores that add nothing, 100 rated comments hold 0, 1, 2 ... dissatisfied ones, and
  an interval that holds the truth for the first three of these does so in 92.1% of samples, for the first four in
  98.2%: nothing lies between, whatever the method. Wilson's interval of the rated alone does the same. Bare
  verdicts (scores of 0 and 1 only) come in lumps too; cxtext combines with probabilities.
- *cautious*: nearly all answers alike, in a small sample. The interval allows for what the sample may have missed.
"""
FIGURES: Final = {
    "nps": "NPS",
    "mean": "Means on a scale (`rating_stated_mean`, `ces_mean`)",
    "difference of nps": "Differences of NPS",
    "difference of shares": "Differences of shares (CSAT)",
    "difference of means": "Differences of means",
    "csat_combined": "Rated and unrated together: `csat_combined`, by rated and unrated n",
    "rating_combined_mean": "Rated and unrated together: `rating_combined_mean`",
    "csat_stated_weighted": "Weighted CSAT: the young answer twice as often",
    "nps_weighted": "Weighted NPS: the young answer twice as often",
}


def main() -> None:
    """Write the page."""
    found = [(cell, cell.coverage()) for cell in cells()]
    parts = [INTRODUCTION.format(times=REPLICATIONS, raked=RAKED_REPLICATIONS), _wilson_section()]
    for figure, title in FIGURES.items():
        parts.append(f"## {title}\n\n{_table([pair for pair in found if pair[0].figure == figure])}\n")
    PAGE.write_text("\n".join(parts), "utf-8")


def _table(found: Sequence[tuple[Cell, float]]) -> str:
    columns = list(dict.fromkeys(cell.n for cell, _ in found))
    lines = [f"| | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]
    for case in dict.fromkeys(cell.case for cell, _ in found):
        shown = {cell.n: _shown(share) for cell, share in found if cell.case == case}
        lines.append(f"| {case} | {' | '.join(shown[n] for n in columns)} |")
    return "\n".join(lines)


def _shown(share: float) -> str:
    text = f"{100 * share:.1f}"
    if share < BOUNDS[0]:
        return f"**{text}**"
    return f"*{text}*" if share > BOUNDS[1] else text


def _wilson_section() -> str:
    """Return the exact coverage of Wilson's interval over true shares from 5 to 95 percent."""
    lines = ["## Shares (CSAT): Wilson's interval, exact, true shares from 5 to 95%", ""]
    lines += ["| n | mean | lowest |", "| --- | --- | --- |"]
    for n in (30, 50, 100, 300, 1_000):
        covered = 100 * wilson_coverage(n, TRUE_SHARES)
        lines.append(f"| {n:,} | {covered.mean():.1f} | {covered.min():.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
