"""Bad input: an exit code, one line that names the file and the remedy, and no row lost."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

GOOD = [
    {"comment": f"Prima service, snel geleverd {n}", "market": "NL", "rating": 1 + n % 5} for n in range(20)
]
RATED = [f"goed {n},5" for n in range(20)]


def jsonl(*rows: object) -> bytes:
    return "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows).encode()


def table(header: str, *rows: str) -> bytes:
    return "\n".join((header, *rows)).encode() + b"\n"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


class Refused(NamedTuple):
    """An input that ends the run: its name, its bytes (None: not there), options, code, words of the line."""

    name: str
    content: bytes | None
    options: tuple[str, ...]
    code: int
    words: tuple[str, ...]


REFUSED = {
    "missing file": Refused("gone.csv", None, (), 3, ("gone.csv", "no such file")),
    "empty file": Refused("empty.csv", b"", (), 3, ("empty.csv", "empty")),
    "header only": Refused("header.csv", b"comment;rating\n", (), 3, ("header.csv",)),
    "no text column": Refused("a.csv", table("x;y", "1;2", "3;4"), (), 3, ("a.csv", "--column text=")),
    "two text columns": Refused(
        "a.csv", table("comment,toelichting", "goed,slecht"), (), 3, ("toelichting", "--column text=")
    ),
    "named column is not there": Refused(
        "a.csv", table("comment,x", "goed,1", "top,2"), ("--column", "text=tekst"), 3, ("a.csv", "tekst")
    ),
    "wrong delimiter": Refused(
        "a.csv", table("comment,rating", "goed,1", "top,2"), ("--delimiter", ";"), 3, ("a.csv", "delimiter")
    ),
    "binary file": Refused("a.csv", random.Random(0).randbytes(4096), (), 3, ("a.csv",)),
    "declared scale contradicted": Refused(
        "a.csv", table("comment,rating", *(f"goed,{n}" for n in range(60, 100))), ("--rating-scale", "1-5"),
        3, ("a.csv", "1-5"),
    ),
    "nothing to score": Refused("a.jsonl", jsonl(*[{"comment": "12345"}] * 5), (), 4, ("too_short",)),
    "engine is not there": Refused("a.jsonl", jsonl(*GOOD), ("--engine", "nonesuch"), 5, ("nonesuch",)),
    "role does not exist": Refused("a.jsonl", jsonl(*GOOD), ("--column", "mood=x"), 2, ("mood",)),
    "option without a name": Refused("a.jsonl", jsonl(*GOOD), ("--column", "text"), 2, ("--column text=",)),
    "negative seed": Refused("a.jsonl", jsonl(*GOOD), ("--seed", "-1"), 2, ("seed", "0")),
    "unknown breakdown": Refused("a.jsonl", jsonl(*GOOD), ("--by", "planet"), 2, ("by",)),
    "unknown option": Refused("a.jsonl", jsonl(*GOOD), ("--colour",), 2, ("--colour",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_ends_in_one_line(case: Refused, cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The documented exit code, the file and the remedy; nothing is written."""
    if case.content is not None:
        (tmp_path / case.name).write_bytes(case.content)
    ran = cxtext("analyse", case.name, "--out", "out", *case.options)
    assert ran.code == case.code, ran.err
    last = ran.err.strip() if case.code == 2 else ran.err.strip().splitlines()[-1]
    assert all(word in last for word in case.words), last
    assert "Traceback" not in ran.err
    assert (tmp_path / "out").exists() == (case.code == 4)


class Used(NamedTuple):
    """An input with flaws that is used: its bytes, the rows in it, those rejected, a word of the warning."""

    name: str
    content: bytes
    rows: int
    rejected: int
    warned: str


