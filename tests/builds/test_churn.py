"""A cache that changes while the build runs, as that of a tool in another terminal does (pypa/hatch#1998).

With the hook, no directory of it is entered. Without it, some builds end on a file or a directory that has vanished.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Iterator

import pytest
from projects import Project, names

if os.name == "nt":
    pytest.skip("no removing of open files", allow_module_level=True)

WRITER = textwrap.dedent(
    """
    import itertools, os, shutil, sys

    store, parent = sys.argv[1], int(sys.argv[2])
    for number in itertools.count():
        where = os.path.join(store, f"{number % 40:02}", str(number % 7))
        os.makedirs(where, exist_ok=True)
        for name in range(10):
            with open(os.path.join(where, f"{name}.bin"), "wb") as file:
                file.write(b"x" * name)
        gone = os.path.join(store, f"{(number + 13) % 40:02}")
        if number % 2:
            shutil.rmtree(gone, ignore_errors=True)
        else:
            for directory, _, files in os.walk(gone):
                for name in files[::2]:
                    os.unlink(os.path.join(directory, name))
        if number == 40:
            print("ready", flush=True)
        if os.getppid() != parent:
            break
    """
)


@pytest.fixture
def project(project: Project) -> Project:
    project.make("cache", "store")
    return project


@pytest.fixture
def writer(project: Project) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(project.root / "store"), str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("builds", [10, pytest.param(200, marks=pytest.mark.nightly)])
def test_cache_that_changes(project: Project, writer, builds: int) -> None:
    """That builds without the hook fail is seen in the next test, where it does not depend on the disk."""
    for _ in range(builds):
        assert writer.poll() is None
        assert len(names(project.build())) == 3


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
    victim = project.root / "store" / "victim"
    results = []
    for env in ({}, {"HATCH_BUILD_NO_HOOKS": "true"}):
        project.put("store/victim/entry.bin")
        plain = os.scandir

        def scandir(path: Any = ".", *, plain: Any = plain) -> Any:
            entries = plain(path)
            return Entries(entries, victim, what) if os.path.realpath(str(path)) == str(victim) else entries

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", scandir)
            results.append(project.build(**env).code == 0)
    assert results == [True, False]
