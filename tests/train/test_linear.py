import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from cxtext import registry
from cxtext.engines.linear import LinearEngine
from cxtext.engines.ngrams import NgramSpec
from cxtext.errors import InputError
from cxtext.schema.protocols import Stars
from cxtext.train import balance, lessons, linear
from cxtext.train.ratings import allowed_stars, customers_own, read_parallel, read_rated
from cxtext.train.word_translation import top_up

SMALL = NgramSpec(char_min=3, char_max=4, word_min=1, word_max=1, buckets=2**12)
GOOD = {"en": "great service", "da": "god betjening", "nl": "goede bediening", "fr": "bon service"}
BAD = {"en": "awful service", "da": "elendig betjening", "nl": "slechte bediening", "fr": "mauvais service"}


def rows(count: int = 12) -> list[dict[str, Any]]:
    """Return rated comments of two sets a language: praise with 4 or 5 stars, complaints with 1 or 2."""
    return [
        {
            "text": f"{words[language]} {'nr ' * (i % 3)}{i}",
            "stars": (4 if words is GOOD else 1) + i % 2,
            "lang": language,
            "set": f"shop {i % 2}",
        }
        for words in (GOOD, BAD)
        for language in GOOD
        for i in range(count)
    ]


def write(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    """Write JSON lines."""
    path.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the model small, so that it trains in a moment."""
    monkeypatch.setattr(linear, "NGRAMS", SMALL)
    monkeypatch.setattr(linear, "FOLDS", 2)
    monkeypatch.setattr(lessons, "ITERATIONS", 8)
    monkeypatch.setattr(lessons, "TAUGHT_ITERATIONS", 8)


@pytest.mark.usefixtures("small")
def test_a_trained_model_tells_praise_from_complaints(tmp_path: Path) -> None:
    """What `train_linear` writes is what `LinearEngine` loads, and it has learned."""
    linear.train_linear([write(tmp_path / "rated.jsonl", rows())], tmp_path / "model")
    engine = LinearEngine.load(str(tmp_path / "model"))
    texts, languages = [*GOOD.values(), *BAD.values()], [*GOOD, *BAD]
    p = engine.predict(texts, languages, [None] * 8).probabilities
    assert np.allclose(p.sum(1), 1)
    assert (p[:4, 3:].sum(1) > 0.6).all()
    assert (p[4:, :2].sum(1) > 0.6).all()


@pytest.mark.usefixtures("small")
def test_the_same_rows_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    """Neither the order of rows nor their split over files changes the model."""
    records = rows()
    whole = write(tmp_path / "rated.jsonl", records)
    parts = [write(tmp_path / "b.jsonl", records[1::2]), write(tmp_path / "a.jsonl", records[-2::-2])]
    linear.train_linear([whole], tmp_path / "one")
    linear.train_linear(parts, tmp_path / "two", seed=7)
    for name in ("config.json", "weights.safetensors"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.usefixtures("small")
def test_coarse_labels_teach_the_side_but_not_the_star(tmp_path: Path) -> None:
    """Trained on labels alone, the model puts praise above 3 and spreads it over 4 and 5."""
    labelled = [
        {**row, "label": "positive" if row["stars"] > 3 else "negative", "stars": None} for row in rows()
    ]
    linear.train_linear([write(tmp_path / "rated.jsonl", labelled)], tmp_path / "model")
    p = LinearEngine.load(str(tmp_path / "model")).predict(["god betjening"], ["da"], [None]).probabilities[0]
    assert p[3] + p[4] > 0.6
    assert p[3] == pytest.approx(p[4], abs=0.01)


@dataclass(frozen=True)
class Teacher:
    """Is sure of five stars where a text praises, of one star elsewhere, and speechless at "hm"."""

    name: str = "teacher"
    languages: tuple[str, ...] = tuple(GOOD)

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return its stars."""
        del languages, questions
        praises = [text.startswith(tuple(GOOD.values())) for text in texts]
        sure = np.eye(5)[np.where(praises, 4, 0)]
        sure[[text == "hm" for text in texts]] = np.nan
        return Stars(sure, np.zeros(len(texts), dtype=bool))


@pytest.mark.usefixtures("small")
def test_a_teacher_teaches_a_language_that_nobody_rated(tmp_path: Path) -> None:
    """All its comments are Danish without stars, and yet Danish praise is told from Danish complaints."""
    records = [{**row, "stars": None} if row["lang"] == "da" else row for row in rows()]
    file = write(tmp_path / "comments.jsonl", records)
    linear.train_linear([file], tmp_path / "model", teacher=Teacher())
    engine = LinearEngine.load(str(tmp_path / "model"))
    p = engine.predict(["god betjening", "elendig betjening"], ["da"] * 2, [None] * 2).probabilities
    assert p[0, 4] > 0.5
    assert p[1, 0] > 0.5


def test_a_rating_teaches_where_the_teacher_has_nothing_to_say(tmp_path: Path) -> None:
    """So do the emoji of the recipe; a comment that nobody rated either counts for nothing."""
    said = [{"text": "hm", "lang": "en", "set": "shop", "stars": stars} for stars in (2, None)]
    file = write(tmp_path / "comments.jsonl", [*rows(1), *said])
    taught = lessons.teachers_lessons([file], SMALL, Teacher())
    own = (taught.rows["text"] == "hm").to_numpy()
    by_stars = taught.rows.filter(own)["stars"].to_list().index(2)
    assert taught.target[own][by_stars].tolist() == [0, 1, 0, 0, 0]
    assert taught.weight[own][1 - by_stars] == 0
    thumb = (taught.rows["text"] == "👍").to_numpy()
    assert taught.target[thumb] == pytest.approx(np.tile([0, 0, 0, 0.5, 0.5], (4, 1)))


def test_a_file_without_usable_rows_is_refused(tmp_path: Path) -> None:
    """One line names the file and what it should hold."""
    with pytest.raises(InputError, match=r"rated\.jsonl: no row"):
        read_rated([write(tmp_path / "rated.jsonl", [{"text": "hm", "lang": "en", "stars": 9}])])
    with pytest.raises(InputError, match="language or lang"):
        read_rated([write(tmp_path / "rated.jsonl", [{"text": "hm", "stars": 1}])])
    with pytest.raises(InputError, match="no such file; check"):
        read_rated([tmp_path / "missing.jsonl"])


def test_ratings_and_languages_are_read_as_in_an_analysis_and_the_rest_is_told(tmp_path: Path) -> None:
    """A decimal comma, a scale that is named, a language's name; each row that is left out has one reason."""
    lines = [
        "text;lang;stars",
        *(
            "a;Dutch;4,0",
            "b;en-GB;4/5",
            "c;da;★★",
            "d;nl;9",
            "e;nl;",
            "f;sv;5",
            ";nl;5",
            "g;nl;4.5",
            "h;nl;4/10",
        ),
    ]
    (tmp_path / "r.csv").write_text("\n".join(lines), "utf-8")
    told: list[str] = []
    read = read_rated([tmp_path / "r.csv"], warn=told.append)
    assert read.select("text", "language", "stars").rows() == [("c", "da", 2), ("b", "en", 4), ("a", "nl", 4)]
    assert [line.split("r.csv: ")[1] for line in told] == [
        "left out 1 of 9 rows: no text (the first is row 8)",
        "left out 1 of 9 rows: their language is none of nl, fr, da, en (the first is row 7)",
        "left out 4 of 9 rows: no whole stars from 1 to 5, and no label neg, neu or pos (the first is row 5)",
    ]


def test_a_line_that_is_no_json_is_told_by_its_number(tmp_path: Path) -> None:
    """The others are read; its text is not in the message."""
    file = write(tmp_path / "r.jsonl", rows(1))
    file.write_text(file.read_text("utf-8") + "\noops\n", "utf-8")
    told: list[str] = []
    assert read_rated([file], warn=told.append).height == 8
    assert told == [f"{file}: left out 1 of 9 rows: not valid JSON (the first is row 9)"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (slice(1), "1 different comments can be learned from, 0 of them below three stars and 1 above"),
        (slice(60), "60 different comments can be learned from, 0 of them below three stars and 60 above"),
    ],
)
def test_too_few_comments_or_only_praise_are_refused(chosen: slice, found: str, tmp_path: Path) -> None:
    """The line says how many there are and what is needed; nothing is left behind."""
    file = write(tmp_path / "r.jsonl", rows(20)[chosen])
    with pytest.raises(InputError, match=rf"r\.jsonl: {found}; training takes 50, 10 of them on either side"):
        linear.train_linear([file], tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["r.jsonl"]


def test_csv_and_parquet_read_like_json_lines(tmp_path: Path) -> None:
    """The three formats give the same rows."""
    frame = pl.DataFrame(rows(2))
    frame.write_csv(tmp_path / "r.csv")
    frame.write_parquet(tmp_path / "r.parquet")
    read = [read_rated([file]) for file in (write(tmp_path / "r.jsonl", rows(2)), tmp_path / "r.csv")]
    assert read[0].equals(read[1])
    assert read[0].equals(read_rated([tmp_path / "r.parquet"]))


def test_stars_win_over_labels_and_unusable_labels_are_left_out(tmp_path: Path) -> None:
    """A label is kept only without stars; `leave_out` drops a set's label, not the set."""
    records = [
        {"text": "a", "lang": "en", "stars": 2, "label": "pos", "set": "s"},
        {"text": "b", "lang": "en", "label": "Neutral", "set": "s"},
        {"text": "c", "lang": "en", "label": "neu", "set": "t"},
    ]
    read = read_rated([write(tmp_path / "r.jsonl", records)], [{"set": "s", "label": "neu"}])
    assert read.select("text", "stars", "label").rows() == [("a", 2, None), ("c", None, "neu")]
    assert allowed_stars(read).tolist() == [[0, 1, 0, 0, 0], [0, 0, 1, 0, 0]]


def aspects(text: str, language: str, row: int, *polarities: str) -> dict[str, Any]:
    """Return a sentence with aspects."""
    found = [{"term": "x", "category": "y", "polarity": polarity} for polarity in polarities]
    return {"text": text, "lang": language, "domain": "shop", "row": row, "aspects": found}


def test_sentences_with_aspects_are_labelled_where_their_aspects_agree(tmp_path: Path) -> None:
    """One polarity is a label, two are none, no aspect at all is neutral in a set of its own."""
    records = [
        aspects("one", "nl", 1, "positive", "positive"),
        aspects("two", "nl", 2, "positive", "negative"),
        aspects("zero", "nl", 3),
        aspects("nul", "da", 3),
    ]
    path = write(tmp_path / "sentences.jsonl", records)
    read = read_rated([path]).sort("text").select("text", "label", "set")
    assert read.rows() == [
        ("nul", "neu", "sentences, no aspect"),
        ("one", "pos", "sentences"),
        ("zero", "neu", "sentences, no aspect"),
    ]
    assert read_parallel([path]).filter(key="shop|3")["text"].to_list() == ["nul", "zero"]


def test_scarce_languages_are_filled_up_with_translations(tmp_path: Path) -> None:
    """Dutch without stars gets Danish comments in Dutch words, with the stars they had."""
    pairs = [
        ("god mad", "goed eten"),
        ("dårlig mad", "slecht eten"),
        ("god hjælp", "goede hulp"),
        ("god", "goed"),
    ]
    sentences = [
        aspects(text, language, i, "positive")
        for i, pair in enumerate(pairs)
        for text, language in zip(pair, ("da", "nl"), strict=True)
    ]
    comments = [{"text": f"god mad {i}", "stars": 5, "lang": "da", "set": "café"} for i in range(6)]
    files = [write(tmp_path / "sentences.jsonl", sentences), write(tmp_path / "comments.jsonl", comments)]
    rated = read_rated(files).with_columns(origin="set")
    filled = top_up(rated, read_parallel(files), starred_rows=4)
    assert filled.height == 4
    assert filled["language"].unique().to_list() == ["nl"]
    assert filled["text"].str.starts_with("goed eten").all()
    assert filled.select("set", "origin", "stars").unique().rows() == [("translated from da", "café", 5)]


def test_only_stars_that_customers_gave_tell_how_satisfied_they_are() -> None:
    """Translations, labels without stars and comments written to train on are no customers."""
    rated = pl.DataFrame(
        {
            "set": ["shop", "translated from da", "written", "shop"],
            "origin": ["shop", "shop", "written", "shop"],
            "stars": [5, 5, 5, None],
        }
    )
    assert rated.select(customers_own(pl.col("origin"))).to_series().to_list() == [True, False, False, False]


def test_large_sets_do_not_drown_small_ones() -> None:
    """Sixteen times the rows have four times the say, in a set as in a language."""
    sizes = {"small": 10_000, "large": 160_000}
    rated = pl.concat(
        pl.DataFrame({"set": [name] * n, "language": ["en"] * n, "stars": [1, 5] * (n // 2)})
        for name, n in sizes.items()
    )
    allowed = np.eye(5)[rated["stars"].to_numpy() - 1]
    weight = (
        rated.with_columns(w=balance.row_weights(rated, allowed, {})).group_by("set").agg(pl.col("w").sum())
    )
    shares = dict(weight.iter_rows())
    assert shares["large"] / shares["small"] == pytest.approx(4, rel=0.02)


def test_complaints_gain_weight_where_praise_abounds() -> None:
    """In a set of nine to one, praise has three times the say of complaints, not nine times."""
    rated = pl.DataFrame({"set": ["s"] * 10, "language": ["da"] * 10, "stars": [1] + [5] * 9})
    weight = balance.row_weights(rated, np.eye(5)[rated["stars"].to_numpy() - 1], {})
    assert weight[1:].sum() / weight[0] == pytest.approx(3)


def test_the_shipped_model_is_whole() -> None:
    """Its files have the declared sha256, and it is small."""
    asset = registry.model("stars-linear")
    assert sum(asset.path(file).stat().st_size for file in asset.config["files"]) < 4e6
