"""What one directory on disk is said to hold."""

from __future__ import annotations

import ntpath
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from hatch_nocache import named, tree
from hatch_nocache.named import allow_names
from hatch_nocache.patterns import Patterns
from hatch_nocache.tree import DiskDirectory, native, relative


def test_entries_by_kind(tmp_path: Path) -> None:
    """Links are never followed for their kind, save that a link to a directory is walked as one."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "deep").write_text("deep")
    (tmp_path / "file").write_text("0123456789")
    os.mkfifo(tmp_path / "fifo")
    os.symlink("sub", tmp_path / "to-sub")
    os.symlink("file", tmp_path / "to-file")
    os.symlink("nothing", tmp_path / "dangling")
    os.symlink("loop", tmp_path / "loop")
    directory = DiskDirectory(str(tmp_path), "here")
    assert directory.readable
    assert directory.directories == {"sub"}
    assert directory.files == {"file"}
    assert directory.links == {"to-sub", "to-file", "dangling", "loop"}
    assert directory.kind("fifo") == "special"
    assert sorted(directory.subdirectories) == ["sub", "to-sub"]
    assert directory.has("fifo")
    assert directory.has("sub")
    assert not directory.has("nothing")
    assert directory.head("file", 4) == b"0123"
    for name in ("to-file", "fifo", "sub", "nothing"):
        assert directory.head(name, 4) == b""
    child = directory.child("sub")
    assert (child.path, child.files) == ("here/sub", {"deep"})
    assert not directory.child("to-sub").readable
    assert not directory.child("nothing").readable


def test_a_child_of_the_root(tmp_path: Path) -> None:
    """Its path has no slash at the front."""
    (tmp_path / "sub").mkdir()
    assert DiskDirectory(str(tmp_path), "").child("sub").path == "sub"


def test_relative(tmp_path: Path) -> None:
    """With slashes, whatever the system."""
    assert relative(str(tmp_path / "a" / "b"), str(tmp_path)) == "a/b"
    assert relative(str(tmp_path), str(tmp_path)) == ""
    assert relative(str(tmp_path), str(tmp_path / "a")) == ".."


@pytest.mark.parametrize(
    ("location", "root", "expected"),
    [
        ("C:\\p\\a\\b", "C:\\p", "a/b"),
        ("c:\\P\\a", "C:\\p", "a"),
        ("C:\\x", "C:\\p", "../x"),
        ("D:\\x\\y", "C:\\p", "D:/x/y"),
        ("\\\\server\\share\\p\\a", "\\\\server\\share\\p", "a"),
        ("\\\\server\\other\\a", "\\\\server\\share\\p", "//server/other/a"),
        ("C:\\x", "\\\\server\\share\\p", "C:/x"),
    ],
)
def test_relative_on_windows(monkeypatch, location: str, root: str, expected: str) -> None:
    """There is no way from one drive to another."""
    monkeypatch.setattr(tree, "os", SimpleNamespace(path=ntpath, sep="\\"))
    assert relative(location, root) == expected


def test_what_is_named_on_windows(monkeypatch) -> None:
    """The walk has other separators than the configuration, and comes to the same places."""
    for module in (tree, named):
        monkeypatch.setattr(module, "os", SimpleNamespace(path=ntpath, sep="\\"))
    assert native("C:\\p\\store/index.txt") == "C:\\p\\store\\index.txt"
    (name,) = allow_names(Patterns(["/models/keep/"]), "C:\\p")
    assert name.concerns("C:\\p\\models")
    assert name.leads_to("C:\\p\\models\\keep\\sub")
    assert not name.leads_to("C:\\p\\models\\junk")
