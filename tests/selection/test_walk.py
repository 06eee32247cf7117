"""The walk that Hatchling is given: the order of its own, without what is dropped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Callable, List, Tuple

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

Prune = Callable[[List[str]], None]
Step = Tuple[str, List[str], List[str]]


def filtered(project: Project, reported: List[str], *named: str, prune: Prune = list.sort) -> List[Step]:
    """Return the steps of the plugin's walk."""
    root = str(project.root)
    explicit = ExplicitPaths(root, {"only-include": list(named)}, {})
    states = DirectoryStates(root, Options({}, "wheel"), declared.read(root, {}, "", ()), lambda: explicit, {})

    def report(found: Any, _option: str) -> None:
        found.reported = True
        reported.append(found.path)

    config = SdistBuilder(root).config
    with config.set_build_data({"artifacts": [], "force_include": {}}):
        walk = filtered_walk(root, states, Route(config, "recurse_project_files", None), report)
        return steps(project, ((state.directory.walked, *entries) for state, *entries in walk), prune)


def steps(project: Project, walk: Any, prune: Prune) -> List[Step]:
    found = []
    for where, directories, files in walk:
        prune(directories)
        found.append((os.path.relpath(where, str(project.root)), list(directories), sorted(files)))
    return found


def shorten(directories: List[str]) -> None:
    directories[:] = sorted((name for name in directories if name != "b"), reverse=True)


@pytest.mark.parametrize("prune", [list.sort, shorten])
def test_same_as_hatchling(project: Project, prune: Prune) -> None:
    """With loops, symlinks to files, and directories that the caller leaves out."""
    for name in ("a/1/x", "a/2/x", "b/x", "c/x", "src/demo/sub/x"):
        project.put(name)
    for name, text in {"c/up": "..", "c/self": ".", "l": "a/1/x", "dangling": "nothing", "loop": "loop"}.items():
        project.link(name, text)
    reported: List[str] = []
    expected = steps(project, safe_walk(str(project.root)), prune)
    assert filtered(project, reported, prune=prune) == expected
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
    entered = [where for where, _, _ in filtered(project, reported, "models/deep/keep/x")]
    # What is found in a directory without selected files is reported by the first file below it.
    assert [where for where in entered if "store" in where] == ["empty/store", "empty/store/0a"]
    assert [where for where in entered if "models" in where] == [
        "models",
        "models/0a",
        "models/deep",
        "models/deep/keep",
    ]
    assert reported == ["store"]


@pytest.mark.parametrize("how", ["vanishes", "scandir", "stat"])
def test_directory_that_cannot_be_entered(project: Project, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Hatchling ends with an error if one vanishes (pypa/hatch#1998)."""
    project.put("a/x")
    plain = getattr(os, how, None)

    def fails(path: Any = ".", **options: Any) -> Any:
        if not isinstance(path, int) and Path(path).name == "a":
            raise PermissionError
        return plain(path, **options)

    def vanish(directories: List[str]) -> None:
        directories.sort()
        shutil.rmtree(str(project.root / "a"), ignore_errors=True)

    if plain is not None:
        monkeypatch.setattr(os, how, fails)
    entered = filtered(project, [], prune=list.sort if plain else vanish)
    assert [where for where, _, _ in entered] == [".", "src", "src/demo"]


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


def test_symlinks_do_not_multiply(project: Project) -> None:
    """Each is followed once: 24 symlinks with 2**12 paths."""
    for number in range(12):
        project.put(f"d{number + 1}/x")
        for name in ("one", "two"):
            project.link(f"d{number}/{name}", f"../d{number + 1}")
    assert len(filtered(project, [])) < 50
