"""Names the languages that the n-gram detector has no label of their own for, with langdetect."""

import re
from functools import lru_cache
from importlib import resources
from typing import Any, Final

_SEED: Final = 0
_TRIALS: Final = 2  # of langdetect's random walks; its default of 7 takes three times as long
_CHARACTERS: Final = 100
_SURE: Final = 0.9
# From Greek on, less the further Latin blocks and the signs between them.
_FOREIGN: Final = re.compile(
    r"[\u0370-\u1dff\u1f00-\u1fff\u2c80-\ua71f\ua800-\uab2f\uab70-\ufaff\ufb13-\uff20]"
)
_CODES: Final = {"no": "nb", "zh-cn": "zh", "zh-tw": "zh"}


class ForeignNamer:
    """langdetect with its 55 profiles, loaded when first asked; the same text always gets the same answer."""

    def name(self, text: str) -> str | None:
        """Return the ISO 639-1 code of the text's language, null when langdetect is not sure of one."""
        detector = _factory().create()
        detector.n_trial = _TRIALS
        detector.append(text[:_CHARACTERS])
        try:
            found = detector.get_probabilities()
        except _nothing_to_read():
            return None
        return _CODES.get(found[0].lang, found[0].lang) if found and found[0].prob >= _SURE else None


@lru_cache(maxsize=1)
def _factory() -> Any:
    """Return a factory of our own with its own seed; langdetect's module-wide one is left alone."""
    from langdetect.detector_factory import DetectorFactory

    profiles = resources.files("langdetect") / "profiles"
    files = sorted(
        (file for file in profiles.iterdir() if not file.name.startswith(".")), key=lambda f: f.name
    )
    factory = DetectorFactory()
    factory.load_json_profile([file.read_text("utf-8") for file in files])
    factory.seed = _SEED
    return factory


@lru_cache(maxsize=1)
def _nothing_to_read() -> type[Exception]:
    from langdetect.lang_detect_exception import LangDetectException

    error: type[Exception] = LangDetectException
    return error


def foreign_script_share(text: str) -> float:
    """Return the share of letters that are not Latin, 0 for a text without letters."""
    foreign = _FOREIGN.findall(text)
    if not foreign:
        return 0.0
    letters = sum(map(str.isalpha, text))
    return sum(map(str.isalpha, foreign)) / letters if letters else 0.0
