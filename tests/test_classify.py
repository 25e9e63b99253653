from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cxtext.classify import classify, stars_frame
from cxtext.schema.columns import CLASSIFIED, EXPLAINED, P_STARS
from cxtext.schema.protocols import Stars

KNOWN = {
    "good": (0.0, 0.0, 0.1, 0.2, 0.7),
    "bad": (0.6, 0.2, 0.1, 0.1, 0.0),
    "👍": (0.0, 0.0, 0.0, 0.2, 0.8),
    "so so": (0.1, 0.25, 0.3, 0.25, 0.1),
}


@dataclass
class FakeEngine:
    """Knows the texts of KNOWN and nothing else; remembers what it was asked."""

    name: str = "fake"
    languages: tuple[str, ...] = ("nl", "fr", "da", "en")
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the probabilities of KNOWN; texts over ten characters count as truncated."""
        self.asked += zip(texts, languages, questions, strict=True)
        rows = [KNOWN.get(text, (np.nan,) * 5) for text in texts]
        cut = np.array([len(text) > 10 for text in texts], dtype=bool)
        return Stars(np.array(rows, dtype=float).reshape(-1, 5), cut)


def comments(*rows: tuple[str | None, str | None, str | None, str | None]) -> pl.DataFrame:
    """Return comments of (text, text_reason, language, language_reason)."""
    columns = ["text", "text_reason", "language", "language_reason"]
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()), orient="row")


def test_what_follows_from_the_probabilities() -> None:
    """Rating is the mean, hard star the median, CSAT p4 + p5, sentiment the largest of three."""
    row = classify(comments(("bad", None, "en", None)), FakeEngine()).row(0, named=True)
    assert row["inferred_rating_1_5"] == pytest.approx(0.6 + 0.4 + 0.3 + 0.4)
    assert (row["inferred_star_1_5"], row["inferred_csat_0_1"], row["sentiment"]) == (1, 0.1, "negative")
    assert (row["unscored_reason"], row["truncated"], row["engine"]) == (None, False, "fake")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "empty", None, "empty"), "empty"),
        ((None, None, None, None), "empty"),
        (("7", "too_short", None, "too_short"), "too_short"),
        (("[name]", "no_text_left", None, "no_text_left"), "no_text_left"),
        (("gut", None, None, "unsupported"), "unsupported"),
        (("hm hm", None, None, "undetermined"), "undetermined"),
        (("zzzz", None, "nl", None), "no_evidence"),
        (("so so", None, "en", None), "too_flat"),
    ],
)
def test_a_row_without_answer_is_null_and_says_why(row: tuple[str | None, ...], reason: str) -> None:
    """Every score is null, none is NaN, and the reason is the stage's or the engine's."""
    scored = classify(comments(row), FakeEngine()).row(0, named=True)  # type: ignore[arg-type]
    assert scored.pop("unscored_reason") == reason
    assert all(scored[name] is None for name in CLASSIFIED if name != "unscored_reason")


def test_readable_signs_are_scored_in_an_undetermined_language() -> None:
    """The engine is given the language "" and its answer counts."""
    engine = FakeEngine()
    scored = classify(comments(("👍", None, None, "undetermined")), engine)
    assert engine.asked == [("👍", "", None)]
    assert scored["inferred_star_1_5"].to_list() == [5]
    assert scored["unscored_reason"].to_list() == [None]


def test_unsupported_and_empty_rows_are_not_shown_to_the_engine() -> None:
    """A text the engine knows stays unscored where its language is not supported."""
    engine = FakeEngine()
    scored = classify(
        comments(("good", None, None, "unsupported"), ("good", "too_short", "en", None)), engine
    )
    assert engine.asked == []
    assert scored["p_star_5"].null_count() == 2


def test_a_column_of_the_input_is_left_alone_whatever_its_name() -> None:
    """`_language` and `_reason` are names that a file may use."""
    frame = comments(("good", None, "nl", None)).with_columns(_language=pl.lit("x"), _reason=pl.lit("y"))
    scored = classify(frame, FakeEngine())
    assert scored.select("_language", "_reason", "unscored_reason").rows() == [("x", "y", None)]
    assert scored["engine"].to_list() == ["fake"]


def test_each_distinct_comment_is_scored_once() -> None:
    """Repeats share a score; another language or question is another comment."""
    engine = FakeEngine()
    frame = comments(*[("good", None, "en", None)] * 3, ("good", None, "nl", None), ("bad", None, "en", None))
    frame = frame.with_columns(question=pl.Series(["why?", "why?", " ", "why?", None], dtype=pl.String))
    scored = classify(frame, engine, question="how?")
    assert sorted(engine.asked) == [
        ("bad", "en", "how?"),
        ("good", "en", "how?"),
        ("good", "en", "why?"),
        ("good", "nl", "why?"),
    ]
    assert scored["inferred_star_1_5"].to_list() == [5, 5, 5, 5, 1]
    assert_frame_equal(scored.select(frame.columns), frame)


def test_truncation_is_told() -> None:
    """A text that the engine read in part is flagged."""
    KNOWN["good" * 3] = KNOWN["good"]
    scored = classify(comments(("good" * 3, None, "en", None), ("good", None, "en", None)), FakeEngine())
    del KNOWN["good" * 3]
    assert scored["truncated"].to_list() == [True, False]


def test_columns_have_their_types_in_any_batch() -> None:
    """Added columns have the declared names, order and types, also without a row and without an answer."""
    for frame in (comments(), comments(("zzzz", None, "nl", None)), comments(("good", None, "en", None))):
        scored = classify(frame, FakeEngine())
        assert scored.columns == frame.columns + list(CLASSIFIED)
        assert {name: scored.schema[name] for name in CLASSIFIED} == CLASSIFIED
        assert scored.height == frame.height


def test_evidence_is_added_when_it_is_asked_for() -> None:
    """The words with their places and weights, an empty list where none moved the score, null where unscored."""
    KNOWN.update({"good. ": KNOWN["good"], "good. 👍": KNOWN["👍"]})
    frame = comments(("good. 👍", None, "en", None), (".", None, "en", None), ("good", "empty", "en", None))
    scored = classify(frame, FakeEngine(), explain=True)
    del KNOWN["good. "], KNOWN["good. 👍"]
    assert scored.columns == [*frame.columns, *CLASSIFIED, *EXPLAINED]
    assert scored.schema["evidence"] == EXPLAINED["evidence"]
    assert scored["evidence"].to_list() == [
        [
            {"start": 0, "end": 4, "word": "good", "weight": None},
            {"start": 6, "end": 7, "word": "👍", "weight": 0.2},
        ],
        None,
        None,
    ]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["good", "bad", "zzzz", "", None]),
            st.sampled_from([None, "empty"]),
            st.sampled_from([None, "en", "da"]),
            st.sampled_from([None, "unsupported", "undetermined", "mixed"]),
        )
    ),
    st.integers(0, 20),
)
def test_batches_change_nothing(
    rows: list[tuple[str | None, str | None, str | None, str | None]], cut: int
) -> None:
    """Rows keep their number and order, each has a score or a reason, and a cut batch gives the same."""
    frame = comments(*rows)
    whole = classify(frame, FakeEngine())
    parts = pl.concat([classify(frame[:cut], FakeEngine()), classify(frame[cut:], FakeEngine())])
    assert_frame_equal(whole, parts)
    assert (whole["p_star_1"].is_null() == whole["unscored_reason"].is_not_null()).all()
    assert whole["text"].to_list() == [row[0] for row in rows]


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=5, max_size=5))
def test_derived_scores_stay_in_their_ranges(shares: list[float]) -> None:
    """Rating lies in 1..5, CSAT in 0..1, and half of the probability lies on each side of the median."""
    p = np.array([shares]) / sum(shares)
    row = stars_frame(p).row(0, named=True)
    star = row["inferred_star_1_5"]
    assert [row[name] for name in P_STARS] == p[0].tolist()
    assert 1 <= row["inferred_rating_1_5"] <= 5
    assert 0 <= row["inferred_csat_0_1"] <= 1
    assert p[0, :star].sum() >= 0.5 - 1e-9
    assert p[0, star - 1 :].sum() >= 0.5 - 1e-9
