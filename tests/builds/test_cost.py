"""What a build costs, as far as it can be counted: what is looked at, how often, and what is read and imported for it.

How long it takes is measured in benchmarks/, and decides no test.
"""

from __future__ import annotations

import collections
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Counter, Dict, List, Set, Tuple

import pytest
from building import NO_HOOKS, build, unmeasured
from hypothesis import given, reject
from hypothesis import strategies as st
from projects import KINDS, tree

from hatch_nocache.caches import surroundings
from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.patterns import Patterns

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"

[tool.hatch.build.hooks.nocache]
"""


@pytest.fixture(autouse=True)
def _nothing_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    for tool in CATALOGUE:
        for variable in tool.variables:
            monkeypatch.delenv(variable.name, raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of 120 files in 12 directories."""
    root = tmp_path / "project"
    for part in ("src/demo", *(f"src/demo/part{number}" for number in range(10)), "docs"):
        (root / part).mkdir(parents=True)
        for number in range(10):
            (root / part / ("__init__.py" if number == 0 else f"module_{number}.py")).write_bytes(b"")
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return root


def configure(root: Path, tables: str) -> None:
    (root / "pyproject.toml").write_text(PYPROJECT + tables, encoding="utf-8")


# --- What is looked at ------------------------------------------------------------------------------------------------


class Trace:
    """Counts calls of functions of `os`, by the path that they are given."""

    NAMES = ("scandir", "listdir", "stat", "lstat", "access", "readlink", "open")

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.calls: Dict[str, Counter[str]] = {name: collections.Counter() for name in self.NAMES}
        for name in self.NAMES:
            patch.setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if not isinstance(path, int):
                self.calls[name][os.path.join(os.getcwd(), os.fsdecode(path))] += 1
            return function(path, *args, **kwargs)

        return counted

    def below(self, where: Path, *names: str) -> List[str]:
        """All calls on what lies below `where`, of all the functions or of those that are named."""
        inside = os.path.join(str(where), "")
        counted = (self.calls[name] for name in names or self.NAMES)
        return sorted(path for calls in counted for path in calls.elements() if path.startswith(inside))


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Trace]:
    def build_traced(*arguments: Any) -> Trace:
        with monkeypatch.context() as patch:
            trace = Trace(patch)
            assert build(*arguments).code == 0
        return trace

    return build_traced


# The target, where the cache lies, and what the configuration says.
ROUTES: Dict[str, Tuple[str, str, str]] = {
    "default walk": ("sdist", "beside", ""),
    "only-include": ("sdist", "data/deep/beside", '[tool.hatch.build]\nonly-include = ["src", "data"]\n'),
    "force-include": ("sdist", "data/deep/beside", '[tool.hatch.build.force-include]\ndata = "d"\n'),
    "packages": ("wheel", "src/demo/beside", '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'),
    "shared-data": ("wheel", "data/beside", '[tool.hatch.build.targets.wheel.shared-data]\ndata = "share"\n'),
    "editable": ("editable", "src/demo/beside", ""),
}
# How the cache is made, and whether a variable speaks of it.
CACHES: Dict[str, Tuple[Callable[[str], None], bool]] = {
    "uv": (KINDS["uv cache"], False),
    "uv, declared": (KINDS["uv cache"], True),
    "declared": (tree(".tmp1", "archive-v0/a/b.py"), True),
}


@pytest.mark.parametrize("cache", list(CACHES))
@pytest.mark.parametrize("route", list(ROUTES))
def test_nothing_below_a_dropped_cache_is_looked_at(root, tmp_path, traced, route: str, cache: str) -> None:
    """Not one directory of it is listed and not one file is touched, wherever the walk begins."""
    target, where, tables = ROUTES[route]
    make, declared = CACHES[cache]
    make(str(root / where))
    KINDS["cache"](str(root / "data" / "own" / "kept")) if "data" in tables else None
    configure(root, tables)
    inside = [path for path in (root / where).iterdir() if path.is_dir() and not path.is_symlink()]
    assert inside
    trace = traced(root, target, tmp_path / "dist", {"UV_CACHE_DIR": where} if declared else {})
    assert [
        call for path in inside for call in [*trace.below(path), *([str(path)] * trace.calls["scandir"][str(path)])]
    ] == []
    without = traced(root, target, tmp_path / "control", NO_HOOKS)
    assert any(without.below(path) for path in inside)


