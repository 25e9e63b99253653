"""The words of the four languages don't contradict each other."""

import json
from pathlib import Path

import pytest

from cxtext.read import vocabulary as module
from cxtext.read.recognise import CUSTOMER_ONLY
from cxtext.read.vocabulary import normalise, squeeze
from cxtext.schema.columns import LANGUAGES, Role

WORDS = {
    language: json.loads((Path(module.__file__).parent / "words" / f"{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}


@pytest.mark.parametrize("kind", ["columns", "customers"])
def test_a_column_name_means_one_thing_in_all_languages(kind: str) -> None:
    """A French note is a rating, so no other language may call its comments note."""
    meanings: dict[str, set[str]] = {}
    for words in WORDS.values():
        for family, names in words[kind].items():
            for name in names:
                meanings.setdefault(squeeze(name), set()).add(family)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("scale", ["likert", "effort"])
def test_an_answer_has_one_point_in_all_languages(scale: str) -> None:
    """And is no word for a missing answer."""
    points: dict[str, set[str]] = {}
    for words in WORDS.values():
        for point, answers in words[scale].items():
            for answer in answers:
                points.setdefault(normalise(answer), set()).add(point)
        for answer in words["missing"]:
            points.setdefault(normalise(answer), set()).add("missing")
    assert {answer: found for answer, found in points.items() if len(found) > 1} == {}


def test_every_language_names_every_role() -> None:
    """What one language recognises the others do too."""
    families = {role.value for role in Role} | {"satisfaction"}
    assert all(words["columns"].keys() | words["customers"].keys() == families for words in WORDS.values())
    assert all(words["customers"].keys() == CUSTOMER_ONLY for words in WORDS.values())
    assert all(words.keys() == WORDS["en"].keys() for words in WORDS.values())
    assert all(set(words["likert"]) == set("12345") for words in WORDS.values())


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Bemærkning:", "bemaerkning"),
        ("  Réponse_ouverte ", "reponse ouverte"),
        ("NPSScore", "nps score"),
        ("Øl", "ol"),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(written: str, normal: str) -> None:
    """As people write headers."""
    assert normalise(written) == normal
