"""The commands that the docs show work, and every command and option is documented."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer.main

from cxtext import registry
from cxtext.cli.app import app

ROOT = Path(__file__).parents[2]
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHOWN = ["README.md", "docs/cli.md"]


def commands(path: Path) -> list[str]:
    blocks = CONSOLE.findall(path.read_text("utf-8"))
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ cxtext")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the docs assume it: the demo's files under the names the examples use."""
    demo = registry.assets("corpora")["demo"]
    for name in ("comments.jsonl", "surveys.csv"):
        shutil.copy(demo / name, tmp_path)
    gold = pl.read_csv(demo / "gold.csv").join(pl.read_ndjson(demo / "comments.jsonl"), on="comment_id")
    gold.drop("rating").write_csv(tmp_path / "labelled.csv")
    return tmp_path


@pytest.mark.parametrize("page", SHOWN)
def test_every_command_a_page_shows_runs(page: str, folder: Path) -> None:
    """In the order of the page, in one folder, each with exit code 0."""
    shown = commands(ROOT / page)
    assert shown
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command in shown:
        done = subprocess.run(
            shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def walk(command: Any, path: str = "") -> list[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        return [(path.strip(), command)]
    parts = [walk(child, f"{path} {name}") for name, child in command.commands.items() if not child.hidden]
    return [found for part in parts for found in part]


@pytest.mark.parametrize(("name", "command"), walk(typer.main.get_command(app)))
def test_every_command_and_option_is_documented(name: str, command: Any) -> None:
    """docs/cli.md names each, and each has a help text with an example."""
    page = (ROOT / "docs/cli.md").read_text("utf-8")
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    missing = [word for word in (f"cxtext {name}", *options) if word not in page]
    assert missing == []
    assert f"cxtext {name}" in (command.help or "")
