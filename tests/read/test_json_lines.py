"""JSON as text."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cxtext.read.json_lines import json_text

PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | PLAIN,
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner),
)


@given(VALUES)
def test_json_text_is_read_again(value: Any) -> None:
    """Quotes and backslashes included."""
    assert json.loads(json_text(value)) == value


def test_control_characters_become_spaces() -> None:
    r"""`\n` is a letter before the number that follows it, which would not stand alone."""
    assert json_text(["bel\n0612345678", "a\\n"]) == '["bel 0612345678", "a\\\\n"]'


def test_what_json_has_no_type_for_is_text() -> None:
    """Bytes are UTF-8, else latin-1; the keys of a Parquet map may be anything."""
    assert json_text({1: ["dårlig".encode(), "dårlig".encode("latin-1")]}) == '{"1": ["dårlig", "dårlig"]}'
