"""The folder of a trained model."""

import errno
from pathlib import Path

import pytest
from safetensors import SafetensorError

from cxtext.errors import OutputError
from cxtext.train.folder import model_folder


@pytest.mark.parametrize(
    "full",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_an_output_that_cant_be_written(full: Exception, tmp_path: Path) -> None:
    """Whoever finds it; nothing is left behind."""
    with pytest.raises(OutputError, match=r"model: can't be written \(No space left on device\); choose"):  # noqa: SIM117
        with model_folder(tmp_path / "model", force=False):
            raise full
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_safetensors_that_is_none_of_the_disk_stays_what_it_is(tmp_path: Path) -> None:
    """It is a fault of ours."""
    with pytest.raises(SafetensorError), model_folder(tmp_path / "model", force=False):
        raise SafetensorError("wrong dtype")
