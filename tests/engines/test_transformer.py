"""The transformer engine on a tiny random model, built by the same code that builds the shipped one."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from cxtext import registry
from cxtext.engines import load_star_engine, models_used
from cxtext.engines.transformer import TransformerEngine, batches, encode
from cxtext.errors import MissingModelError

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from cxtext.train.stars.convert import make_tokenizer
from cxtext.train.stars.export import export_onnx

PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES += [(f"▁{word}", -2.0) for word in ("good", "bad", "service", "slow", "what", "better")]
PIECES += [(letter, -6.0) for letter in "▁abcdefghijklmnopqrstuvwxyz.,!?"]
HIDDEN, FFN, LAYERS = 128, 256, 2
TEXTS = ["good service", "slow", "bad bad service, what was slow?", "good " * 40]


def random_weights(folder: Path) -> None:
    """Write a model as train.stars.model.save does, without torch."""
    generator = np.random.default_rng(0)
    prefix = "encoder.embeddings."
    shapes = {
        f"{prefix}word_embeddings.weight": (len(PIECES), HIDDEN),
        f"{prefix}position_embeddings.weight": (64, HIDDEN),
        f"{prefix}token_type_embeddings.weight": (2, HIDDEN),
        f"{prefix}LayerNorm.weight": (HIDDEN,),
        f"{prefix}LayerNorm.bias": (HIDDEN,),
        "head.weight": (5, HIDDEN),
        "head.bias": (5,),
    }
    sizes = {"intermediate.dense": (FFN, HIDDEN), "output.dense": (HIDDEN, FFN)}
    sizes |= {f"attention.self.{part}": (HIDDEN, HIDDEN) for part in ("query", "key", "value")}
    sizes |= {"attention.output.dense": (HIDDEN, HIDDEN)}
    for layer in range(LAYERS):
        for name, (rows, columns) in sizes.items():
            shapes[f"encoder.encoder.layer.{layer}.{name}.weight"] = (rows, columns)
            shapes[f"encoder.encoder.layer.{layer}.{name}.bias"] = (rows,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.encoder.layer.{layer}.{name}.weight"] = (HIDDEN,)
            shapes[f"encoder.encoder.layer.{layer}.{name}.bias"] = (HIDDEN,)
    tensors = {
        name: (generator.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)
        for name, shape in shapes.items()
    }
    safetensors.numpy.save_file(tensors, folder / "model.safetensors")
    shape = {"hidden": HIDDEN, "layers": LAYERS, "heads": 4, "ffn": FFN}
    (folder / "shape.json").write_text(json.dumps({"shape": shape, "eps": 1e-12}), "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a sealed model folder."""
    made = tmp_path_factory.mktemp("stars")
    random_weights(made)
    tokenizer = make_tokenizer(PIECES)
    sample = [(item.ids, item.type_ids) for item in encode(tokenizer, TEXTS, [None] * 4, 32)]
    export_onnx(made, made / "model.onnx", sample)
    export_onnx(made, made / "float.onnx")
    tokenizer.save(str(made / "tokenizer.json"))
    calibration = {"scale": [1.0] * 5, "offset": [[0.0] * 5, [0.0, 0.0, 0.0, 0.0, 2.0], *[[0.0] * 5] * 3]}
    (made / "calibration.json").write_text(json.dumps(calibration), "utf-8")
    config = {"kind": "transformer", "version": "1", "languages": ["nl", "fr", "da", "en"], "max_tokens": 32}
    registry.seal(made, config, ["model.onnx", "tokenizer.json", "calibration.json"])
    return made


@pytest.fixture(scope="module")
def engine(folder: Path) -> TransformerEngine:
    """Return the engine of the tiny model."""
    return TransformerEngine.load(str(folder))


def test_gives_a_distribution_for_each_text(engine: TransformerEngine) -> None:
    """Rows come back in order, each summing to one, and a text that was cut is marked."""
    found = engine.predict(TEXTS, ["en"] * 4, [None] * 4)
    np.testing.assert_allclose(found.probabilities.sum(1), 1)
    assert found.truncated.tolist() == [False, False, False, True]
    assert not np.allclose(found.probabilities[0], found.probabilities[1], atol=1e-3)


