"""The facts of directories on disk, junctions, and environments that share their directory with a project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Callable, List

import pytest
from projects import Project, names

from hatch_nocache import paths
from hatch_nocache.paths import _is_link_or_junction as entry_is_link_on_windows
from hatch_nocache.selection import directory as module
from hatch_nocache.selection.directory import DiskDirectory

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
    assert directory.links == {"to-sub", "to-file", "dangling", "loop"}
    assert directory.special == {"fifo"}
    assert sorted(directory.subdirectories) == ["sub", "to-sub"]
    assert directory.head("file", 4) == b"0123"
    for name in ("to-file", "fifo", "sub", "nothing"):
        assert directory.head(name, 4) == b""
    child = directory.child("sub")
    assert (child.path, child.files) == ("here/sub", {"deep"})
    assert not directory.child("to-sub").readable
    assert not directory.child("nothing").readable
    assert DiskDirectory(str(tmp_path), "").child("sub").path == "sub"


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


class Entries:
    """The result of `scandir` with other entries."""

    def __init__(self, entries, wrap) -> None:
        self._entries, self._wrap = entries, wrap

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._entries.close()

    def __iter__(self):
        return map(self._wrap, self._entries)


class Odd(Junction):
    """A symlink that cannot be followed without an error."""

    def is_dir(self, **_) -> bool:
        raise OSError


def test_entry_that_cannot_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "l").touch()
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda *args: Entries(scandir(*args), Odd))
    monkeypatch.setattr(module, "entry_is_link", entry_is_link_on_windows)
    directory = DiskDirectory(str(tmp_path), "")
    assert (directory.nondirectories, directory.subdirectories, directory.links) == (["l"], [], {"l"})


@pytest.fixture
def junction(project: Project, monkeypatch) -> Maker:
    """Make a junction at the first path that leads to the second; where there are none, a symlink takes its place."""
    project.put("src/demo/sub/inside.txt")
    project.put("../outside/secret.txt")
    if os.name == "nt":
        import _winapi

        return lambda at, to: _winapi.CreateJunction(str(project.root / to), str(project.root / at))
    scandir = os.scandir
    wrap = lambda entry: Junction(entry) if entry.is_symlink() and entry.is_dir() else entry  # noqa: E731
    monkeypatch.setattr(os, "scandir", lambda *args: Entries(scandir(*args), wrap))
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


@pytest.mark.skipif(os.name == "nt", reason="about the others")
def test_no_further_question_elsewhere() -> None:
    assert paths.entry_is_link is os.DirEntry.is_symlink


# --- Environments in place --------------------------------------------------------------------------------------------


def environment(where: Path, *options: str) -> None:
    """`python -m venv .`, without pip, which would take seconds; its scripts are written here."""
    if sys.version_info >= (3, 13):
        # It would replace the project's.
        options = (*options, "--without-scm-ignore-files")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", *options, str(where)], check=True)
    scripts = where / ("Scripts" if os.name == "nt" else "bin")
    (scripts / "pip").write_text(f"#!{scripts / 'python'}\n", encoding="utf-8")
    packages = next(where.glob("[Ll]ib/**/site-packages"))
    (packages / "dep.py").write_text("", encoding="utf-8")


@pytest.mark.parametrize("below", ["", "packages/member/"])
@pytest.mark.parametrize("options", [[], ["--copies"]])
def test_environment_in_place(project: Project, options: List[str], below: str) -> None:
    """In the project, or in a member of its workspace: the parts are left out, and the project's files are packed."""
    where = project.root / below
    own = [f"{below}{name}" for name in ("pyproject.toml", "bin/run.sh", "lib/own.c", "include/own.h", "share/x")]
    for name in own[0 if below else 1 :]:
        project.put(name)
    control = names(project.build())
    environment(where, *options)
    built = project.build()
    assert names(built) == control, built.said
    assert built.codes == ["NC004"]
    assert "virtual environment in place: contains pyvenv.cfg" in built.said
