"""Junctions, and a symlink that cannot be followed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import pytest
from projects import Project, names

from hatch_nocache import paths
from hatch_nocache.members import symlinks
from hatch_nocache.paths import _is_link_or_junction as entry_is_link_on_windows
from hatch_nocache.selection import directory as module

MOUNT_POINT = 0xA0000003
Maker = Callable[[Path, Path], None]


def as_junction(entry: os.DirEntry[str]) -> SimpleNamespace:
    """Describe a symlink to a directory as Windows describes a junction."""
    if not (entry.is_symlink() and entry.is_dir()):
        return entry
    return SimpleNamespace(
        name=entry.name,
        path=entry.path,
        is_symlink=lambda: False,
        is_dir=lambda **_: True,
        is_file=lambda **_: False,
        stat=lambda *, follow_symlinks: SimpleNamespace(st_reparse_tag=0 if follow_symlinks else MOUNT_POINT),
    )


@contextlib.contextmanager
def entries(listing):
    """Yield the result of `scandir` with junctions."""
    with listing:
        yield map(as_junction, listing)


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
    monkeypatch.setattr(os, "scandir", lambda *args: entries(scandir(*args)))
    monkeypatch.setattr(module, "entry_is_link", entry_is_link_on_windows)
    return lambda at, to: os.symlink(str((project.root / to).resolve()), str(project.root / at))


@pytest.mark.parametrize(
    ("to", "target", "finding", "members"),
    [
        ("../outside", "sdist", "NC103", None),
        ("../outside", "wheel", "NC103", {"demo/l/secret.txt"}),
        # The wheel selects both names.
        ("src/demo/sub", "sdist", "NC106", {"src/demo/l/inside.txt", "src/demo/sub/inside.txt"}),
    ],
)
def test_junction(project: Project, junction: Maker, to: str, target: str, finding: str, members) -> None:
    junction("src/demo/l", to)
    built = project.build(target)
    assert (built.code, built.codes) == (0 if members else 1, [finding])
    assert not members or members <= set(names(built))


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


def test_allowed_symlink_that_cannot_be_followed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if for lack of a permission: the wheel must not lack it in silence."""
    project.configure('allow = ["/src/demo/l"]')
    project.link("src/demo/l", "nothing")
    monkeypatch.setattr(symlinks, "problem_on_disk", lambda *_args, **_options: None)
    built = project.build("wheel")
    assert (built.code, built.archive, built.crashed) == (1, None, False)
    assert "l cannot be read" in built.said
