"""Topics found in comments of the four languages."""

import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxtext.engines.nouns import load_facts
from cxtext.engines.terms import SpacyTerms, TaggedTerms
from cxtext.errors import MissingModelError
from cxtext.schema.columns import LANGUAGES

_loaded = cache(SpacyTerms.load)


def _terms(language: str, text: str) -> list[str]:
    return [term.term for term in _loaded(language).terms([text])[0]]


COMMENTS = [
    ("nl", "De levering duurde heel lang en de klantenservice is slecht.", ["levering", "klantenservice"]),
    ("nl", "Prijzen zijn goed, maar de pakketjes komen te laat.", ["prijs", "pakket"]),
    ("nl", "Vriendelijke medewerkers!", ["medewerker"]),
    (
        "fr",
        "Les délais de livraison sont trop longs, mais les vendeuses sont gentilles.",
        ["délai de livraison", "vendeur"],
    ),
    ("fr", "Le service client ne répond pas au téléphone.", ["service client", "téléphone"]),
    ("fr", "L'accueil était parfait, une belle surprise.", ["accueil"]),
    ("da", "Leveringen var hurtig og kundeservicen god.", ["levering", "kundeservice"]),
    ("da", "pakken kom aldrig frem til pakkeshoppen", ["pakke", "pakkeshop"]),
    ("da", "Det er virkelig en god butik med gode priser", ["butik", "pris"]),
    (
        "en",
        "Great customer service, but the claims process took weeks.",
        ["customer service", "claim process"],
    ),
    ("en", "I would recommend it, it is easy to use.", []),
    ("en", "The prices went up and nobody reads emails.", ["price", "email"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), COMMENTS)
def test_topics_are_nouns_in_their_normal_form(language: str, text: str, expected: list[str]) -> None:
    """Plural, definite and diminutive forms meet in one term; opinions, times and verbs are none."""
    assert _terms(language, text) == expected


def test_a_term_points_at_the_words_that_show_it() -> None:
    """Start and end cut the surface words out of the text."""
    text = "Zeer trage Leveringen."
    term = _loaded("nl").terms([text])[0][0]
    assert (term.term, text[term.start : term.end]) == ("levering", "Leveringen")


def test_names_links_handles_and_placeholders_are_no_topics() -> None:
    """Capitals inside a sentence are names, and what is no word is skipped."""
    text = "thanks to Kate and Harry, see https://example.com/price or @service at [EMAIL]"
    assert _terms("en", text) == []


def test_the_same_text_gives_the_same_terms_in_any_batch() -> None:
    """What was read before changes nothing."""
    extractor = _loaded("da")
    texts = ["Ringede om pakken", "pakken er væk", "Hurtig levering"]
    assert extractor.terms(texts) == [extractor.terms([text])[0] for text in texts]


@settings(deadline=None)  # the first text of a language loads its tables
@given(st.sampled_from(LANGUAGES), st.text() | st.text(alphabet="aeklnprst'd -.,/@#🎉İßA"))
def test_any_text_gives_terms_in_order_that_do_not_overlap(language: str, text: str) -> None:
    """No text breaks the extractor, and every term shows characters of its own."""
    ends = [0]
    for term in _loaded(language).terms([text])[0]:
        assert ends[-1] <= term.start < term.end <= len(text)
        ends.append(term.end)


def test_a_huge_text_in_capitals_takes_no_time() -> None:
    """Time grows with length alone: a million characters in a few seconds."""
    start = time.perf_counter()
    terms = _loaded("en").terms(["THE PRICE OF DELIVERY IS HIGH " * 33_000])[0]
    assert len(terms) == 66_000
    assert time.perf_counter() - start < 20


def test_a_language_without_facts_is_refused_by_name() -> None:
    """The message says which language."""
    with pytest.raises(MissingModelError, match="xx"):
        SpacyTerms.load("xx")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_both_a_topic_and_none(language: str) -> None:
    """The lists of a language don't contradict each other."""
    facts = load_facts(language)
    assert facts.nouns.isdisjoint(facts.not_terms)


class _Word:
    def __init__(self, text: str, at: int, lemma: str, pos: str) -> None:
        self.text, self.idx, self.lemma_, self.pos_ = text, at, lemma, pos

    def __len__(self) -> int:
        return len(self.text)


class _Doc(list[_Word]):
    def __getitem__(self, key):  # type: ignore[no-untyped-def]
        found = super().__getitem__(key)
        return _Span(found) if isinstance(key, slice) else found


class _Span(list[_Word]):
    @property
    def start_char(self) -> int:
        return self[0].idx

    @property
    def end_char(self) -> int:
        return self[-1].idx + len(self[-1])


class _Tagger:
    """Stands in for a trained pipeline: words with an underscore carry their tag."""

    def pipe(self, texts):  # type: ignore[no-untyped-def]
        for text in texts:
            at, words = 0, _Doc()
            for shown in text.split(" "):
                word, _, tag = shown.partition("_")
                words.append(_Word(shown, at, word.lower(), tag or "X"))
                at += len(shown) + 1
            yield words


def test_a_trained_pipelines_tags_decide_when_there_is_one() -> None:
    """Nouns by tag, neighbours together; fillers stay out."""
    tagged = TaggedTerms(_Tagger(), load_facts("en"), name="fake")
    found = tagged.terms(["Claim_NOUN form_NOUN was hard_ADJ every day_NOUN"])[0]
    assert [(term.term, term.start, term.end) for term in found] == [("claim form", 0, 20)]
