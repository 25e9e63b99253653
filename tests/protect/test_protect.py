"""The stage on frames: which columns, which reasons, no row lost."""

import polars as pl
import pytest

from cxtext.protect import protect, protect_names, pseudonymise_frame, pseudonymise_keys
from cxtext.schema.columns import PROTECTED
from cxtext.schema.results import JoinCounts, Joined


def _frame(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_every_free_text_column_is_protected_and_keys_are_left() -> None:
    """Text, question and the input's own columns lose their personal data; ids and market stay."""
    mail = "bo@example.dk"
    frame = _frame(
        id=[mail],
        text=[f"skriv {mail}"],
        question=[mail],
        market=["DK"],
        respondent_id=[mail],
        note=[mail],
        n=[1],
    )
    row = protect(frame, keep=False).row(0, named=True)
    assert row["text"] == "skriv [EMAIL]"
    assert row["question"] == row["note"] == "[EMAIL]"
    assert row["id"] == row["respondent_id"] == mail
    assert row["personal_data"] == ["EMAIL"] * 3


def test_the_market_of_the_row_decides_how_numbers_are_read() -> None:
    """The same digits are a telephone number in Denmark and none in the Netherlands."""
    frame = _frame(text=["nå: 22 33 44 55"] * 2, market=["DK", "NL"])
    assert protect(frame, keep=False)["text"].to_list() == ["nå: [PHONE]", "nå: 22 33 44 55"]


def test_keep_leaves_texts_alone_but_adds_the_columns() -> None:
    """With keep nothing is replaced and nothing is counted; the reasons are still given."""
    frame = _frame(text=["bo@example.dk", ""])
    kept = protect(frame, keep=True)
    assert kept["text"].to_list() == ["bo@example.dk", ""]
    assert kept["personal_data"].to_list() == [[], []]
    assert kept["text_reason"].to_list() == [None, "empty"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "empty"),
        ("", "empty"),
        (" \t\n\u200b\ufeff", "empty"),
        ("NULL", "empty"),
        ("null ", "empty"),
        ("(null)", "empty"),
        ("NaN", "empty"),
        ("#N/A", "empty"),
        ("(leeg)", "empty"),
        ("(vide)", "empty"),
        ("(tom)", "empty"),
        ("(blank)", "empty"),
        ("-", "empty"),
        ("null points", None),
        ("leeg", None),
        ("None", None),  # an answer, too
        ("7", "too_short"),
        ("a 1 b", "too_short"),
        ("!!! ©", "too_short"),
        ("ok", None),
        ("OK", None),
        ("👍", None),
        ("e\u0301t", None),
        ("bo@example.dk", "no_text_left"),
        ("bo@example.dk / 12 +", "no_text_left"),
        ("[EMAIL]", "no_text_left"),
        ("bo@example.dk tak", None),
        ("bo@example.dk 👍", None),
    ],
)
def test_texts_that_cannot_be_read_get_their_reason(text: str | None, reason: str | None) -> None:
    """Blank or what programs write there, without a word or an emoji, nothing but placeholders: each has a name."""
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    assert protect(frame, keep=False)["text_reason"].to_list() == [reason]


def test_names_of_columns_and_groups_are_protected() -> None:
    """Two columns that are called alike afterwards stay two; what is no personal data stays as it is."""
    names = {"mail bo@example.dk": [1], "mail li@example.dk": [2], "score": [3]}
    found = protect_names(pl.DataFrame({**names, "market": ["bo@example.dk"], "channel": ["web"]}))
    assert found.to_dict(as_series=False) == {
        "mail [EMAIL]": [1],
        "mail [EMAIL] 2": [2],
        "score": [3],
        "market": ["[EMAIL]"],
        "channel": ["web"],
    }


def test_the_columns_have_the_promised_types_even_without_rows() -> None:
    """Rows and order stay; an empty frame gets the same columns."""
    frame = pl.DataFrame({"text": []}, schema={"text": pl.String})
    out = protect(frame, keep=False)
    assert {name: out.schema[name] for name in PROTECTED} == PROTECTED


def test_batches_give_what_the_whole_gives() -> None:
    """Cutting the frame changes no row."""
    frame = _frame(
        text=["a@example.com", None, "bel 06-12345678", "ok"],
        extra=pl.Series([None, "x", "y", "z@example.com"], dtype=pl.Categorical),
    )
    whole = protect(frame, keep=False)
    parts = pl.concat(protect(part, keep=False) for part in frame.iter_slices(1))
    assert whole.equals(parts)


def test_keys_that_are_personal_data_get_a_stable_pseudonym() -> None:
    """The same address gives the same placeholder everywhere; other keys stay."""
    keys = _frame(respondent_id=["bo@example.dk", "R1", "ib@example.dk", None, "bo@example.dk"])
    first, plain, other, missing, again = pseudonymise_frame(keys)["respondent_id"]
    assert first == again != other
    assert first.startswith("[EMAIL-")
    assert len(first) == len("[EMAIL-]") + 12
    assert (plain, missing) == ("R1", None)


def test_comments_respondents_and_misfits_get_the_same_pseudonyms() -> None:
    """After the join no frame still shows the key."""
    keys = _frame(respondent_id=["bo@example.dk"])
    joined = pseudonymise_keys(Joined(keys, keys, keys, JoinCounts(), keys))
    shown = {frame["respondent_id"][0] for frame in (joined.comments, joined.respondents, joined.misfits)}
    assert len(shown) == 1
    assert "example" not in shown.pop()
