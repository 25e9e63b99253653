"""A model is used only as it was shipped."""

from pathlib import Path

import pytest

from cxtext import registry
from cxtext.errors import MissingModelError


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    (tmp_path / "weights.bin").write_bytes(b"12345")
    registry.seal(tmp_path, {"version": "1"}, ["weights.bin"])
    return tmp_path


def test_a_sealed_model_opens(sealed: Path) -> None:
    """What seal writes, model reads."""
    asset = registry.model(str(sealed))
    assert asset.path("weights.bin").read_bytes() == b"12345"


def test_an_altered_file_is_refused(sealed: Path) -> None:
    """One changed byte is enough."""
    (sealed / "weights.bin").write_bytes(b"12346")
    with pytest.raises(MissingModelError, match=r"weights\.bin: altered"):
        registry.model(str(sealed)).path("weights.bin")


def test_a_missing_file_is_refused(sealed: Path) -> None:
    """The error names the file."""
    (sealed / "weights.bin").unlink()
    with pytest.raises(MissingModelError, match=r"weights\.bin: missing"):
        registry.model(str(sealed)).path("weights.bin")


@pytest.mark.parametrize("content", ['{"version": ', "5", "\udcff"])
def test_a_broken_config_is_told_from_an_unknown_model(sealed: Path, content: str) -> None:
    """The error names the file, not the models that ship."""
    (sealed / "config.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(MissingModelError, match=r"config\.json: no JSON object"):
        registry.model(str(sealed))


def test_an_unknown_model_names_those_that_ship() -> None:
    """The remedy is in the line."""
    with pytest.raises(MissingModelError, match="stars-linear"):
        registry.model("nonesuch")


@pytest.mark.parametrize("kind", ["models", "corpora"])
def test_all_that_ships_is_intact(kind: str) -> None:
    """Every declared file of every shipped asset has its declared hash."""
    assets = [registry.model(str(folder)) for folder in registry.assets(kind).values()]
    assert assets
    assert all(asset.path(file).is_file() for asset in assets for file in asset.config["files"])
