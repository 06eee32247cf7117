"""All documents: generated parts, links, codes and options, and nothing of one machine."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Set

import pytest
from building import hatchling
from projects import tomllib
from readme import README, ROOT, script

from hatch_nocache._hatchling import KNOWN_VERSIONS
from hatch_nocache.rules import CODES

FOLDERS = ("benchmarks", "docs", "test-projects")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *(path for name in FOLDERS for path in sorted(ROOT.glob(f"{name}/*.md")))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HATCHLING = importlib.metadata.requires("hatchling")
TABLES = script("tables")
IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]


@pytest.mark.parametrize("name", [*TABLES.PARTS, *TABLES.WHOLE])
def test_generated_parts_are_up_to_date(name: str) -> None:
    if name == "README.md" and hatchling() < (1, 27):
        pytest.skip("the README shows a newer Hatchling")
    assert (ROOT / name).read_text(encoding="utf-8") == TABLES.written(name), "run `hatch run long:tables`"


def test_the_output_in_the_readme_is_generated() -> None:
    generated = re.findall(r"<!-- \w+: begin -->\n```console\n", README)
    assert len(generated) == README.count("```console") == 2


def test_every_code_has_a_section() -> None:
    text = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(CODES)
    for path in DOCUMENTS:
        assert set(re.findall(r"NC\d{3}", path.read_text(encoding="utf-8"))) <= set(CODES), path


def test_supported_versions() -> None:
    """The README, the metadata and the check for known versions agree."""
    assert PROJECT["requires-python"] == ">=3.8"
    oldest, newest = KNOWN_VERSIONS
    assert f"hatchling>={oldest}" in PROJECT["dependencies"]
    assert f"Python 3.8 or newer; Hatchling {oldest} to {newest}." in README


def test_dependencies_are_those_of_hatchling() -> None:
    assert "depends only on Hatchling and pathspec" in README
    names = [
        set(re.findall(r"^[\w-]+", "\n".join(each), re.MULTILINE)) for each in (PROJECT["dependencies"], HATCHLING)
    ]
    assert names[0] == {"hatchling", "pathspec"} <= {"hatchling", *names[1]}


def anchors(text: str) -> Set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_links(path: Path) -> None:
    """Files and headings that a document links to exist."""
    text = path.read_text(encoding="utf-8")
    home = PROJECT.get("urls", {}).get("Source", "https://there.is.none/")
    for link in re.findall(r"\]\(([^)\s]+)\)", text.replace(f"{home}/blob/main/", "")):
        if link.startswith("https:"):
            continue
        name, _, anchor = link.partition("#")
        linked = path.parent / name if name else path
        assert linked.is_file(), link
        assert not anchor or anchor in anchors(linked.read_text(encoding="utf-8")), link


def test_every_document_is_linked() -> None:
    """The README or CONTRIBUTING.md leads to each document."""
    text = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {name for name in IDS if f"({name})" not in text and name != "README.md"} == {"docs/recall.md"}
    assert "(recall.md)" in (ROOT / "docs" / "tools.md").read_text(encoding="utf-8")


def test_links_for_the_package_index() -> None:
    absolute = script("links").absolute
    text = "[a](x/b.md#c), [d](https://e.example/), [f](#g)"
    wanted = "[a](https://h.example/r/blob/main/x/b.md#c), [d](https://e.example/), [f](#g)"
    assert absolute(text, "https://h.example/r") == absolute(wanted, "https://h.example/r") == wanted


@pytest.mark.parametrize("path", DOCUMENTS, ids=IDS)
def test_nothing_of_one_machine(path: Path) -> None:
    """No placeholder for the user to fill in, and no path of the machine where the text was written."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"OWNER|TODO|FIXME|/(?:root|home|work|Users)/\w+", text) == []
    assert str(ROOT) not in text
