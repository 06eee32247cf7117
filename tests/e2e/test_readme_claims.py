"""What the README says of uv, pip, build, hatch and tox, with these programs. Their words are read from the README."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Tuple

import pytest
import venvs
from building import NO_HOOKS, read
from projects import Project
from readme import README, blocks, table

PYTHON = sys.executable
# The versions next to each end of a range in the README; "" is the newest.
UV = ["0.8.0", "0.8.1", "0.8.11", "0.8.12", "0.8.21", "0.8.22", "0.11.27", "0.11.28", "0.12.24", "0.13.0", ""]
JOB = {"UV_CACHE_DIR": ".uv-cache", "UV_LINK_MODE": "copy", "UV_PYTHON": PYTHON}


def number(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


class Line(NamedTuple):
    """An error, a program that prints it, and the first and the last version: (0, 12) is every 0.12."""

    text: str
    program: str
    first: Tuple[int, ...] = ()
    last: Tuple[int, ...] = ()


def lines() -> Iterator[Line]:
    for text, printed_by in table("| error | printed by |"):
        for each in printed_by.split(", "):
            program, *versions = each.replace(" to ", " ").split()
            yield Line(text.strip("` "), program, *(number(version) for version in (versions[:1] + versions[-1:])))


LINES = list(lines())


@pytest.fixture
def refusal(report: Path, run, uv, tmp_path: Path) -> Callable[[str, str], str]:
    """Build a wheel from its sdist, as the newest uv builds that without the hook, and return what is printed."""
    done = run(uv(""), "build", "--sdist", "-o", tmp_path / "broken", cwd=report, **JOB, **NO_HOOKS)
    assert done.returncode == 0
    broken = tmp_path / "broken" / "demo-1.0.tar.gz"
    assert read(broken).below(".uv-cache")

    def words(program: str, version: str = "") -> str:
        command = {
            "uv": lambda: [uv(version), "build", "--wheel", "-o", tmp_path, broken],
            "pip": lambda: [PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, broken],
            "build": lambda: [PYTHON, "-m", "build", "--wheel", "-o", tmp_path, broken],
        }[program]()
        done = run(*command, cwd=tmp_path, UV_CACHE_DIR=tmp_path / "cache", UV_PYTHON=PYTHON)
        assert (done.returncode == 0) is (version == "0.8.0")
        return done.words

    return words


def pattern(text: str) -> str:
    """Return a regular expression: `…` is anything, and the interpreter may be elsewhere."""
    return re.escape(text).replace("…", r"\S*").replace(re.escape("/usr/bin/python3"), r"/\S*python[\d.]*")


def test_the_table_of_errors() -> None:
    """For each end of a range, the version there and the one beyond are tried."""
    assert [line.program for line in LINES] == ["uv"] * 5 + ["pip", "build"]
    tried = [number(version) for version in UV if version]
    for line in LINES[:5]:
        assert line.first in tried or (*line.first, 0) in tried
        assert min(tried) < line.first
        assert line.last[:2] == (0, 13) or [each for each in tried if each[: len(line.last)] == line.last]


@pytest.mark.parametrize("version", UV)
def test_errors_of_uv(version: str, refusal, run, uv, tmp_path: Path) -> None:
    """The versions of the README print the error, and no others."""
    printed = refusal("uv", version)
    exact = number(re.search(r"[\d.]+", run(uv(version), "--version", cwd=tmp_path).stdout).group())
    told = {line.text for line in LINES[:5] if line.first <= exact and exact[: len(line.last)] <= line.last}
    assert {line.text for line in LINES[:5] if re.search(pattern(line.text), printed)} == told


@pytest.mark.parametrize("line", LINES[5:], ids=lambda line: line.program)
def test_errors_of_others(line: Line, refusal) -> None:
    assert re.search(pattern(line.text), refusal(line.program))


@pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")
def test_before_it_is_on_the_package_index(report: Path, run, uv, env, wheelhouse: Path, tmp_path: Path) -> None:
    """The commands of the README, next to a clone. The wheelhouse provides what the index would."""
    script = blocks("sh")[0]
    venvs.own_tree(report.parent / "hatch-nocache")
    others = report.parent / "wheels"
    shutil.copytree(str(wheelhouse), str(others), ignore=shutil.ignore_patterns("hatch_nocache*"))
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(PYTHON)
    (programs / "uv").symlink_to(uv(""))
    path = f"{programs}{os.pathsep}{env['PATH']}"
    more = {"PIP_FIND_LINKS": others.as_uri(), "UV_FIND_LINKS": str(others), "PATH": path, **JOB}
    done = run("sh", "-euc", script, cwd=report, **more)
    assert done.returncode == 0
    assert "hatch-nocache: left 1 cache directory out of the sdist" in done.words


def front_ends() -> Iterator[Tuple[str, str, str]]:
    """Each command of the table, with the cells about builds that succeed and that are rejected."""
    for names, succeeds, rejected in table("| front end | build succeeds | build is rejected |"):
        for name in names.split(", "):
            yield name.strip("`"), succeeds, rejected


@pytest.fixture
def command(uv, tmp_path: Path) -> Callable[[str], List[str]]:
    """Return the command of a front end, for the project in the current directory."""
    out = str(tmp_path / "out")

    def words(name: str) -> List[str]:
        program, *rest = name.split()
        if program == "tox":
            return [venvs.programs("tox") / "tox", "--workdir", out, *rest]
        if program == "uv":
            more = {"sync": ["--no-editable", "--reinstall"], "pip": ["--target", out, "."]}
            return [uv(""), *rest, *more.get(rest[0], [])]
        more = {"install": ["--target", out, "--no-deps", "."], "wheel": ["-w", out, "--no-deps", "."]}
        module = rest if program == "python" else ["-m", program, *rest]
        return [PYTHON, *module, *more.get(rest[0], [])]

    return words


@pytest.mark.parametrize("row", list(front_ends()), ids=lambda row: row[0])
def test_where_the_message_is_shown(row: Tuple[str, str, str], project: Project, run, command, tmp_path: Path) -> None:
    name, succeeds, rejected = row
    # Hatch runs uv, too.
    env = {"UV_PYTHON": PYTHON, "UV_CACHE_DIR": tmp_path / "uv"} if name.startswith("uv ") else {}

    def shows(words: str, *options: str) -> bool:
        done = run(*command(" ".join([name, *options])), cwd=project.root, **env)
        assert (done.returncode == 0) is words.startswith("left")
        return f"hatch-nocache: {words}" in done.words

    project.make("cache", "src/demo/store")
    project.put("tox.ini", "[tox]\nenv_list = x\n[testenv]\npass_env = *\ncommands = python --version\n")
    assert shows("left 1 cache directory") is succeeds.startswith("shown")
    option = re.search(r"`(-v+)` shows it", succeeds)
    assert bool(option) is (succeeds.startswith("hidden") and " -q" not in name)
    project.put("src/demo/changed.py")  # so that uv builds it again
    assert not option or shows("left 1 cache directory", option.group(1))
    project.link("src/demo/y", "nowhere")
    assert shows("the wheel was not built: 1 problem") is rejected.startswith("shown")


def test_unknown_build_hook(report: Path, run) -> None:
    """Hatchling's words when the plugin is not installed."""
    assert "**`Unknown build hook: nocache`**" in README
    pyproject = report / "pyproject.toml"
    pyproject.write_text(pyproject.read_text(encoding="utf-8").replace(', "hatch-nocache"', ""), encoding="utf-8")
    done = run(PYTHON, "-m", "build", "--sdist", cwd=report)
    assert done.returncode == 1
    assert "Unknown build hook: nocache" in done.words