@pytest.mark.parametrize("kind", ["pip", "tagged"])
def test_what_is_looked_at_does_not_grow_with_the_cache(root, tmp_path, traced, kind: str) -> None:
    """A cache that is known by its structure alone is looked into, as far as it takes to be sure."""
    looks = []
    for count in (1, 10, 100):
        names = [f"wheels/{number:02x}/aa/bb/{'c' * 56}/x.whl" for number in range(count)]
        tree(*names, tag=kind == "tagged")(str(root / "beside"))
        trace = traced(root, "sdist", tmp_path / f"dist{count}")
        looks.append(len(trace.below(root / "beside", "scandir", "open", "stat", "lstat")))
        shutil.rmtree(str(root / "beside"))
    assert looks[0] == looks[1] == looks[2] <= 16


@pytest.mark.parametrize("target", ["sdist", "wheel", "editable"])
def test_each_file_is_asked_once_more(root, tmp_path, traced, target: str) -> None:
    """Beyond what Hatchling asks of a file: whether it can be read, and what it is if a link leads to it."""
    (root / "NEWS").symlink_to("docs/module_1.py")
    (root / "src/demo/other.py").symlink_to("module_1.py")
    sizes = {path: path.is_dir() for path in [root, *root.rglob("*")] if not path.is_symlink()}
    without = traced(root, target, tmp_path / "control", NO_HOOKS)
    trace = traced(root, target, tmp_path / "dist")
    more: Dict[bool, Set[int]] = {True: set(), False: set()}
    for path, is_directory in sizes.items():
        if path.name != "pyproject.toml":
            asked, before = (
                sum(each.calls[name][str(path)] for name in Trace.NAMES if name != "open") for each in (trace, without)
            )
            more[is_directory].add(asked - before)
    assert max(more[False]) <= 2
    assert max(more[True]) <= 5


# --- Patterns ---------------------------------------------------------------------------------------------------------

MANY = 1000
FAR: Dict[str, List[str]] = {
    "nothing": [],
    "names": [f"name_{number}.txt" for number in range(MANY)],
    "ends": [f"*.end{number}" for number in range(MANY)],
    "beginnings": [f"begin{number}_*" for number in range(MANY)],
    "elsewhere": [f"/other/{number}/**/x.py" for number in range(MANY)],
    "paths": [f"/src/demo/part1/x{number}.py" for number in range(MANY)],
    "directories": [f"dir{number}/" for number in range(MANY)],
}


@pytest.mark.parametrize("kind", list(FAR))
def test_no_file_is_compared_with_patterns_that_cannot_fit(root, tmp_path, monkeypatch, kind: str) -> None:
    """A thousand patterns cost a file no more than none."""
    asked: List[str] = []
    match = Patterns.match
    monkeypatch.setattr(Patterns, "match", lambda self, path: (asked.append(path), match(self, path))[1])
    lines = "".join(f'    "{line}",\n' for line in FAR[kind])
    configure(root, f"allow = [\n{lines}]\n")
    assert build(root, "sdist", tmp_path / "dist").code == 0
    assert [path for path in asked if not path.endswith("/")] == []
    assert len(asked) == len(set(asked)) * 2  # `allow` and `extra-caches`, once for each directory


NAMES = st.sampled_from(["a", "b.so", "x1", "lib", "dir", "c.txt", "s", " s "])
PARTS = st.sampled_from(["a", "b.so", "*.so", "x*", "**", "?", "lib", "[ab]", "a*t", "dir", " s ", "c.txt", r"\a", "*"])
LINES = st.builds(
    lambda negated, start, parts, end: f"{negated}{start}{'/'.join(parts)}{end}",
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(NAMES, min_size=1, max_size=4))
def test_a_file_that_is_not_compared_would_not_have_matched(lines: List[str], parts: List[str]) -> None:
    """Unless a directory above it matches: then the file is not asked about."""
    try:
        patterns = Patterns(lines)
    except ValueError:
        # pathspec before 0.12 cannot match `**`.
        reject()
    above = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts))]
    path = "/".join(parts)
    matches, is_above = patterns.match(path), any(map(patterns.match, above))
    if is_above and not patterns.negated:
        return
    probe = patterns.probe("/".join(parts[:-1]))
    if probe is None or not probe.may_match(parts[-1]):
        assert not matches


# --- What is read -----------------------------------------------------------------------------------------------------

TABLES: Dict[str, Tuple[str, bool]] = {
    "nothing": ("", False),
    "the table without the key": ("[tool.uv]\npackage = true\n[tool.mypy]\nstrict = true\n", False),
    "a key of the name elsewhere": ('[tool.hatch.version]\npath = "src/demo/__init__.py"\n', False),
    "the key": ('[tool.uv]\ncache-dir = "beside"\n', True),
    "the key with an escape": ('[tool.uv]\n"cache\\u002ddir" = "beside"\n', True),
    "an environment": ('[tool.hatch.envs.x]\npath = ".x"\n', True),
}


