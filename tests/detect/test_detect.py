import math
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from cxtext.detect import detect, language_mix
from cxtext.schema.columns import DETECTED
from cxtext.schema.protocols import Floats
from cxtext.schema.settings import LanguageSettings

LABELS = ("nl", "fr", "da", "en", "nb", "de", "other")
# What each word of the fake language says: log-likelihood of a label, 0 for those not named minus 4.
WORDS = {
    "tak": {"da": 0.0, "nb": 0.0},
    "meget": {"da": 0.0},
    "bedankt": {"nl": 0.0},
    "merci": {"fr": 0.0},
    "thanks": {"en": 0.0},
    "danke": {"de": 0.0},
    "takk": {"nb": 0.0},
    "dziekuje": {"other": 0.0},
    "folkhal": {"nl": 0.0, "other": -0.1},
    "super": {"nl": 0.0, "fr": 0.0, "da": -0.1, "en": -1.0, "nb": -0.2, "de": -0.2},
}


class FakeDetector:
    """Adds up the log-likelihoods of known words."""

    name = "fake"
    labels = LABELS

    def __init__(self) -> None:
        self.named: list[str] = []

    def log_likelihoods(self, texts: Sequence[str]) -> Floats:
        """Return zeros for a text without known words."""
        rows = np.zeros((len(texts), len(LABELS)))
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace(".", " ").split():
                row += [WORDS[word].get(label, -4.0) if word in WORDS else 0.0 for label in LABELS]
        return rows

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Name everything Polish, and remember what was asked."""
        self.named += texts
        return ["pl"] * len(texts)


def answers(rows: list[dict[str, str | None]], **settings: object) -> list[dict[str, object]]:
    """Return the DETECTED values of each row."""
    names = ("text", "market", "language_declared", "text_reason")
    frame = pl.DataFrame(
        {name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in names}
    )
    mix = settings.pop("mix", None)
    found = detect(frame, FakeDetector(), mix=mix, settings=LanguageSettings(**settings))  # type: ignore[arg-type]
    return found.select(list(DETECTED)).to_dicts()


def languages(rows: list[dict[str, str | None]], **settings: object) -> list[object]:
    """Return the language of each row."""
    return [row["language"] for row in answers(rows, **settings)]


def test_every_row_comes_back_with_the_declared_columns_and_types() -> None:
    """Rows and their order stay; null texts too."""
    frame = pl.DataFrame({"text": ["tak", None, "thanks"], "kept": [1, 2, 3]})
    found = detect(frame, FakeDetector(), mix=None, settings=LanguageSettings())
    assert found["kept"].to_list() == [1, 2, 3]
    assert dict(found.select(list(DETECTED)).schema) == DETECTED


def test_the_market_decides_where_the_words_do_not() -> None:
    """`tak` is Danish from Denmark and not from Norway."""
    assert languages([{"text": "tak", "market": "DK"}, {"text": "tak", "market": "NO"}]) == ["da", None]


def test_clear_words_overrule_the_market() -> None:
    """An English comment from Denmark is English."""
    assert languages([{"text": "thanks thanks thanks", "market": "DK"}]) == ["en"]


def test_the_declared_language_is_the_strongest_prior() -> None:
    """It wins over the market, but not over clear words."""
    rows = [
        {"text": "super", "market": "NL", "language_declared": "Français"},
        {"text": "bedankt bedankt bedankt", "language_declared": "fr"},
    ]
    assert languages(rows) == ["fr", "nl"]


def test_the_mix_of_the_file_counts_where_there_is_no_market() -> None:
    """A row with a market keeps to it."""
    mix = {"fr": 0.99, "nl": 0.01}
    assert languages([{"text": "super"}, {"text": "super", "market": "NL"}], mix=mix) == ["fr", "nl"]


@pytest.mark.parametrize(
    ("switch", "row", "without"),
    [
        ("use_market", {"text": "tak", "market": "NO"}, "da"),
        ("use_declared", {"text": "super", "language_declared": "da", "market": "FR"}, "fr"),
    ],
)
def test_priors_can_be_switched_off(switch: str, row: dict[str, str | None], without: str) -> None:
    """Without the prior the rest decides."""
    assert languages([row]) != [without]
    assert languages([row], **{switch: False}) == [without]


def test_the_mix_can_be_switched_off() -> None:
    """use_mix=False gives the answers of no mix."""
    row: dict[str, str | None] = {"text": "super"}
    off = answers([row], mix={"da": 1.0}, use_mix=False)
    assert off == answers([row])
    assert off != answers([row], mix={"da": 1.0})


def test_other_languages_are_unsupported_and_named() -> None:
    """Decoys name themselves; `other` is put to the wide detector; confidence stays."""
    german, polish = answers([{"text": "danke danke"}, {"text": "dziekuje dziekuje"}])
    assert (german["language"], german["language_reason"], german["language_detected"]) == (
        None,
        "unsupported",
        "de",
    )
    assert (polish["language"], polish["language_detected"]) == (None, "pl")
    assert 0.5 < float(str(polish["language_confidence"])) <= 1


def test_only_texts_of_no_label_and_doubtful_ones_are_put_to_the_wide_detector() -> None:
    """It is slow, so the rest never reaches it."""
    detector = FakeDetector()
    frame = pl.DataFrame({"text": ["tak", "danke", "dziekuje", "12", None]})
    detect(frame, detector, mix=None, settings=LanguageSettings())
    assert detector.named == ["dziekuje"]


def test_doubtful_texts_get_a_second_look() -> None:
    """Where `other` is close, the wide detector may name a language of no label; never in a closed set."""
    row: dict[str, str | None] = {"text": "folkhal folkhal folkhal"}
    found = answers([row])[0]
    assert (found["language"], found["language_reason"]) == (None, "unsupported")
    assert (found["language_detected"], found["language_confidence"]) == ("pl", None)
    assert languages([row], closed=("nl", "en")) == ["nl"]


def test_a_short_text_gets_no_second_look() -> None:
    """Under 15 characters nobody can say more."""
    assert languages([{"text": "folkhal"}]) == ["nl"]


def test_a_closed_set_answers_within_it() -> None:
    """German is called one of the closed languages, or none, never German."""
    assert set(languages([{"text": "danke tak"}, {"text": "takk meget"}], closed=("nl", "da"))) == {"da"}


def test_texts_without_evidence_are_undetermined_whatever_the_market() -> None:
    """A prior alone is no answer; confidence is null with the language."""
    row = answers([{"text": "12345", "market": "DK"}])[0]
    assert (row["language"], row["language_reason"], row["language_confidence"]) == (
        None,
        "undetermined",
        None,
    )


@pytest.mark.parametrize("reason", ["empty", "too_short", "no_text_left"])
def test_unreadable_texts_keep_their_reason(reason: str) -> None:
    """What protect said of the text stands."""
    row = answers([{"text": "tak", "text_reason": reason}])[0]
    assert (row["language"], row["language_reason"]) == (None, reason)


def test_answers_do_not_depend_on_the_batch() -> None:
    """Reversed and one by one, each row gets the same answer."""
    rows: list[dict[str, str | None]] = [
        {"text": "tak meget", "market": "DK"},
        {"text": "super"},
        {"text": "danke"},
        {"text": "1"},
        {"text": "merci merci merci merci. thanks thanks thanks thanks."},
    ]
    together = answers(rows)
    assert answers(rows[::-1]) == together[::-1]
    assert [answers([row])[0] for row in rows] == together


def test_a_comment_in_two_languages_is_mixed() -> None:
    """The dominant language is kept, and the share of each is told by letters."""
    text = "merci merci merci merci merci. thanks thanks thanks thanks thanks thanks thanks."
    row = answers([{"text": text}])[0]
    assert (row["language"], row["language_reason"]) == ("en", "mixed")
    shares = {share["language"]: share["share"] for share in row["language_shares"]}  # type: ignore[attr-defined]
    assert shares == pytest.approx({"en": 42 / 67, "fr": 25 / 67})


def test_a_foreign_word_does_not_make_a_comment_mixed() -> None:
    """Both languages need a sentence of their own."""
    row = answers([{"text": "tak meget tak meget tak. thanks."}])[0]
    assert (row["language"], row["language_reason"], row["language_shares"]) == ("da", None, None)


def test_the_language_mix_adds_up_to_the_shares_of_the_file() -> None:
    """Ambiguous rows are shared out by the clear ones; rows without evidence do not count."""
    texts = ["bedankt bedankt"] * 60 + ["merci merci"] * 20 + ["super"] * 20 + ["12"] * 50
    mix = language_mix(pl.DataFrame({"text": texts}), FakeDetector(), LanguageSettings())
    assert math.isclose(sum(mix.values()), 1)
    assert mix["nl"] == pytest.approx(0.75, abs=0.03)
    assert mix["fr"] == pytest.approx(0.25, abs=0.03)


def test_the_language_mix_of_nothing_is_the_open_prior() -> None:
    """A file without readable text still has a mix."""
    mix = language_mix(pl.DataFrame({"text": ["1", None]}), FakeDetector(), LanguageSettings())
    assert mix["nl"] == mix["fr"] == mix["da"] == mix["en"] > mix["nb"]


@pytest.mark.parametrize("rows", [0, 1])
def test_empty_and_single_row_frames_are_no_special_case(rows: int) -> None:
    """No rows in, no rows out."""
    frame = pl.DataFrame({"text": pl.Series(["tak"] * rows, dtype=pl.String)})
    assert detect(frame, FakeDetector(), mix=None, settings=LanguageSettings()).height == rows