FLAWED = {
    "broken JSON lines": Used("a.jsonl", jsonl(*GOOD, '{"comment": "half', "[1,", *GOOD), 42, 2, "rejected"),
    "mixed encodings": Used(
        "a.csv", table("comment,rating", *RATED) + "dårlig,1\n".encode("cp1252") + "dårlig,1\n".encode(),
        22, 0, "encoding",
    ),
    "ratings off the scale": Used("a.jsonl", jsonl(*GOOD, {"comment": "fin fin", "rating": 55}), 21, 0, ""),
    "NPS of 11": Used("a.csv", table("comment,nps", *RATED, "top,11"), 21, 0, "NPS"),
    "a comment of 2 MB": Used("a.jsonl", jsonl(*GOOD, {"comment": "heel goed " * 200_000}), 21, 0, ""),
    "NUL bytes": Used("a.csv", table("comment,rating", *["go\0ed,5"] * 20), 20, 0, ""),
    "control characters": Used("a.jsonl", jsonl(*GOOD, {"comment": "top\x1b[31m \x07!"}), 21, 0, ""),
    "right to left": Used("a.jsonl", jsonl(*GOOD, {"comment": "שירות מצוין, תודה"}), 21, 0, "unsupported"),
    "blank comments": Used("a.jsonl", jsonl(*GOOD, {"comment": ""}, {"comment": None}, {}), 23, 0, "empty"),
    "ragged rows": Used("a.csv", table("comment,rating", *RATED, "a,b,c,d"), 21, 1, "rejected"),
}  # fmt: skip


