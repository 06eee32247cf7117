"""Junctions: directories for `scandir`, links for whatever reads through them.

On Windows they are real. Elsewhere links take their part, and `scandir` tells of them what Windows tells.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import pytest
from building import PYPROJECT, build, read

from hatch_nocache import tree
from hatch_nocache.tree import DiskDirectory

Maker = Callable[[Path, Path], None]
MOUNT_POINT = 0xA0000003


class Junction:
    """An entry of a directory, as Windows tells of a junction."""

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
    """`scandir` of a system with junctions: links to directories are such."""

    def __init__(self, entries) -> None:
        self._entries = entries

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._entries.close()

    def __iter__(self):
        return self

    def __next__(self):
        entry = next(self._entries)
        return Junction(entry) if entry.is_symlink() and entry.is_dir() else entry


@pytest.fixture
def junction(monkeypatch) -> Maker:
    """Make a junction at the first path that leads to the directory at the second."""
    if os.name == "nt":
        import _winapi

        return lambda at, to: _winapi.CreateJunction(str(to), str(at))
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda *args: Entries(scandir(*args)))
    monkeypatch.setattr(tree, "entry_is_link", tree.is_link_or_junction)
    return lambda at, to: os.symlink(str(to), str(at))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "project"
    (root / "demo" / "sub").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "demo" / "__init__.py").write_bytes(b"")
    (root / "demo" / "sub" / "inside.txt").write_bytes(b"x")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_bytes(b"x")
    return root


def test_it_is_a_link(root: Path, junction: Maker) -> None:
    """To walk into, and not a real subdirectory."""
    junction(root / "demo" / "away", root.parent / "outside")
    with os.scandir(str(root / "demo")) as entries:
        assert [entry.is_symlink() for entry in entries if entry.name == "away"] == [False]
    directory = DiskDirectory(str(root / "demo"), "demo")
    assert directory.links == {"away"}
    assert directory.directories == {"sub"}
    assert sorted(directory.subdirectories) == ["away", "sub"]
    assert directory.files == {"__init__.py"}
    assert not directory.child("away").readable


def test_a_symbolic_link_stays_one(root: Path, junction: Maker) -> None:
    """Beside a junction, and where it leads nowhere."""
    junction(root / "demo" / "away", root.parent / "outside")
    os.symlink("nothing", str(root / "demo" / "l"))
    directory = DiskDirectory(str(root / "demo"), "demo")
    assert directory.links == {"away", "l"}
    assert directory.kind("l") == "link"


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_one_that_leaves_the_project(root: Path, junction: Maker, target: str) -> None:
    """What lies behind it comes from outside, and it is said."""
    junction(root / "demo" / "away", root.parent / "outside")
    built = build(root, target, root.parent / "dist")
    assert built.codes == ["NC103"]
    if target == "sdist":
        assert built.code == 1
        assert built.archive is None
    else:
        assert built.archive is not None
        assert "demo/away/secret.txt" in read(built.archive).names


def test_one_that_stays(root: Path, junction: Maker) -> None:
    """It never costs the real directory its place."""
    junction(root / "demo" / "also", root / "demo" / "sub")
    built = build(root, "sdist", root.parent / "dist")
    assert built.archive is not None
    assert built.codes == ["NC106"]
    assert {"demo/also/inside.txt", "demo/sub/inside.txt"} <= set(read(built.archive).names)


def test_one_into_a_cache(root: Path, junction: Maker) -> None:
    """The cache is recognised by what lies above the junction's target."""
    store = root / "store"
    (store / "sub").mkdir(parents=True)
    (store / "CACHEDIR.TAG").write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55")
    (store / "sub" / "entry").write_bytes(b"x")
    junction(root / "demo" / "data", store / "sub")
    built = build(root, "sdist", root.parent / "dist")
    assert built.archive is not None
    assert [name for name in read(built.archive).names if name.endswith("entry")] == []
    assert "NC001 demo/data/" in built.said


@pytest.mark.skipif(os.name == "nt", reason="about the others")
def test_elsewhere_nothing_more_is_asked() -> None:
    """The very method of the entry, and no second look."""
    assert tree.entry_is_link is os.DirEntry.is_symlink
