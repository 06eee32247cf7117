"""The table of tools: each row is exercised by what the tool leaves behind, and by a near miss."""

from __future__ import annotations

import re

import pytest
from cache_samples import SAMPLES, SIGNATURE
from fakes import FakeDirectory, tree
from hypothesis import given
from hypothesis import strategies as st

from hatch_nocache.caches import hints, recognise, vocabulary
from hatch_nocache.caches.catalogue import CATALOGUE, Kind, Tool
from hatch_nocache.caches.glance import catches_the_eye, is_ordinary
from hatch_nocache.caches.hints import candidates, head_names
from hatch_nocache.caches.shapes import Mark, Shape, is_shaped, segments, sight
from hatch_nocache.caches.surroundings import Declaration

ROOT = "/project"
SEEN = [sample for sample in SAMPLES if not sample.declared]
DECLARED = [tool for tool in CATALOGUE if tool.variables or tool.keys]
BY_NAME = {tool.name: tool for tool in CATALOGUE}


def _id(value: object) -> str:
    return getattr(value, "tool", "") or getattr(value, "name", "") or str(value)


def _sample(tool: Tool) -> FakeDirectory:
    sample = next(sample for sample in SAMPLES if sample.tool == tool.name and not sample.tagged)
    return tree(*sample.lines, path=sample.at, location=f"{ROOT}/{sample.at}")


def _said(tool: Tool, directory: FakeDirectory) -> Declaration:
    assert directory.location is not None
    return Declaration(tool, directory.location, "SOME_DIR", directory.path)


def test_every_row_has_a_sample():
    """A row cannot be added without saying what its tool leaves behind."""
    assert {sample.tool for sample in SAMPLES} == {tool.name for tool in CATALOGUE}


def test_no_two_rows_have_one_name():
    """The name is what the reader sees, so it tells the rows apart."""
    names = [tool.name for tool in CATALOGUE]
    assert len(names) == len(set(names))


def test_no_two_rows_claim_one_variable():
    """A variable leads to one cache of one tool; only below one directory a tool may keep several things."""
    claims = [(variable.name, variable.below) for tool in CATALOGUE for variable in tool.variables]
    assert len(claims) == len(set(claims))


@pytest.mark.parametrize("tool", CATALOGUE, ids=_id)
def test_row_is_found_somehow(tool):
    """A row that nothing could ever lead to would be dead weight."""
    assert tool.variables or tool.keys or tool.names or tool.shapes or tool.says


@pytest.mark.parametrize("tool", [tool for tool in CATALOGUE if tool.kind is Kind.OUTPUT], ids=_id)
def test_output_is_known_by_its_tag_alone(tool):
    """No variable and no name makes build output a cache: only the genuine tag does, so the row has its own remedy."""
    assert (tool.variables, tool.keys, tool.names) == ((), (), ())
    assert "artifacts" in tool.remedy


@pytest.mark.parametrize("tool", CATALOGUE, ids=_id)
def test_patterns_of_the_row_are_valid(tool):
    """A broken expression would only show when a directory comes that it is tried on."""
    for pattern in [tool.layout, tool.says, *(shape.only for shape in tool.shapes)]:
        re.compile(pattern)
    for mark in [*tool.denies, *(mark for shape in tool.shapes for mark in shape.marks)]:
        for segment in segments(mark.path)[0]:
            assert segment
            re.compile(segment.lstrip("~") if segment != "**" else "")


@pytest.mark.parametrize("sample", SEEN, ids=_id)
@pytest.mark.parametrize("location", [f"{ROOT}/x", None], ids=["disk", "archive"])
def test_sample_is_recognised(sample, location):
    """What the tool leaves is recognised as that tool's, on disk and in an archive, by whatever name."""
    found = recognise(tree(*sample.lines, path=sample.at, location=location))
    assert found is not None
    assert (found.tool, found.code) == (sample.tool, "NC001" if sample.tagged else sample.code)
    assert found.how.startswith("because ")
    assert found.remedy
    assert found.marker in {"", *tree(*sample.lines).files}


@pytest.mark.parametrize("sample", SAMPLES, ids=_id)
def test_near_miss_is_no_cache(sample):
    """What merely resembles the tool's cache is the project's own."""
    at = sample.at if sample.near_miss else f"{sample.at}-notes"
    directory = tree(*(sample.near_miss or ("x.c",)), path=at, location=f"{ROOT}/x")
    said = _said(BY_NAME[sample.tool], directory)
    assert recognise(directory, [said] if sample.declared else []) is None


@pytest.mark.parametrize("sample", [sample for sample in SEEN if not sample.tagged], ids=_id)
def test_a_package_is_never_taken_for_a_cache(sample):
    """An `__init__.py` at the top says that the directory is a package, whatever else is in it."""
    assert recognise(tree(*sample.lines, "__init__.py", path=sample.at)) is None


@pytest.mark.parametrize("sample", SEEN, ids=_id)
def test_own_package_is_never_taken_for_a_cache(sample):
    """The project's own packages, and the directories that they lie in, stay by whatever rule."""
    directory = tree(*sample.lines, path=sample.at)
    assert recognise(directory, (), [sample.at]) is None
    assert recognise(directory, (), [sample.at + "/package"]) is None
    assert recognise(directory, (), [sample.at + "-package"]) is not None