def test_a_text_has_the_same_stars_in_any_batch(engine: TransformerEngine) -> None:
    """Alone, among others, repeated, in another order: the same probabilities to 1e-6."""
    together = engine.predict([*TEXTS, *TEXTS[::-1]], ["en"] * 8, [None] * 8).probabilities
    alone = np.concatenate([engine.predict([text], ["en"], [None]).probabilities for text in TEXTS])
    np.testing.assert_allclose(together, np.concatenate([alone, alone[::-1]]), atol=1e-6)


def test_eight_bits_stay_close_to_the_float_model(engine: TransformerEngine, folder: Path) -> None:
    """Quantised logits differ from the float graph's by little."""
    import onnxruntime

    exact = replace(engine, session=onnxruntime.InferenceSession(folder / "float.onnx"))
    quantised, _ = engine.logits(TEXTS, [None] * 4)
    expected, _ = exact.logits(TEXTS, [None] * 4)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(quantised, expected, atol=0.05)


def test_quiet_units_are_not_cut_off(tmp_path: Path) -> None:
    """Where all wide units are small or below zero, bytes still hold what they say."""
    import onnxruntime

    random_weights(tmp_path)
    tensors = safetensors.numpy.load_file(tmp_path / "model.safetensors")
    tensors["encoder.encoder.layer.0.intermediate.dense.bias"] -= 4.0
    safetensors.numpy.save_file(tensors, tmp_path / "model.safetensors")
    sample = [(item.ids, item.type_ids) for item in encode(make_tokenizer(PIECES), TEXTS, [None] * 4, 32)]
    export_onnx(tmp_path, tmp_path / "model.onnx", sample)
    export_onnx(tmp_path, tmp_path / "float.onnx")
    feed = {"input_ids": np.array([sample[0][0]]), "token_type_ids": np.array([sample[0][1]])}
    whole, exact = (
        onnxruntime.InferenceSession(tmp_path / name).run(None, feed)[0]
        for name in ("model.onnx", "float.onnx")
    )
    np.testing.assert_allclose(whole, exact, atol=0.05)


def test_the_question_changes_the_answer(engine: TransformerEngine) -> None:
    """The same words after another question are another text."""
    found = engine.predict(["slow"] * 2, ["en"] * 2, [None, "what was better?"]).probabilities
    assert np.abs(found[0] - found[1]).max() > 1e-4


def test_each_language_has_its_calibration(engine: TransformerEngine) -> None:
    """Dutch has an offset towards five stars here, English has none."""
    found = engine.predict(["slow"] * 2, ["nl", "en"], [None] * 2).probabilities
    assert found[0, 4] > found[1, 4]


def test_of_an_unknown_language_only_emoji_are_read(engine: TransformerEngine) -> None:
    """Words of an undetermined language are no evidence; a thumb up is."""
    found = engine.predict(["slow", "slow 👍", "👍"], [""] * 3, [None] * 3).probabilities
    assert np.isnan(found[0]).all()
    np.testing.assert_array_equal(found[1], found[2])


def test_a_text_without_evidence_has_no_stars(engine: TransformerEngine) -> None:
    """Punctuation and a lone "geen" say nothing; "geen" after a question does, and so does a smiley."""
    texts = ["- .", "geen", "N.v.t.", "geen", "👍", "good"]
    found = engine.predict(texts, ["nl"] * 6, [None, None, None, "what better?", None, None])
    assert np.isnan(found.probabilities).all(1).tolist() == [True, True, True, False, False, False]


def test_no_texts_give_no_rows(engine: TransformerEngine) -> None:
    """An empty batch is answered with empty arrays of the right shape."""
    assert engine.predict([], [], []).probabilities.shape == (0, 5)


def test_a_long_text_keeps_its_two_ends() -> None:
    """Two thirds of the room hold the beginning, one third the end."""
    tokenizer = make_tokenizer(PIECES)
    (found,) = encode(tokenizer, ["good " * 20 + "bad " * 20], [None], 14)
    good, bad = tokenizer.token_to_id("▁good"), tokenizer.token_to_id("▁bad")
    assert found.ids == [0, *[good] * 8, *[bad] * 4, 2]
    assert found.truncated


