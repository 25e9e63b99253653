"""Margins: three columns, known dimensions, shares that add up."""

from collections.abc import Callable

import pytest

from cxtext.errors import InputError
from cxtext.read import read_weights
from cxtext.schema.results import WeightsRead
from cxtext.schema.settings import Settings


@pytest.fixture
def weights(write: Callable[[str, str], str]) -> Callable[[str], WeightsRead]:
    """Read a text written as a file of margins."""
    return lambda content: read_weights([write("margins.csv", content)], Settings())


def test_percent_and_fractions_are_shares(weights: Callable[[str], WeightsRead]) -> None:
    """Each dimension adds to 1; markets become their codes; what was rounded is put right."""
    read = weights(
        "Dimension;Value;Share\nmarket;Danmark;66,6\nmarket;UK;33,3\nchannel;web;0,4\nchannel;Danmark;0,6\n"
    )
    assert read.margins["value"].to_list() == ["DK", "GB", "web", "Danmark"]
    assert read.margins["share"].to_list() == pytest.approx([2 / 3, 1 / 3, 0.4, 0.6])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("dimension,value\nmarket,DK\n", "no column share"),
        ("dimension,value,share\nage,young,1\n", "row 2: dimension 'age'; choose from market, channel"),
        ("dimension,value,share\nmarket,DK,0.6\nmarket,NL,0.3\n", "add to 0.9; they must add to 1 or 100"),
        ("dimension,value,share\nmarket,DK,1\nmarket,NL,0\n", "row 3: needs a value and a share above 0"),
        ("dimension,value,share\nmarket,DK,0.5\nmarket,Denmark,0.5\n", "occurs twice"),
    ],
)
def test_margins_that_make_no_sense_are_refused(
    weights: Callable[[str], WeightsRead], content: str, message: str
) -> None:
    """In one line that says what to change."""
    with pytest.raises(InputError, match=message):
        weights(content)
