"""Pages that hold everything, in words a reader knows, and nothing that could hurt them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import pytest

from cxtext.report import collect
from cxtext.report.compose import compose_pages, main_language
from cxtext.report.page import render_page
from cxtext.report.wording import Wording, load_wording
from cxtext.report.workbook import write_workbook
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.figures import Verdict, VerdictReason
from cxtext.schema.results import Analysis

VOID = {"meta", "input", "br", "link", "img"}
SPOKEN = ("aria-label", "title", "alt")
OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, its ids, and every text somebody sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and what it tells a screen reader."""
        self.elements.append((tag, dict(attrs)))
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as SVG has."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Check that elements close in the order they opened."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text, code aside."""
        if data.strip() and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def read(html: str) -> Reader:
    """Return what a browser sees in a page that is whole."""
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def rendered(analysis: Analysis) -> dict[str | None, str]:
    """Return the HTML of every page by its market."""
    pages = compose_pages(collect(analysis))
    return {page.market: render_page(page, pages) for page in pages}


def test_there_is_a_page_for_all_and_one_per_market(rendered: dict[str | None, str]) -> None:
    """Also for a market that is too small to show, or has a hostile name."""
    assert list(rendered) == [None, "DK", "FR", "BE", "GB", "NL", "US", "<script>alert(1)</script>", "LU"]


def test_a_page_needs_no_network(rendered: dict[str | None, str]) -> None:
    """Nothing is fetched: no source, no import, no link but to the other pages beside it."""
    for html in rendered.values():
        page = read(html)
        assert not [attributes for _, attributes in page.elements if "src" in attributes]
        assert not page.named("link")
        assert all(re.fullmatch(r"#[\w-]+|report[\w-]*\.html", str(a["href"])) for a in page.named("a"))
        assert not re.search(r"url\(|@import|https?:", html.replace("http://www.w3.org", ""))


def test_data_are_never_markup(rendered: dict[str | None, str]) -> None:
    """A script in a comment or a market's name is text."""
    for html in rendered.values():
        assert "<script>alert" not in html
        assert len(read(html).named("script")) == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered["GB"]


def test_ids_are_unique_and_links_arrive(rendered: dict[str | None, str]) -> None:
    """In a page of two languages too."""
    for html in rendered.values():
        page = read(html)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        targets = {str(link["href"])[1:] for link in page.named("a") if str(link["href"]).startswith("#")}
        assert targets <= set(ids)


def test_a_page_can_be_heard(rendered: dict[str | None, str]) -> None:
    """Headings go down step by step, tables have captions and headers, charts an alternative text."""
    for html in rendered.values():
        page = read(html)
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert len(page.named("table")) == len(page.named("caption")) > 0
        assert all(cell.get("scope") in ("row", "col") for cell in page.named("th"))
        assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.named("svg"))


@pytest.mark.parametrize(
    ("market", "language", "says"),
    [
        ("DK", "da", "Udledt CSAT"),
        ("FR", "fr", "CSAT déduit"),
        ("GB", "en", "Inferred CSAT"),
        ("US", "en", "Inferred CSAT"),
        ("NL", "nl", "Afgeleide CSAT"),
    ],
)
def test_a_market_s_page_is_in_its_language(
    rendered: dict[str | None, str], market: str, language: str, says: str
) -> None:
    """The page says which, for a screen reader to speak it."""
    assert rendered[market].startswith(f'<!doctype html>\n<html lang="{language}">')
    assert says in rendered[market]


def test_belgium_switches_between_two_languages_without_script(rendered: dict[str | None, str]) -> None:
    """Both are in the page, the larger first; radio buttons choose, so the keyboard does too."""
    page = read(rendered["BE"])
    assert [part["lang"] for part in page.named("div") if "document" in str(part.get("class"))] == [
        "nl",
        "fr",
    ]
    assert [choice["id"] for choice in page.named("input")] == ["language-nl", "language-fr"]
    assert "Afgeleide CSAT" in rendered["BE"]
    assert "CSAT déduit" in rendered["BE"]


def test_a_chosen_language_is_that_of_every_page(make_analysis: Callable[..., Analysis]) -> None:
    """Whatever the markets speak."""
    pages = compose_pages(collect(make_analysis(report_language="nl")))
    assert {document.language for page in pages for document in page.documents} == {"nl"}


