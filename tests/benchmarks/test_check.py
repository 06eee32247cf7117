"""How long the command takes, and how much memory, on archives of every size and on a large project."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not hasattr(os, "wait4"), reason="measures with wait4"),
]

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"

[tool.hatch.build.hooks.nocache]
"""


# The largest size of a process counts from before `exec`, when it still was a copy of the one that started it. So a
# small one stands between the tests and the command.
BETWEEN = """\
import os, subprocess, sys, time
start = time.perf_counter()
command = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(command.pid, 0)
command.returncode = os.WEXITSTATUS(status)
unit = 1024 ** 2 if sys.platform == "darwin" else 1024
print(command.returncode, time.perf_counter() - start, usage.ru_maxrss / unit)
"""


def measured(*arguments):
    """Exit code, seconds and mebibytes of one run of the command; an unused interpreter has about 10 of these."""
    command = [sys.executable, "-m", "hatch_nocache", "check", *map(str, arguments)]
    code, seconds, memory = subprocess.check_output([sys.executable, "-c", BETWEEN, *command]).split()
    return int(code), float(seconds), float(memory)


def report(what, code, seconds, memory):
    print(f"\n{what}: exit code {code}, {seconds:.2f} s, {memory:.0f} MiB")


def names(count):
    """As many members as that, a fifth of them in a cache."""
    for number in range(count):
        yield (
            f".uv-cache/archive-v0/{number // 100}/{number}.py"
            if number % 5 == 0
            else f"src/demo/d{number // 100}/m{number}.py"
        )


def write_sdist(path, count, *, links=False):
    with gzip.open(str(path), "wb", compresslevel=1) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("pyproject.toml", "PKG-INFO", ".uv-cache/CACHEDIR.TAG", *names(count)):
            member = tarfile.TarInfo(f"demo-1.0/{name}")
            if links and name.startswith(".uv-cache/arch"):
                member.type, member.linkname = tarfile.SYMTYPE, "/usr/bin/python3"
            archive.addfile(member)


@pytest.mark.parametrize(
    ("count", "seconds", "memory"), [(1_000, 3, 60), (100_000, 20, 150), (1_000_000, 200, 900)], ids=str
)
def test_sdists(count, seconds, memory, tmp_path):
    """Time grows with the members, and so does memory, slowly."""
    write_sdist(tmp_path / "demo-1.0.tar.gz", count)
    figures = measured(tmp_path / "demo-1.0.tar.gz")
    report(f"sdist of {count:,} members", *figures)
    assert figures[1] < seconds
    assert figures[2] < memory


def test_an_sdist_full_of_findings(tmp_path):
    """Twenty thousand links that are refused."""
    write_sdist(tmp_path / "demo-1.0.tar.gz", 100_000, links=True)
    for format_ in ("text", "json", "github"):
        figures = measured("--format", format_, tmp_path / "demo-1.0.tar.gz")
        report(f"sdist of 100,000 members, 20,000 of them refused, {format_}", *figures)
        assert figures[0] == 1
        assert figures[1] < 30
        assert figures[2] < 300


def test_wheel(tmp_path):
    """A wheel of a hundred thousand members."""
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(str(path), "w") as archive:
        for number in range(100_000):
            archive.writestr(f"demo/d{number // 100}/m{number}.py", "")
    figures = measured(path)
    report("wheel of 100,000 members", *figures)
    assert figures[1] < 30
    assert figures[2] < 400


def test_bomb(tmp_path):
    """Three gibibytes of nothing in three megabytes: it is left alone after two."""
    entry = tarfile.TarInfo("demo-1.0/zeros")
    entry.size = 3 * 1024**3
    with gzip.open(str(tmp_path / "bomb.tar.gz"), "wb", compresslevel=1) as stream:
        stream.write(entry.tobuf())
        for _ in range(entry.size // 1024**2):
            stream.write(bytes(1024**2))
    figures = measured(tmp_path / "bomb.tar.gz")
    report("bomb of 3 GiB", *figures)
    assert figures[0] == 2
    assert figures[1] < 60
    assert figures[2] < 100


def test_project(tmp_path):
    """Twenty thousand files and a cache of as many: the files are walked once for each target, the cache never."""
    for top, count in (("src/demo", 20_000), (".uv-cache/archive-v0", 20_000)):
        for number in range(0, count, 100):
            directory = tmp_path / top / f"d{number}"
            directory.mkdir(parents=True)
            for name in range(100):
                (directory / f"m{name}.py").touch()
    (tmp_path / "src/demo/__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (tmp_path / ".uv-cache/CACHEDIR.TAG").write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55")
    figures = measured(tmp_path)
    report("project of 20,000 files and a cache of 20,000", *figures)
    assert figures[0] == 0
    assert figures[1] < 20
    assert figures[2] < 150
