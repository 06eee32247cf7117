"""What the README says is true."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from building import hatchling
from projects import tomllib

from hatch_nocache.config import OPTIONS, parse
from hatch_nocache.findings import CODES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location("tables", str(ROOT / "scripts" / "tables.py"))
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = path
    return module


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("README.md", marks=pytest.mark.skipif(hatchling() < (1, 27), reason="shows a newer Hatchling")),
        "docs/tools.md",
        "test-projects/README.md",
    ],
)
def test_what_is_generated_is_up_to_date(tables, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == tables.written(name), "run `hatch run long:tables`"


def test_every_code_and_key_is_there() -> None:
    for code in CODES.values():
        assert code.cause in README
        assert code.remedy in README
    for key in OPTIONS:
        assert f"| `{key}` |" in README


def test_first_screen() -> None:
    """The error, the cause, the fix without the plugin and the fix with it, in this order, on one screen."""
    screen = "\n".join(README.splitlines()[:42])
    order = ["outside of the target directory", "**Why.**", "UV_CACHE_DIR", ">> .gitignore", "hooks.nocache]"]
    assert [screen.index(words) for words in order] == sorted(screen.index(words) for words in order)


def test_toml_blocks() -> None:
    """Each can be read, and what stands in the hook's tables is right."""
    blocks = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL)]
    assert len(blocks) == 3
    for block in blocks:
        build = block.get("tool", {}).get("hatch", block)["build"]
        tables = {"sdist": build["hooks"]["nocache"]}
        tables.update((name, target["hooks"]["nocache"]) for name, target in build.get("targets", {}).items())
        for target, table in tables.items():
            parse(table, prefix="tool.hatch.build.hooks.nocache", target=target)


def test_both_files_say_the_same() -> None:
    pyproject, hatch = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", README, re.DOTALL)[1:])
    assert pyproject["tool"]["hatch"] == hatch


def test_links_within_the_readme() -> None:
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in README.splitlines()}
    assert [anchor for anchor in re.findall(r"\]\(#([^)]*)\)", README) if anchor not in headings] == []


def test_files_that_the_readme_links_to() -> None:
    linked = re.findall(r"\]\(((?!https:)[^#)]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).is_file()] == []