@pytest.mark.parametrize("name", [name for tool in CATALOGUE for name in tool.names])
def test_own_name_is_enough(name):
    """A name that no one writes by hand needs nothing in it, and is not looked for in other names."""
    tool = next(tool for tool in CATALOGUE if name in tool.names)
    found = recognise(tree(*(["x"] if tool.sure else []), path=f"deep/{name}"))
    assert found is not None
    assert (found.code, found.marker) == ("NC003", "")
    assert found.tool == tool.name
    assert recognise(tree("x", path=f"deep/{name}.d")) is None


@pytest.mark.parametrize("tool", DECLARED, ids=_id)
def test_declared_directory_is_recognised(tool):
    """The running build's word is enough for a directory with the layout of the tool."""
    directory = _sample(tool)
    found = recognise(directory, [_said(tool, directory)])
    assert found is not None
    assert (found.code, found.tool) == ("NC002", tool.name)
    assert "SOME_DIR=" in found.how


@pytest.mark.parametrize("tool", DECLARED, ids=_id)
@pytest.mark.parametrize("lines", [(), (".lock",), (".gitignore=*", ".DS_Store")], ids=["empty", "lock", "ignore"])
def test_declared_directory_that_says_nothing_is_recognised(tool, lines):
    """A new cache, or one that was cleaned but for its lock, does not contradict the running build."""
    directory = tree(*lines, location=f"{ROOT}/zeta-3")
    found = recognise(directory, [_said(tool, directory)])
    assert found is not None
    assert (found.code, found.tool) == ("NC002", tool.name)


@pytest.mark.parametrize("tool", DECLARED, ids=_id)
@pytest.mark.parametrize(
    "lines",
    [
        ("guide.md", "main.c", "figures/x.svg"),
        ("module/__init__.py", "__init__.py"),
        ("pyproject.toml",),
        ("setup.py", "archive-v0/", "wheels-v5/", "3.11/", "26.1/"),
    ],
    ids=["documents", "package", "project", "mixed"],
)
def test_declared_directory_that_contradicts_is_kept(tool, lines):
    """`UV_CACHE_DIR=src` must not empty a project."""
    directory = tree(*lines, location=f"{ROOT}/zeta-3")
    assert recognise(directory, [_said(tool, directory)]) is None


@pytest.mark.parametrize("tool", DECLARED, ids=_id)
def test_declared_and_tagged(tool):
    """The tag gives the code, the declaration the tool and the reason."""
    directory = _sample(tool)
    directory.nodes["CACHEDIR.TAG"] = SIGNATURE.encode()
    found = recognise(directory, [_said(tool, directory)])
    assert found is not None
    assert (found.code, found.tool, found.marker) == ("NC001", tool.name, "CACHEDIR.TAG")
    assert "SOME_DIR=" in found.how


def test_files_whose_text_is_looked_at_are_exported():
    """A reader of archives must know whose beginnings to keep."""
    assert head_names().issuperset(["CACHEDIR.TAG", "pyvenv.cfg", ".gitignore", "README", "config"])
    assert not any(name.startswith("~") for name in head_names())


PATTERNS = sorted({pattern for pattern, _ in (*hints.PATTERNS, *hints.OWN_PATTERNS)})


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_no_name_that_a_pattern_fits_passes_for_an_ordinary_one(pattern, data):
    """Ordinary names are not compared with the patterns of the catalogue."""
    name = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(lambda name: "/" not in name))
    assert not is_ordinary(name)


def test_ordinary_names():
    """So it is for the usual names, or the shortcut is none."""
    usual = [
        "src",
        "tests",
        "docs",
        "my_package",
        ".github",
        "test-projects",
        "templates",
        "part000",
        "py39",
        "vendor",
        "x86-64",
    ]
    assert all(map(is_ordinary, usual))
    assert not any(map(is_ordinary, ["a", "v1", "models--x", "repository_", "e" * 40, "3.12", "wheels-v5"]))


def test_looking_is_bounded():
    """A tree that resembles a Maven repository without an end costs no more than the budget."""
    directory = tree(*(f"org/a{i}/b{j}/c.java" for i in range(30) for j in range(30)))
    assert recognise(directory) is None
    assert 0 < directory.opened[0] <= 70


def test_sight_is_empty_for_a_shape_without_marks():
    """A shape that is a place only has nothing in the directory to show."""
    assert sight(tree("x"), Shape(at=".dvc/cache")) == ""
    assert sight(tree("x"), Shape((Mark("y"),))) == ""


def test_at_matches_whole_names_only():
    """`x.cargo/registry` is not `.cargo/registry`."""
    shape = Shape(at=".cargo/registry")
    assert is_shaped(tree(path=".cargo/registry"), shape)
    assert is_shaped(tree(path="a/.cargo/registry"), shape)
    assert not is_shaped(tree(path="x.cargo/registry"), shape)


def test_the_words_are_those_of_the_catalogue():
    """A row that is added or changed may change what a glance has to know: `hatch run long:tables`."""
    assert {name: sorted(getattr(vocabulary, name)) for name in hints.words()} == {
        name: sorted(found) for name, found in hints.words().items()
    }
    assert sorted(vocabulary.VARIABLES) == sorted(hints.variables())
    assert sorted(vocabulary.KEYS) == sorted(hints.words_of_keys())


@pytest.mark.parametrize("sample", SEEN, ids=_id)
def test_what_a_tool_leaves_catches_the_eye(sample):
    """Without the tag, in every sample that the judge knows."""
    directory = tree(*sample.lines, path=sample.at)
    if candidates(directory.path, directory.files, directory.directories):
        assert catches_the_eye(directory)
