"""The shipped star model as a transformers checkpoint: the same stars from torch as from onnxruntime."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cxtext import registry
from cxtext.engines import load_star_engine
from cxtext.engines.star_checkpoint import CheckpointEngine
from cxtext.engines.transformer import WEIGHTS_FILE, TransformerEngine, load_session
from cxtext.errors import MissingModelError, OutputError, UsageError

pytest.importorskip("onnx")
pytest.importorskip("torch")
pytest.importorskip("transformers")

from cxtext.train.stars.checkpoint import export_checkpoint, read_onnx, write_float_model
from cxtext.train.stars.export import export_onnx

# What 8 bits of activations move: a cumulated probability this near to one half is a tie.
LARGEST, TYPICAL, MEAN = 0.1, 0.06, 0.01


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped model as a checkpoint."""
    out = tmp_path_factory.mktemp("exported") / "stars"
    export_checkpoint("stars", out)
    return out


@pytest.fixture(scope="module")
def comments() -> tuple[list[str], list[str], list[str | None]]:
    """Return the demo comments, each with its language and, of one in four, a question."""
    demo = registry.assets("corpora")["demo"]
    rows = pl.read_ndjson(demo / "comments.jsonl").join(pl.read_csv(demo / "gold.csv"), on="comment_id")
    rows = rows.filter(pl.col("comment").is_not_null())
    asked = ["What could be better?" if place % 4 == 0 else None for place in range(rows.height)]
    return rows["comment"].to_list(), rows["language"].fill_null("").to_list(), asked


def test_both_forms_give_the_same_stars(
    exported: Path, comments: tuple[list[str], list[str], list[str | None]]
) -> None:
    """Probabilities differ by the 8 bits of ONNX activations alone, and the hard star only at a tie."""
    found = load_star_engine(f"hf:{exported}").predict(*comments)
    expected = load_star_engine("transformer").predict(*comments)
    known = ~np.isnan(expected.probabilities[:, 0])
    assert known.sum() > 300
    np.testing.assert_array_equal(np.isnan(found.probabilities[:, 0]), ~known)
    np.testing.assert_array_equal(found.truncated, expected.truncated)
    apart = np.abs(found.probabilities - expected.probabilities)[known]
    assert np.quantile(apart.max(axis=1), 0.99) < TYPICAL
    assert apart.max() < LARGEST
    assert apart.mean() < MEAN
    below, expected_below = (
        np.cumsum(stars.probabilities[known], axis=1)[:, :4] for stars in (found, expected)
    )
    moved = ((below < 0.5) != (expected_below < 0.5)).any(1)
    assert moved.mean() < 0.1
    assert np.abs(expected_below[moved] - 0.5).min(1).max(initial=0) < LARGEST


def test_the_weights_are_those_of_the_onnx_file(exported: Path, tmp_path: Path) -> None:
    """With activations in floats on both sides, the graph and the checkpoint give the same logits."""
    write_float_model(read_onnx(registry.model("stars").path(WEIGHTS_FILE)), tmp_path)
    export_onnx(tmp_path, tmp_path / "floats.onnx")
    checkpoint, shipped = load_star_engine(f"hf:{exported}"), load_star_engine("transformer")
    assert isinstance(checkpoint, CheckpointEngine)
    assert isinstance(shipped, TransformerEngine)
    floats = replace(shipped, session=load_session(tmp_path / "floats.onnx"))
    texts = ["Prima, maar de bezorging duurde lang", "Fint", "Service déplorable, plus jamais"]
    asked = ["Wat kan beter?", None, None]
    np.testing.assert_allclose(checkpoint.logits(texts, asked)[0], floats.logits(texts, asked)[0], atol=1e-4)


def test_transformers_loads_it_whole(exported: Path) -> None:
    """No weight is missing or left over, and the mean of a word classifier's logits is the star logits."""
    import torch
    from transformers import AutoTokenizer, BertForTokenClassification

    model, told = BertForTokenClassification.from_pretrained(exported, output_loading_info=True)
    assert not any(told.values())
    encoded = AutoTokenizer.from_pretrained(exported)("Nothing", "What went wrong?", return_tensors="pt")
    with torch.inference_mode():
        logits = model.eval()(**encoded).logits.mean(1).numpy()
    engine = load_star_engine(f"hf:{exported}")
    assert isinstance(engine, CheckpointEngine)
    np.testing.assert_allclose(logits, engine.logits(["Nothing"], ["What went wrong?"])[0], atol=1e-4)


def test_a_text_has_the_same_stars_in_any_batch(exported: Path) -> None:
    """Padding takes no part in the mean."""
    engine = load_star_engine(f"hf:{exported}")
    texts = ["Prima", "Fint, men leveringen tog alt for lang tid, og ingen svarede. " * 4]
    together = engine.predict(texts, ["nl", "da"], [None] * 2).probabilities
    alone = engine.predict(texts[:1], ["nl"], [None]).probabilities
    np.testing.assert_allclose(together[:1], alone, atol=1e-5)


@pytest.mark.parametrize(
    ("altered", "told"),
    [
        ({"pooling": "first"}, "mean over tokens"),
        ({"languages": ["nl", "xx"]}, "languages"),
        ({"calibration": {"scale": [1.0]}}, "calibration"),
        (None, "classifies words"),
    ],
)
def test_a_checkpoint_that_says_otherwise_is_refused(
    exported: Path, tmp_path: Path, altered: dict[str, object] | None, told: str
) -> None:
    """Another pooling, an unknown language, half a calibration; and word classifiers of others."""
    folder = tmp_path / "altered"
    folder.mkdir()
    for file in exported.iterdir():
        (folder / file.name).symlink_to(file)
    config = json.loads((exported / "config.json").read_text("utf-8"))
    own = config.pop("cxtext")
    config |= {} if altered is None else {"cxtext": own | altered}
    (folder / "config.json").unlink()
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(MissingModelError, match=told):
        load_star_engine(f"hf:{folder}")


def test_only_transformers_are_exported_and_nothing_is_overwritten(exported: Path, tmp_path: Path) -> None:
    """Another kind of model, and a folder that is there, are named; nothing is left behind."""
    with pytest.raises(UsageError, match="stars-linear: not a transformer"):
        export_checkpoint("stars-linear", tmp_path / "out")
    with pytest.raises(OutputError, match="exists already"):
        export_checkpoint("stars", exported)
    assert list(tmp_path.iterdir()) == []


def test_an_altered_model_is_not_exported(tmp_path: Path) -> None:
    """The sha256 is checked first."""
    source = registry.assets("models")["stars"]
    folder = shutil.copytree(source, tmp_path / "stars")
    with (folder / "model.onnx").open("ab") as weights:
        weights.write(b"\0")
    with pytest.raises(MissingModelError, match="altered"):
        export_checkpoint(str(folder), tmp_path / "out")
