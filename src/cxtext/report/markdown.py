"""A report as Markdown: the same words and figures as the page, compact."""

import re
from collections.abc import Callable
from typing import Any

from cxtext.report.document import (
    Block,
    Bullets,
    Card,
    Cards,
    Definitions,
    Document,
    Paragraph,
    Quote,
    Quotes,
    Table,
    Term,
    Themes,
)

# What Markdown or the HTML in it would take for markup.
MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render_markdown(document: Document) -> str:
    """Return the document as Markdown; charts are left out, their tables hold the same figures."""
    lines = [f"# {plain(document.title)}", plain(document.subtitle)]
    for section in document.sections:
        lines.append(f"## {plain(section.title)}")
        lines += [text for text in map(_block, section.blocks) if text]
    return "\n\n".join([*lines, plain(document.footer)]) + "\n"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))


def _block(block: Block) -> str:
    write = WRITERS.get(type(block))
    return write(block) if write else ""


def _cards(cards: Cards) -> str:
    return "\n".join(map(_card, cards.cards))


def _card(card: Card) -> str:
    figure = card.figure
    if figure.value is None:
        return f"- **{plain(card.title)}**: {plain(figure.reason or '')}"
    told = [figure.value, card.interval, card.base]
    return f"- **{plain(card.title)}**: {plain('; '.join(part for part in told if part))}"


def _table(table: Table) -> str:
    rows = [table.header, ["---"] * len(table.header), *table.rows]
    cells = ([cell if cell == "---" else plain(str(cell)) for cell in row] for row in rows)
    return f"**{plain(table.title)}**\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in cells)


def _themes(themes: Themes) -> str:
    sides = ((themes.praise_title, themes.praise), (themes.complaint_title, themes.complaints))
    parts = [f"### {plain(themes.title)}"]
    for title, terms in sides:
        told = "\n".join(map(_term, terms)) or plain(themes.none)
        parts.append(f"**{plain(title)}**\n\n{told}")
    return "\n\n".join(parts)


def _term(term: Term) -> str:
    examples = "".join(f"\n  - {plain(example)}" for example in term.examples)
    return f"- **{plain(term.term)}**, {plain(term.counts)}{examples}"


def _quote(quote: Quote) -> str:
    parts = (quote.kind, quote.stated, f"{quote.inferred} ({quote.gap})", quote.evidence, quote.origin)
    told = "; ".join(part for part in parts if part)
    return f"> {plain(quote.text)}\n>\n> {plain(told)}"


WRITERS: dict[type, Callable[[Any], str]] = {
    Paragraph: lambda block: plain(block.text),
    Cards: _cards,
    Table: _table,
    Themes: _themes,
    Quotes: lambda block: "\n\n".join(map(_quote, block.quotes)),
    Definitions: lambda block: "\n".join(
        f"- **{plain(term)}**: {plain(text)}" for term, text in block.entries
    ),
    Bullets: lambda block: "\n".join(f"- {plain(item)}" for item in block.items),
}