@pytest.mark.parametrize("case", FLAWED.values(), ids=FLAWED)
def test_flawed_rows_are_kept_or_rejected_with_a_reason(case: Used, cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """read + rejected = rows, exit code 0, and a warning where something is missing."""
    (tmp_path / case.name).write_bytes(case.content)
    ran = cxtext("analyse", case.name, "--out", "out")
    assert ran.code == 0, ran.err
    comments = pl.read_parquet(tmp_path / "out" / "comments.parquet")
    rejected = lines(tmp_path / "out" / "rejected.jsonl")
    assert (comments.height + len(rejected), len(rejected)) == (case.rows, case.rejected)
    assert all({"file", "row", "reason", "raw"} == set(row) and row["reason"] for row in rejected)
    assert case.warned in ran.err
    assert comments.filter(pl.col("language").is_null() & pl.col("language_reason").is_null()).is_empty()
    assert comments.filter(pl.col("p_star_1").is_null() & pl.col("unscored_reason").is_null()).is_empty()


def test_columns_of_any_type_hold_no_personal_data(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Lists and structs, and telephone numbers among integers."""
    row = {"mail": "bo@example.nl", "calls": [{"nr": "06-12345678"}]}
    pl.DataFrame(GOOD).with_columns(
        pl.Series("list", [["bo@example.nl"]] * 20),
        pl.Series("struct", [row] * 20),
        pl.Series("bytes", [b"bo@example.nl"] * 20),
        pl.Series("customer_phone", range(31612345678, 31612345698)),
    ).write_parquet(tmp_path / "a.parquet")
    ran = cxtext("analyse", "a.parquet", "--column", "text=comment", "--out", "out", "--format", "jsonl")
    assert ran.code == 0, ran.err
    written = (tmp_path / "out" / "comments.jsonl").read_text("utf-8")
    assert not any(one in written for one in ("bo@", "06-123", "316123"))
    assert lines(tmp_path / "out" / "comments.jsonl")[0]["customer_phone"] == "[PHONE]"


def test_rejected_rows_hold_no_personal_data(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A row that can't be read may hold an address like any other."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD, '{"comment": "mail an.smit@example.com'))
    assert cxtext("analyse", "a.jsonl", "--out", "out").code == 0
    assert lines(tmp_path / "out" / "rejected.jsonl")[0]["raw"] == '{"comment": "mail [EMAIL]'


def test_rejected_rows_are_an_error_when_strict(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The output is there all the same."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD, "{"))
    ran = cxtext("analyse", "a.jsonl", "--out", "out", "--strict")
    assert ran.code == 3
    assert "1 rows were rejected" in ran.err
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_an_existing_output_is_refused_without_force(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """And replaced with it."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD))
    assert cxtext("analyse", "a.jsonl", "--out", "out").code == 0
    refused = cxtext("analyse", "a.jsonl", "--out", "out")
    assert (refused.code, "--force" in refused.err) == (6, True)
    assert cxtext("analyse", "a.jsonl", "--out", "out", "--force").code == 0


def test_an_output_that_cannot_be_written_is_named(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """A file stands where the folder should."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD))
    ran = cxtext("analyse", "a.jsonl", "--out", "a.jsonl/out")
    assert (ran.code, "a.jsonl/out" in ran.err) == (6, True)


HAPPY, UNHAPPY = "Prima service en heel snel geholpen", "Vreselijk slecht en niemand hielp mij"
WRITTEN = [f"{HAPPY if n % 2 else UNHAPPY} {n},NL,R{n}" for n in range(120)]


class Tampered(NamedTuple):
    """Survey results that contradict what they are said to be: rows, options, exit code, words of the line."""

    survey: bytes
    code: int
    words: tuple[str, ...]
    options: tuple[str, ...] = ()


def answers(header: str, *values: object) -> bytes:
    """Return a respondent for each comment, the values over and over."""
    return table(header, *(f"R{n},{values[n % len(values)]}" for n in range(len(WRITTEN))))


TAMPERED = {
    "ratings off the declared scale": Tampered(
        answers("respondent_id,satisfaction", 10, 20, 70, 90), 3,
        ("'satisfaction'", "120 of 120", "declared scale 1-5"), ("--rating-scale", "1-5"),
    ),
    "CES off the declared scale": Tampered(
        answers("respondent_id,ces", *range(1, 8)), 3, ("'ces'", "34 of 120", "--ces-scale")
    ),
    "CES reversed against its own words": Tampered(
        answers("respondent_id,ces", "5 - very difficult", "1 - very easy"), 3, ("'ces'", "high_is_hard")
    ),
    "CES reversed against the comments": Tampered(
        answers("respondent_id,ces", 5, 1), 0, ("CES runs against the words", "120 respondents", "high_is_hard")
    ),
    "CSAT of groups as fractions": Tampered(
        table("market,n,csat", "NL,200,0.68", "DK,150,0.7"), 3, ("'csat'", "all 2 values", "multiply them by 100")
    ),
    "one CSAT of a group as a fraction": Tampered(
        table("market,n,csat", "NL,200,0.68", "DK,150,70"), 0, ("'csat'", "1 of 2 values", "multiply them by 100")
    ),
    "NPS of groups as fractions": Tampered(
        table("market,n,nps", "NL,200,0.35", "DK,150,-0.2", "FR,90,0.1"), 3, ("'nps'", "all 3 values", "points")
    ),
    "NPS of one group as a fraction": Tampered(
        table("market,n,nps", "NL,200,0.35"), 0, ("'nps'", "1 of 1 values", "multiply")
    ),
    "satisfaction of respondents as fractions": Tampered(
        answers("respondent_id,satisfaction", 0.61, 0.7, 1), 0,
        ("'satisfaction'", "scale unknown (0.61 to 1)", "120 ratings left out", "multiply fractions by 100"),
    ),
    "NPS without a 0": Tampered(answers("respondent_id,nps", *range(1, 11)), 0, ("'nps'", "no 0 among 120")),
    "NPS of 11, below 0 and in percent": Tampered(
        answers("respondent_id,nps", 11, -3, "50%", 0, 9, 10), 0, ("'nps'", "left out 60 of 120 NPS answers")
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED.values(), ids=TAMPERED)
def test_figures_that_contradict_what_they_are_said_to_be_are_told(
    case: Tampered,
    cxtext,  # type: ignore[no-untyped-def]
    tmp_path: Path,
) -> None:
    """Refused with exit code 3, or a warning; one line with the column and how many rows it concerns."""
    (tmp_path / "a.csv").write_bytes(table("comment,market,respondent_id", *WRITTEN))
    (tmp_path / "s.csv").write_bytes(case.survey)
    ran = cxtext("analyse", "a.csv", "--surveys", "s.csv", "--out", "out", *case.options)
    assert ran.code == case.code, ran.err
    told = [line for line in ran.err.splitlines() if all(word in line for word in case.words)]
    assert len(told) == 1, ran.err


def test_effort_that_runs_with_the_words_is_no_warning(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Neither as declared nor with the direction named in the warning of the reverse."""
    (tmp_path / "a.csv").write_bytes(table("comment,market,respondent_id", *WRITTEN))
    for values, direction in (((1, 5), "high_is_easy"), ((5, 1), "high_is_hard")):
        (tmp_path / "s.csv").write_bytes(answers("respondent_id,ces", *values))
        ran = cxtext(
            "analyse", "a.csv", "--surveys", "s.csv", "--out", "out", "--force", "--ces-direction", direction
        )
        assert (ran.code, "against the words" in ran.err) == (0, False)


@pytest.mark.parametrize("command", ["detect", "classify"])
def test_the_streaming_commands_keep_every_row(command: str, cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Rows, columns and order stay; what can't be read is counted."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD, "{", {"comment": "", "market": "XX"}))
    ran = cxtext(command, "a.jsonl")
    written = [json.loads(line) for line in ran.out.splitlines()]
    assert [row["comment"] for row in written] == [*(row["comment"] for row in GOOD), ""]
    assert "21 rows written, 1 rejected" in ran.err
    assert written[-1]["language_reason"] == "empty"
    assert written[0]["language"] == "nl"


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_late_column_of_a_pipe_ends_the_run_unless_it_has_a_place(
    ending: str,
    cxtext,  # type: ignore[no-untyped-def]
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rather than that it shifts the others; the remedies work."""
    monkeypatch.setattr("cxtext.read.text_tables._PIPE_SAMPLE", 10)
    monkeypatch.setattr("cxtext.stream.BATCH_ROWS", 10)
    content = jsonl(*GOOD, GOOD[0] | {"late": 1})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    ran = cxtext("detect", "-", "--output", f"out.{ending}")
    refused = ending != "jsonl"
    assert (ran.code, (tmp_path / f"out.{ending}").exists()) == (3 if refused else 0, not refused)
    assert ("column 'late'" in ran.err) == ("instead of a pipe" in ran.err) == refused
    (tmp_path / "a.jsonl").write_bytes(content)
    assert cxtext("detect", "a.jsonl", "--output", f"out.{ending}", "--force").code == 0


def test_streaming_refuses_a_file_without_rows(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """As analyse does."""
    (tmp_path / "a.csv").write_bytes(b"comment,rating\n")
    ran = cxtext("detect", "a.csv")
    assert (ran.code, ran.out) == (3, "")
    assert "a.csv: a header and no rows" in ran.err


def test_streaming_keeps_columns_that_clash_twice(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """An input may have `language`, and `in_language` of an earlier run."""
    (tmp_path / "a.csv").write_bytes(table("comment,language,in_language", "Goed geholpen,nl,x"))
    ran = cxtext("detect", "a.csv")
    assert ran.out.splitlines()[0].startswith("comment,in_in_language,in_language,language,")


def test_streaming_reads_text_of_any_type(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Bytes and lists are scored as their text, and written as they came."""
    given = {"comment": [b"Heel goed geholpen"], "question": [["Hoe ging het?"]]}
    pl.DataFrame(given).write_parquet(tmp_path / "a.parquet")
    assert cxtext("detect", "a.parquet", "--output", "out.parquet").code == 0
    written = pl.read_parquet(tmp_path / "out.parquet")
    assert written.select("comment", "question", "language").row(0) == (
        b"Heel goed geholpen",
        ["Hoe ging het?"],
        "nl",
    )


def test_streaming_tells_of_mixed_encodings_even_when_quiet(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """As analyse does; so are rejected rows."""
    (tmp_path / "a.csv").write_bytes(b"comment,x\ngoed \xc3\xa9,a\nslecht \xe9,b\nbroken,1,2\n")
    ran = cxtext("detect", "a.csv", "--quiet")
    assert "warning: a.csv: mixed encodings" in ran.err
    assert "warning: a.csv, row 4" in ran.err


@pytest.mark.parametrize(
    ("sent", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, sent: int, code: int, word: str) -> None:
    """Ctrl-C and SIGTERM: an exit code of their own, one line, no folder."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*[row | {"n": n} for n in range(3000) for row in GOOD]))
    program = [
        sys.executable,
        "-c",
        "from cxtext.cli import main; main()",
        "analyse",
        "a.jsonl",
        "--out",
        "out",
    ]
    with subprocess.Popen(program, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        wait_for(lambda: any(path.name.startswith(".out-") for path in tmp_path.iterdir()))
        os.kill(running.pid, sent)
        _, err = running.communicate(timeout=60)
    assert running.returncode == code, err
    assert word in err
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def wait_for(condition) -> None:  # type: ignore[no-untyped-def]
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`cxtext detect ... | head -1`: exit code 0, and nothing on standard error."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD * 500))
    program = [sys.executable, "-c", "from cxtext.cli import main; main()", "detect", "a.jsonl"]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert b"Prima" in running.stdout.readline()
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.parametrize("asked", [(), ("--json",)])
def test_a_reader_of_the_summary_that_leaves_early_is_no_error(
    tmp_path: Path, asked: tuple[str, ...]
) -> None:
    """`cxtext analyse ... | head -1`: exit code 0; the folder is complete."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*GOOD))
    program = [sys.executable, "-c", "from cxtext.cli import main; main()", "analyse", "a.jsonl", *asked]
    with subprocess.Popen(program, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        assert b"Broken" not in running.stderr.read()
    assert running.returncode == 0
    assert (tmp_path / "cxtext-out" / "manifest.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize(
    "command",
    ["detect a.jsonl", "classify a.jsonl", "analyse a.jsonl", "models", "evaluate stars --gold a.jsonl"],
)
def test_a_full_disk_under_standard_output_is_named(tmp_path: Path, command: str) -> None:
    """Exit code 6 and one line, not an internal error."""
    rated = [{"text": text, "stars": stars} for text, stars in (("Prima service", 5), ("Slechte service", 1))]
    (tmp_path / "a.jsonl").write_bytes(b"".join(json.dumps(row).encode() + b"\n" for row in rated * 10))
    program = [sys.executable, "-c", "from cxtext.cli import main; main()", *command.split()]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            program, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 6, ran.stderr
    assert ran.stderr.splitlines() == ["cxtext: standard output: can't be written (No space left on device)"]


def test_classify_that_scores_nothing_ends_as_analyse_does(cxtext, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Exit code 4; the rows are written, each with its reason."""
    (tmp_path / "none.csv").write_text('comment\n""\nn/a\n')
    ran = cxtext("classify", "none.csv", "--output", "scored.csv", "--quiet")
    assert ran.code == 4
    assert "none.csv: no comment could be scored (1 empty, 1 too_short)" in ran.err
    assert pl.read_csv(tmp_path / "scored.csv").height == 2


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_bytes_of_parquet_are_written_in_any_format(cxtext, tmp_path: Path, ending: str) -> None:  # type: ignore[no-untyped-def]
    """As text where the format has no bytes, UTF-8 or else latin-1, in lists as well; as they are in Parquet."""
    given = pl.DataFrame({"comment": ["Prima", "Top"], "raw": ["æ".encode(), b"\xe9"], "list": [[b"a"], []]})
    given.write_parquet(tmp_path / "a.parquet")
    ran = cxtext("detect", "a.parquet", "--output", f"out.{ending}", "--quiet")
    assert (ran.code, ran.err) == (0, "")
    read = {"jsonl": pl.read_ndjson, "csv": pl.read_csv, "parquet": pl.read_parquet}[ending]
    found = read(tmp_path / f"out.{ending}").select("raw", "list").to_dict(as_series=False)
    text = {"raw": ["æ", "é"], "list": ['["a"]', "[]"]}
    assert found == (given.select("raw", "list").to_dict(as_series=False) if ending == "parquet" else text)
