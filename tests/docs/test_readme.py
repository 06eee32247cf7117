"""What the README says of the program is what the program says. Its code blocks: test_readme_blocks.py."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest
from building import hatchling
from projects import tomllib
from readme import README, ROOT, script

from hatch_nocache.findings import CODES
from hatch_nocache.options import OPTIONS

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("*/*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def tables():
    return script("tables")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("README.md", marks=pytest.mark.skipif(hatchling() < (1, 27), reason="shows a newer Hatchling")),
        "benchmarks/README.md",
        "docs/tools.md",
        "src/hatch_nocache/caches/vocabulary.py",
        "test-projects/README.md",
    ],
)
def test_what_is_generated_is_up_to_date(tables, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == tables.written(name), "run `hatch run long:tables`"


def test_every_message_is_generated(tables) -> None:
    """No block of output is written by hand."""
    marked = re.findall(r"<!-- \w+: begin -->\n```console\n", README)
    assert (
        len(marked) == README.count("```console") == len(set(tables.PARTS["README.md"]) - {"codes", "cost", "options"})
    )


def test_every_code_and_key_is_there() -> None:
    for code in CODES.values():
        assert f"| **{code.id}** |" in README
        assert code.cause in README
        assert code.remedy in README
    for key, option in OPTIONS.items():
        assert re.search(rf"^\| `{key}` \| .* \| {re.escape(option.default)} \| ", README, re.MULTILINE)
    assert set(re.findall(r"NC\d{3}", README)) == set(CODES)


def test_first_screen() -> None:
    """The error, the cause, the fix without the plugin and the fix with it, in this order, on one screen."""
    screen = "\n".join(README.splitlines()[:42])
    order = ["outside of the target directory", "**Why.**", "UV_CACHE_DIR", ">> .gitignore", "hooks.nocache]"]
    assert [screen.index(words) for words in order] == sorted(screen.index(words) for words in order)


def test_floors() -> None:
    assert PROJECT["requires-python"] == ">=3.8"
    assert "hatchling>=1.22.0" in PROJECT["dependencies"]
    assert "Python 3.8 or newer, Hatchling 1.22 or newer" in README


def test_it_needs_nothing_that_hatchling_does_not_bring() -> None:
    assert "It needs nothing that Hatchling does not bring" in README

    def names(requirements) -> set:
        return {re.match(r"[\w-]+", requirement).group() for requirement in requirements}

    assert names(PROJECT["dependencies"]) <= {"hatchling"} | names(importlib.metadata.requires("hatchling"))


def test_links_are_absolute_where_there_is_a_home(tables, tmp_path: Path, monkeypatch) -> None:
    """The picture itself, and not the page that shows it. A home that has moved takes them along."""
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    text = "[[a](x/b.md), see ![c\nd](e.svg), [f](https://f.example/), [g](#g)"
    at, then = (f"https://{place}/hatch-nocache" for place in ("github.com/someone", "example.org/other"))
    for home, urls in (
        (at, f'[project.urls]\nSource = "{at}"'),
        (then, f'[project.urls]\nSource = "{then}"'),
        ("", ""),
    ):
        (tmp_path / "pyproject.toml").write_text(f"[project]\n{urls}", encoding="utf-8")
        blob, raw = (f"{home}/{kind}/main/" if home else "" for kind in ("blob", "raw"))
        wanted = f"[[a]({blob}x/b.md), see ![c\nd]({raw}e.svg), [f](https://f.example/), [g](#g)"
        text = tables.absolute(text)
        assert text == wanted
        assert tables.absolute(text) == wanted


def test_links_within_the_readme() -> None:
    headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in README.splitlines()}
    assert [anchor for anchor in re.findall(r"\]\(#([^)]*)\)", README) if anchor not in headings] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_are_linked_to(tables, path: Path) -> None:
    linked = re.findall(r"\]\(((?!https:)[^#)\s]+)\)", tables.relative(path.read_text(encoding="utf-8")))
    assert linked or path.name != "README.md" or path.parent != ROOT
    assert [name for name in linked if not (path.parent / name).is_file()] == []