def test_the_report_on_all_is_in_the_language_all_markets_share(data: dict[str, Any]) -> None:
    """Danish where every market is Danish, else English."""
    assert main_language(data) == "en"
    data["metrics"] = [row for row in data["metrics"] if row["group"].get("market", "DK") == "DK"]
    assert main_language(data) == "da"


def test_every_figure_has_its_interval_and_n_beside_it(rendered: dict[str | None, str]) -> None:
    """In the charts too: three columns of text in each, in both layouts."""
    html = rendered["DK"]
    for chart in re.findall(r"<svg.*?</svg>", html):
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart)
        values = [text for text in texts if re.fullmatch(r"[\d,]+(\s?%)?", text)]
        assert len([text for text in texts if text.startswith("n = ")]) >= 2
        assert len([text for text in texts if " til " in text]) >= 2
        assert len(values) >= 2


def test_a_small_market_shows_no_figure_and_no_verbatim(rendered: dict[str | None, str]) -> None:
    """It says so instead."""
    html = rendered["LU"]
    assert "masqué" in html
    assert "<blockquote" not in html
    assert "<q " not in html
    assert not re.search(r'<p class="value">', html)


def test_null_figures_tell_their_reason(data: dict[str, Any]) -> None:
    """Not a dash, and never None."""
    for row in data["metrics"]:
        if row["metric"] == "ces_mean":
            row.update(value=None, low=None, high=None, n=0, note="no data")
    html = render_page(compose_pages(data)[1], [])
    assert "CES: intet tal (ingen data)." in html
    assert not re.search(r"\b(None|nan|NaN)\b", html)


def test_a_refused_combination_says_why(data: dict[str, Any]) -> None:
    """Ratings and words from different channels are not pooled."""
    note = "refused: rated and unrated comments differ in channel"
    for row in data["metrics"]:
        if row["metric"].endswith("combined") or "combined" in row["metric"]:
            row.update(value=None, low=None, high=None, note=note)
    assert "come from different channels" in render_page(compose_pages(data)[0], [])


def test_nothing_read_still_makes_a_page(data: dict[str, Any]) -> None:
    """No figure, no theme, no market: a page that says so."""
    empty = data | {"metrics": [], "themes": [], "disagreements": [], "differences": [], "recognised": []}
    pages = compose_pages(empty)
    assert [page.file for page in pages] == ["report.html"]
    assert "no data" in render_page(pages[0], pages)


def _bracketed(language: str) -> Wording:
    """Return a wording whose every text stands in brackets, so that what does not is seen."""
    wording = load_wording(language)
    return replace(wording, strings={key: f"{OPEN}{text}{CLOSE}" for key, text in wording.strings.items()})


def _outside_brackets(text: str) -> str:
    depth, kept = 0, []
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        kept.append(character if depth == 0 and character != CLOSE else " ")
    return "".join(kept)


def _words(value: Any) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", json.dumps(value, ensure_ascii=False)))


def _of_the_input(data: dict[str, Any]) -> set[str]:
    """Return the words that a page may show although no translator wrote them."""
    columns = ("text", "term", "examples", "evidence", "id", "respondent_id", "file", "detail", "value")
    tables = ("themes", "disagreements", "misfits", "recognised")
    cells = [row.get(name) for table in tables for row in data[table] for name in columns]
    plain = [data["inputs"], data["models"], data["warnings"], data["settings"]["engine"], "cxtext"]
    danish = load_wording("da")
    codes = {row["group"].get("language", "") for row in data["metrics"]}
    names = [danish.name("language", code) for code in (*codes, "de")]
    markets = [danish.name("market", row["market"]) for row in data["rows"] if row["market"]]
    languages = [load_wording(code).name("language", code) for code in LANGUAGES]
    return _words([cells, plain, names, markets, languages])


@pytest.mark.parametrize("which", [0, 1])
def test_no_text_escapes_translation(data: dict[str, Any], which: int) -> None:
    """Every word of the Danish page comes from its strings, from CLDR or from the input."""
    data["settings"]["report_language"] = "da"
    pages = compose_pages(data, _bracketed)
    texts = read(render_page(pages[which], pages, _bracketed)).texts
    outside = " ".join(map(_outside_brackets, texts))
    months = {load_wording("da").day(f"2025-{month:02}-01").split()[1] for month in range(1, 13)}
    assert _words(outside) - _of_the_input(data) - months == set()


