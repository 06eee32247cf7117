"""The walk that Hatchling is given: the order of its own, without what is dropped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Callable, Iterator, List, Tuple

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.utils import safe_walk
from projects import Project, names

from hatch_nocache._hatchling import Route
from hatch_nocache.caches import declared
from hatch_nocache.config import Options
from hatch_nocache.selection.directory import DirectoryStates
from hatch_nocache.selection.explicit import ExplicitPaths
from hatch_nocache.selection.walk import filtered_walk

Step = Tuple[str, List[str], List[str]]


def filtered(project: Project, reported: List[str], *named: str) -> Iterator[Step]:
    root = str(project.root)
    explicit = ExplicitPaths(root, {"only-include": list(named)}, {})
    surroundings = declared.read(root, {}, "", ())
    states = DirectoryStates(root, Options({}, "wheel"), surroundings, lambda: explicit, {})

    def report(found: Any, _option: str) -> None:
        found.reported = True
        reported.append(found.path)

    config = SdistBuilder(root).config
    with config.set_build_data({"artifacts": [], "force_include": {}}):
        route = Route(config, "recurse_project_files", None)
        for state, directories, files in filtered_walk(root, states, route, report):
            yield state.directory.walked, directories, files


def relative(project: Project, steps: Iterator[Step], prune: Callable[[List[str]], None]) -> List[Step]:
    found = []
    for where, directories, files in steps:
        prune(directories)
        found.append((os.path.relpath(where, str(project.root)), list(directories), sorted(files)))
    return found


def sort(directories: List[str]) -> None:
    directories.sort()


def shorten(directories: List[str]) -> None:
    directories[:] = sorted((name for name in directories if name != "b"), reverse=True)


@pytest.mark.parametrize("prune", [sort, shorten])
def test_same_as_hatchling(project: Project, prune: Callable[[List[str]], None]) -> None:
    """With loops, symlinks to files, and directories that the caller leaves out."""
    for name in ("a/1/x", "a/2/x", "b/x", "c/x", "src/demo/sub/x"):
        project.put(name)
    for name, text in {"c/up": "..", "c/self": ".", "l": "a/1/x", "dangling": "nothing", "loop": "loop"}.items():
        project.link(name, text)
    reported: List[str] = []
    expected = relative(project, safe_walk(str(project.root)), prune)
    assert relative(project, filtered(project, reported), prune) == expected
    assert len(expected) > 6
    assert reported == []


def test_dropped_directories(project: Project) -> None:
    """They are not entered, except on the way to what is named; their finding comes when a file is selected."""
    project.make("cache", "store", "models", "empty/store")
    project.put("models/deep/keep/x")
    for name in ("CACHEDIR.TAG", "index.txt", "__init__.py"):
        (project.root / "empty" / "store" / name).unlink()
    (project.root / "empty" / "store" / "CACHEDIR.TAG").write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55")
    project.put(".gitignore", "CACHEDIR.TAG\n")
    reported: List[str] = []
    entered = [where for where, _, _ in relative(project, filtered(project, reported, "models/deep/keep/x"), sort)]
    # What is found in a directory without selected files is reported by the first file below it.
    assert [where for where in entered if "store" in where] == ["empty/store", "empty/store/0a"]
    assert [where for where in entered if "models" in where] == [
        "models",
        "models/0a",
        "models/deep",
        "models/deep/keep",
    ]
    assert reported == ["store"]


def test_vanishing_directory(project: Project) -> None:
    """Where Hatchling ends with an error (pypa/hatch#1998)."""
    project.put("a/x")
    project.put("b/x")

    def vanish(directories: List[str]) -> None:
        directories.sort()
        shutil.rmtree(str(project.root / "b"), ignore_errors=True)

    assert [where for where, _, _ in relative(project, filtered(project, []), vanish)] == [".", "a", "src", "src/demo"]


@pytest.mark.parametrize("function", ["scandir", "stat"])
def test_unreadable_directory(project: Project, monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    project.put("a/x")
    plain = getattr(os, function)

    def fails(path: Any = ".", **options: Any) -> Any:
        if not isinstance(path, int) and Path(path).name == "a":
            raise PermissionError
        return plain(path, **options)

    monkeypatch.setattr(os, function, fails)
    assert [where for where, _, _ in relative(project, filtered(project, []), sort)] == [".", "src", "src/demo"]


def test_directory_that_is_mounted_twice(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both names are real, so both are packed."""
    project.put("a/x")
    project.put("b/x")
    plain = os.stat

    def stat(path: Any, **options: Any) -> Any:
        return plain("a" if path == str(project.root / "b") else path, **options)

    monkeypatch.setattr(os, "stat", stat)
    built = project.build()
    assert built.said.splitlines()[1].startswith(
        "  NC106 b   directory with several names: Hatchling would pack only a/;"
    )
    assert {"a/x", "b/x"} <= set(names(built))
