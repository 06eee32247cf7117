"""A cache that changes while the build runs, as that of a tool in another terminal does (hatch issue 1998).

With the hook no directory of it is entered. Without it some builds end on a file or a directory that has gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest
from building import NO_HOOKS, build, read
from projects import KINDS

WRITER = textwrap.dedent(
    """
    import itertools, os, shutil, sys

    store, parent = sys.argv[1], int(sys.argv[2])
    print("ready", flush=True)
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
        if os.getppid() != parent:
            break
    """
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    for number in range(30):
        (package / f"module_{number}.py").write_text(f"number = {number}\n", encoding="utf-8")
    head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
    (root / "pyproject.toml").write_text(head + 'version = "1.0"\n[tool.hatch.build.hooks.nocache]\n', encoding="utf-8")
    KINDS["cache"](str(root / "store"))
    return root


@pytest.fixture
def writer(project: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(project / "store"), str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        yield process
        process.kill()


def count_failures(project: Path, to: Path, builds: int, writer: subprocess.Popen[str]) -> Tuple[int, int, int]:
    """How many of the builds fail with the hook, and how many without it, by turns; at last, of how many."""
    failed = [0, 0]
    number = 0
    # On a fast disk it can take a while until the build without the hook meets a file that has gone.
    while number < builds or (failed[1] == 0 and number < 10 * builds):
        number += 1
        assert writer.poll() is None
        for index, env in enumerate(({}, NO_HOOKS)):
            built = build(project, "sdist", to / f"{number}-{index}", env)
            failed[index] += built.code != 0
            if index == 0:
                assert built.code == 0, built.said
                assert built.archive is not None
                names = read(built.archive).names
                assert [name for name in names if name.startswith("store")] == []
                assert len(names) == 32
            if built.archive is not None:
                built.archive.unlink()
    return failed[0], failed[1], number


def check(project: Path, to: Path, builds: int, writer: subprocess.Popen[str], capsys) -> None:
    with_hook, without, builds = count_failures(project, to, builds, writer)
    with capsys.disabled():
        print(f"\nof {builds} builds beside a writer, {with_hook} fail with the hook, {without} without it")
    assert with_hook == 0
    assert without > 0


@pytest.mark.skipif(os.name == "nt", reason="no removing of open files")
def test_a_cache_that_changes(project: Path, tmp_path: Path, writer, capsys) -> None:
    """20 builds beside a writer, each with and without the hook."""
    check(project, tmp_path / "dist", 20, writer, capsys)


@pytest.mark.nightly
@pytest.mark.skipif(os.name == "nt", reason="no removing of open files")
def test_a_cache_that_changes_nightly(project: Path, tmp_path: Path, writer, capsys) -> None:
    """200 builds beside a writer, each with and without the hook."""
    check(project, tmp_path / "dist", 200, writer, capsys)


VANISH = ("a directory", "a file")


@pytest.mark.parametrize("what", VANISH)
def test_a_race_that_is_forced(project: Path, tmp_path: Path, monkeypatch, what: str) -> None:
    """What goes between the moment in which it is listed and the next: the build without the hook ends on it."""
    store = project / "store"
    results: List[bool] = []
    for env in ({}, NO_HOOKS):
        victim = store / "victim"
        victim.mkdir(exist_ok=True)
        (victim / "entry.bin").write_bytes(b"x")
        scandir = os.scandir

        class Entries:
            """A listing after which what was listed is removed."""

            def __init__(self, path: str = ".", *, plain=scandir, victim: Path = victim) -> None:
                with plain(path) as entries:
                    self.entries = iter(list(entries))
                if os.path.realpath(str(path)) == str(victim) and victim.exists():
                    (victim / "entry.bin").unlink()
                    if what == "a directory":
                        victim.rmdir()

            def __iter__(self):
                return self.entries

            def __next__(self):
                return next(self.entries)

            def __enter__(self):
                return self

            def __exit__(self, *_: object) -> None:
                pass

            def close(self) -> None:
                pass

        with monkeypatch.context() as patch:
            patch.setattr(os, "scandir", Entries)
            results.append(build(project, "sdist", tmp_path / f"dist{len(results)}", env).code == 0)
    assert results == [True, False]
