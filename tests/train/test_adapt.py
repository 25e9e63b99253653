"""Adapting a tiny star model to made-up comments of one company."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load_file

from cxtext import registry
from cxtext.cli import train as cli_train
from cxtext.engines import load_star_engine
from cxtext.errors import InputError, MissingModelError, OutputError, UsageError
from cxtext.schema.columns import Role
from cxtext.schema.settings import Settings

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from cxtext.train.stars import adapt, convert, finetune, tables, train_stars
from cxtext.train.stars import model as star_model
from cxtext.train.stars.checkpoint import read_onnx, write_float_model
from cxtext.train.stars.comparison import Change, compare, judge
from cxtext.train.stars.data import encode
from cxtext.train.stars.export import export_onnx

WORDS = ("good", "bad", "service", "slow", "the", "was", "very")
PIECES = [(piece, 0.0) for piece in (*convert.SPECIAL, *(f"▁{word}" for word in WORDS))]
PIECES += [(letter, -6.0) for letter in "▁abcdefghijklmnopqrstuvwxyz0123456789"]
SHAPE = {"hidden": 128, "layers": 2, "heads": 4, "ffn": 256, "positions": 64, "types": 2}
QUICK = finetune.Schedule(passes=4, batch=16, encoder_rate=2e-3, head_rate=2e-2, warmup_steps=2, save_every=5)
GOOD, BAD = "The service was very good", "The service was very bad and slow"


def sample() -> list[tuple[list[int], list[int]]]:
    """Return texts whose activations set the scales of whole numbers."""
    return encode(convert.make_tokenizer(PIECES), [GOOD, BAD, "slow 12"], [None, None, GOOD], 32)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sealed folder of a random model."""
    import torch
    from transformers import BertModel

    folder = tmp_path_factory.mktemp("tiny")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = convert.bert_config(SHAPE | {"vocabulary": len(PIECES)}, 1e-12)
        star_model.save(star_model.new_model(BertModel(config, add_pooling_layer=False)), folder)
    export_onnx(folder, folder / "model.onnx", sample())
    convert.make_tokenizer(PIECES).save(str(folder / "tokenizer.json"))
    calibration = {"scale": [1.0] * 5, "offset": [[0.0] * 5] * 5}
    (folder / "calibration.json").write_text(json.dumps(calibration), "utf-8")
    config = {
        "kind": "transformer",
        "version": "1",
        "languages": ["nl", "fr", "da", "en"],
        "max_tokens": 32,
        "cascade_sure_from": 0.9,
    }
    registry.seal(folder, config, ["model.onnx", "tokenizer.json", "calibration.json"])
    return folder


def write(path: Path, rows: int, **columns: Callable[[int], Any]) -> Path:
    """Write a CSV of comments: good ones with five stars, bad ones with one."""
    made = {
        "Comment": [f"{GOOD if i % 2 else BAD} {i}" for i in range(rows)],
        "Stars": [5 if i % 2 else 1 for i in range(rows)],
        "Language": ["en"] * rows,
    }
    made |= {name: [value(i) for i in range(rows)] for name, value in columns.items()}
    pl.DataFrame(made).write_csv(path)
    return path


def test_weights_read_back_are_those_the_graph_computes_with(tiny: Path, tmp_path: Path) -> None:
    """Exported again they give the same whole numbers; seven bits move a matrix by three percent at most."""
    model = read_onnx(tiny / "model.onnx")
    write_float_model(model, tmp_path)
    export_onnx(tmp_path, tmp_path / "again.onnx", sample(), model.ranges)
    again = read_onnx(tmp_path / "again.onnx")
    original = load_file(tiny / "model.safetensors")
    assert model.shape == again.shape == SHAPE | {"vocabulary": len(PIECES)}
    assert model.eps == 1e-12
    assert set(model.tensors) == set(original)
    for name, tensor in model.tensors.items():
        np.testing.assert_allclose(again.tensors[name], tensor, rtol=1e-5, atol=1e-7, err_msg=name)
    for name, tensor in with_values_as_they_were(model.tensors, original).items():
        moved = np.linalg.norm(tensor - original[name])
        assert moved <= 0.03 * np.linalg.norm(original[name]), name


