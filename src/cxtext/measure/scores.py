"""What respondents scored: NPS and CES, and how the words of their comments go with the NPS."""

import numpy as np
import polars as pl

from cxtext.figures.rows import Figures
from cxtext.schema.figures import Method, Note, Unit
from cxtext.statistics.intervals import bounded_mean, correlation, net_promoter_score, wilson

PROMOTER_FROM, PASSIVE_FROM = 9, 7
# The easy answers of each scale and direction: the top two of five and six points, the top three of seven.
EASY: dict[str, tuple[float, float]] = {
    "1-5 high_is_easy": (4, 5),
    "0-5 high_is_easy": (4, 5),
    "1-7 high_is_easy": (5, 7),
    "1-5 high_is_hard": (1, 2),
    "0-5 high_is_hard": (0, 1),
    "1-7 high_is_hard": (1, 3),
}


def score_sums() -> list[pl.Expr]:
    """Return the sums over respondents of a group."""
    nps, ces = pl.col("nps_0_10"), pl.col("ces")
    easy = ((pl.col("ces_scale") == scale) & ces.is_between(low, high) for scale, (low, high) in EASY.items())
    return [
        (nps >= PROMOTER_FROM).sum().alias("promoters"),
        nps.is_between(PASSIVE_FROM, PROMOTER_FROM - 1).sum().alias("passives"),
        (nps < PASSIVE_FROM).sum().alias("detractors"),
        ces.count().alias("ces_n"),
        ces.mean().alias("ces_mean"),
        ces.var().alias("ces_variance"),
        pl.any_horizontal(easy).sum().alias("ces_easy"),
        pl.col("ces_scale").filter(ces.is_not_null()).unique().sort().alias("ces_scales").implode(),
    ]


def score_figures(sums: pl.DataFrame, level: float) -> list[Figures]:
    """Return NPS with its three shares, and CES, of each group."""
    return [*_nps(sums, level), *_ces(sums, level)]


def _nps(sums: pl.DataFrame, level: float) -> list[Figures]:
    groups = {name: sums[name].fill_null(0).to_numpy() for name in ("promoters", "passives", "detractors")}
    n = groups["promoters"] + groups["passives"] + groups["detractors"]
    shares = [
        Figures(f"nps_{name}", wilson(count, n, level).map(lambda x: 100 * x), n, Method.WILSON, Unit.PERCENT)
        for name, count in groups.items()
    ]
    score = net_promoter_score(groups["promoters"], groups["passives"], groups["detractors"], level)
    return [Figures("nps", score, n, Method.ADJUSTED_WALD, Unit.POINTS), *shares]


def _ces(sums: pl.DataFrame, level: float) -> list[Figures]:
    n = sums["ces_n"].fill_null(0).to_numpy()
    scales = [list(found or ()) for found in sums["ces_scales"].to_list()]
    one_scale = np.array([len(found) <= 1 for found in scales], dtype=bool)
    notes = [None if len(found) <= 1 else Note.SCALES_DIFFER for found in scales]
    units = [" ".join([Unit.CES, *found[:1]]) for found in scales]
    mean = np.where(one_scale, sums["ces_mean"].cast(pl.Float64).to_numpy(), np.nan)
    easy = sums["ces_easy"].fill_null(0).to_numpy()
    share = wilson(easy, n, level).map(lambda x: 100 * x)
    lowest, highest = np.array([_ends(found) for found in scales]).reshape(-1, 2).T
    score = bounded_mean(mean, sums["ces_variance"], n, lowest=lowest, highest=highest, level=level)
    return [
        Figures("ces_mean", score, n, Method.SCORE, units, notes=notes),
        Figures("ces_easy_share", share, n, Method.WILSON, Unit.PERCENT),
    ]


def _ends(scales: list[str]) -> tuple[float, float]:
    """Return the ends of the only scale, as of `1-5 high_is_easy`; NaN where there is none or several."""
    if len(scales) != 1:
        return np.nan, np.nan
    lowest, highest = scales[0].split()[0].split("-")
    return float(lowest), float(highest)


def pair_sums() -> list[pl.Expr]:
    """Return the correlation over respondents who scored and commented."""
    return [
        pl.len().alias("pairs"),
        pl.corr("inferred_rating_1_5", "nps_0_10").alias("pairs_r"),
    ]


def pair_figures(sums: pl.DataFrame, level: float) -> list[Figures]:
    """Return nps_correlation, of the inferred rating of a respondent's comments with their NPS."""
    n = sums["pairs"].fill_null(0).to_numpy()
    estimate = correlation(sums["pairs_r"], n, level)
    missing = (estimate.value != estimate.value).tolist()  # NaN
    notes = [Note.ONE_VALUE if none and count > 0 else None for none, count in zip(missing, n, strict=True)]
    return [Figures("nps_correlation", estimate, n, Method.FISHER_Z, Unit.CORRELATION, notes=notes)]
