"""Which words can be nouns, and of what lemma: spacy-lookups-data's tables and the facts of terms_data.

The tables are read as the JSON they are. spaCy's own classes would give the same answers, but importing and
filling them takes seconds, and a blank pipeline has no tagger to ask them the right question.
"""

import gzip
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from cxtext.errors import MissingModelError

_FACTS = Path(__file__).parent / "terms_data"


@dataclass(frozen=True)
class Facts:
    """What terms_data/<language>.toml says; the file explains each part."""

    compounds: bool
    nouns: frozenset[str]
    not_terms: frozenset[str]
    determiners: frozenset[str]
    verbs: frozenset[str]
    joiners: frozenset[str]
    phrases: dict[str, tuple[tuple[str, ...], ...]]  # first word -> phrases, longest first
    phrases_as_written: dict[tuple[str, ...], str]
    rules: tuple[tuple[re.Pattern[str], str], ...]
    stop: frozenset[str]
    sure: tuple[re.Pattern[str], ...]
    doubtful: tuple[re.Pattern[str], ...]
    forms: dict[str, str]


def load_facts(language: str) -> Facts:
    """Read the facts of one language.

    Raises
    ------
    MissingModelError: there is no file for the language.
    """
    try:
        data = tomllib.loads((_FACTS / f"{language}.toml").read_text("utf-8"))
    except OSError as error:
        raise MissingModelError(f"terms of {language}: not supported; no {language}.toml") from error
    words = {
        key: frozenset(data[key].split())
        for key in ("nouns", "not_terms", "determiners", "verbs", "joiners", "stop")
    }
    written = dict(_phrase(line) for line in data["phrases"].splitlines() if line)
    return Facts(
        compounds=data["compounds"],
        phrases=_by_first_word(written),
        phrases_as_written=written,
        rules=tuple((re.compile(pattern), replacement) for pattern, replacement in data["rules"]),
        sure=tuple(map(re.compile, data["sure"])),
        doubtful=tuple(map(re.compile, data["doubtful"])),
        forms=data["forms"],
        **words,
    )


def _phrase(line: str) -> tuple[tuple[str, ...], str]:
    """Return the words of a phrase and the form it is counted under: `vets bill = vet bill`."""
    phrase, _, form = line.partition(" = ")
    return tuple(re.findall(r"\w+", phrase.lower())), form or phrase


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted(phrases, key=len, reverse=True):
        by_first.setdefault(words[0], []).append(words)
    return {first: tuple(found) for first, found in by_first.items()}


class Tables(Protocol):
    """The readings of a word, from tables."""

    def noun_lemmas(self, word: str) -> Iterator[str]:
        """Yield the lemmas the word can have as a noun."""
        ...

    def is_noun(self, lemma: str) -> bool:
        """Tell whether the word is the lemma of a noun."""
        ...

    def has_other_reading(self, word: str) -> bool:
        """Tell whether the word can also be a verb, an adjective or an adverb."""
        ...


class IndexTables:
    """Tables by part of speech: lemmas, irregular forms and endings (Dutch, French, English)."""

    def __init__(
        self,
        index: dict[str, list[str]],
        exceptions: dict[str, dict[str, list[str]]],
        rules: dict[str, list[list[str]]],
    ) -> None:
        self._index = {part: frozenset(lemmas) for part, lemmas in index.items()}
        self._exceptions = exceptions
        self._rules = rules

    def noun_lemmas(self, word: str) -> Iterator[str]:
        """Yield the lemmas the word can have as a noun, irregular forms first."""
        return self._lemmas(word, "noun")

    def is_noun(self, lemma: str) -> bool:
        """Tell whether the word is the lemma of a noun."""
        return lemma in self._index["noun"]

    def has_other_reading(self, word: str) -> bool:
        """Tell whether the word can also be a verb, an adjective or an adverb."""
        return any(next(self._lemmas(word, part), None) for part in ("verb", "adj", "adv"))

    def _lemmas(self, word: str, part: str) -> Iterator[str]:
        index = self._index.get(part, frozenset())
        yield from self._exceptions.get(part, {}).get(word, ())
        if word in index:
            yield word
        for ending, replacement in self._rules.get(part, ()):
            lemma = word.removesuffix(ending) + replacement
            if ending and word.endswith(ending) and lemma in index:
                yield lemma


