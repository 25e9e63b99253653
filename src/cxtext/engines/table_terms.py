"""Content terms without a tagger: nouns by table, and by their neighbours where the tables leave a choice."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial

from cxtext.engines.nouns import Facts, Noun, Tables, read_noun
from cxtext.schema.protocols import Term

# placeholders, links, handles and tags are no words, but part the words around them
_TOKEN = re.compile(r"\[[A-Z]+\]|https?://\S+|[@#]\w+|[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…\n:;•|]")
_BESIDE = frozenset(("", " ", "'", "\u2019", "/", "-"))
_WORDS_CACHED = 50_000


class Words:
    """The words of a text with their places. What lies between them is only looked at where it matters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _TOKEN.finditer(text)]
        self._shouted = text.isupper()
        self.words = [text[start:end].lower() for start, end in self.spans]

    def __len__(self) -> int:
        return len(self.words)

    def opens_sentence(self, at: int) -> bool:
        """Tell whether a word is the first of its sentence."""
        return at == 0 or bool(_SENTENCE_END.search(self._gap(at)))

    def is_beside(self, at: int) -> bool:
        """Tell whether a word stands next to the one before, with a space or less between."""
        return 0 < at < len(self.words) and self._gap(at) in _BESIDE

    def is_name_like(self, at: int) -> bool:
        """Tell whether a word has a capital that is not due to its place, nor to a text in capitals."""
        capital = self.text[self.spans[at][0]].isupper()
        return capital and not self.opens_sentence(at) and not self._shouted

    def _gap(self, at: int) -> str:
        return self.text[self.spans[at - 1][1] : self.spans[at][0]]


class TableTerms:
    """Finds nouns and noun phrases of one language by tables and facts."""

    def __init__(self, tables: Tables, facts: Facts, *, name: str) -> None:
        self.name = name
        self._facts = facts
        self._read = lru_cache(_WORDS_CACHED)(partial(read_noun, tables=tables, facts=facts))

    def terms(self, texts: Sequence[str]) -> list[list[Term]]:
        """Return the content terms of each text, in text order."""
        return [list(self._terms(text)) for text in texts]

    def _terms(self, text: str) -> Iterator[Term]:
        words = Words(text)
        topics = self._topics(words)
        end = 0  # of the last term: words inside a phrase are no terms of their own
        for at, word in enumerate(words.words):
            if at < end or (topics[at] is None and word not in self._facts.phrases):
                continue
            length, term = self._phrase(words, at) or self._pair(words, topics, at) or (1, topics[at])
            if term:
                yield Term(term, words.spans[at][0], words.spans[at + length - 1][1])
                end = at + length

    def _topics(self, words: Words) -> list[str | None]:
        """Return the lemma of each word that names a topic here, else null."""
        nouns = [self._read(word) for word in words.words]
        return [
            noun.lemma if noun and noun.topic and self._is_noun_here(noun, words, nouns, at) else None
            for at, noun in enumerate(nouns)
        ]

    def _is_noun_here(self, noun: Noun, words: Words, nouns: Sequence[Noun | None], at: int) -> bool:
        if words.is_name_like(at):
            return noun.lemma in self._facts.nouns
        if noun.certain:
            return True
        followed = words.is_beside(at + 1)
        if followed and nouns[at + 1]:
            return False  # the word before a noun: an adjective, or a verb and its object
        if words.is_beside(at):
            return self._is_determined(words, at)
        return followed and words.words[at + 1] in self._facts.verbs

    def _is_determined(self, words: Words, at: int) -> bool:
        return words.is_beside(at) and words.words[at - 1] in self._facts.determiners

    def _phrase(self, words: Words, at: int) -> tuple[int, str] | None:
        """Return the length in words of the known phrase that begins here, and the phrase."""
        for phrase in self._facts.phrases.get(words.words[at], ()):
            end = at + len(phrase)
            if tuple(words.words[at:end]) == phrase and all(map(words.is_beside, range(at + 1, end))):
                return len(phrase), self._facts.phrases_as_written[phrase]
        return None

    def _pair(self, words: Words, topics: Sequence[str | None], at: int) -> tuple[int, str] | None:
        """Return the length in words of the pair of nouns that begins here, and the pair."""
        joined = bool(self._facts.joiners)
        other = at + 1 + joined
        if self._facts.compounds or topics[at] is None or not words.is_beside(other) or topics[other] is None:
            return None
        if not joined:  # claim|form, but not in: they never answer|emails
            noun = self._read(words.words[at])
            of_a_verb = noun and not noun.only and words.is_beside(at) and not self._is_determined(words, at)
            return (
                (2, f"{topics[at]} {topics[other]}")
                if topics[at] != topics[other] and not of_a_verb
                else None
            )
        joiner = words.words[at + 1]  # délai|de|livraison
        if joiner not in self._facts.joiners or not words.is_beside(at + 1):
            return None
        apostrophe = "'" if len(joiner) == 1 else " "  # temps d'attente
        return 3, f"{topics[at]} {joiner}{apostrophe}{words.words[other]}"
