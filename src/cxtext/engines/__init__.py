"""Loaded models behind the protocols of schema. Each loader imports its library only when called."""

from functools import lru_cache

from cxtext.schema.protocols import Detector, StarEngine, TermExtractor


@lru_cache(maxsize=1)
def load_detector() -> Detector:
    """Return the language detector that ships with cxtext.

    Raises
    ------
    MissingModelError: its files are missing or altered.
    """
    from cxtext.engines.language import NgramDetector

    return NgramDetector.load("language")


@lru_cache(maxsize=4)
def load_star_engine(spec: str) -> StarEngine:
    """Return the engine that `spec` names: `linear`, a model folder, or `hf:PATH`.

    Raises
    ------
    MissingModelError: the model or the extra it needs is missing, altered or refused.
    """
    if spec.startswith("hf:"):
        from cxtext.engines.huggingface import HuggingFaceEngine

        return HuggingFaceEngine.load(spec.removeprefix("hf:"))
    from cxtext.engines.linear import LinearEngine

    return LinearEngine.load("stars-linear" if spec == "linear" else spec)


@lru_cache(maxsize=8)
def load_term_extractor(language: str) -> TermExtractor:
    """Return the extractor of content terms for one language."""
    from cxtext.engines.terms import SpacyTerms

    return SpacyTerms.load(language)