@pytest.mark.parametrize("what", list(TABLES))
def test_no_toml_is_parsed_unless_a_key_can_be_there(root, tmp_path, monkeypatch, what: str) -> None:
    """Hatchling reads pyproject.toml once; the hook does so only where it says something of a cache."""
    tables, expected = TABLES[what]
    configure(root, tables)
    parsed: List[int] = []
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text, **more: (parsed.append(1), loads(text, **more))[1])
    assert build(root, "sdist", tmp_path / "control", NO_HOOKS).code == 0
    once = len(parsed)
    assert build(root, "sdist", tmp_path / "dist").code == 0
    assert len(parsed) - once == once + expected


def test_where_nothing_is_declared_the_declarations_are_not_even_looked_for(root, tmp_path, monkeypatch) -> None:
    """Nothing of the environment and of the configuration can speak of a cache: the catalogue is not asked."""
    monkeypatch.setattr(surroundings, "declared", None)
    assert build(root, "sdist", tmp_path / "dist").code == 0
    assert build(root, "sdist", tmp_path / "dist", {"UV_CACHE_DIR": ".uv-cache", "PIP_CACHE_DIR": "/"}).code == 0
    assert "not callable" in build(root, "sdist", tmp_path / "again", {"UV_CACHE_DIR": "docs"}).said


# --- What is imported -------------------------------------------------------------------------------------------------

IMPORTED = """\
import sys
import hatchling.builders.sdist, hatchling.builders.wheel, hatchling.metadata.core, hatchling.bridge.app
import hatchling.plugin.manager, hatchling.builders.hooks.plugin.interface, importlib.metadata
before = set(sys.modules)
{}
print(*sorted(set(sys.modules) - before))
"""
BUILD = """\
from hatchling.cli import hatchling
sys.argv = ["hatchling", "build", "-t", "{}", "-d", {!r}]
sys.stdout = sys.stderr
try:
    hatchling()
except SystemExit:
    pass
sys.stdout = sys.__stdout__
"""
# What only the command, a finding, a declaration or an archive out of the ordinary needs.
SELDOM = (
    "command",
    "options",
    "findings",
    "messages",
    "report",
    "remedies",
    "links",
    "linkfacts",
    "linkverdicts",
    "named",
    "lastword",
    "archive.reading",
    "archive.stream",
    "archive.members",
    "caches.catalogue",
    "caches.judge",
    "caches.surroundings",
)


def imported(code: str, cwd: Path) -> List[str]:
    command = [sys.executable, "-c", IMPORTED.format(code)]
    return subprocess.check_output(command, cwd=str(cwd), env=unmeasured(), encoding="utf-8").split()


def test_the_plugin_imports_nothing_but_itself(tmp_path: Path) -> None:
    """Hatchling imports each plugin in every build, also where the project does not use it."""
    modules = imported("import hatch_nocache.hooks", tmp_path)
    assert modules == ["hatch_nocache", "hatch_nocache.hooks", "hatch_nocache.plugin"]


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_a_clean_build_imports_what_it_needs(root, tmp_path, monkeypatch, target: str) -> None:
    """Neither the catalogue nor anything about findings; a build with a cache does, or the test proves nothing."""
    # As in a job that has the cache inside of the project, before the first of its tools has made it.
    monkeypatch.setenv("UV_CACHE_DIR", ".uv-cache")
    code = BUILD.format(target, str(tmp_path / "dist"))
    seldom = {f"hatch_nocache.{name}" for name in SELDOM}
    clean = set(imported(code, root))
    assert clean & seldom == set()
    assert "hatch_nocache.archive.plain" in clean
    assert clean & {"difflib", "json", "configparser", "unicodedata", "dataclasses"} == set()
    KINDS["uv cache"](str(root / "src" / "demo" / ".uv-cache"))
    assert {"hatch_nocache.findings", "hatch_nocache.report", "hatch_nocache.caches.judge"} <= set(imported(code, root))


def test_without_verify_no_archive_is_read(root, tmp_path) -> None:
    """Nor is anything imported for it."""
    configure(root, "verify = false\n")
    modules = imported(BUILD.format("sdist", str(tmp_path / "dist")), root)
    assert [name for name in modules if name.startswith("hatch_nocache.archive")] == []
    assert "hatch_nocache.guard" in modules
