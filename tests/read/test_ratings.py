"""Scales of ratings: declared, assumed, contradicted or unknown."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.errors import InputError, UsageError
from cxtext.read.ratings import SCALES, Ratings, no_ratings, read_ratings


def read(
    values: list[object], name: str = "rating", family: str = "rating", declared: str | None = None
) -> Ratings:
    """Read a column of ratings."""
    return read_ratings(pl.Series(name, values, strict=False), family, declared, "in.csv")


@pytest.mark.parametrize(
    ("scale", "low", "middle", "high"),
    [("1-5", 1, 3, 5), ("1-7", 1, 4, 7), ("1-10", 1, 5.5, 10), ("0-10", 0, 5, 10), ("0-100", 0, 50, 100)],
)
def test_a_declared_scale_is_mapped_onto_1_to_5(scale: str, low: float, middle: float, high: float) -> None:
    """Its ends become 1 and 5, its middle 3."""
    found = read([low, middle, high], declared=scale)
    assert found.frame["stated_rating_1_5"].to_list() == [1, 3, 5]
    assert found.frame["stated_scale"].to_list() == [scale] * 3
    assert (found.assumed, found.warnings) == (False, ())


@pytest.mark.parametrize(
    ("name", "family", "values", "scale"),
    [
        ("rating", "rating", [1, 5], "1-5"),
        ("stars", "rating", ["4 stars", "5"], "1-5"),
        ("satisfaction", "satisfaction", [0, 10, "8,5"], "0-10"),
        ("rating", "rating", ["9/10", "10/10"], "0-10"),
        ("satisfaction", "satisfaction", ["4 uit 5", "5 uit 5"], "1-5"),
        ("rating", "rating", ["85%", "100%"], "0-100"),
        ("Rating (1-7)", "rating", [1, 7, 2], "1-7"),
        ("rating (1-10)", "rating", [1, 10], "1-10"),
    ],
)
def test_a_scale_is_assumed_where_it_holds_every_value(
    name: str, family: str, values: list[object], scale: str
) -> None:
    """By the answers themselves, else by the column's name, and said to be assumed."""
    found = read([str(value) for value in values], name, family)
    assert (found.scale, found.assumed) == (scale, True)
    assert found.frame["stated_rating"].null_count() == 0


def test_where_no_scale_fits_the_ratings_are_null() -> None:
    """The rows stay, with a reason and one warning that says what to declare."""
    found = read([1, 5, 6, None])
    assert found.frame.rows()[0] == (None, None, None, "scale_unknown")
    assert found.frame["stated_reason"].to_list() == ["scale_unknown"] * 3 + ["missing"]
    assert len(found.warnings) == 1
    assert "--rating-scale" in found.warnings[0]


def test_a_single_value_off_a_declared_scale_is_null() -> None:
    """The others stand."""
    found = read([5, 4, 9, "n/a", "soso!"], declared="1-5")
    assert found.frame["stated_rating"].to_list() == [5, 4, None, None, None]
    assert found.frame["stated_reason"].to_list() == [None, None, "off_scale", "missing", "not_a_rating"]
    assert any("left out 1 of 4 ratings: off the scale 1-5" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("declared", "values", "message"),
    [
        ("1-5", list(range(1, 11)), "5 of 10 ratings are off the declared scale 1-5"),
        ("1-5", [1, 2, 4, 5, 5, 8, 9, 10], "3 of 8 ratings are off the declared scale 1-5"),
        ("1-5", ["8/10", "9/10"], "off the declared scale"),
        ("0-100", [0.5, 0.75, 1.0] * 4, "fractions of 1"),
        ("words", [1, 2, 3], "holds numbers"),
    ],
)
def test_values_that_contradict_the_declared_scale_are_refused(
    declared: str, values: list[object], message: str
) -> None:
    """Most of them off, or fractions of it."""
    with pytest.raises(InputError, match=message):
        read([str(value) for value in values], declared=declared)


def test_an_unknown_scale_is_wrong_usage() -> None:
    """The line lists the known ones."""
    with pytest.raises(UsageError, match="1-5, 1-7"):
        read([1], declared="1-6")


def test_words_and_smileys_are_a_scale_of_their_own() -> None:
    """Recognised, not assumed; they map onto 1..5."""
    found = read(["Zeer tevreden", "🙁", "neutre", None, "5"])
    assert found.frame["stated_rating_1_5"].to_list() == [5, 2, 3, None, None]
    assert found.frame["stated_scale"].to_list() == ["words", "words", "words", None, None]
    assert (found.scale, found.assumed) == ("words", False)


