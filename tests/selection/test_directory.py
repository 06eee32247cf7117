"""Directories on disk, junctions, environments in place, and what is said of a directory."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import pytest
from projects import Project, names

from hatch_nocache import paths
from hatch_nocache.caches.declared import NOTHING
from hatch_nocache.config import Options
from hatch_nocache.members import symlinks
from hatch_nocache.paths import _is_link_or_junction as entry_is_link_on_windows
from hatch_nocache.selection import directory as module
from hatch_nocache.selection.directory import DirectoryStates, DiskDirectory
from hatch_nocache.selection.explicit import ExplicitPaths

MOUNT_POINT = 0xA0000003
Maker = Callable[[Path, Path], None]


def test_entries_by_kind(tmp_path: Path) -> None:
    """A symlink to a directory is walked as one, and is no directory in what is known of it."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep").write_text("deep")
    (tmp_path / "file").write_text("0123456789")
    os.mkfifo(str(tmp_path / "fifo"))
    for name, text in {"to-sub": "sub", "to-file": "file", "dangling": "nothing", "loop": "loop"}.items():
        os.symlink(text, str(tmp_path / name))
    directory = DiskDirectory(str(tmp_path), "here")
    assert (directory.readable, directory.directories, directory.files) == (True, {"sub"}, {"file"})
    assert (directory.links, directory.special) == ({"to-sub", "to-file", "dangling", "loop"}, {"fifo"})
    assert sorted(directory.subdirectories) == ["sub", "to-sub"]
    assert sorted(directory.nondirectories) == ["dangling", "fifo", "file", "loop", "to-file"]
    assert directory.head("file", 4) == b"0123"
    assert [directory.head(name, 4) for name in ("to-file", "fifo", "sub", "nothing")] == [b""] * 4
    child = directory.child("sub")
    assert (child.path, child.files) == ("here/sub", {"deep"})
    assert [directory.child(name).readable for name in ("to-sub", "nothing")] == [False, False]
    assert directory.child("to-sub").head("deep", 4) == b""
    assert DiskDirectory(str(tmp_path), "").child("sub").path == "sub"


def test_directory_outside_that_no_walk_has_entered(project: Project) -> None:
    """A builder may select any file: its directory is what its symlinks must not leave."""
    project.link("../outside/l", "x")
    outside = os.path.realpath(str(project.root.parent / "outside"))
    states = DirectoryStates(str(project.root), Options({}, "sdist"), NOTHING, lambda: ExplicitPaths("", {}, {}), {})
    state = states.at(outside)
    assert (state.directory.location, state.home, state.directory.links) == (outside, outside, {"l"})


# --- Junctions --------------------------------------------------------------------------------------------------------


