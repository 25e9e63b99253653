"""Settings are checked once, and a wrong one is named."""

from pathlib import Path

import pytest

from cxtext.errors import InputError, UsageError
from cxtext.schema.settings import load_settings


def test_options_win_over_the_file(tmp_path: Path) -> None:
    """Defaults, then cxtext.toml, then options."""
    path = tmp_path / "cxtext.toml"
    path.write_text('min_group_n = 30\nengine = "a"\n[columns]\ntext = ["Toelichting"]\n')
    settings = load_settings(path, {"engine": "b", "level": None})
    assert (settings.min_group_n, settings.engine, settings.level) == (30, "b", 0.95)
    assert settings.columns == {"text": ("Toelichting",)}


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"colour": "blue"}, "colour"),
        ({"level": 1.5}, "level"),
        ({"by": [["planet"]]}, "by"),
        ({"by": [["market", "market"]]}, "crosses a dimension with itself"),
        ({"language": {"closed": ["nl", "tlh"]}}, "tlh"),
        ({"columns": {"mood": ["x"]}}, "mood"),
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
