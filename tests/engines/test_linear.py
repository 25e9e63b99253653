import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from cxtext import registry
from cxtext.engines import load_star_engine
from cxtext.engines.linear import LinearEngine, softmax, vectors
from cxtext.engines.ngrams import NgramSpec
from cxtext.engines.readable import MAX_CHARACTERS
from cxtext.errors import MissingModelError

GOOD = {
    "nl": "Heel tevreden, snel geleverd en vriendelijk geholpen.",
    "fr": "Très satisfait, livraison rapide et personnel aimable.",
    "da": "Meget tilfreds, hurtig levering og venlig betjening.",
    "en": "Very happy, quick delivery and friendly staff.",
}
BAD = {
    "nl": "Slechte service, nooit antwoord gekregen en mijn geld ben ik kwijt.",
    "fr": "Service déplorable, aucune réponse et toujours pas remboursé.",
    "da": "Elendig service, fik aldrig svar og mine penge er væk.",
    "en": "Terrible service, never got an answer and my money is gone.",
}


@pytest.fixture(scope="module")
def engine() -> LinearEngine:
    """Return the shipped model."""
    return LinearEngine.load("stars-linear")


def predict(engine: LinearEngine, texts: list[str], languages: list[str]) -> np.ndarray:
    """Return the star probabilities of texts without a question."""
    return engine.predict(texts, languages, [None] * len(texts)).probabilities


def rating(engine: LinearEngine, text: str, language: str) -> float:
    """Return the inferred rating of one text."""
    return float(predict(engine, [text], [language])[0] @ np.arange(1, 6))


@pytest.mark.parametrize("language", GOOD)
def test_the_shipped_model_tells_praise_from_complaints(engine: LinearEngine, language: str) -> None:
    """Plain praise is well above 3, a plain complaint well below, in each language."""
    assert rating(engine, GOOD[language], language) > 4
    assert rating(engine, BAD[language], language) < 2


def test_a_lone_emoji_is_read_in_any_language(engine: LinearEngine) -> None:
    """A thumb up is praise and a thumb down a complaint, whether the language is known or not."""
    for language in ("", "nl", "fr", "da", "en"):
        assert rating(engine, "👍", language) > 3.4
        assert rating(engine, "👎", language) < 2.8


def test_of_an_unknown_language_only_emoji_are_read(engine: LinearEngine) -> None:
    """Words count for nothing there, and without emoji there is no evidence."""
    p = predict(engine, ["wunderbar 👍", "👍", "wunderbar"], ["", "", ""])
    assert np.array_equal(p[0], p[1])
    assert np.isnan(p[2]).all()


@pytest.mark.parametrize("text", ["", " ", "...", "12345", "xqzvkj", "?!"])
def test_a_text_without_a_known_word_has_no_evidence(engine: LinearEngine, text: str) -> None:
    """All five probabilities are NaN."""
    assert np.isnan(predict(engine, [text], ["en"])).all()


def test_a_text_scores_the_same_in_any_batch(engine: LinearEngine) -> None:
    """Neither neighbours nor order change a row."""
    texts = [*GOOD.values(), *BAD.values(), "", "ok " * 3_000]
    languages = [*GOOD, *BAD, "en", "en"]
    together = predict(engine, texts, languages)
    alone = np.concatenate(
        [predict(engine, [text], [code]) for text, code in zip(texts, languages, strict=True)]
    )
    assert np.allclose(together, alone, atol=1e-12, equal_nan=True)
    assert np.allclose(
        predict(engine, texts[::-1], languages[::-1])[::-1], together, atol=1e-12, equal_nan=True
    )


def test_a_very_long_text_is_read_in_part_and_says_so(engine: LinearEngine) -> None:
    """Beyond the limit nothing counts."""
    long = ("fine " * MAX_CHARACTERS)[:MAX_CHARACTERS]
    stars = engine.predict([long + " awful" * 1000, long], ["en", "en"], [None, None])
    assert stars.truncated.tolist() == [True, False]
    assert np.array_equal(stars.probabilities[0], stars.probabilities[1])


def test_no_texts_no_rows(engine: LinearEngine) -> None:
    """An empty batch gives an empty answer."""
    assert predict(engine, [], []).shape == (0, 5)


def test_the_engine_is_found_by_name_and_by_folder(engine: LinearEngine) -> None:
    """`linear`, the model's name and its folder are one engine."""
    folder = registry.model("stars-linear").folder
    for spec in ("linear", "stars-linear", str(folder)):
        found = load_star_engine(spec)
        assert isinstance(found, LinearEngine)
        assert found.name == engine.name == "stars-linear"


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    """One changed byte is enough."""
    folder = shutil.copytree(registry.model("stars-linear").folder, tmp_path / "model")
    weights = bytearray((folder / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(weights)
    with pytest.raises(MissingModelError, match="altered"):
        LinearEngine.load(str(folder))


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    """A folder that declares no linear star model is not read as one."""
    (tmp_path / "config.json").write_text(json.dumps({"kind": "language", "files": {}}))
    with pytest.raises(MissingModelError, match="not a linear star model"):
        LinearEngine.load(str(tmp_path))


def test_vectors_have_length_one() -> None:
    """1 + log(count), scaled: a repeated word weighs more, but not as often as it stands there."""
    spec = NgramSpec(char_min=1, char_max=0, word_min=1, word_max=1, buckets=2**16)
    x = vectors(["ja ja ja nee", "", "nee"], spec)
    assert np.asarray(x.multiply(x).sum(axis=1)).ravel() == pytest.approx([1, 0, 1])
    assert sorted(x[0].data) == pytest.approx(np.array([1, 1 + np.log(3)]) / np.hypot(1, 1 + np.log(3)))


def test_softmax_sums_to_one_and_survives_large_logits() -> None:
    """No overflow, no NaN."""
    p = softmax(np.array([[1e4, 0, 0, 0, 0], [0, 0, 0, 0, 0]]))
    assert p.sum(axis=1) == pytest.approx([1, 1])
    assert p[1].tolist() == [0.2] * 5