def test_a_suspiciously_low_satisfaction_is_warned_about() -> None:
    """No value above 5 on an assumed 0-10 may be another scale."""
    assert "no value is above 5" in read([1, 5] * 5, "csat", "satisfaction").warnings[0]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 3, 4, 5] * 14, "1-5"),
        (["4,5", 3, 5] * 14, "1-5"),
        ([1, 2, 3, 4, 5, 6, 7] * 10, "1-7"),
        ([*[1, 2, 3, 4, 5, 6, 7] * 10, 8, 9, 10], "0-10"),
        ([1, 5, 8, 9, 10] * 10, "0-10"),
        ([4, 5, 9], "0-10"),
        ([*[0, 3, 6] * 14, 7], "0-10"),
        ([1, 5, 6, 7] * 5, None),  # 20 customers asked for 1 to 7, or unhappy ones asked for 0 to 10
        ([3, 4, 5, 6] * 20, None),
        ([0, 1, 2, 3, 4, 5] * 10, None),
        ([0, 1] * 20, None),
        ([1, 2] * 20, None),
        ([5] * 20, None),
        ([70, 80, 90] * 10, None),
    ],
)
def test_the_values_of_a_satisfaction_column_tell_its_scale(values: list[object], scale: str | None) -> None:
    """Its name does not: companies ask for satisfaction on many. Left open, there is no figure and a remedy."""
    found = read([str(value) for value in values], "CSAT", "satisfaction")
    assert found.scale == scale
    assert (scale is not None) == (found.frame["stated_rating"].null_count() == 0)
    assert scale is not None or "--rating-scale" in found.warnings[0]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1, 2, 3, 4, 5] * 14, None),
        ([1, 5, 8, 9, 10] * 10, None),
        ([3, 4, 5], "assumed to be 1-5, since no value is above 5; if it is 0-10: --rating-scale 0-10"),
        (
            [1, 3, 5, 7] * 10,
            "assumed to be 1-7, since no value is above 7; if it is 0-10: --rating-scale 0-10",
        ),
        ([*[1, 3, 5, 7] * 10, 9], "assumed to be 1-7, since nearly none is above 7"),
        ([0, 5, 6] * 5, "assumed to be 0-10, but no value is above 7"),
    ],
)
def test_a_scale_that_values_leave_in_doubt_is_told_with_the_remedy(
    values: list[int], told: str | None
) -> None:
    """Unless the column's name tells it."""
    found = read(list(values), "csat", "satisfaction")
    assert any(told in line for line in found.warnings) if told else found.warnings == ()
    assert read([1, 3, 5, 7] * 10, "csat (1-7)", "satisfaction").warnings == ()


def test_the_remedy_names_only_scales_that_hold_the_values() -> None:
    """Another would leave out more."""
    assert "declare it: --rating-scale 0-100" in read([70, 80, 90], "csat", "satisfaction").warnings[0]
    assert "declare it: --rating-scale 1-7 or --rating-scale 1-10" in read([1, 6, 7]).warnings[0]
    assert "no scale holds them: correct the values" in read([-3, 5, 400]).warnings[0]


@pytest.mark.parametrize(("name", "family"), [("rating", "rating"), ("csat", "satisfaction")])
def test_one_stray_rating_does_not_cost_the_others_theirs(name: str, family: str) -> None:
    """It alone is left out, and named with its row; with many the scale is not known."""
    found = read([*[1, 2, 3, 4, 5] * 8, 99], name, family)
    assert (found.scale, found.frame["stated_rating"].null_count()) == ("1-5", 1)
    assert found.warnings == (
        f"in.csv: column {name!r}: left out 1 of 41 ratings: off the scale 1-5 (99 in row 41)",
    )
    assert read([*[1, 2, 3, 4, 5] * 8, 99, 98], name, family).frame["stated_rating"].null_count() == 2
    for values in ([*[1, 2, 3, 4, 5] * 8, *[99] * 6], [1, 2, 3, 4, 5, 99]):
        found = read(list(values), name, family)
        assert found.scale is None
        assert "no scale holds them: correct the values" in found.warnings[0]


def test_labels_decide_where_their_numbers_run_the_other_way() -> None:
    """1 is the best here; where most numbers have no label the column is left out."""
    reversed_labels = ["1 - Zeer tevreden", "2 - Tevreden", "5 - Zeer ontevreden"]
    for declared in (None, "1-5"):
        found = read([*reversed_labels], declared=declared)
        assert found.frame["stated_rating_1_5"].to_list() == [5, 4, 1]
        assert "read by its words" in found.warnings[0]
        ends = read(["1 - Zeer tevreden", "2", "3", "5 - Zeer ontevreden"], declared=declared)
        assert ends.frame["stated_rating"].null_count() == 4
        assert "turn the numbers round" in ends.warnings[0]
    straight = read(["5 - Zeer tevreden", "4 - Tevreden", "1 - Zeer ontevreden"])
    assert (straight.scale, straight.warnings) == ("1-5", ())


def test_a_column_without_ratings_has_reasons() -> None:
    """Every row is there."""
    assert no_ratings(2).rows() == [(None, None, None, "missing")] * 2
    assert no_ratings(0).height == 0


ANSWERS = st.one_of(
    st.none(),
    st.integers(-5, 120).map(str),
    st.floats(allow_nan=True).map(str),
    st.sampled_from(["9/10", "4 uit 5", "★★☆☆☆", "zeer tevreden", "😡", "1e5", "", "7 / 0"]),
    st.text(max_size=6),
)


@given(st.lists(ANSWERS, max_size=20), st.sampled_from(["rating", "satisfaction", "nps"]))
def test_a_rating_on_1_to_5_stays_in_it(values: list[str | None], family: str) -> None:
    """And every row has either a rating or a reason."""
    frame = read_ratings(pl.Series("x", values, pl.String), family, None, "in.csv").frame
    assert frame.height == len(values)
    assert frame["stated_rating_1_5"].drop_nulls().is_between(1, 5).all()
    assert (frame["stated_rating"].is_null() == frame["stated_reason"].is_not_null()).all()


@given(st.sampled_from(sorted(SCALES)), st.lists(st.floats(0, 1), min_size=1))
def test_a_declared_scale_keeps_the_order(scale: str, shares: list[float]) -> None:
    """The map is linear and rising."""
    low, high = SCALES[scale]
    values = sorted({round(low + share * (high - low)) for share in shares})
    mapped = read(list(values), declared=scale).frame["stated_rating_1_5"]
    assert mapped.is_sorted()
    assert mapped.n_unique() == len(values)