VERDICTS = [
    {"verdict": verdict, "reason": reason}
    for verdict, reason in zip(cycle(Verdict), VerdictReason, strict=False)
]


def _with_verdict(data: dict[str, Any], changed: dict[str, str], *, of_whole: bool) -> list[dict[str, Any]]:
    return [row | changed if (row["group"] == {}) == of_whole else row for row in data["verdicts"]]


class Recorder(dict[str, str]):
    """Strings that remember which were used."""

    used: set[str]

    def __getitem__(self, key: str) -> str:
        """Return a text and remember its key."""
        self.used.add(key)
        return super().__getitem__(key)


def test_no_text_is_unused(
    make_analysis: Callable[..., Analysis], over_time: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """A key that nothing asks for is work for three translators for nothing."""
    strings = Recorder(load_wording("en").strings)
    strings.used = set()
    wording = replace(load_wording("en"), strings=strings)
    data = _one_market(collect(make_analysis(report_language="en")))
    for variant in (*_variants(data), *over_time(data)):
        compose_pages(variant, lambda _: wording)
    pages = compose_pages(data | {"themes": _neither(data)}, lambda _: wording)
    both = replace(pages[1], documents=pages[1].documents * 2)
    for page in (pages[0], both):
        render_page(page, pages, lambda _: wording)
    write_workbook(data, pages[0].documents[0], wording, tmp_path / "report.xlsx")
    by_code = re.compile(
        r"(note|method_used|rejected|personal_data|recognised\.(what|value)|period|delimiter)\."
    )
    assert {key for key in strings if key not in strings.used and not by_code.match(key)} == set()


def _one_market(data: dict[str, Any]) -> dict[str, Any]:
    metrics = [row for row in data["metrics"] if row["group"].get("market", "DK") == "DK"]
    return data | {"metrics": metrics}


def _neither(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [row | {"side": "neither", "market": None} for row in data["themes"]]


def _variants(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return data that between them need every sentence."""
    metrics = data["metrics"]

    def with_metric(name: str, **values: Any) -> dict[str, Any]:
        changed = [row | values if row["metric"] == name else row for row in metrics]
        return data | {"metrics": changed}

    settings = data["settings"]
    high = {"low": 2.0, "high": 6.0, "value": 4.0}
    variants = [
        data,
        data | {"metrics": [], "themes": [], "disagreements": [], "differences": []},
        data | {"settings": settings | {"themes": False, "keep_personal_data": True}, "themes": []},
        data | {"settings": settings | {"ces_direction": "high_is_hard", "adjust": "benjamini-hochberg"}},
        data | {"themes": [row | {"side": "praise"} for row in data["themes"]]},
        data | {"differences": [row | {"differs": False} for row in data["differences"]]},
        with_metric("csat_gap", **high),
        with_metric("csat_combined", value=None, note="refused: too few rated comments"),
        with_metric("nps", low=None, n=None),
        with_metric("csat_gap", low=-1.0, high=1.0),
        *(data | {"verdicts": _with_verdict(data, changed, of_whole=True)} for changed in VERDICTS),
        *(data | {"verdicts": _with_verdict(data, changed, of_whole=False)} for changed in VERDICTS),
        *(with_metric("qwk", value=value) for value in (0.9, 0.7, 0.5, 0.3, 0.1, -0.1)),
    ]
    by = [{"channel": "web"}, {"touchpoint": "till"}, {"period": "2025-Q1"}]
    segments = [
        {segment: value}
        for segment in ("satisfaction_stated", "satisfaction_inferred")
        for value in ("satisfied", "not_satisfied")
    ]
    churn = [row for row in metrics if row["metric"] == "churn_rate"][:1]
    of_segments = [row | {"group": group} for group in segments for row in churn]
    customers = [data["inputs"][0] | {"kind": kind} for kind in ("customers", "weights", "totals")]
    return [
        *variants,
        data | {"metrics": metrics + of_segments, "inputs": customers},
        data | {"metrics": metrics + [metrics[0] | {"group": group} for group in by]},
    ]


def test_the_same_data_give_the_same_bytes(data: dict[str, Any], rendered: dict[str | None, str]) -> None:
    """From report.json as from the run."""
    pages = compose_pages(data)
    assert render_page(pages[1], pages) == rendered["DK"]
