"""Data to documents: one on everything, and one per market in each language of that market's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cxtext.report.document import Document
from cxtext.report.names import page_names
from cxtext.report.scope import BETWEEN, Scope
from cxtext.report.sections import sections_of
from cxtext.report.wording import FALLBACK, Wording, languages_of_market, load_wording

MAIN_PAGE = "report.html"
Words = Callable[[str], Wording]


@dataclass(frozen=True)
class Page:
    """A file of the report: one document, or several that say the same in different languages."""

    file: str
    market: str | None
    documents: tuple[Document, ...]


def markets_of(data: dict[str, Any]) -> list[str]:
    """Return the markets that have figures, and so a page of their own, those with most comments first."""
    measured = {row["group"]["market"] for row in data["metrics"] if row["group"].keys() == {"market"}}
    by_size = [row["market"] for row in data["rows"] if row["market"] in measured]
    return [*by_size, *sorted(measured - set(by_size))]


def main_language(data: dict[str, Any]) -> str:
    """Return the language of the report on everything: as set, or that of all markets, or English."""
    chosen: str | None = data["settings"]["report_language"]
    if chosen is not None:
        return chosen
    first = {languages_of_market(market)[0] for market in markets_of(data)}
    return first.pop() if len(first) == 1 else FALLBACK


def compose_pages(data: dict[str, Any], words: Words = load_wording) -> list[Page]:
    """Return all pages: the one on everything first, then one per market. `words`: language -> wording."""
    markets = markets_of(data)
    files = page_names(markets)
    pages = (Page(files[market], market, tuple(_of_market(data, market, words))) for market in markets)
    main = _document(Scope(data, words(main_language(data))))
    return [Page(MAIN_PAGE, None, (main,)), *pages]


def _of_market(data: dict[str, Any], market: str, words: Words) -> list[Document]:
    chosen = data["settings"]["report_language"]
    languages = (chosen,) if chosen is not None else languages_of_market(market)
    return [_document(Scope(data, words(language), market)) for language in languages]


def _document(scope: Scope) -> Document:
    wording = scope.wording
    title = wording("page.title")
    if scope.market is not None:
        title = wording("page.title_market", market=wording.name("market", scope.market))
    return Document(
        language=wording.language,
        title=title,
        subtitle=BETWEEN.join(_coverage(scope, wording)),
        sections=sections_of(scope),
        footer=wording("page.footer", version=scope.data["version"]),
    )


def _coverage(scope: Scope, wording: Wording) -> list[str]:
    rows = scope.rows
    told = [wording("page.comments", n=wording.number(rows["comments"]))]
    if rows["first_date"]:
        days = {"first": wording.day(rows["first_date"]), "last": wording.day(rows["last_date"])}
        told.append(wording("page.dates", **days))
    return told
