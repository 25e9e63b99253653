"""Gathers what the language detector learns from besides comments: words with frequencies, and sentences.

Everything comes from kept packages; models/language/README.md names them, their licences, and the commands
that fetch them. Input folders: `unpacked` (Debian and npm packages, laid side by side) and `translated`
(comments put into a neighbouring language by Apertium, a file a label). Output, a file a label: `words/`
(word, weight), `sentences/` and `comments/` (one a line); and `nameless.txt`, words that are no sign of any
language, and `ordinary_names.txt`, names that are words as well.
"""

import gettext
import html
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_RARE: Final = 2e-8  # weight of a word known only from a dictionary; wordfreq's rarest are about 1e-8
_TEXT_WEIGHT: Final = 0.3  # of frequencies counted in messages and comments beside those of wordfreq
_SENTENCES: Final = 60_000
_FOREIGN_FROM: Final = 1e-6  # the other languages are told by their common words
_FORMS: Final = 20_000  # of a language of which only the word forms are known
_MARKUP: Final = re.compile(r"<[^>]*>|%\(?[\w.$-]*\)?[sdiufxX]?|\$\w+|\{[^}]*\}|\\n|https?://\S+|\S+@\S+")
_ACCELERATOR: Final = re.compile(r"[&_](?=\w)")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


@lru_cache(maxsize=1)
def recipe() -> dict[str, Any]:
    """Return what the detector is made of: its labels and where the words of each come from."""
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "language_recipe.json").read_text("utf-8"))
    return loaded


def gather(unpacked: Path, translated: Path, out: Path) -> dict[str, tuple[int, int]]:
    """Write words, sentences and comments of every label to `out`; return label -> (words, lines)."""
    sizes = {}
    for label in (*recipe()["supported"], *recipe()["decoys"]):
        sentences = _sentences(label, unpacked)
        comments = [line for line in _lines(translated / f"{label}.txt") if len(words_of(line)) > 2]
        words = _weighted_words(label, unpacked, [*sentences, *comments])
        _write(out / "words" / f"{label}.tsv", _table(words))
        _write(out / "sentences" / f"{label}.txt", sentences)
        _write(out / "comments" / f"{label}.txt", comments)
        sizes[label] = (len(words), len(sentences) + len(comments))
    other = _other_words(unpacked)
    _write(out / "words" / "other.tsv", _table(other))
    names, ordinary = _names(), _ordinary_words(unpacked)
    _write(out / "nameless.txt", sorted(names - ordinary | set(recipe()["international"])))
    _write(out / "ordinary_names.txt", sorted(names & ordinary))
    return sizes | {"other": (len(other), 0)}


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case, without digits and signs."""
    return _WORD.findall(text.lower())


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _table(words: dict[str, float]) -> list[str]:
    return [f"{word}\t{weight:.4g}" for word, weight in sorted(words.items())]


def _weighted_words(label: str, unpacked: Path, lines: list[str]) -> dict[str, float]:
    """Return word -> relative frequency, from lists, the lines and dictionaries."""
    listed = _by_rank(unpacked / "most-common-words" / f"{label}.txt")
    if label not in recipe()["without_wordfreq"]:
        listed = _wordfreq(label) | listed
    counts = Counter(word for line in lines for word in words_of(line))
    total = max(sum(counts.values()), 1) / (_TEXT_WEIGHT if listed else 1.0)
    known = _dictionary_words(label, unpacked) | set(_simplemma(label))
    weights = dict.fromkeys(sorted(known), _RARE)
    seen = {word: count / total for word, count in counts.items() if count > 1 or word in known}
    for table in (seen, listed):
        for word, frequency in table.items():
            weights[word] = max(weights.get(word, 0.0), frequency)
    return weights


def _is_one_word(text: str) -> bool:
    return words_of(text) == [text]


def _wordfreq(language: str) -> dict[str, float]:
    table = importlib.import_module("wordfreq").get_frequency_dict(language, wordlist="best")
    return {word: value for word, value in table.items() if _is_one_word(word)}


def _simplemma(label: str) -> Iterator[str]:
    """Yield the lower-case word forms that simplemma knows of a language."""
    if label in recipe()["without_simplemma"]:
        return
    factory = importlib.import_module("simplemma.strategies.dictionaries.dictionary_factory")
    for form in factory.DefaultDictionaryFactory().get_dictionary(label):
        text = form.decode("utf-8") if isinstance(form, bytes) else form
        if text.islower() and _is_one_word(text):
            yield text


def _dictionary_words(label: str, unpacked: Path) -> set[str]:
    """Return the words of a label's dictionaries that are written in lower case, so no names."""
    found = set()
    for file in recipe()["dictionaries"][label]:
        for line in _lines(unpacked / file):
            word = re.split(r"[/\t ]", line, maxsplit=1)[0]
            if word[:1].islower() and _is_one_word(word):
                found.add(word)
    return found


