from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sklearn.metrics import cohen_kappa_score, f1_score
from statsmodels.stats.proportion import proportion_confint

from cxtext.classify import FLAT_BELOW
from cxtext.engines.sentiments import sentiments
from cxtext.evaluate.stars import calibration_error, evaluate_stars
from cxtext.schema.protocols import Stars

RANDOM = np.random.default_rng(5)


@dataclass(frozen=True)
class TableEngine:
    """Answers from a table of text -> probabilities; other texts have no evidence."""

    table: dict[str, Sequence[float]]
    name: str = "table"
    languages: tuple[str, ...] = ("da", "nl")

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the table's rows."""
        del languages, questions
        rows = [self.table.get(text, [np.nan] * 5) for text in texts]
        return Stars(np.array(rows, dtype=float).reshape(-1, 5), np.zeros(len(texts), dtype=bool))


def example(n: int = 300) -> tuple[pl.DataFrame, TableEngine]:
    """Return n gold rows of two languages and an engine that often agrees with them, and is never too unsure."""
    stars = RANDOM.integers(1, 6, 2 * n)
    shares = RANDOM.dirichlet(np.ones(5), 2 * n) + np.eye(5)[stars - 1] * RANDOM.random((2 * n, 1))
    shares /= shares.sum(1, keepdims=True)
    sure = np.flatnonzero(sentiments(shares).max(1) > FLAT_BELOW)[:n]
    stars = stars[sure]
    texts = [f"text {i}" for i in range(n)]
    table = dict(zip(texts, shares[sure].tolist(), strict=True))
    rows = {
        "text": texts,
        "stars": stars,
        "language": RANDOM.choice(["nl", "da"], n),
        "market": ["BE", None] * (n // 2),
    }
    return pl.DataFrame(rows), TableEngine(table)


def value(figures: pl.DataFrame, metric: str, language: str = "nl", market: str | None = None) -> float:
    """Return one figure."""
    found = figures.filter(
        pl.col("language") == language, pl.col("market").eq_missing(market), pl.col("metric") == metric
    )
    return float(found["value"].item())


def test_figures_equal_those_of_scikit_learn() -> None:
    """Kappa and macro-F1 agree with scikit-learn; accuracies with a plain recount."""
    rows, engine = example()
    figures = evaluate_stars(rows, engine).figures
    mine = rows.filter(language="nl")
    p = np.array([engine.table[text] for text in mine["text"]])
    gold, hard = mine["stars"].to_numpy(), (np.cumsum(p, 1) < 0.5).sum(1) + 1
    mean, three = p @ np.arange(1, 6), np.stack([p[:, :2].sum(1), p[:, 2], p[:, 3:].sum(1)], 1).argmax(1)
    assert value(figures, "qwk") == pytest.approx(cohen_kappa_score(gold, hard, weights="quadratic"))
    sides = np.where(gold < 3, 0, np.where(gold > 3, 2, 1))
    assert value(figures, "macro_f1") == pytest.approx(f1_score(sides, three, average="macro"))
    assert value(figures, "within_one") == pytest.approx((abs(gold - hard) <= 1).mean())
    assert value(figures, "exact") == pytest.approx((gold == hard).mean())
    assert value(figures, "mae") == pytest.approx(abs(gold - mean).mean())
    clear = gold != 3
    assert value(figures, "binary_accuracy") == pytest.approx(((mean > 3) == (gold > 3))[clear].mean())


def test_the_csat_gap_is_that_of_an_analysis() -> None:
    """In points, of verdicts: a satisfied customer whose comment's median star is 3 counts as a miss of 100."""
    rows = pl.DataFrame({"text": ["a", "b"], "stars": [5, 1], "language": ["nl"] * 2})
    figures = evaluate_stars(rows, TableEngine({"a": [0, 0, 0.6, 0, 0.4], "b": [1, 0, 0, 0, 0]})).figures
    assert value(figures, "csat_gap") == pytest.approx((-100 + 0) / 2)


def test_shares_of_the_calibration_table_have_wilson_intervals() -> None:
    """As statsmodels computes them."""
    rows, engine = example()
    table = evaluate_stars(rows, engine).calibration
    satisfied = (table["stated_csat_0_1"] * table["n"]).round().to_numpy()
    low, high = proportion_confint(satisfied, table["n"].to_numpy(), method="wilson")
    assert table["low"].to_numpy() == pytest.approx(low)
    assert table["high"].to_numpy() == pytest.approx(high)


def test_intervals_hold_their_value_and_narrow_with_n() -> None:
    """Each figure lies in its interval; a market of a language has its own, wider one."""
    rows, engine = example(600)
    figures = evaluate_stars(rows, engine).figures
    bounded = figures.filter(pl.col("low").is_not_null(), pl.col("metric") != "ece")
    assert (
        bounded.filter(pl.col("low") <= pl.col("value"), pl.col("value") <= pl.col("high")).height
        == bounded.height
    )
    width = figures.filter(pl.col("metric") == "qwk", pl.col("language") == "nl").with_columns(
        w=pl.col("high") - pl.col("low")
    )
    assert width.filter(market="BE")["w"].item() > width.filter(pl.col("market").is_null())["w"].item()


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled rows give the same figures, intervals and calibration to the last bit."""
    rows, engine = example()
    one, other = (
        evaluate_stars(rows, engine),
        evaluate_stars(rows.sample(fraction=1, shuffle=True, seed=3), engine),
    )
    assert_frame_equal(one.figures, other.figures, check_exact=True)
    assert_frame_equal(one.calibration, other.calibration)


def test_unscored_rows_are_counted_and_left_out() -> None:
    """A row without evidence changes no accuracy; it is in n_unscored."""
    rows, engine = example()
    unknown = pl.DataFrame(
        {"text": ["?"], "stars": [1], "language": ["nl"], "market": [None]}, schema=rows.schema
    )
    with_it = evaluate_stars(pl.concat([rows, unknown]), engine).figures
    assert value(with_it, "n_unscored") == 1
    assert value(with_it, "qwk") == value(evaluate_stars(rows, engine).figures, "qwk")


def test_a_perfectly_calibrated_engine_errs_by_chance_only() -> None:
    """Outcomes drawn from p itself give an error near what is reported as chance; a shifted p does not."""
    n = 4_000
    p = RANDOM.random(n)
    outcome = RANDOM.random(n) < p
    weight = np.ones((1, n))
    assert calibration_error(p, outcome, weight)[0] < 0.05
    assert calibration_error(np.clip(p + 0.2, 0, 1), outcome, weight)[0] > 0.1


def test_calibration_of_one_class_is_the_gap() -> None:
    """All rows at p = 0.65 and 80 percent satisfied: an error of 0.15."""
    error = calibration_error(np.full(10, 0.65), np.array([1.0] * 8 + [0.0] * 2), np.ones((1, 10)))
    assert error[0] == pytest.approx(0.15)


def test_two_engines_are_compared_on_the_same_rows() -> None:
    """The difference is that of their accuracies, and zero of an engine with itself."""
    rows, engine = example()
    flipped = TableEngine({text: p[::-1] for text, p in engine.table.items()}, name="flipped")
    found = evaluate_stars(rows, engine, flipped).figures
    accuracy = {name: value(found.filter(engine=name), "binary_accuracy") for name in ("table", "flipped")}
    difference = value(found.filter(engine="table - flipped"), "difference_binary_accuracy")
    assert difference == pytest.approx(accuracy["table"] - accuracy["flipped"])
    same = evaluate_stars(rows, engine, engine).figures.filter(metric="difference_binary_accuracy")
    assert same["value"].to_list() == [0.0, 0.0]


def test_rows_without_gold_are_left_out() -> None:
    """No gold, no figure; no rows at all, no figures."""
    rows, engine = example()
    empty = evaluate_stars(rows.with_columns(stars=pl.lit(None, dtype=pl.Int64)), engine)
    assert empty.figures.height == empty.calibration.height == 0