def with_values_as_they_were(tensors: dict[str, Any], original: dict[str, Any]) -> dict[str, Any]:
    """Undo the powers of two that divide attention's values and multiply the weights after them."""
    found = dict(tensors)
    for layer in range(SHAPE["layers"]):
        prefix = f"encoder.encoder.layer.{layer}.attention."
        value, after = f"{prefix}self.value.", f"{prefix}output.dense.weight"
        larger = [np.linalg.norm(each[f"{value}weight"], axis=1) for each in (original, found)]
        divisor = np.exp2(np.round(np.log2(larger[0] / larger[1])))
        found[f"{value}weight"] = found[f"{value}weight"] * divisor[:, None]
        found[f"{value}bias"] = found[f"{value}bias"] * divisor
        found[after] = found[after] / divisor
    return found


def test_a_graph_of_another_form_is_refused(tiny: Path, tmp_path: Path) -> None:
    """One without the biases that tell its layers is no model of cxtext train stars."""
    import onnx

    model = onnx.load(tiny / "model.onnx")
    for constant in model.graph.initializer:
        constant.name = constant.name.replace("_query_bias", "_qkv_bias")
    onnx.save(model, tmp_path / "old.onnx")
    with pytest.raises(MissingModelError, match=r"old\.onnx: no star model"):
        read_onnx(tmp_path / "old.onnx")


def test_a_float_graph_reads_back_exactly(tiny: Path, tmp_path: Path) -> None:
    """Without whole numbers there are no scales."""
    export_onnx(tiny, tmp_path / "float.onnx")
    found = read_onnx(tmp_path / "float.onnx").tensors
    for name, tensor in load_file(tiny / "model.safetensors").items():
        np.testing.assert_array_equal(found[name], tensor)


def test_an_adapted_model_is_a_model_of_its_own(tiny: Path, tmp_path: Path) -> None:
    """It is sealed, says where it comes from, has learned, is calibrated on held-out rows, and has no cascade.

    What it has learned survives rounding: matrices stay whole numbers times the same scales.
    """
    data = write(tmp_path / "rated.csv", 500)
    told: list[str] = []
    found = adapt.adapt_stars(
        str(tiny), [data], tmp_path / "mine", tmp_path / "work", schedule=QUICK, report=told.append
    )
    assert found.trained_on + found.held_out == 500
    assert found.calibrated
    assert found.verdict == "better"
    assert found.changes[0].after > 0.95 > found.changes[0].before
    config = registry.model(str(tmp_path / "mine")).config
    assert config["adapted_from"]["files"] == registry.model(str(tiny)).config["files"]
    assert config["version"] == "1+adapted"
    assert "cascade_sure_from" not in config
    stars = load_star_engine(str(tmp_path / "mine")).predict([GOOD, BAD], ["en"] * 2, [None] * 2)
    assert stars.probabilities[0, 3:].sum() > 0.6
    assert stars.probabilities[1, :2].sum() > 0.6
    old, new = (read_onnx(folder / "model.onnx").tensors for folder in (tiny, tmp_path / "mine"))
    learned = {name for name in old if not np.allclose(old[name], new[name], rtol=1e-5, atol=1e-7)}
    assert "encoder.encoder.layer.1.output.dense.bias" in learned
    assert all(old[name].ndim == 1 or name == "head.weight" for name in learned)
    assert not any(GOOD in line or BAD in line for line in told)