def _by_rank(path: Path) -> dict[str, float]:
    """Return Zipf weights of a list ordered by frequency."""
    return {word: 0.09 / (rank + 2.7) for rank, word in enumerate(filter(_is_one_word, _lines(path)))}


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _names() -> set[str]:
    """Return the first and last names of the markets, in lower case."""
    found: set[str] = set()
    for locale in recipe()["name_locales"]:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for field in ("first_names", "first_names_male", "first_names_female", "last_names"):
            found |= {str(name).lower() for name in getattr(provider, field, ())}
    return {name for name in found if _is_one_word(name)}


def _ordinary_words(unpacked: Path) -> set[str]:
    return {word for label in recipe()["supported"] for word in _dictionary_words(label, unpacked)}


def _other_words(unpacked: Path) -> dict[str, float]:
    """Return the common words of the languages behind the label `other`, each weighing the same."""
    merged: dict[str, float] = {}
    for language in recipe()["other"]:
        table = _common_words(language, unpacked)
        total = sum(table.values())
        for word, value in table.items():
            merged[word] = merged.get(word, 0.0) + value / total
    return merged


def _common_words(language: str, unpacked: Path) -> dict[str, float]:
    """Return word -> weight from the best list there is; a part of simplemma's forms, all of the same weight."""
    if language not in recipe()["without_wordfreq"]:
        return {word: value for word, value in _wordfreq(language).items() if value > _FOREIGN_FROM}
    listed = _by_rank(unpacked / "most-common-words" / f"{language}.txt")
    forms = sorted(set(_simplemma(language)))
    return listed or dict.fromkeys(forms[:: max(1, len(forms) // _FORMS)], 1.0)


def _sentences(label: str, unpacked: Path) -> list[str]:
    """Return translated messages and help texts of one language, each once, in a fixed order."""
    found: set[str] = set()
    for locale in recipe()["locales"].get(label, [label]):
        for path in sorted(unpacked.rglob(f"{locale}/LC_MESSAGES/*.mo")):
            found.update(_messages(path))
        for path in sorted((unpacked / "usr/share/libreoffice/help").glob(f"{locale}/**/*.html")):
            found.update(_paragraphs(path))
    usable = sorted(line for line in found if _is_prose(line))
    return usable[:: max(1, len(usable) // _SENTENCES)][:_SENTENCES]


def _messages(path: Path) -> Iterator[str]:
    """Yield the translations of a compiled message catalogue that differ from their original."""
    try:
        with path.open("rb") as file:
            catalogue = vars(gettext.GNUTranslations(file))["_catalog"]
    except (OSError, UnicodeDecodeError, ValueError):
        return
    for original, message in catalogue.items():
        if original and message != (original[0] if isinstance(original, tuple) else original):
            yield _plain(message)


def _paragraphs(path: Path) -> Iterator[str]:
    for part in re.findall(r"<p[^>]*>(.*?)</p>", path.read_text("utf-8", errors="replace"), flags=re.DOTALL):
        yield _plain(part)


def _plain(text: str) -> str:
    text = _MARKUP.sub(" ", html.unescape(text))
    return re.sub(r"\s+", " ", _ACCELERATOR.sub("", text)).strip()[:300]


def _is_prose(line: str) -> bool:
    words = words_of(line)
    return len(words) >= 3 and sum(map(len, words)) > 0.6 * len(line.replace(" ", ""))
