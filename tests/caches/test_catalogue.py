"""The table of tools: each row is shown by what its tool leaves behind, and by a near miss."""

from __future__ import annotations

import re

import pytest
from cache_samples import HOME, SAMPLES, SIGNATURE
from fakes import FakeDirectory, tree

from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENTS, LISTS
from hatch_nocache.caches.declared import Declaration, Surroundings
from hatch_nocache.caches.detect import detect, head_names
from hatch_nocache.caches.match import BUDGET, find, is_shaped
from hatch_nocache.caches.model import Shape, Tool

HERE = "/project/zeta-3"
SEEN = [sample for sample in SAMPLES if not sample.declared]
TOOLS = {tool.name: tool for tool in [*CATALOGUE, ENVIRONMENTS]}
# A checkout has `setup.py`: it is no directory that a variable leads to.
UNTAGGED = [sample for sample in SAMPLES if not sample.tagged and "setup.py" not in sample.lines]
DECLARED = [sample for sample in UNTAGGED if TOOLS[sample.tool].variables or TOOLS[sample.tool].keys]


def _id(value: object) -> str:
    return getattr(value, "tool", "") or getattr(value, "name", "") or str(value)


def _said(tool: Tool) -> Surroundings:
    return Surroundings((Declaration(tool, HERE, "SOME_DIR", "SOME_DIR=zeta-3"),))


def test_every_row_has_a_sample_and_a_near_miss() -> None:
    """Add what the tool leaves behind, and what a project may have instead, to tests/helpers/cache_samples.py."""
    assert {sample.tool for sample in SAMPLES} == set(TOOLS)
    assert {sample.tool for sample in DECLARED} == {tool.name for tool in CATALOGUE if tool.variables or tool.keys}
    # Without a near miss of its own, a sample is tried under a similar name. That says nothing about a shape of marks.
    with_marks = {tool.name for tool in CATALOGUE if any(shape.marks for shape in tool.shapes)}
    assert with_marks <= {sample.tool for sample in SAMPLES if sample.near_misses}


def test_names_and_variables_are_unique() -> None:
    """The name tells the rows apart. A variable leads to one cache; different paths below its value may be others."""
    names = [tool.name for tool in CATALOGUE]
    own = [name for tool in CATALOGUE for name in tool.names]
    variables = [variable for tool in CATALOGUE for variable in tool.variables]
    assert [len(claims) - len(set(claims)) for claims in (names, own, variables)] == [0, 0, 0]
    assert {variable.split("/")[0] for variable in variables} >= LISTS


@pytest.mark.parametrize("tool", CATALOGUE, ids=_id)
def test_row_is_valid(tool: Tool) -> None:
    """A row must lead somewhere, a build output must need a tag, and expressions must compile."""
    assert tool.kind in ("cache", "home", "environment", "environments", "output")
    assert tool.variables or tool.keys or tool.names or tool.shapes
    assert tool.kind != "output" or (tool.variables, tool.keys, tool.names) == ((), (), ())
    for pattern in [tool.layout, tool.says, *(shape.only for shape in tool.shapes)]:
        re.compile(pattern)
    for mark in [*tool.proof, *tool.secrets, *(mark for shape in tool.shapes for mark in shape.marks)]:
        path, _, says = mark.partition(": ")
        re.compile(says)
        for segment in path.rstrip("/").split("/"):
            assert segment
            re.compile(segment.lstrip("~") if segment != "**" else "")


@pytest.mark.parametrize("sample", SEEN, ids=_id)
@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_sample_is_detected(sample, location) -> None:
    directory = tree(*sample.lines, path=sample.at, location=location)
    found = detect(directory)
    assert (found.name, found.code) == (sample.tool, "NC001" if sample.tagged else sample.code)
    assert found.reason
    assert found.output == (TOOLS[sample.tool].kind == "output")
    assert found.environment == ("environment" in TOOLS[sample.tool].kind)
    directory.nodes["CACHEDIR.TAG"] = SIGNATURE.encode()
    assert detect(directory)[:2] == ("NC001", sample.tool)


@pytest.mark.parametrize("sample", SAMPLES, ids=_id)
def test_near_miss_stays(sample) -> None:
    at = sample.at if sample.near_misses else f"{sample.at}-notes"
    for lines in sample.near_misses or [("x.c",)]:
        for location in (HERE, None):
            directory = tree(*lines, path=at, location=location)
            assert detect(directory, *([_said(TOOLS[sample.tool])] if sample.declared else [])) is None, lines


