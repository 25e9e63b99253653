"""Four languages that say the same, with the numbers, dates and names of each."""

import string
from collections.abc import Iterable
from enum import StrEnum

import pytest

from cxtext.errors import UsageError
from cxtext.protect.texts import LABELS
from cxtext.report.wording import languages_of_market, load_wording, slug
from cxtext.schema.columns import LANGUAGES, LanguageReason, Role, StatedReason, UnscoredReason
from cxtext.schema.figures import Method, Note, Verdict, VerdictReason

FAMILIES: dict[str, Iterable[str] | type[StrEnum]] = {
    "note": Note,
    "method_used": Method,
    "language_reason": LanguageReason,
    "unscored_reason": UnscoredReason,
    "stated_reason": StatedReason,
    "recognised.what": Role,
    "personal_data": LABELS,
    "verdict": Verdict,
    "verdict.verdict": Verdict,
    "verdict.reason": VerdictReason,
}


def _placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    """A text that is missing, or lost a figure in translation, would show only on that market's page."""
    english, other = load_wording("en").strings, load_wording(language).strings
    assert list(other) == list(english)
    assert {key: _placeholders(text) for key, text in other.items()} == {
        key: _placeholders(text) for key, text in english.items()
    }
    assert all(text.strip() for text in other.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_an_interval_has_its_n(language: str) -> None:
    """Nobody can weigh a figure without it."""
    strings = load_wording(language).strings
    assert not [key for key, text in strings.items() if "{interval}" in text and "{n}" not in text]


def test_translations_are_not_english() -> None:
    """Sentences differ from the English ones; only names, as NPS, may be the same."""
    english = load_wording("en").strings
    for language in set(LANGUAGES) - {"en"}:
        same = [text for key, text in load_wording(language).strings.items() if text == english[key]]
        assert [text for text in same if len(text.split()) > 3] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_of_the_other_stages_has_a_text(family: str) -> None:
    """What a stage can say, a reader can read in each language."""
    wording = load_wording("da")
    missing = [code for code in FAMILIES[family] if not wording.has(f"{family}.{slug(code)}")]
    assert missing == []


def test_every_method_that_has_a_text_is_used() -> None:
    """The texts of methods are looked up by name, so that one of a method that is gone stands out nowhere else."""
    told = {key for key in load_wording("en").strings if key.startswith("method_used.")}
    assert told == {f"method_used.{slug(method)}" for method in Method}


@pytest.mark.parametrize("language", ["de", "", "../../x", "NL"])
def test_a_language_without_strings_is_refused(language: str) -> None:
    """Before it becomes a path; the line names those there are."""
    with pytest.raises(UsageError, match="nl, fr, da, en"):
        load_wording(language)


def test_an_unknown_code_is_shown_as_it_is() -> None:
    """A newer note is better read in English than lost."""
    assert load_wording("fr").code("note", "something new") == "something new"


@pytest.mark.parametrize(
    ("language", "number", "percent", "day"),
    [
        ("en", "12,345.7", "72.4%", "2 March 2025"),
        ("nl", "12.345,7", "72,4%", "2 maart 2025"),
        ("da", "12.345,7", "72,4\N{NO-BREAK SPACE}%", "2. marts 2025"),
        ("fr", "12\N{NARROW NO-BREAK SPACE}345,7", "72,4\N{NO-BREAK SPACE}%", "2 mars 2025"),
    ],
)
def test_numbers_and_dates_follow_the_language(language: str, number: str, percent: str, day: str) -> None:
    """A decimal comma where the reader expects one."""
    wording = load_wording(language)
    assert wording.number(12345.678, 1) == number
    assert wording.percent(72.41) == percent
    assert wording.day("2025-03-02") == day


def test_signs_tell_gain_from_loss_and_zero_has_none() -> None:
    """A gap that rounds to zero is neither."""
    wording = load_wording("en")
    assert [wording.signed(value, 1) for value in (3.25, -3.26, -0.04)] == [
        "+3.2",
        "\N{MINUS SIGN}3.3",
        "0.0",
    ]


@pytest.mark.parametrize(
    ("dimension", "value", "name"),
    [
        ("market", "BE", "Belgien"),
        ("market", "../x", "../x"),
        ("language", "fr", "Fransk"),
        ("channel", "web", "web"),
        ("period", "2025-03", "marts 2025"),
        ("period", "2025-Q2", "2. kvartal 2025"),
        ("period", "2025-W07", "Uge 7, 2025"),
        ("period", "2025", "2025"),
        ("period", "2025-19", "2025-19"),
    ],
)
def test_groups_are_called_by_their_names(dimension: str, value: str, name: str) -> None:
    """Codes become names where there are any."""
    assert load_wording("da").name(dimension, value) == name


@pytest.mark.parametrize(
    ("market", "languages"),
    [
        ("DK", ("da",)),
        ("FR", ("fr",)),
        ("GB", ("en",)),
        ("US", ("en",)),
        ("NL", ("nl",)),
        ("BE", ("nl", "fr")),
        ("LU", ("fr",)),
        ("DE", ("en",)),
        ("Nordics", ("en",)),
        ("", ("en",)),
    ],
)
def test_a_page_is_in_its_market_s_languages(market: str, languages: tuple[str, ...]) -> None:
    """Official ones, largest first; English where cxtext writes none of them."""
    assert languages_of_market(market) == languages