class Junction:
    """A directory entry, as Windows describes a junction."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name, self.path = entry.name, entry.path

    def is_symlink(self) -> bool:
        return False

    def is_dir(self, **_) -> bool:
        return True

    def is_file(self, **_) -> bool:
        return False

    def stat(self, *, follow_symlinks: bool = True) -> SimpleNamespace:
        assert not follow_symlinks, "that would look at the disk"
        return SimpleNamespace(st_reparse_tag=MOUNT_POINT)


@contextlib.contextmanager
def entries(listing, wrap):
    """Yield the result of `scandir` with other entries."""
    with listing:
        yield map(wrap, listing)


@pytest.fixture
def junction(project: Project, monkeypatch) -> Maker:
    """Make a junction at the first path that leads to the second; where there are none, a symlink takes its place."""
    project.put("src/demo/sub/inside.txt")
    project.put("../outside/secret.txt")
    if os.name == "nt":
        import _winapi

        return lambda at, to: _winapi.CreateJunction(str(project.root / to), str(project.root / at))
    assert paths.entry_is_link is os.DirEntry.is_symlink, "no further question elsewhere"
    scandir = os.scandir
    wrap = lambda entry: Junction(entry) if entry.is_symlink() and entry.is_dir() else entry  # noqa: E731
    monkeypatch.setattr(os, "scandir", lambda *args: entries(scandir(*args), wrap))
    monkeypatch.setattr(module, "entry_is_link", entry_is_link_on_windows)
    return lambda at, to: os.symlink(str((project.root / to).resolve()), str(project.root / at))


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_junction_out_of_the_project(project: Project, junction: Maker, target: str) -> None:
    junction("src/demo/away", "../outside")
    directory = DiskDirectory(str(project.root / "src" / "demo"), "demo")
    assert (directory.links, directory.directories, directory.files) == ({"away"}, {"sub"}, {"__init__.py"})
    assert sorted(directory.subdirectories) == ["away", "sub"]
    assert not directory.child("away").readable
    built = project.build(target)
    assert built.codes == ["NC103"]
    if target == "sdist":
        assert (built.code, built.archive) == (1, None)
    else:
        assert "demo/away/secret.txt" in names(built)


def test_junction_inside_the_project(project: Project, junction: Maker) -> None:
    """Both names are packed, since the wheel selects both."""
    junction("src/demo/also", "src/demo/sub")
    built = project.build()
    assert built.codes == ["NC106"]
    assert {"src/demo/also/inside.txt", "src/demo/sub/inside.txt"} <= set(names(built))


@pytest.mark.parametrize("kind", ["junction", "symlink"])
def test_link_into_a_cache(project: Project, junction: Maker, kind: str) -> None:
    """The cache is recognized above the link target, and reported where the link is."""
    project.make("cache", "store")
    project.put("store/sub/entry")
    make = junction if kind == "junction" else lambda at, to: project.link(at, f"../../{to}")
    make("src/demo/data", "store/sub")
    built = project.build("wheel")
    assert [name for name in names(built) if name.endswith("entry")] == []
    assert "NC001 src/demo/data/   cache directory: symlink into store/" in built.said


# --- Environments in place --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "packages/member/"])
def test_environment_in_place(project: Project, below: str) -> None:
    """In the project, or in a member of its workspace: the parts are left out, and the project's files are packed."""
    where = project.root / below
    for name in ("pyproject.toml", "bin/run.sh", "lib/own.c", "include/own.h", "share/x")[0 if below else 1 :]:
        project.put(below + name)
    control = names(project.build())
    # Python 3.13 would replace the project's .gitignore, and pip would take seconds.
    options = ["--without-pip", *(["--without-scm-ignore-files"] if sys.version_info >= (3, 13) else [])]
    subprocess.run([sys.executable, "-m", "venv", *options, str(where)], check=True)
    scripts = where / ("Scripts" if os.name == "nt" else "bin")
    (scripts / "pip").write_text(f"#!{scripts / 'python'}\n", encoding="utf-8")
    (next(where.glob("[Ll]ib/**/site-packages")) / "dep.py").write_text("", encoding="utf-8")
    built = project.build()
    assert names(built) == control, built.said
    assert built.codes == ["NC004"]
    assert "virtual environment in place: contains pyvenv.cfg" in built.said


# --- What is said of a directory --------------------------------------------------------------------------------------


def test_allowed_file_in_a_cache_that_is_kept(project: Project) -> None:
    """The option packs the rest in silence."""
    project.configure('caches = "keep"', 'allow = ["/src/demo/c/index.txt"]')
    project.make("cache", "src/demo/c")
    assert project.same().said == ""


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_link_into_an_explicit_cache(project: Project, target: str) -> None:
    """It is packed like the cache, and not reported as left out."""
    project.configure(after='[tool.hatch.build]\nonly-include = ["src", "store"]')
    project.make("cache", "store")
    project.put("store/sub/entry")
    project.link("src/demo/data", "../../store/sub")
    built = project.build(target)
    assert {"src/demo/data/entry", "store/sub/entry"} <= set(names(built))
    assert re.findall("NC001 .*", built.said) == [
        "NC001 store/   cache directory: valid CACHEDIR.TAG; listed in `only-include`"
    ]


@pytest.mark.parametrize("option", ['artifacts = ["{}"]', 'force-include = {{"{}" = "tag"}}'])
def test_explicit_file_in_a_cache_that_is_left_out(project: Project, option: str) -> None:
    """One finding says both, before and after the file."""
    project.make("cache", "src/demo/store")
    project.configure(after=f"[tool.hatch.build]\n{option.format('src/demo/store/CACHEDIR.TAG')}")
    built = project.build()
    assert len(names(built)) == 4
    key = option.partition(" ")[0]
    expected = f"NC001 src/demo/store/   cache directory: valid CACHEDIR.TAG; except paths listed in `{key}`"
    assert re.findall("NC001 .*", built.said) == [expected]


def test_allowed_symlink_that_cannot_be_followed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if for lack of a permission: the wheel must not lack it in silence."""
    project.configure('allow = ["/src/demo/l"]')
    project.link("src/demo/l", "nothing")
    monkeypatch.setattr(symlinks, "problem_on_disk", lambda *_args, **_options: None)
    built = project.build("wheel")
    assert (built.code, built.archive, built.crashed) == (1, None, False)
    assert "l cannot be read" in built.said
