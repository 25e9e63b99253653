import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from cxtext.engines.language import NgramDetector
from cxtext.errors import InputError
from cxtext.train import language as train
from cxtext.train.language_material import Material, Sampler, cut_texts, read_material
from cxtext.train.language_sources import gather, recipe, words_of

WORDS = {
    "nl": "het een niet goed", "fr": "les une pas bon", "da": "det en ikke god", "en": "the a not good",
    "nb": "det ei ikke bra", "nn": "det ein ikkje bra", "sv": "det en inte bra", "de": "das ein nicht gut",
    "af": "die 'n nie goed", "es": "el una no bueno", "it": "il una non buono", "pt": "o uma não bom",
    "other": "nie jest dobry",
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> list[Path]:
    """Return a file of comments and a folder of words, as training takes them."""
    (tmp_path / "sources" / "words").mkdir(parents=True)
    for label, words in WORDS.items():
        table = "".join(f"{word}\t{1 / rank}\n" for rank, word in enumerate(words.split(), start=1))
        (tmp_path / "sources" / "words" / f"{label}.tsv").write_text(table, "utf-8")
    (tmp_path / "sources" / "nameless.txt").write_text("emma\n", "utf-8")
    comments = [
        {"text": f"{WORDS[lang]} {i}", "lang": lang} for lang in ("nl", "fr", "da", "en") for i in range(30)
    ]
    comments.append({"text": WORDS["en"] + " mislabelled", "lang": "fr"})
    file = tmp_path / "comments.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in comments), "utf-8")
    return [file, tmp_path / "sources"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make training small: a thousand samples a step, few buckets."""
    monkeypatch.setattr(train, "BATCH", 1024)
    monkeypatch.setattr(train, "NGRAMS", train.replace(train.NGRAMS, buckets=2**12))


@pytest.mark.usefixtures("small")
def test_a_trained_model_tells_the_words_it_was_shown(data: list[Path], tmp_path: Path) -> None:
    """The folder loads as a detector; the mislabelled comment is dropped; names are no evidence."""
    trained = train.train_language(data, tmp_path / "model", steps=40)
    detector = NgramDetector.load(str(tmp_path / "model"))
    for label in ("nl", "fr", "da", "en", "nn", "other"):
        scores = detector.log_likelihoods([WORDS[label]])[0]
        assert detector.labels[int(scores.argmax())] == label
    assert not detector.log_likelihoods(["Emma"]).any()
    assert trained.dropped["fr"] == {"comments": 1, "sentences": 0}
    assert trained.dropped["nl"] == {"comments": 0, "sentences": 0}


@pytest.mark.usefixtures("small")
def test_the_same_data_and_seed_give_the_same_bytes(data: list[Path], tmp_path: Path) -> None:
    """Two runs are equal, another seed differs."""
    for name, seed in (("one", 0), ("two", 0), ("three", 1)):
        train.train_language(data, tmp_path / name, seed=seed, steps=3)
    files = {name: (tmp_path / name / "weights.safetensors").read_bytes() for name in ("one", "two", "three")}
    assert files["one"] == files["two"] != files["three"]
    assert (tmp_path / "one/config.json").read_bytes() == (tmp_path / "two/config.json").read_bytes()


def test_comments_alone_do_not_make_a_detector(data: list[Path], tmp_path: Path) -> None:
    """Without words for the decoys training stops, and says what to add."""
    with pytest.raises(InputError, match="no words of nl: add the folder"):
        train.train_language(data[:1], tmp_path / "model")


def test_a_file_that_is_no_jsonl_is_named(tmp_path: Path) -> None:
    """The message holds the path."""
    (tmp_path / "wrong.jsonl").write_text("text\n", "utf-8")
    with pytest.raises(InputError, match=r"wrong\.jsonl: no line is a JSON object.*another format"):
        read_material([tmp_path / "wrong.jsonl"])


def test_csv_reads_like_json_lines_and_what_is_left_out_is_told(data: list[Path], tmp_path: Path) -> None:
    """With any delimiter; languages as codes, names and locales; the others by their number and the first row."""
    lines = ["text;lang", "erg goed;NL", "très bien;fr-BE", "meget god;Danish", ";en", "hmm;klingon", "ook;"]
    (tmp_path / "texts.csv").write_text("\n".join(lines), "utf-8")
    told: list[str] = []
    material = read_material([tmp_path / "texts.csv", data[1]], told.append)
    found = {label: m.comments for label, m in material.items() if m.comments}
    assert found == {"nl": ["erg goed"], "fr": ["très bien"], "da": ["meget god"]}
    assert [line.split(": ", 1)[1] for line in told] == [
        "left out 1 of 6 rows: no text (the first is row 5)",
        f"left out 2 of 6 rows: `lang` is none of {', '.join(material)} (the first is row 6)",
    ]


def test_too_few_comments_of_a_language_are_refused(data: list[Path], tmp_path: Path) -> None:
    """All four are counted, and what is needed; nothing is left behind."""
    lines = data[0].read_text("utf-8").splitlines(keepends=True)
    data[0].write_text("".join(line for line in lines if '"da"' not in line), "utf-8")
    with pytest.raises(
        InputError, match=r"comments\.jsonl: .*nl 30, fr 31, da 0, en 30; training takes 20 of each"
    ):
        train.train_language(data, tmp_path / "model")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["comments.jsonl", "sources"]


def test_samples_are_labelled_with_where_they_come_from(data: list[Path]) -> None:
    """Each drawn word occurs in the material of its label."""
    material = read_material(data)
    sampler = Sampler(material)
    texts, labels = sampler.draw(2000, np.random.default_rng(0))
    assert len(texts) == len(labels)
    for text, label in zip(texts, labels, strict=True):
        found: Material = material[sampler.labels[label]]
        allowed = {*found.words, *(word for line in found.comments for word in line.split())}
        assert set(text.split()) <= allowed


def test_cut_texts_are_runs_of_words_of_a_line() -> None:
    """Pieces are no longer than the line, and stand in it."""
    lines = ["een twee drie vier vijf zes zeven", "acht"]
    pieces = cut_texts(lines, 200, np.random.default_rng(1))
    assert len(pieces) == 200
    assert all(any(piece in line for line in lines) for piece in pieces)


def test_held_out_comments_do_not_train(data: list[Path]) -> None:
    """Training and held-out comments are disjoint and together all there are."""
    material = read_material(data)
    training, held_out = train.split(material)
    for label in ("nl", "fr", "da", "en"):
        kept, out = set(training[label].comments), set(held_out[label])
        assert not kept & out
        assert kept | out == set(material[label].comments)


def test_eight_bits_a_weight_lose_little(tmp_path: Path) -> None:
    """A written weight differs from the trained one by less than a 200th of the largest of its bucket."""
    weights = np.random.default_rng(0).normal(size=(2**8, 13)).astype(np.float32)
    trained = train.Trained(tuple(WORDS), weights, 1.0, {}, {})
    train.write(trained, {"nameless": ["emma"]}, tmp_path)
    stored = load_file(tmp_path / "weights.safetensors")
    back = stored["weights"].astype(np.float32) * stored["scale"].astype(np.float32)[:, None]
    assert (np.abs(back - weights) <= np.abs(weights).max(axis=1, keepdims=True) / 200).all()


def test_every_label_of_the_recipe_has_a_share_and_a_source() -> None:
    """Labels, shares and dictionaries agree."""
    labels = {*recipe()["supported"], *recipe()["decoys"]}
    assert set(recipe()["dictionaries"]) == labels
    assert set(recipe()["share"]) == labels | {"other"}


def test_sources_are_gathered_from_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dictionaries, translated comments and names end up in the folder that training reads."""
    monkeypatch.setattr(
        "cxtext.train.language_sources._wordfreq", lambda language: {"og": 0.02, language: 0.01}
    )
    monkeypatch.setattr("cxtext.train.language_sources._simplemma", lambda _: iter(()))
    monkeypatch.setattr("cxtext.train.language_sources._names", lambda: {"emma", "hund"})
    dictionary = tmp_path / "unpacked/usr/share/dict/danish"
    dictionary.parent.mkdir(parents=True)
    dictionary.write_bytes("hund\nkøbe\nDanmark\n".encode("latin-1"))
    (tmp_path / "translated").mkdir()
    (tmp_path / "translated/nb.txt").write_text("varen kom raskt frem\nja\n", "utf-8")
    sizes = gather(tmp_path / "unpacked", tmp_path / "translated", tmp_path / "out")
    danish = (tmp_path / "out/words/da.tsv").read_text("utf-8").split()[::2]
    assert danish == ["da", "hund", "købe", "og"]
    assert (tmp_path / "out/comments/nb.txt").read_text("utf-8") == "varen kom raskt frem\n"
    nameless = (tmp_path / "out/nameless.txt").read_text("utf-8").splitlines()
    assert "emma" in nameless
    assert "hund" not in nameless
    assert (tmp_path / "out/ordinary_names.txt").read_text("utf-8") == "hund\n"
    assert sizes["nb"][1] == 1


def test_words_are_runs_of_letters_in_lower_case() -> None:
    """Digits and signs part words, apostrophes inside join them."""
    assert words_of("L'été, 24/7: DON'T!") == ["l'été", "don't"]
