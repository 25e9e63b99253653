"""Content terms of a text: the nouns and short noun phrases a customer-experience team would call topics."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Self

from cxtext.engines.nouns import Facts, load_facts, load_tables
from cxtext.engines.table_terms import TableTerms
from cxtext.schema.protocols import Term, TermExtractor

# Trained spaCy pipelines, used when they are installed.
TRAINED = {
    "nl": "nl_core_news_sm",
    "fr": "fr_core_news_sm",
    "da": "da_core_news_sm",
    "en": "en_core_web_sm",
}


class SpacyTerms:
    """Finds the content terms of one language, made by `load`."""

    def __init__(self, finder: TermExtractor) -> None:
        self._finder = finder
        self.name = finder.name

    @classmethod
    def load(cls, language: str) -> Self:
        """Return the extractor of a language: by a trained pipeline if one is installed, else by tables.

        Raises
        ------
        MissingModelError: the language is not supported, or the tables are not installed.
        """
        facts = load_facts(language)
        package = TRAINED.get(language)
        if package and find_spec(package):
            import spacy

            return cls(TaggedTerms(spacy.load(package, exclude=["ner"]), facts, name=package))
        return cls(TableTerms(load_tables(language), facts, name=f"tables-{language}"))

    def terms(self, texts: Sequence[str]) -> list[list[Term]]:
        """Return the content terms of each text, in text order."""
        return self._finder.terms(texts)


class TaggedTerms:
    """Finds nouns and pairs of nouns by the tags of a spaCy pipeline."""

    def __init__(self, pipeline: Any, facts: Facts, *, name: str) -> None:
        self.name = name
        self._pipeline = pipeline
        self._facts = facts

    def terms(self, texts: Sequence[str]) -> list[list[Term]]:
        """Return the content terms of each text, in text order."""
        return [list(self._terms(doc)) for doc in self._pipeline.pipe(texts)]

    def _terms(self, doc: Any) -> Iterator[Term]:
        at = 0
        while at < len(doc):
            length = 2 if self._is_topic(doc, at) and self._is_topic(doc, at + 1) else 1
            if self._is_topic(doc, at):
                span = doc[at : at + length]
                term = " ".join(token.lemma_.lower() for token in span)
                yield Term(term, span.start_char, span.end_char)
            at += length

    def _is_topic(self, doc: Any, at: int) -> bool:
        if at >= len(doc) or doc[at].pos_ != "NOUN" or len(doc[at]) < 2:
            return False
        lemma = doc[at].lemma_.lower()
        return lemma not in self._facts.not_terms and lemma not in self._facts.stop
