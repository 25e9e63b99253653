"""Free sentiment packages for one of the four languages, as functions from a text to its polarity.

    pip install --constraint constraints.txt ".[bench]"

Each is used as its own README does. Polarity is above 0 for positive, below 0 for negative; 0 is no answer, which
lexicons give a text that has none of their words.
"""

from collections.abc import Callable, Iterator
from typing import Any

Polarity = Callable[[str], float]


def peers(language: str) -> Iterator[tuple[str, Polarity]]:
    """Yield the name and the polarity function of each package that covers the language."""
    for name, (languages, load) in PEERS.items():
        if language in languages:
            yield name, load(language)


def _afinn(language: str) -> Polarity:
    from afinn import Afinn

    return Afinn(language=language, emoticons=True).score  # type: ignore[no-any-return]


def _vader(_: str) -> Polarity:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    scores = SentimentIntensityAnalyzer().polarity_scores
    return lambda text: float(scores(text)["compound"])


def _asent(language: str) -> Polarity:
    import asent  # noqa: F401  registers its pipes
    import spacy

    pipeline = spacy.blank(language)
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe(f"asent_{language}_v1")
    return lambda text: float(pipeline(text)._.polarity.compound or 0)


def _sentida(_: str) -> Polarity:
    from sentida import Sentida

    analyser = Sentida()

    def polarity(text: str) -> float:
        try:
            return float(analyser.sentida(text, output="mean", normal=False))
        except UnboundLocalError:  # sentida 0.6.0 fails on a text without words
            return 0.0

    return polarity


def _textblob(language: str) -> Polarity:
    from importlib import import_module

    from textblob import TextBlob

    analyser: Any = import_module(f"textblob_{language}").PatternAnalyzer()
    return lambda text: float(TextBlob(text, analyzer=analyser).sentiment[0])


PEERS: dict[str, tuple[tuple[str, ...], Callable[[str], Polarity]]] = {
    "afinn": (("da", "en"), _afinn),
    "asent": (("da", "en"), _asent),
    "sentida": (("da",), _sentida),
    "textblob-fr": (("fr",), _textblob),
    "textblob-nl": (("nl",), _textblob),
    "vaderSentiment": (("en",), _vader),
}
