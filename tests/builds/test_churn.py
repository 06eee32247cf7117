"""A cache that changes while the build runs, as that of a tool in another terminal does (pypa/hatch#1998).

With the hook, no directory of it is entered. Without it, some builds end on a file or a directory that has vanished.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from building import NO_HOOKS
from projects import Project

if os.name == "nt":
    pytest.skip("no removing of open files", allow_module_level=True)


class Entries:
    """A listing after which what was listed is removed."""

    def __init__(self, entries: Any, victim: Path, what: str) -> None:
        self.entries = iter(list(entries))
        entries.close()
        if victim.exists():
            (victim / "entry.bin").unlink()
            if what == "a directory":
                victim.rmdir()

    def __iter__(self) -> Any:
        return self.entries

    def __next__(self) -> Any:
        return next(self.entries)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.mark.parametrize("what", ["a directory", "a file"])
def test_vanishes_after_it_was_listed(project: Project, monkeypatch, what: str) -> None:
    """Between the listing and the next step, the build without the hook ends on it."""
    project.make("cache", "store")
    victim = project.root / "store" / "victim"
    results = []
    for env in ({}, NO_HOOKS):
        project.put("store/victim/entry.bin")
        plain = os.scandir

        def scandir(path: Any = ".", *, plain: Any = plain) -> Any:
            entries = plain(path)
            return Entries(entries, victim, what) if os.path.realpath(str(path)) == str(victim) else entries

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", scandir)
            results.append(project.build(**env).code == 0)
    assert results == [True, False]
