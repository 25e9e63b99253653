"""Which touchpoints, channels and themes go with satisfaction and NPS; association, never cause."""

import json
from typing import Final

import numpy as np
import polars as pl

from cxtext.figures.rows import Figures, Ints, metrics_frame
from cxtext.measure.predictors import OUTCOMES, THEME, Design, design, respondents_who_wrote
from cxtext.schema.columns import METRICS
from cxtext.schema.figures import Method, Note, Unit
from cxtext.schema.settings import Settings
from cxtext.statistics.bootstrap import seeded
from cxtext.statistics.intervals import Estimate, Floats, floats, known
from cxtext.statistics.shapley import coefficients, cross_products, explained, p_of_r2, ranks, shapley_r2

FEWEST: Final = 100  # respondents; fewer rank predictors by chance
REPLICATES: Final = 200
DRIVER: Final = "driver"
DIFFERENCE_UNITS: Final = {"rating": Unit.STARS, "nps": Unit.ANSWER}
Group = dict[str, str]


def driver_figures(comments: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Return what goes with ratings and NPS, in total and by market, with the columns of METRICS.

    Of the total and each market `<outcome>_drivers_r2`, of each predictor in the group with `driver` its
    share, how firm its rank is, and of themes the difference between those who mention them and others.
    Too few respondents, no variation, or nothing beyond chance: no shares, and the reason in the note of R2.
    """
    if not settings.drivers:
        return pl.DataFrame(schema=METRICS)
    rows = respondents_who_wrote(comments)
    markets = rows["market"].drop_nulls().unique().sort()
    scopes: list[tuple[Group, pl.DataFrame]] = [({}, rows)]
    if len(markets) > 1 or rows["market"].null_count():
        scopes += [({"market": market}, rows.filter(market=market)) for market in markets]
    parts = [_of_outcome(part, group, outcome, settings) for group, part in scopes for outcome in OUTCOMES]
    return pl.concat([pl.DataFrame(schema=METRICS), *parts])


def _of_outcome(rows: pl.DataFrame, group: Group, outcome: str, settings: Settings) -> pl.DataFrame:
    given = rows[OUTCOMES[outcome]].drop_nulls()
    if given.is_empty():
        return pl.DataFrame(schema=METRICS)
    if len(given) < FEWEST:
        return _refused(group, outcome, len(given), Note.TOO_FEW_FOR_DRIVERS, settings)
    if given.n_unique() == 1:
        return _refused(group, outcome, len(given), Note.ONE_VALUE, settings)
    found = design(rows, outcome)
    if not found.names:
        return _refused(group, outcome, len(given), Note.NO_DRIVERS, settings)
    return _decomposed(found, group, outcome, settings)


def _refused(group: Group, outcome: str, n: int, note: Note, settings: Settings) -> pl.DataFrame:
    return _r2(group, outcome, known([np.nan]), n, note, settings)


def _decomposed(found: Design, group: Group, outcome: str, settings: Settings) -> pl.DataFrame:
    """Return R2 and, where it is more than chance, what each predictor has of it."""
    n, every = int(found.counts.sum()), [column for part in found.columns for column in part]
    whole = cross_products(found.rows, found.counts[None])
    r2 = explained(whole, every)
    if not p_of_r2(float(r2[0]), n, len(every), found.places) < 1 - settings.level:
        return _r2(group, outcome, known(r2 * 100), n, Note.BY_CHANCE, settings)
    generator = seeded(settings.seed, "drivers", outcome, json.dumps(group, ensure_ascii=False))
    products = cross_products(found.rows, _drawn(found.counts, generator))
    # A draw in which everybody answered alike has nothing to share out.
    products = np.concatenate([whole, products[products[:, -1, -1] > 0]])
    parts = shapley_r2(products, found.columns)
    total = parts.sum(axis=-1)
    figures = [
        _interval(f"{outcome}_driver_share", 100 * parts / total[:, None], n, Unit.PERCENT, settings),
        _kept(f"{outcome}_driver_rank_kept", ranks(parts), n),
        *_differences(found, products, every, outcome, n, settings),
    ]
    names = [json.dumps(group | {DRIVER: name}, ensure_ascii=False) for name in found.names]
    shares = metrics_frame(names, figures, smallest=1, level=settings.level)
    spread = _ends(total[:, None] * 100, settings.level)
    return pl.concat(
        [
            _r2(group, outcome, spread, n, None, settings),
            shares.filter(pl.col("value").is_not_null()),
        ]
    )


def _drawn(counts: Floats, generator: np.random.Generator) -> Floats:
    """Return (REPLICATES, n) counts of rows drawn with replacement."""
    n = int(counts.sum())
    owner = np.repeat(np.arange(len(counts)), counts.astype(np.int64))
    draws = (owner[generator.integers(n, size=n)] for _ in range(REPLICATES))
    return floats([np.bincount(drawn, minlength=len(counts)) for drawn in draws])


def _interval(metric: str, values: Floats, n: int, unit: Unit, settings: Settings) -> Figures:
    return Figures(metric, _ends(values, settings.level), [n] * values.shape[1], Method.BOOTSTRAP, unit)


def _ends(values: Floats, level: float) -> Estimate:
    """Return the first row with the percentiles of the others, wide enough to hold it."""
    low, high = np.quantile(values[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Estimate(values[0], np.minimum(low, values[0]), np.maximum(high, values[0]))


def _kept(metric: str, places: Ints, n: int) -> Figures:
    kept = 100 * (places[1:] == places[0]).mean(axis=0)
    return Figures(metric, known(kept), [n] * len(kept), Method.BOOTSTRAP, Unit.PERCENT)


def _differences(
    found: Design, products: Floats, every: list[int], outcome: str, n: int, settings: Settings
) -> list[Figures]:
    """Return how those who mention a theme differ, touchpoint, channel and other themes alike; of themes only."""
    slopes = coefficients(products, every)
    of_theme = np.array([name.startswith(THEME) for name in found.names])
    place = {column: position for position, column in enumerate(every)}  # of a column among the slopes
    first = slopes[:, [place[columns[0]] for columns in found.columns]]
    values = np.where(of_theme, first, np.nan)
    estimate = _ends(values, settings.level)
    unit = DIFFERENCE_UNITS[outcome]
    return [Figures(f"{outcome}_driver_difference", estimate, [n] * len(of_theme), Method.BOOTSTRAP, unit)]


def _r2(
    group: Group, outcome: str, estimate: Estimate, n: int, note: Note | None, settings: Settings
) -> pl.DataFrame:
    figures = Figures(f"{outcome}_drivers_r2", estimate, [n], Method.BOOTSTRAP, Unit.PERCENT, notes=[note])
    names = [json.dumps(group, ensure_ascii=False)]
    return metrics_frame(names, [figures], smallest=1, level=settings.level)