def test_a_question_is_the_second_segment() -> None:
    """It comes after the text with type 1 and takes a quarter of the room at most."""
    tokenizer = make_tokenizer(PIECES)
    (found,) = encode(tokenizer, ["good"], ["what " * 30], 32)
    assert found.type_ids == [0] * 3 + [1] * 8
    assert not found.truncated


def test_batches_hold_every_row_once() -> None:
    """Short rows come first, none is lost, a batch has rows of one length, and is not over its limit."""
    lengths = [500, 3, 700, 3, 4096, 20] * 30
    found = list(batches(lengths))
    assert sorted(np.concatenate(found).tolist()) == list(range(len(lengths)))
    assert all(len({lengths[row] for row in rows}) == 1 for rows in found)
    assert all(len(rows) == 1 or lengths[rows[0]] * len(rows) <= 512 for rows in found)
    assert list(batches([])) == []


def test_another_kind_of_model_is_refused(folder: Path, tmp_path: Path) -> None:
    """A folder of another engine is named."""
    registry.seal(tmp_path, {"kind": "linear"}, [])
    with pytest.raises(MissingModelError, match="not a transformer"):
        TransformerEngine.load(str(tmp_path))


def test_an_altered_model_is_refused(folder: Path, tmp_path: Path) -> None:
    """One changed byte in the weights ends in an error that names the file."""
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "model.onnx").open("ab") as weights:
        weights.write(b"\0")
    with pytest.raises(MissingModelError, match=r"model\.onnx: altered"):
        TransformerEngine.load(str(tmp_path))


def test_a_folder_says_which_engine_it_is_for(folder: Path) -> None:
    """`--engine FOLDER` gives the engine of the folder's kind, and the run names the model it used."""
    assert isinstance(load_star_engine(str(folder)), TransformerEngine)
    assert set(models_used(str(folder))[-1].files) == {"model.onnx", "tokenizer.json", "calibration.json"}


@pytest.fixture(scope="module")
def shipped() -> TransformerEngine:
    """Return the model that ships with cxtext."""
    return TransformerEngine.load("stars")


@pytest.mark.parametrize(
    ("language", "bad", "good"),
    [
        ("nl", "Drie weken gewacht en niemand belt terug.", "Vlot geholpen, ik kom hier zeker terug."),
        ("fr", "Trois semaines d'attente et personne ne rappelle.", "Aidé tout de suite, je reviendrai."),
        ("da", "Jeg ventede i tre uger, og ingen ringer tilbage.", "Hurtig hjælp, jeg kommer igen."),
        ("en", "I waited three weeks and nobody calls back.", "Helped at once, I will come back."),
    ],
)
def test_the_shipped_model_tells_good_from_bad(
    shipped: TransformerEngine, language: str, bad: str, good: str
) -> None:
    """In each language a complaint has one or two stars, praise four or five."""
    found = shipped.predict([bad, good], [language] * 2, [None] * 2).probabilities
    assert found[0, :2].sum() > 0.7
    assert found[1, 3:].sum() > 0.7


def test_the_shipped_model_gives_a_text_the_same_stars_in_any_batch(shipped: TransformerEngine) -> None:
    """Beside long neighbours as alone, to 1e-6."""
    texts = ["Ça marche.", "Pas mal, mais la livraison a pris trop de temps. " * 9, "ok 👍"]
    together = shipped.predict(texts, ["fr"] * 3, [None] * 3).probabilities
    alone = [shipped.predict([text], ["fr"], [None]).probabilities[0] for text in texts]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_the_shipped_model_reads_the_question(shipped: TransformerEngine) -> None:
    """After "How could we improve?" the answer "Nothing" is praise; without a question it says nothing."""
    found = shipped.predict(["Nothing"] * 2, ["en"] * 2, ["How could we improve?", None]).probabilities
    assert found[0, 3:].sum() > 0.7
    assert np.isnan(found[1]).all()
