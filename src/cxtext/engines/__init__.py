"""Loaded models behind the protocols of schema. Each loader imports its library only when called."""

from functools import lru_cache
from pathlib import Path

from cxtext import registry
from cxtext.schema.protocols import Detector, StarEngine, TermExtractor
from cxtext.schema.results import ModelUsed

LANGUAGE_MODEL = "language"
SHORT_NAMES = {"linear": "stars-linear", "transformer": "stars"}  # engine name -> folder under models/
CASCADE = "cascade"  # linear where it is sure, transformer for the rest
HUGGING_FACE = "hf:"


@lru_cache(maxsize=1)
def load_detector() -> Detector:
    """Return the language detector that ships with cxtext.

    Raises
    ------
    MissingModelError: its files are missing or altered.
    """
    from cxtext.engines.language import NgramDetector

    return NgramDetector.load(LANGUAGE_MODEL)


@lru_cache(maxsize=4)
def load_star_engine(spec: str) -> StarEngine:
    """Return the engine that `spec` names: `linear`, `transformer`, `cascade`, a model folder, or `hf:PATH`.

    Raises
    ------
    MissingModelError: the model or the extra it needs is missing, altered or refused.
    """
    if spec.startswith(HUGGING_FACE):
        from cxtext.engines.huggingface import load_checkpoint

        return load_checkpoint(spec.removeprefix(HUGGING_FACE))
    if spec == CASCADE:
        from cxtext.engines.cascade import CascadeEngine

        return CascadeEngine.load()
    name = SHORT_NAMES.get(spec, spec)
    if registry.model(name).config.get("kind") == "transformer":
        from cxtext.engines.transformer import TransformerEngine

        return TransformerEngine.load(name)
    from cxtext.engines.linear import LinearEngine

    return LinearEngine.load(name)


@lru_cache(maxsize=8)
def load_term_extractor(language: str) -> TermExtractor:
    """Return the extractor of content terms for one language."""
    from cxtext.engines.terms import SpacyTerms

    return SpacyTerms.load(language)


def models_used(spec: str) -> tuple[ModelUsed, ...]:
    """Return name, version and file hashes of the models that a run with this star engine reads.

    Raises
    ------
    MissingModelError: a model is missing.
    """
    if spec.startswith(HUGGING_FACE):
        return (_declared(LANGUAGE_MODEL), _checkpoint(spec))
    parts = tuple(SHORT_NAMES) if spec == CASCADE else (spec,)
    return (_declared(LANGUAGE_MODEL), *(_declared(part) for part in parts))


def _declared(spec: str) -> ModelUsed:
    asset = registry.model(SHORT_NAMES.get(spec, spec))
    return ModelUsed(asset.name, str(asset.config["version"]), dict(asset.config["files"]))


def _checkpoint(spec: str) -> ModelUsed:
    folder = Path(spec.removeprefix(HUGGING_FACE))
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return ModelUsed(spec, "", {path.name: registry.sha256(path) for path in files})
