"""Times detect and classify, in comments a second, against named alternatives in the same run.

    python benchmarks/throughput.py [DATA] [--engine cascade] [--cores 2]

DATA is a file of comments or a folder with comments_dev.jsonl.gz; without it the comments of corpora/demo are used,
repeated with a number each so that none is the same. Alternatives: langdetect for the language, one core; for the
stars scikit-learn's HashingVectorizer and LogisticRegression on the same kinds of n-grams, one core; and what many
scripts do for both, langdetect and a BERT of base size (12 layers, 768 wide, random weights: they take the same time)
in transformers, one comment after the other, on one core and on all. Loading is left out everywhere. Overhead: all
that detect and classify do around the star models' own inference (the linear engine, and the transformer's graph).
"""

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import polars as pl

from cxtext import registry
from cxtext.classify import classify
from cxtext.detect import detect
from cxtext.engines import load_detector, load_star_engine
from cxtext.engines.cascade import CascadeEngine
from cxtext.engines.transformer import TOKENIZER_FILE, TransformerEngine, load_tokenizer
from cxtext.protect import protect
from cxtext.runners import BATCH_ROWS, cut
from cxtext.schema.columns import COMMENTS
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.score import ScoreContext, describe_file

# Comments a second through detect and classify on two cores.
TARGETS: Final = {"linear": 5_000, "cascade": 1_000}
LEAST_ROWS: Final = 5_000
SLOW_ROWS: Final = 1_000  # comments that langdetect reads
BERT_ROWS: Final = 60  # comments that the BERT reads
FIT_ROWS: Final = 500  # comments the scikit-learn model is fitted to: only its speed matters here

Stage = Callable[[pl.DataFrame], pl.DataFrame]


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser(description="Time detection and classification.")
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    comments = read_comments(options.data)
    settings = Settings(engine=options.engine)
    context = describe_file(comments, settings)
    length = comments["text"].str.len_chars().sum() / comments.height
    print(f"{comments.height:,} comments of {length:.0f} characters on average; engine {options.engine}\n")
    detected = protect(comments, keep=False).pipe(partial(detect_stage, context=context))
    for name, per_second, times in figures(comments, detected, context, options.cores):
        print(f"{name:<58}{per_second:>9,.0f} a second{times}")


