import numpy as np
import pytest

from cxtext.engines.star_heads import stars_of_labels
from cxtext.errors import MissingModelError


@pytest.mark.parametrize(
    "labels",
    [
        ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"],
        ["1 ster", "2 sterren", "3_sterren", "4 Sterren", "5 sterren"],
        ["1 étoile", "2 étoiles", "3 étoiles", "4 étoiles", "5 étoiles"],
        ["1", "2", "3", "4", "5"],
        ["Very Negative", "negative", "neutral", "positive", "very_positive"],
        ["meget negativ", "negativ", "neutral", "positiv", "meget positiv"],
    ],
)
def test_five_classes_in_order_are_the_stars(labels: list[str]) -> None:
    """Numbers of stars, or five degrees of sentiment, in any of the four languages."""
    assert np.array_equal(stars_of_labels(labels), np.eye(5))


def test_the_order_is_read_from_the_labels() -> None:
    """A head that counts down is turned round."""
    assert np.array_equal(stars_of_labels([f"{n} stars" for n in (5, 4, 3, 2, 1)]), np.eye(5)[::-1])


@pytest.mark.parametrize(
    "labels", [["neg", "neu", "pos"], ["négatif", "neutre", "positif"], ["negatief", "neutraal", "positief"]]
)
def test_three_classes_share_the_stars_they_cover(labels: list[str]) -> None:
    """Negative is 1 or 2 alike, positive 4 or 5 alike."""
    assert stars_of_labels(labels).tolist() == [[0.5, 0.5, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0.5, 0.5]]


def test_two_classes_have_no_neutral() -> None:
    """A head of two never gives three stars."""
    assert stars_of_labels(["POSITIVE", "NEGATIVE"])[:, 2].tolist() == [0, 0]


@pytest.mark.parametrize(
    "labels",
    [
        ["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"],
        ["0", "1", "2", "3", "4"],
        ["negative", "neutral"],
        ["negative", "neg", "positive"],
        ["not positive", "positive"],
        ["5 apples", "4 apples", "3 apples", "2 apples", "1 apple"],
        ["joy", "anger", "fear", "love", "surprise"],
        [],
    ],
)
def test_labels_that_say_something_else_are_refused(labels: list[str]) -> None:
    """No order is guessed, and the message names the remedy."""
    with pytest.raises(MissingModelError, match="id2label"):
        stars_of_labels(labels)
