import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "language.py"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """Return the benchmark script as a module."""
    spec = importlib.util.spec_from_file_location("benchmark_language", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_a_section_is_replaced_and_the_rest_of_the_page_stays(benchmark: ModuleType, tmp_path: Path) -> None:
    """Written twice, the page holds the second section once, between what others wrote."""
    page = tmp_path / "languages.md"
    page.write_text("# Languages\n\n<!-- stars -->\nkept\n", "utf-8")
    benchmark.write_section(page, "first")
    page.write_text(page.read_text("utf-8") + "\nafter\n", "utf-8")
    benchmark.write_section(page, "second")
    text = page.read_text("utf-8")
    assert text.startswith("# Languages\n\n<!-- stars -->\nkept\n")
    assert text.rstrip().endswith("after")
    assert text.count(benchmark.BEGIN) == text.count(benchmark.END) == text.count("second") == 1
    assert "first" not in text


def test_one_comment_in_ten_gets_another_languages_market(benchmark: ModuleType) -> None:
    """The choice follows from the id, and never falls on the language's own market."""
    markets = [benchmark.stray_market(f"comment-{i}", "da") for i in range(5000)]
    strays = [market for market in markets if market]
    assert 0.08 < len(strays) / 5000 < 0.12
    assert set(strays) == {"NL", "FR", "GB"}
    assert markets == [benchmark.stray_market(f"comment-{i}", "da") for i in range(5000)]


def test_accuracies_are_means_over_languages_not_texts(benchmark: ModuleType) -> None:
    """Each language weighs the same."""
    assert benchmark.mean_of({"nl": 1.0, "fr": 0.5, "da": 0.5, "en": 1.0}) == 0.75
    assert benchmark.percent(0.9876) == "98.8"
    assert benchmark.percent(0.9951) == "99.51"
