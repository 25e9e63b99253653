"""What of a text an engine reads."""

import numpy as np
import pytest

from cxtext.engines import load_star_engine
from cxtext.engines.readable import readable


@pytest.mark.parametrize(
    "stamp",
    [
        "Datum van ervaring: 10 augustus 2023",
        "Date de l'expérience: 1er août 2022",
        "Dato for oplevelse: 3. maj 2024",
        "Date of experience: June 10, 2023",
    ],
)
def test_the_date_that_a_review_page_stamps_on_a_review_is_blanked(stamp: str) -> None:
    """What was written around it stays, each character in its place."""
    text = f"Prima. {stamp} Bedankt"
    assert readable(text, "nl") == (f"Prima. {' ' * len(stamp)} Bedankt", False)


def test_a_date_that_the_customer_tells_is_read() -> None:
    """Only the page's own line goes."""
    text = "Date of delivery: 10 June 2023, date of experience: too long ago"
    assert readable(text, "en") == (text, False)


@pytest.mark.parametrize("engine", ["linear", "transformer", "cascade"])
def test_a_review_of_nothing_but_the_stamp_gives_no_stars(engine: str) -> None:
    """An export without titles leaves the date alone of a review that is a title."""
    found = load_star_engine(engine).predict(["Date de l'expérience: 25 septembre 2023"], ["fr"], [None])
    assert np.isnan(found.probabilities).all()