def read_comments(data: Path | None) -> pl.DataFrame:
    """Return comments with the columns the stages need, none repeated."""
    demo = registry.assets("corpora")["demo"] / "comments.jsonl"
    file = demo if data is None else data / "comments_dev.jsonl.gz" if data.is_dir() else data
    rows = pl.read_ndjson(file, infer_schema_length=None)
    text = next(name for name in ("text", "comment", "Comment") if name in rows.columns)
    rows = rows.select(pl.col(text).alias("text"), "market").filter(pl.col("text").str.strip_chars() != "")
    if not data:
        copies = -(-LEAST_ROWS // rows.height)
        numbered = [rows.with_columns(pl.format("{} {}", "text", pl.lit(i))) for i in range(copies)]
        rows = pl.concat(numbered)
    missing = [pl.lit(None, dtype=COMMENTS[name]).alias(name) for name in ("question", "language_declared")]
    return rows.unique(maintain_order=True).with_columns(missing)


def detect_stage(frame: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Detect the languages of protected comments."""
    return detect(frame, load_detector(), mix=context.mix, settings=context.settings.language)


def classify_stage(frame: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Score comments whose language is known."""
    return classify(frame, load_star_engine(context.settings.engine))


def both_stages(frame: pl.DataFrame, context: ScoreContext) -> pl.DataFrame:
    """Detect, then classify."""
    return classify_stage(detect_stage(frame, context), context)


def figures(
    comments: pl.DataFrame, detected: pl.DataFrame, context: ScoreContext, cores: int
) -> Iterator[tuple[str, float, str]]:
    """Yield what was timed, comments a second, and how that compares."""
    protected = protect(comments, keep=False)
    detecting = per_second(partial(detect_stage, context=context), protected)
    scoring = per_second(partial(classify_stage, context=context), detected)
    yield "detect, one core", detecting, ""
    yield "classify, in one process", scoring, overhead_told(protected, context)
    together = per_second_in_pool(partial(both_stages, context=context), protected, cores)
    target = TARGETS.get(context.settings.engine)
    met = f", target {target:,}" if cores == 2 and target else ""
    yield f"detect and classify, {cores} cores", together, met
    drawn = protected.sample(BERT_ROWS, seed=0)
    for used in sorted({1, cores}):
        naive = per_second(partial(bert_stage, model=base_sized_bert(used)), drawn, passes=1)
        yield (
            f"langdetect and BERT, {counted(used)}, {BERT_ROWS} comments",
            naive,
            f": cxtext on {counted(cores)} is {together / naive:.0f} times as fast",
        )
    yield "protect, one core", per_second(partial(protect, keep=False), comments), ""
    slow = per_second(langdetect_stage, protected.head(SLOW_ROWS))
    yield (
        f"langdetect, one core, {SLOW_ROWS:,} comments",
        slow,
        f": cxtext is {detecting / slow:.0f} times as fast",
    )
    pipeline = scikit_learn_pipeline(detected.head(FIT_ROWS))
    peer = per_second(pipeline, detected)
    yield (
        "HashingVectorizer + LogisticRegression, one core",
        peer,
        f": cxtext is {scoring / peer:.1f} times as fast",
    )


def counted(cores: int) -> str:
    """Return `one core` or `2 cores`."""
    return "one core" if cores == 1 else f"{cores} cores"


class Timed:
    """A star engine or onnxruntime session that adds up the seconds of its `predict` or `run`."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.name, self.languages = getattr(model, "name", ""), getattr(model, "languages", ())
        self.seconds = 0.0

    def predict(self, *inputs: Any) -> Any:
        """Return the engine's stars."""
        return self._timed(self.model.predict, inputs)

    def run(self, *inputs: Any) -> Any:
        """Return the session's logits."""
        return self._timed(self.model.run, inputs)

    def _timed(self, call: Callable[..., Any], inputs: tuple[Any, ...]) -> Any:
        started = time.perf_counter()
        found = call(*inputs)
        self.seconds += time.perf_counter() - started
        return found


def overhead_told(frame: pl.DataFrame, context: ScoreContext) -> str:
    """Return what detect and classify do beside the models' inference, in percent of it; "" of other engines."""
    cascade = load_star_engine(context.settings.engine)
    if not isinstance(cascade, CascadeEngine) or not isinstance(cascade.strong, TransformerEngine):
        return ""
    fast, session = Timed(cascade.fast), Timed(cascade.strong.session)
    strong = replace(cascade.strong, session=session)
    timed = CascadeEngine(fast, strong, cascade.sure_from, cascade.both.fast_weight)
    started = time.perf_counter()
    for batch in cut(frame):
        classify(detect_stage(batch, context), timed)
    total, inference = time.perf_counter() - started, fast.seconds + session.seconds
    return f", overhead with detect {100 * (total - inference) / inference:.0f}% of inference"


def per_second(stage: Stage, frame: pl.DataFrame, *, passes: int = 3) -> float:
    """Return the best of several passes over the frame in batches, after a first batch that loads models."""
    stage(frame.head(100))
    return frame.height / min(_seconds(stage, frame) for _ in range(passes))


def _seconds(stage: Stage, frame: pl.DataFrame) -> float:
    started = time.perf_counter()
    for batch in cut(frame):
        stage(batch)
    return time.perf_counter() - started


def per_second_in_pool(stage: Stage, frame: pl.DataFrame, workers: int) -> float:
    """Return the best of three passes in a pool of processes that have loaded their models.

    Batches are as large as an analysis cuts them, and as many for each process.
    """
    rounds = -(-frame.height // (BATCH_ROWS * workers))
    batches = list(cut(frame, -(-frame.height // (rounds * workers))))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(stage, batches))  # loads the models
        return frame.height / min(_seconds_in(pool, stage, batches) for _ in range(3))


def _seconds_in(pool: ProcessPoolExecutor, stage: Stage, batches: list[pl.DataFrame]) -> float:
    started = time.perf_counter()
    list(pool.map(stage, batches))
    return time.perf_counter() - started


def langdetect_stage(frame: pl.DataFrame) -> pl.DataFrame:
    """Name languages with langdetect; a text it can't read has none."""
    import langdetect

    names: list[str | None] = []
    for text in frame["text"]:
        try:
            names.append(langdetect.detect(text))
        except langdetect.LangDetectException:
            names.append(None)
    return frame.with_columns(pl.Series("language", names, dtype=pl.String))


def base_sized_bert(cores: int) -> Callable[[str], Any]:
    """Return a BERT classifier of base size and random weights as a function of a text, on `cores` threads."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.set_num_threads(cores)
    tokenizer = load_tokenizer(registry.model("stars").path(TOKENIZER_FILE))
    config = BertConfig(vocab_size=tokenizer.get_vocab_size(), num_labels=5)
    model = BertForSequenceClassification(config).eval()

    def stars(text: str) -> Any:
        with torch.inference_mode():
            return model(torch.tensor([tokenizer.encode(text).ids[:512]])).logits

    return stars


def bert_stage(frame: pl.DataFrame, model: Callable[[str], Any]) -> pl.DataFrame:
    """Name the language and score the stars of each comment."""
    named = langdetect_stage(frame)
    for text in frame["text"]:
        model(text)
    return named


def scikit_learn_pipeline(scored: pl.DataFrame) -> Stage:
    """Return the usual scikit-learn pipeline, fitted to a few comments with made-up stars."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    features = make_union(
        HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), n_features=2**18),
        HashingVectorizer(ngram_range=(1, 2), n_features=2**18),
    )
    pipeline: Any = make_pipeline(features, LogisticRegression(max_iter=3, tol=10))
    stars = [1 + len(text) % 5 for text in scored["text"]]
    pipeline.fit(scored["text"].to_list(), stars)

    def stage(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(p=pl.Series(pipeline.predict_proba(frame["text"].to_list())[:, 4]))

    return stage


if __name__ == "__main__":
    main()