def test_an_interrupted_run_goes_on_and_another_run_is_refused(tiny: Path, tmp_path: Path) -> None:
    """The same call ends at the same bytes; a work folder of other data would mix held-out rows in.

    A model that is finished is not overwritten.
    """
    data, other = write(tmp_path / "a.csv", 120), write(tmp_path / "b.csv", 140)

    class StopError(Exception):
        pass

    def stop(line: str) -> None:
        if line.startswith("step"):
            raise StopError

    def run(work: str, out: str, *, data: Path = data, report: adapt.Report = lambda _: None) -> None:
        adapt.adapt_stars(str(tiny), [data], tmp_path / out, tmp_path / work, schedule=QUICK, report=report)

    run("whole", "one")
    with pytest.raises(OutputError, match=r"one: exists already.*--force"):
        run("whole", "one")
    with pytest.raises(StopError):
        run("cut", "two", report=stop)
    run("cut", "two")
    for name in ("model.onnx", "calibration.json", "config.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with pytest.raises(UsageError, match="other data"):
        run("cut", "three", data=other)


def test_few_held_out_ratings_leave_the_calibration(tiny: Path, tmp_path: Path) -> None:
    """Below the documented number the values of the model it came from stay."""
    data = write(tmp_path / "rated.csv", 120)
    found = adapt.adapt_stars(str(tiny), [data], tmp_path / "mine", tmp_path / "work", schedule=QUICK)
    assert not found.calibrated
    kept = [json.loads((folder / "calibration.json").read_text()) for folder in (tiny, tmp_path / "mine")]
    assert kept[0] == kept[1]


def test_too_few_rows_are_refused(tiny: Path, tmp_path: Path) -> None:
    """One line says how many there are, why others were left out, and what to do; the source is never replaced."""
    data = write(tmp_path / "rated.csv", 60, Stars=lambda i: None if i == 3 else 1 + i % 5)
    with pytest.raises(InputError, match=r"rated\.csv: 59 usable rows.*no usable rating.*row 5"):
        adapt.adapt_stars(str(tiny), [data], tmp_path / "mine", tmp_path / "work")
    with pytest.raises(UsageError, match="another folder"):
        adapt.adapt_stars(str(tiny), [data], tiny, tmp_path / "work")
    with pytest.raises(UsageError, match="stars-linear: not a transformer"):
        adapt.adapt_stars("stars-linear", [data], tmp_path / "mine", tmp_path / "work")


def test_a_writer_is_on_one_side() -> None:
    """Companies are held out whole where there are many, else respondents, else equal texts."""
    rows = pl.DataFrame(
        {"company": [f"c{i % 12}" for i in range(60)], "respondent_id": [f"r{i // 2}" for i in range(60)]}
    ).with_columns(text=pl.lit("t") + pl.int_range(60).cast(pl.String))
    assert adapt.writer(rows).name == "company"
    of_one = rows.with_columns(company=pl.lit("c"))
    assert adapt.writer(of_one).to_list() == rows["respondent_id"].to_list()
    same = of_one.with_columns(respondent_id=pl.lit("anonymous"))
    assert adapt.writer(same).to_list() == rows["text"].to_list()


def test_any_table_is_read_with_its_columns_recognised(tmp_path: Path) -> None:
    """Dutch names, semicolons and a scale to ten; a column of another name is named by --column."""
    frame = pl.DataFrame(
        {"Toelichting": [f"De service was goed {i}" for i in range(20)], "Cijfer": [1, 10] * 10}
    )
    frame.write_csv(tmp_path / "a.csv", separator=";")
    frame.rename({"Cijfer": "Oordeel X"}).write_excel(tmp_path / "b.xlsx")
    first = tables.read_rated_rows([tmp_path / "a.csv"], Settings(rating_scale="1-10"))
    assert sorted(first.frame["stars"].unique()) == [1, 5]
    assert first.frame["lang"].unique().to_list() == ["nl"]
    with pytest.raises(InputError, match=r"b\.xlsx: no column of ratings.*--column rating=NAME"):
        tables.read_rated_rows([tmp_path / "b.xlsx"], Settings())
    named = Settings(rating_scale="1-10", columns={Role.RATING: ("Oordeel X",)})
    assert tables.read_rated_rows([tmp_path / "b.xlsx"], named).frame["stars"].equals(first.frame["stars"])


def test_what_was_left_out_is_told_of_each_file(tmp_path: Path) -> None:
    """Of its own rows, not of those of all files."""
    files = [
        write(tmp_path / f"{name}.csv", rows, Stars=_third_empty) for name, rows in (("a", 20), ("b", 30))
    ]
    notes = tables.read_rated_rows(files, Settings()).notes
    assert [note.split(": no usable")[0] for note in notes if "no usable rating" in note] == [
        "a.csv: left out 1 of 20 rows",
        "b.csv: left out 1 of 30 rows",
    ]


def _third_empty(row: int) -> int | None:
    return None if row == 3 else 1 + row % 5


def test_the_whole_recipe_reads_tables_and_names_broken_lines(tmp_path: Path) -> None:
    """JSON lines as they are, CSV recognised; a line with a wrong rating or language is named."""
    table = write(tmp_path / "rated.csv", 30)
    lines = tmp_path / "rated.jsonl"
    lines.write_text('{"text": "x", "lang": "nl", "stars": 4, "set": "s"}\n', "utf-8")
    rows = tables.read_training_rows([lines, table], Settings())
    assert rows["set"].value_counts().sort("set").rows() == [("rated.csv", 30), ("s", 1)]
    for broken, told in (
        ('"stars": 9', "`stars`"),
        ('"label": "good"', "`label`"),
        ('"reading": 5.5', "`reading`"),
        ('"lang": "de"', "`lang`"),
    ):
        lines.write_text('{"text": "x", "lang": "nl"}\n{"text": "x", ' + broken + "}\n", "utf-8")
        with pytest.raises(InputError, match=f"line 2: {told}"):
            tables.read_training_rows([lines], Settings())
    with pytest.raises(InputError, match="no such file"):
        train_stars([tmp_path / "absent.jsonl"], tmp_path / "out", tmp_path / "work")


def test_readings_join_their_rows(tmp_path: Path) -> None:
    """They hold no text; those of other rows are left out; a wrong one is named."""
    lines, readings = tmp_path / "rated.jsonl", tmp_path / "readings.jsonl"
    lines.write_text('{"text": "x", "lang": "nl", "stars": 4, "set": "s", "id": "1"}\n', "utf-8")
    reading = '{"set": "s", "id": "%s", "lang": "nl", "reading": %s}\n'
    readings.write_text(reading % (1, 3.5) + reading % (2, 1.5), "utf-8")
    rows = tables.read_training_rows([lines], Settings())
    assert tables.with_readings(rows, [readings])["reading"].to_list() == [3.5]
    assert tables.with_readings(rows, []).equals(rows)
    readings.write_text(reading % (1, 3.5) + reading % (2, 7), "utf-8")
    with pytest.raises(InputError, match="line 2: `reading` is no number from 1 to 5"):
        tables.with_readings(rows, [readings])
    readings.write_text("no JSON\n", "utf-8")
    with pytest.raises(InputError, match=r"readings\.jsonl: no JSON lines of readings"):
        tables.with_readings(rows, [readings])


def test_readings_are_refused_where_nothing_learns_from_them(tmp_path: Path) -> None:
    """Adapting distils no student: an option without an effect would go unnoticed."""
    with pytest.raises(UsageError, match="--readings"):
        cli_train.stars(
            [], tmp_path / "out", tmp_path / "work", start="stars", readings=[tmp_path / "r.jsonl"]
        )


def certain(stars: np.ndarray) -> np.ndarray:
    """Return probabilities all on these stars."""
    return np.eye(5)[stars - 1]


def test_no_improvement_is_claimed_that_chance_would_bring() -> None:
    """Right one time more in forty is no proof; right always instead of half of the time is."""
    gold = np.array([1, 5] * 20)
    writers = [f"w{i}" for i in range(40)]
    half, nearly = np.where(np.arange(40) < 20, 6 - gold, gold), np.where(np.arange(40) < 1, 6 - gold, gold)
    changes = compare(gold, certain(nearly), certain(gold), writers)
    assert changes[0].before == pytest.approx(0.975)
    assert judge(changes) == "no difference shown"
    assert judge(compare(gold, certain(half), certain(gold), writers)) == "better"
    assert judge(compare(gold, certain(gold), certain(half), writers)) == "worse"
    assert judge(compare(gold[:10], certain(half[:10]), certain(gold[:10]), writers[:10])) == "not measured"


def test_a_gain_beside_a_loss_is_no_improvement() -> None:
    """Better in one figure and worse in the other counts as worse."""
    gain, loss = Change("a", 50, 0.5, 0.6, 0.05, 0.15), Change("b", 50, 0.6, 0.5, -0.15, -0.05)
    assert judge([gain, loss]) == "worse"


def test_one_writers_comments_count_as_one() -> None:
    """Forty comments of two writers tell less than forty writers': the interval is wider."""
    gold = np.array([1, 5] * 20)
    before = np.where(np.arange(40) % 4 == 0, 6 - gold, gold)
    apart = compare(gold, certain(before), certain(gold), [f"w{i}" for i in range(40)])[0]
    few = compare(gold, certain(before), certain(gold), [f"w{i % 4}" for i in range(40)])[0]
    assert few.high - few.low > apart.high - apart.low