@pytest.mark.parametrize("sample", [sample for sample in SEEN if not sample.tagged], ids=_id)
def test_package_is_no_cache(sample) -> None:
    """With `__init__.py` at its top, or as one of the project's own packages, or around one."""
    directory = tree(*sample.lines, path=sample.at)
    assert detect(tree(*sample.lines, "__init__.py", path=sample.at)) is None
    for own, is_cache in ((sample.at, False), (sample.at + "/package", False), (sample.at + "-package", True)):
        assert (detect(directory, Surroundings(own_packages=(own,))) is not None) == is_cache


@pytest.mark.parametrize("name", [name for tool in CATALOGUE for name in tool.names])
def test_own_name_is_enough(name) -> None:
    tool = next(tool for tool in CATALOGUE if name in tool.names)
    expected = ("NC003", tool.name, "only the tool uses this directory name")
    assert detect(tree("x", path=f"deep/{name}"))[:3] == expected
    assert detect(tree("x", path=f"deep/{name}.d")) is None


@pytest.mark.parametrize("sample", DECLARED, ids=_id)
def test_declared_directory(sample) -> None:
    """It is the tool's if it is empty, or has something that only the tool writes and no files of others."""
    tool = TOOLS[sample.tool]
    directory = tree(*sample.lines, path=sample.at, location=HERE)
    expected = ("NC002", tool.name, "SOME_DIR=zeta-3")
    assert detect(directory, _said(tool))[:3] == expected
    for lines in ((), (".lock",), (".gitignore=*", ".DS_Store")):
        assert detect(tree(*lines, location=HERE), _said(tool))[:3] == expected
    for lines in (
        ("guide.md", "main.c", "figures/x.svg"),
        ("module/__init__.py", "__init__.py"),
        ("pyproject.toml",),
        ("setup.py", "archive-v0/", "wheels-v5/", "3.11/", "26.1/"),
    ):
        assert detect(tree(*lines, location=HERE), _said(tool)) is None
    directory.nodes["CACHEDIR.TAG"] = SIGNATURE.encode()
    found = detect(directory, _said(tool))
    assert (found.code, found.name) == ("NC001", tool.name)
    assert "SOME_DIR=" in found.reason


@pytest.mark.parametrize("sample", [sample for sample in SEEN if "/" in sample.at], ids=_id)
@pytest.mark.parametrize("location", [HERE, None], ids=["disk", "archive"])
def test_file_next_to_a_cache(sample, location) -> None:
    """It neither hides the cache (see above) nor is lost with it."""
    parent, _, name = sample.at.rpartition("/")
    directory = tree("config", "notes.md", *(f"{name}/{line}" for line in sample.lines), path=parent, location=location)
    assert detect(directory) is None


def test_pickles_of_pylint() -> None:
    """They name its class first. Those of others, and a profiler's files, are something else."""
    pickles = dict.fromkeys(("a_1.stats", "b_1.stats"), b"\x80\x04\x95\x8c\x18pylint.utils.linterstats")
    assert detect(FakeDirectory(pickles)).name == "Pylint cache"
    for others in (dict.fromkeys(pickles, b"\x80\x04\x95\x8c\x04runs"), {**pickles, "x.c": b""}):
        assert detect(FakeDirectory(others)) is None


def test_names_whose_text_is_looked_at() -> None:
    """A reader of archives must know the files whose beginnings to keep."""
    assert head_names().issuperset(["CACHEDIR.TAG", "pyvenv.cfg", ".gitignore", "activate", "README", ".git", "config"])
    assert not any(name.startswith("~") for name in head_names())


def test_search_is_bounded() -> None:
    """A tree that resembles a Maven repository without an end costs no more than the budget of the two shapes."""
    directory = tree(*(f"org/a{i}/b{j}/c.java" for i in range(30) for j in range(30)))
    assert detect(directory) is None
    assert 0 < directory.opened[0] <= 2 * BUDGET + 6
    assert detect(tree(*(f"a{number}/{line}" for number in range(40) for line in (HOME, "bin/")))) is None


def test_end_of_a_path() -> None:
    for path, expected in ((".cargo/registry", True), ("a/.cargo/registry", True), ("x.cargo/registry", False)):
        assert is_shaped(tree("x", path=path), Shape(at=".cargo/registry")) == expected


def test_text_of_a_symlink() -> None:
    assert find(tree("link@"), "link: x?") == ""
