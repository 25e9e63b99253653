import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cxtext.engines import load_star_engine
from cxtext.engines.huggingface import HuggingFaceEngine
from cxtext.errors import MissingModelError

pytest.importorskip("transformers")

WORDS = ["good", "bad", "service", "fast", "slow", "very", "not", "and", "the", "👍", "!", "."]
TEXTS = ["good service", "bad", "not good and very slow !", "the service", "good " * 60, "fast 👍"]
FIVE = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str]], Path]:
    """Return a maker of tiny random BERT checkpoints with the given labels."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    def make(labels: list[str]) -> Path:
        folder = tmp_path_factory.mktemp("checkpoint")
        vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
        tokenizer = Tokenizer(models.WordLevel(vocabulary, "[UNK]"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
        PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=34,
            initializer_range=0.5,
            id2label=dict(enumerate(labels)),
            label2id={label: i for i, label in enumerate(labels)},
        )
        with torch.random.fork_rng():
            torch.manual_seed(0)
            BertForSequenceClassification(config).save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="module")
def five_stars(checkpoint: Callable[[list[str]], Path]) -> Path:
    """Return a checkpoint with a head of five stars."""
    return checkpoint(FIVE)


def predict(engine: HuggingFaceEngine, texts: list[str], language: str = "en") -> np.ndarray:
    """Return the star probabilities of texts in one language."""
    return engine.predict(texts, [language] * len(texts), [None] * len(texts)).probabilities


def test_five_star_heads_are_taken_as_they_are(five_stars: Path) -> None:
    """Probabilities are those of transformers itself, one text at a time."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    engine = load_star_engine(f"hf:{five_stars}")
    model = AutoModelForSequenceClassification.from_pretrained(five_stars).eval()
    tokenizer = AutoTokenizer.from_pretrained(five_stars)
    with torch.inference_mode():
        alone = [
            torch.softmax(model(**tokenizer(text, return_tensors="pt")).logits[0], 0).numpy()
            for text in TEXTS[:4]
        ]
    assert np.allclose(engine.predict(TEXTS[:4], ["en"] * 4, [None] * 4).probabilities, alone, atol=1e-6)
    assert engine.name == f"hf:{five_stars.name}"


def test_a_text_scores_the_same_in_any_batch(five_stars: Path) -> None:
    """Padding is masked, and rows come back in the order of the texts."""
    engine = HuggingFaceEngine.load(str(five_stars))
    together = predict(engine, TEXTS)
    for i, text in enumerate(TEXTS):
        assert np.allclose(predict(engine, [text])[0], together[i], atol=1e-6)
    assert np.allclose(together.sum(axis=1), 1)


def test_longer_texts_than_the_model_reads_are_flagged(five_stars: Path) -> None:
    """Only the text that is over the limit of 32 tokens counts as truncated."""
    engine = HuggingFaceEngine.load(str(five_stars))
    truncated = engine.predict(TEXTS, ["en"] * 6, [None] * 6).truncated
    assert truncated.tolist() == [False, False, False, False, True, False]


def test_an_unknown_language_leaves_the_emoji(five_stars: Path) -> None:
    """Without a language the words are not read; a comment without emoji has no evidence."""
    engine = HuggingFaceEngine.load(str(five_stars))
    scored = predict(engine, ["fast 👍", "good"], "")
    assert np.allclose(scored[0], predict(engine, ["👍"])[0], atol=1e-6)
    assert np.isnan(scored[1]).all()


def test_no_texts_no_rows(five_stars: Path) -> None:
    """An empty batch gives an empty answer."""
    assert predict(HuggingFaceEngine.load(str(five_stars)), []).shape == (0, 5)


def test_three_classes_are_mapped_by_their_labels(checkpoint: Callable[[list[str]], Path]) -> None:
    """Whatever their order, the classes go to the stars they name, evenly where they don't tell two apart."""
    p = predict(HuggingFaceEngine.load(str(checkpoint(["POS", "negative", "neutraal"]))), TEXTS)
    assert np.allclose(p[:, 0], p[:, 1])
    assert np.allclose(p[:, 3], p[:, 4])
    assert np.allclose(p.sum(axis=1), 1)
    assert len(np.unique(p.round(6))) > 6


@pytest.mark.parametrize("labels", [["LABEL_0", "LABEL_1", "LABEL_2"], ["joy", "anger"], ["positive"]])
def test_other_heads_are_refused(checkpoint: Callable[[list[str]], Path], labels: list[str]) -> None:
    """Classes that mean neither stars nor sentiment are no answer."""
    with pytest.raises(MissingModelError, match="refused, its classes"):
        HuggingFaceEngine.load(str(checkpoint(labels)))


def test_pickled_weights_are_refused(five_stars: Path, tmp_path: Path) -> None:
    """A folder that holds only a pickle is not opened."""
    folder = shutil.copytree(five_stars, tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(MissingModelError, match="safetensors"):
        HuggingFaceEngine.load(str(folder))


def test_code_of_a_checkpoint_is_not_run(five_stars: Path, tmp_path: Path) -> None:
    """A checkpoint that needs its own Python file is refused, and the file stays unread."""
    folder = shutil.copytree(five_stars, tmp_path / "custom")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "custom", "auto_map": {"AutoConfig": "code.C"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "code.py").write_text("raise SystemExit('this ran')")
    with pytest.raises(MissingModelError, match="can't be loaded"):
        HuggingFaceEngine.load(str(folder))


def test_a_name_on_a_hub_is_not_downloaded() -> None:
    """Only folders are taken."""
    with pytest.raises(MissingModelError, match="nothing is downloaded"):
        HuggingFaceEngine.load("someone/some-model")
