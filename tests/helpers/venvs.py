"""Other processes: programs and their output, environments made by uv, each Python, and the plugin's own wheel."""

from __future__ import annotations

import atexit
import functools
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, Iterator, Optional

ROOT = Path(__file__).parents[2]
VERSIONS = tuple(f"3.{minor}" for minor in range(8, 15))
OLDEST = {"hatchling": "1.22.0", "pathspec": "0.10.1"}
BIN = "Scripts" if os.name == "nt" else "bin"


def environment() -> Dict[str, str]:
    """Return the environment without variables of this test run and of its own environment."""
    own = ("COV_", "COVERAGE_", "HATCH_", "PYTEST_", "VIRTUAL_ENV", "PYTHON", "PIP_REQUIRE", "CONDA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


def execute(
    *command: object, cwd: object = os.curdir, env: Optional[Dict[str, str]] = None, **more: object
) -> subprocess.CompletedProcess:
    """Run and print a program, with the variables in `more`. `words` is its output on one line."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=str(cwd),
        env={
            **(environment() if env is None else env),
            "PWD": os.path.abspath(cwd),
            **{name: str(value) for name, value in more.items()},
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=600,
    )
    print("$", *command, f"\n{done.stdout}", file=sys.stderr)
    done.words = " ".join(done.stdout.replace("│", " ").split())
    return done


def run(*command: object, cwd: object = os.curdir, env: Optional[Dict[str, str]] = None, **more: object) -> str:
    """Run a program that must succeed, and return its output."""
    done = execute(*command, cwd=cwd, env=env, **more)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@functools.lru_cache(maxsize=None)
def temporary() -> Path:
    where = tempfile.mkdtemp(prefix="hatch-nocache-venvs-")
    atexit.register(shutil.rmtree, where, ignore_errors=True)
    return Path(where)


@functools.lru_cache(maxsize=None)
def uv() -> str:
    """Return the program uv: the installed one, else one that is installed for this run."""
    found = shutil.which("uv", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")]))
    if not found:
        run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", temporary() / "uv", "uv")
        found = str(next(path for path in (temporary() / "uv").glob("bin/*") if path.stem == "uv"))
    return found


@functools.lru_cache(maxsize=None)
def programs(*requirements: str, python: str = sys.executable) -> Path:
    """Make an environment with pip and `requirements`, once, and return the directory of its programs."""
    where = Path(tempfile.mkdtemp(dir=str(temporary()))) / "venv"
    run(uv(), "venv", "--quiet", "--seed", "--python", python, where)
    if requirements:
        # Newer releases of Hypothesis have wheels for CPython only.
        options = ("--quiet", "--python", where / BIN / "python", "--only-binary", "hypothesis")
        run(uv(), "pip", "install", *options, *requirements)
    return where / BIN


def installed(python: Path) -> Dict[str, str]:
    """Return the versions of the packages in an environment."""
    lines = run(uv(), "pip", "freeze", "--quiet", "--python", python).splitlines()
    return dict(found.groups() for found in (re.match(r"([\w.-]+)==(\S+)", line) for line in lines) if found)


@functools.lru_cache(maxsize=None)
def pythons() -> Dict[str, str]:
    """Return the interpreters by version: this one, those of HATCH_NOCACHE_PYTHONS, of PATH and of pyenv."""
    found: Dict[str, str] = {}
    for candidate in _candidates():
        try:
            code = "import sys; print('%d.%d' % sys.version_info[:2], sys.implementation.name)"
            number, implementation = run(candidate, "-Ic", code).split()
        except (AssertionError, OSError, ValueError):
            continue
        if number in VERSIONS and implementation == "cpython":
            found.setdefault(number, candidate)
    return {version: found[version] for version in VERSIONS if version in found}


def _candidates() -> Iterator[str]:
    yield sys.executable
    for pattern in filter(None, os.environ.get("HATCH_NOCACHE_PYTHONS", "").split(os.pathsep)):
        yield from sorted(glob.glob(os.path.expanduser(pattern)))
    yield from filter(None, (shutil.which(f"python{version}") for version in VERSIONS))
    # pyenv's own list; what it puts on PATH works for the selected versions only.
    versions = Path(os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))) / "versions"
    yield from (str(path) for path in sorted(versions.glob("*/bin/python")))


def own_tree(to: Path) -> Path:
    """Copy the files from which the plugin's wheel is built."""
    to.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py"):
        shutil.copy(str(ROOT / name), str(to))
    for name in ("docs", "src"):
        shutil.copytree(str(ROOT / name), str(to / name), ignore=shutil.ignore_patterns("__pycache__"))
    return to


@functools.lru_cache(maxsize=None)
def own_wheel() -> str:
    """Build the plugin's wheel from a copy of this tree."""
    wheels = temporary() / "wheels"
    run(uv(), "build", "--quiet", "--wheel", "--out-dir", wheels, own_tree(temporary() / "tree"))
    return str(next(wheels.glob("*.whl")))


def commit(root: Path) -> None:
    """Put all files below `root` into a new git repository."""
    who = ("-c", "user.name=demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false")
    for command in ("init --quiet", "add .", "commit --quiet -m x"):
        run("git", *who, *command.split(), cwd=root)