class LookupTables:
    """One table from form to lemma (Danish). A lemma is a noun if it has the genitive of a definite noun.

    Danish inflects by endings no other part of speech has: `leveringens`, `svarets`, `butikkens`, `pakkens`.
    """

    def __init__(self, lemmas: dict[str, str]) -> None:
        self._lemmas = lemmas

    def noun_lemmas(self, word: str) -> Iterator[str]:
        """Yield the lemma of the word if it is a noun."""
        lemma = self._lemmas.get(word)
        if lemma and self.is_noun(lemma):
            yield lemma

    def is_noun(self, lemma: str) -> bool:
        """Tell whether the table knows a definite genitive of the word."""
        return any(self._lemmas.get(form) == lemma for form in _definite_genitives(lemma))

    def has_other_reading(self, word: str) -> bool:
        """Tell whether the word's lemma is inflected as a verb or as an adjective."""
        lemma = self._lemmas.get(word, word)
        stem = lemma.removesuffix("e")
        forms = (stem + "ende", stem + "ede", lemma + "ere", lemma + "est", lemma + lemma[-1:] + "ere")
        return any(self._lemmas.get(form) == lemma for form in forms)


def _definite_genitives(lemma: str) -> Iterator[str]:
    stems = (
        lemma + "e",
        lemma + lemma[-1:] + "e",
        lemma if lemma.endswith("e") else lemma[:-2] + lemma[-1:] + "e",
    )
    return (stem + ending for stem in stems for ending in ("ns", "ts"))


def load_tables(language: str) -> Tables:
    """Read the tables of one language from spacy-lookups-data.

    Raises
    ------
    MissingModelError: the package is not installed, or holds no tables for the language.
    """
    spec = find_spec("spacy_lookups_data")
    if spec is None or spec.origin is None:
        raise MissingModelError(
            "spacy-lookups-data is not installed; add it with: pip install spacy-lookups-data"
        )
    folder = Path(spec.origin).parent / "data"
    if (folder / f"{language}_lemma_index.json.gz").is_file():
        return IndexTables(*(_table(folder, language, part) for part in ("index", "exc", "rules")))
    return LookupTables(_table(folder, language, "lookup"))


def _table(folder: Path, language: str, part: str) -> Any:
    path = folder / f"{language}_lemma_{part}.json.gz"
    try:
        return json.loads(gzip.decompress(path.read_bytes()))
    except OSError as error:
        raise MissingModelError(f"{path}: missing; reinstall spacy-lookups-data") from error


@dataclass(frozen=True)
class Noun:
    """A word read as a noun."""

    lemma: str
    only: bool  # it can be nothing else
    certain: bool  # a noun wherever it stands: it can be nothing else, or is listed
    topic: bool = True  # false for what says nothing: opinions, times, fillers


def read_noun(word: str, tables: Tables, facts: Facts) -> Noun | None:
    """Return the noun a lower-case word can be, or null if it can't be one."""
    if not word[0].isalpha() or "/" in word:
        return None  # a placeholder, a handle, a link
    word = facts.forms.get(word, word)
    if word in facts.nouns:
        return Noun(word, only=not _is_doubtful(word, tables, facts), certain=True)
    by_table = list(tables.noun_lemmas(word))
    lemmas = list(dict.fromkeys([*by_table, *_by_rule(word, tables, facts)]))
    listed = next((lemma for lemma in lemmas if lemma in facts.nouns), None)
    if not listed and (word in facts.stop or len(word) < 3):
        return None
    only = not _is_doubtful(word, tables, facts)
    if listed:
        return Noun(listed, only=only, certain=only or listed in by_table)
    if lemmas:
        return Noun(lemmas[0], only=only, certain=only, topic=facts.not_terms.isdisjoint((word, *lemmas)))
    compound = _compound(word, tables, facts) if facts.compounds and only else None
    return (
        Noun(compound, only=True, certain=True, topic=compound not in facts.not_terms) if compound else None
    )


def _is_doubtful(word: str, tables: Tables, facts: Facts) -> bool:
    if any(shape.search(word) for shape in facts.sure):
        return False
    return tables.has_other_reading(word) or any(shape.search(word) for shape in facts.doubtful)


def _by_rule(word: str, tables: Tables, facts: Facts) -> Iterator[str]:
    for pattern, replacement in facts.rules:
        lemma, changed = pattern.subn(replacement, word)
        if changed and (lemma in facts.nouns or tables.is_noun(lemma)):
            yield lemma


def _compound(word: str, tables: Tables, facts: Facts) -> str | None:
    # the longest known last part: klanten|service, opbergvak|jes, pakke|shoppen
    for cut in range(3, len(word) - 3):
        first, last = word[:cut], facts.forms.get(word[cut:], word[cut:])
        known = [last] if last in facts.nouns else [*tables.noun_lemmas(last), *_by_rule(last, tables, facts)]
        lemma = next(iter(known), None)
        if lemma and len(lemma) > 2 and _is_first_part(first, tables, facts):
            return first + lemma
    return None


def _is_first_part(first: str, tables: Tables, facts: Facts) -> bool:
    # klant|en|service, bank|s|konto: a linking s, e or en
    return any(
        part in facts.nouns or tables.is_noun(part) or next(tables.noun_lemmas(part), None) is not None
        for part in (first, first.removesuffix("s"))
        if len(part) > 2
    )
