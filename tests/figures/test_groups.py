"""How groups are formed and called."""

import polars as pl

from cxtext.figures.groups import aggregate, breakdowns, group_names, side_by_side, with_dimensions
from cxtext.schema.settings import Settings


def test_names_are_json_in_the_order_of_the_dimensions() -> None:
    """Letters stay letters, and what the market is called cannot break the JSON."""
    table = pl.DataFrame({"market": ['Côte "d\'Or"'], "language": ["fr"]})
    assert group_names(table, ("language", "market")) == ['{"language": "fr", "market": "Côte \\"d\'Or\\""}']


def test_rows_without_a_key_are_in_no_group() -> None:
    """But they are in the total."""
    frame = pl.DataFrame({"market": ["DK", None, "DK"]})
    assert aggregate(frame, ("market",), [pl.len()]).rows() == [("DK", 2)]
    assert aggregate(frame, (), [pl.len()]).rows() == [(3,)]


def test_a_group_of_one_table_only_is_kept() -> None:
    """Respondents may be in a market without comments."""
    one, other = pl.DataFrame({"market": ["DK"], "a": [1]}), pl.DataFrame({"market": ["NL"], "b": [2]})
    assert side_by_side([one, other], ("market",)).rows() == [("DK", 1, None), ("NL", None, 2)]


def test_the_total_comes_first_and_each_breakdown_once() -> None:
    """Whatever the settings repeat."""
    settings = Settings(by=(("market",), ("market",), ("channel", "period")))
    assert breakdowns(settings) == [(), ("market",), ("channel", "period")]


def test_a_missing_dimension_becomes_an_empty_column() -> None:
    """A file without touchpoints can be asked for touchpoints."""
    frame = with_dimensions(pl.DataFrame({"text": ["a"]}), Settings(by=(("touchpoint",), ("period",))))
    assert frame["touchpoint"].to_list() == frame["period"].to_list() == [None]
