"""Settings are checked once, and a wrong one is named."""

from pathlib import Path

import pytest

from cxtext.errors import InputError, UsageError
from cxtext.schema.settings import SATISFIED_FROM, Settings, load_settings


def test_options_win_over_the_file(tmp_path: Path) -> None:
    """Defaults, then cxtext.toml, then options."""
    path = tmp_path / "cxtext.toml"
    path.write_text('min_group_n = 30\nengine = "a"\n[columns]\ntext = ["Toelichting"]\n')
    settings = load_settings(path, {"engine": "b", "level": None})
    assert (settings.min_group_n, settings.engine, settings.level) == (30, "b", 0.95)
    assert settings.columns == {"text": ("Toelichting",)}


def test_an_option_leaves_the_rest_of_its_table(tmp_path: Path) -> None:
    """Options win over the keys they name, not over the whole table."""
    path = tmp_path / "cxtext.toml"
    path.write_text(
        '[language]\nclosed = ["nl", "fr"]\nuse_mix = false\n[columns]\nmarket = ["Land"]\ntext = ["Tekst"]\n'
    )
    settings = load_settings(path, {"language": {"use_mix": True}, "columns": {"text": ("T",)}})
    assert (settings.language.closed, settings.language.use_mix) == (("nl", "fr"), True)
    assert settings.columns == {"market": ("Land",), "text": ("T",)}


def test_a_threshold_leaves_those_of_other_scales(tmp_path: Path) -> None:
    """Whichever way it is set."""
    path = tmp_path / "cxtext.toml"
    path.write_text('[satisfied_from]\n"1-5" = 3\n')
    for settings in (load_settings(path, {}), Settings(satisfied_from={"1-5": 3})):
        assert settings.satisfied_from == SATISFIED_FROM | {"1-5": 3}


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"colour": "blue"}, "colour"),
        ({"level": 1.5}, "level"),
        ({"seed": -1}, "seed.* 0"),
        ({"report_language": "de"}, "report_language.*'nl'"),
        ({"by": [["planet"]]}, "by"),
        ({"by": [["market", "market"]]}, "crosses a dimension with itself"),
        ({"language": {"closed": ["nl", "tlh"]}}, "tlh"),
        ({"columns": {"mood": ["x"]}}, "mood"),
        ({"satisfied_from": {"1-6": 5}}, "1-6 is no scale; there are 1-5"),
    ],
)
def test_a_wrong_setting_is_named(overrides: dict[str, object], named: str) -> None:
    """One line, with the setting that is wrong."""
    with pytest.raises(UsageError, match=named):
        load_settings(None, overrides)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    """The error names the file."""
    path = tmp_path / "cxtext.toml"
    path.write_text("min_group_n = = 3")
    with pytest.raises(InputError, match=r"cxtext\.toml"):
        load_settings(path, {})
