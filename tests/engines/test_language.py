import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import DetectorFactory

from cxtext.engines import load_detector
from cxtext.engines.language import linear_scores, word_hashes
from cxtext.engines.language_names import ForeignNamer, foreign_script_share
from cxtext.engines.ngrams import NgramSpec

SENTENCES = {
    "nl": "De bestelling kwam een dag te laat, maar de bezorger belde ons netjes op.",
    "fr": "La commande est arrivée avec un jour de retard, mais le livreur nous a prévenus.",
    "da": "Pakken kom en dag for sent, men chaufføren ringede til os og undskyldte.",
    "en": "The parcel came a day late, but the driver called us and apologised.",
    "nb": "Pakken kom en dag for seint, men sjåføren ringte oss og ba om unnskyldning.",
    "nn": "Pakken kom ein dag for seint, men sjåføren ringde oss og sa at han ikkje visste det.",
    "sv": "Paketet kom en dag för sent, men chauffören ringde oss och bad om ursäkt.",
    "de": "Das Paket kam einen Tag zu spät, aber der Fahrer rief uns an und entschuldigte sich.",
    "af": "Die pakkie het 'n dag laat aangekom, maar die bestuurder het ons gebel en om verskoning gevra.",
    "es": "El paquete llegó un día tarde, pero el conductor nos llamó y pidió disculpas.",
    "it": "Il pacco è arrivato con un giorno di ritardo, ma il corriere ci ha chiamato.",
    "pt": "A encomenda chegou com um dia de atraso, mas o motorista ligou e pediu desculpa.",
    "other": "Paczka przyszła dzień później, ale kierowca zadzwonił i przeprosił.",
}


def best(text: str) -> str:
    """Return the label with the largest log-likelihood."""
    detector = load_detector()
    return detector.labels[int(detector.log_likelihoods([text])[0].argmax())]


@pytest.mark.parametrize(("label", "text"), SENTENCES.items())
def test_a_sentence_of_each_label_is_told(label: str, text: str) -> None:
    """Close relatives are kept apart, and a language of no label is `other`."""
    assert best(text) == label


@pytest.mark.parametrize(
    ("label", "text"), [("da", "Alt var fint"), ("nl", "Prima geregeld"), ("fr", "Très bien")]
)
def test_a_few_words_are_enough(label: str, text: str) -> None:
    """Comments of one to three words are told."""
    assert best(text) == label


@pytest.mark.parametrize(
    "text",
    ["", " ", "\U0001f44d\U0001f44d", "10/10", "ok", "OK!!!", "Emma", "Emma Jensen", "Mette Hansen",
     "www.shop.example/bestel", "a@b.example", "[E-MAIL]", "https://example.org/en/thanks"],
)  # fmt: skip
def test_texts_without_evidence_are_rows_of_zeros(text: str) -> None:
    """Emoji, numbers, ok, names, addresses and placeholders are no sign of any language."""
    assert not load_detector().log_likelihoods([text]).any()


def test_a_name_beside_words_does_not_hide_them() -> None:
    """Only texts of nothing but names have no evidence."""
    assert load_detector().log_likelihoods(["Emma was very helpful"]).any()


@pytest.mark.parametrize("text", ["Очень хорошее обслуживание", "非常好的服务", "Πολύ καλή εξυπηρέτηση"])
def test_other_scripts_are_other(text: str) -> None:
    """A text outside the Latin script is none of the languages."""
    assert best(text) == "other"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from(sorted(SENTENCES.values())), max_size=8))
def test_a_text_gets_the_same_row_in_any_batch(texts: list[str]) -> None:
    """Rows do not depend on their neighbours, and the largest of each is 0."""
    detector = load_detector()
    together = detector.log_likelihoods(texts)
    assert together.shape == (len(texts), len(detector.labels))
    assert (together <= 0).all()
    for i, text in enumerate(texts):
        assert np.array_equal(together[i], detector.log_likelihoods([text])[0])


def test_only_the_beginning_of_a_text_is_read() -> None:
    """What comes after 300 characters makes no difference to the main decision."""
    start = SENTENCES["da"] * 5
    detector = load_detector()
    assert np.array_equal(
        detector.log_likelihoods([start + SENTENCES["en"] * 50]), detector.log_likelihoods([start])
    )


def test_other_languages_are_named() -> None:
    """langdetect names a language that has no label, and no language where there is nothing to read."""
    assert load_detector().identify([SENTENCES["other"], "12345"]) == ["pl", None]


def test_naming_leaves_the_global_seed_alone() -> None:
    """langdetect's module-wide seed is not ours to set, and answers repeat all the same."""
    answers = {ForeignNamer().name("guten tag amigo hello") for _ in range(5)}
    assert len(answers) == 1
    assert DetectorFactory.seed is None


def test_the_share_of_foreign_letters_counts_letters_only() -> None:
    """Digits and signs do not count, nor do Latin letters with marks."""
    assert foreign_script_share("été 2024!") == 0
    assert foreign_script_share("ab где") == pytest.approx(3 / 5)
    assert foreign_script_share("123") == 0


def test_scores_are_weights_summed_over_a_power_of_their_number() -> None:
    """Two words with weight 1 score 2 over the root of 2; a text without words scores 0."""
    spec = NgramSpec(char_min=1, char_max=0, word_min=1, word_max=1, buckets=2**4)
    scores = linear_scores(["goed werk", ""], spec, np.ones((16, 2), np.float32), power=0.5)
    assert scores == pytest.approx(np.array([[2**0.5] * 2, [0, 0]]))


def test_word_hashes_ignore_case_and_order() -> None:
    """Names are known however they are written."""
    assert np.array_equal(word_hashes(["Emma", "Lars"]), word_hashes(["LARS", "emma"]))
