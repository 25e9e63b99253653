"""Starting must be quick, and the library must leave the world as it found it."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "onnxruntime", "tokenizers", "spacy", "sklearn", "langdetect", "py3langid"}


@pytest.mark.parametrize(
    "code", ["import cxtext", "import cxtext.cli.app", "import cxtext.pipeline", "import cxtext.stream"]
)
def test_importing_loads_no_model_library(code: str) -> None:
    """Heavy libraries are imported by the engine that needs them, when it is loaded."""
    script = f"{code}; import sys; print(*sorted(set(sys.modules) & {HEAVY}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_adding_columns_loads_nothing_that_an_analysis_takes() -> None:
    """`cxtext detect` and `cxtext classify` answer soon."""
    slow = {
        "cxtext.pipeline",
        "cxtext.measure",
        "cxtext.compare",
        "cxtext.report",
        "scipy.optimize",
        "scipy.special",
        "xlsxwriter",
    }
    script = f"import cxtext.stream, sys; print(*sorted(set(sys.modules) & {slow}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_help_loads_no_model_library() -> None:
    """`cxtext --help` answers at once."""
    script = (
        "import sys\nfrom cxtext.cli import main\nsys.argv = ['cxtext', '--help']\n"
        f"try:\n    main()\nexcept SystemExit:\n    pass\nassert not set(sys.modules) & {HEAVY}"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "analyse" in done.stdout
