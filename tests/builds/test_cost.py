"""What a build costs, as far as it can be counted: what is looked at, and what is imported.

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
from building import NO_HOOKS, unmeasured
from projects import KINDS, Project, tree

pytestmark = pytest.mark.usefixtures("_undeclared")


@pytest.fixture
def project(project: Project) -> Project:
    """A project of 120 files in 12 directories."""
    for part in ("src/demo", *(f"src/demo/part{number}" for number in range(10)), "docs"):
        for number in range(10):
            project.put(f"{part}/" + ("__init__.py" if number == 0 else f"module_{number}.py"), "")
    return project


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
        """Return the calls on what is below `where`, of all the functions or of those that are named."""
        inside = os.path.join(str(where), "")
        counted = (self.calls[name] for name in names or self.NAMES)
        return sorted(path for calls in counted for path in calls.elements() if path.startswith(inside))

    def on(self, where: Path) -> int:
        """Return the number of calls on a path, without its opening by the builder."""
        return sum(self.calls[name][str(where)] for name in self.NAMES if name != "open")


@pytest.fixture
def traced(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Trace]:
    def build(target: str, **env: str) -> Trace:
        with monkeypatch.context() as patch:
            trace = Trace(patch)
            built = project.build(target, **env)
        assert built.code == 0, built.said
        return trace

    return build


# The target, where the cache is, and the configuration.
ROUTES: Dict[str, Tuple[str, str, str]] = {
    "default walk": ("sdist", "beside", ""),
    "only-include": ("sdist", "data/deep/beside", '[tool.hatch.build]\nonly-include = ["src", "data"]\n'),
    "force-include": ("sdist", "data/deep/beside", '[tool.hatch.build.force-include]\ndata = "d"\n'),
    "packages": ("wheel", "src/demo/beside", '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'),
    "shared-data": ("wheel", "data/beside", '[tool.hatch.build.targets.wheel.shared-data]\ndata = "share"\n'),
    "editable": ("editable", "src/demo/beside", ""),
}
# How the cache is made, and whether a variable declares it.
CACHES: Dict[str, Tuple[Callable[[str], None], bool]] = {
    "uv": (KINDS["uv cache"], False),
    "declared": (tree(".tmp1", "archive-v0/a/b.py"), True),
}


@pytest.mark.parametrize("cache", list(CACHES))
@pytest.mark.parametrize("route", list(ROUTES))
def test_nothing_below_a_dropped_cache_is_looked_at(project: Project, traced, route: str, cache: str) -> None:
    """No directory of it is listed and no file is touched, wherever the walk begins."""
    target, where, tables = ROUTES[route]
    make, declared = CACHES[cache]
    make(str(project.root / where))
    if "data" in tables:
        project.make("cache", "data/own/kept")
    project.configure(after=tables)
    inside = [path for path in (project.root / where).iterdir() if path.is_dir() and not path.is_symlink()]
    assert inside
    trace = traced(target, **({"UV_CACHE_DIR": where} if declared else {}))
    assert [call for path in inside for call in trace.below(path)] == []
    assert [path for path in inside if trace.calls["scandir"][str(path)]] == []
    without = traced(target, **NO_HOOKS)
    assert any(without.below(path) for path in inside)


@pytest.mark.parametrize("kind", ["pip", "tagged"])
def test_looks_do_not_grow_with_the_cache(project: Project, traced, kind: str) -> None:
    """A cache without a tag is looked into as far as it takes to be sure."""
    looks = []
    for count in (1, 10, 100):
        names = [f"wheels/{number:02x}/aa/bb/{'c' * 56}/x.whl" for number in range(count)]
        tree(*names, tag=kind == "tagged")(str(project.root / "beside"))
        looks.append(len(traced("sdist").below(project.root / "beside", "scandir", "open", "stat", "lstat")))
        shutil.rmtree(str(project.root / "beside"))
    assert looks[0] == looks[1] == looks[2] <= 24


@pytest.mark.parametrize("target", ["sdist", "wheel", "editable"])
def test_each_file_is_asked_once_more(project: Project, traced, target: str) -> None:
    """Beyond what Hatchling asks of a file: whether it can be read. More if a symlink leads to it."""
    project.link("NEWS", "docs/module_1.py")
    project.link("src/demo/other.py", "module_1.py")
    without, trace = traced(target, **NO_HOOKS), traced(target)
    more: Dict[str, Set[int]] = collections.defaultdict(set)
    linked = {(project.root / "NEWS").resolve(), (project.root / "src" / "demo" / "other.py").resolve()}
    for path in project.root.rglob("*"):
        if path.name != "pyproject.toml" and not path.is_symlink():
            kind = "linked" if path in linked else "directory" if path.is_dir() else "file"
            more[kind].add(trace.on(path) - without.on(path))
    assert max(more["file"]) <= 1
    assert max(more["linked"]) <= 4
    assert max(more["directory"]) <= 5


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
# What only the command, a finding, a symlink or another hook needs.
SELDOM = (
    "cli",
    "archive",
    "report",
    "members.symlinks",
    "members.collisions",
    "selection.messages",
    "selection.whole",
    "selection.explicit",
)


def imported(code: str, cwd: Path) -> List[str]:
    """Return the modules that the code imports: the plugin's own without the name of the package."""
    command = [sys.executable, "-c", IMPORTED.format(code)]
    return subprocess.check_output(command, cwd=str(cwd), env=unmeasured(), encoding="utf-8").split()


def test_plugin_imports_nothing_but_itself(tmp_path: Path) -> None:
    """Hatchling imports each plugin in every build, also where the project does not use it."""
    modules = imported("import hatch_nocache.hooks", tmp_path)
    assert modules == ["hatch_nocache", "hatch_nocache.hooks"]


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_imports_of_a_clean_build(project: Project, tmp_path: Path, monkeypatch, target: str) -> None:
    """Nothing about findings; a build with a cache imports the rest."""
    # As in a job that has the cache inside the project, before the first of its tools has made it.
    monkeypatch.setenv("UV_CACHE_DIR", ".uv-cache")
    code = BUILD.format(target, str(tmp_path / "dist"))
    monkeypatch.setenv("HATCH_BUILD_NO_HOOKS", "true")
    control = set(imported(code, project.root))
    monkeypatch.delenv("HATCH_BUILD_NO_HOOKS")
    clean = set(imported(code, project.root)) - control
    own = {name for name in clean if name.startswith("hatch_nocache")}
    assert "hatch_nocache.selection.filter" in own
    assert {name for name in own if name.startswith(tuple(f"hatch_nocache.{each}" for each in SELDOM))} == set()
    assert clean & {"dataclasses", "subprocess", "tarfile", "textwrap"} == set()
    project.make("uv cache", "src/demo/.uv-cache")
    assert {"hatch_nocache.selection.messages", "hatch_nocache.report"} <= set(imported(code, project.root))
