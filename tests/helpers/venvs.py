"""Virtual environments for builds apart: which Pythons there are, uv to fill them quickly, the plugin's own wheel."""

from __future__ import annotations

import functools
import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

ROOT = Path(__file__).parents[2]
VERSIONS = tuple(f"3.{minor}" for minor in range(8, 15))
OLDEST = {"hatchling": "1.22.0", "pathspec": "0.10.1"}


def environment() -> Dict[str, str]:
    """The environment without what belongs to this run of the tests or to the environment that it runs in."""
    belongs = ("COV_", "COVERAGE_", "HATCH_", "PYTEST_", "VIRTUAL_ENV", "PYTHON", "PIP_REQUIRE", "CONDA_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(belongs)}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


@functools.lru_cache(maxsize=None)
def uv() -> Tuple[str, ...]:
    """The command uv: the one that is installed, else one that is installed for the time being."""
    found = shutil.which("uv")
    if found:
        return (found,)
    module = (sys.executable, "-m", "uv")
    if subprocess.run([*module, "--version"], check=False, capture_output=True).returncode == 0:
        return module
    to = temporary() / "uv"
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(to), "uv")
    return (str(next(path for path in to.glob("bin/*") if path.stem == "uv")),)


@functools.lru_cache(maxsize=None)
def temporary() -> Path:
    import atexit
    import tempfile

    where = tempfile.mkdtemp(prefix="hatch-nocache-venvs-")
    atexit.register(shutil.rmtree, where, ignore_errors=True)
    return Path(where)


def run(*command: str, cwd: str = os.curdir, **more: str) -> str:
    """Run a program, and return what it says. A failure shows it."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**environment(), **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"
    return done.stdout


@functools.lru_cache(maxsize=None)
def pythons() -> Dict[str, str]:
    """The interpreters by version: this one, those of HATCH_NOCACHE_PYTHONS (paths or patterns), those on PATH."""
    found: Dict[str, str] = {}
    for candidate in _candidates():
        try:
            version = run(
                candidate, "-Ic", "import sys; print('%d.%d' % sys.version_info[:2], sys.implementation.name)"
            )
        except (AssertionError, OSError):
            continue
        number, _, implementation = version.strip().partition(" ")
        if number in VERSIONS and implementation == "cpython":
            found.setdefault(number, candidate)
    return {version: found[version] for version in VERSIONS if version in found}


def _candidates() -> Iterator[str]:
    yield sys.executable
    for pattern in filter(None, os.environ.get("HATCH_NOCACHE_PYTHONS", "").split(os.pathsep)):
        yield from sorted(glob.glob(os.path.expanduser(pattern)))
    for version in VERSIONS:
        path = shutil.which(f"python{version}")
        if path:
            yield path
    # pyenv's own list; what it puts on PATH works for the selected versions only.
    versions = Path(os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))) / "versions"
    yield from (str(path) for path in sorted(versions.glob("*/bin/python")))


def own_tree(to: Path) -> Path:
    """Copy what the plugin's wheel is built from."""
    to.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py"):
        shutil.copy(str(ROOT / name), str(to))
    for name in ("docs", "src"):
        shutil.copytree(str(ROOT / name), str(to / name), ignore=shutil.ignore_patterns("__pycache__"))
    return to


@functools.lru_cache(maxsize=None)
def own_wheel() -> str:
    """The plugin's wheel, built from a copy of this tree."""
    tree = own_tree(temporary() / "tree")
    run(*uv(), "build", "--quiet", "--wheel", "--out-dir", str(temporary() / "wheels"), str(tree))
    return str(next((temporary() / "wheels").glob("*.whl")))


def make(where: Path, python: str, *requirements: str) -> str:
    """Make an environment that holds the plugin's wheel and `requirements`, and return its interpreter."""
    run(*uv(), "venv", "--quiet", "--python", python, str(where))
    interpreter = str(where / ("Scripts" if os.name == "nt" else "bin") / "python")
    # Newer releases of Hypothesis have wheels for CPython only.
    options = ("--quiet", "--python", interpreter, "--only-binary", "hypothesis")
    run(*uv(), "pip", "install", *options, *requirements, own_wheel())
    return interpreter


def installed(python: str) -> Dict[str, str]:
    """What is installed in an environment, with the versions."""
    lines: List[str] = run(*uv(), "pip", "freeze", "--quiet", "--python", python).splitlines()
    return dict(found.groups() for found in (re.match(r"([\w.-]+)==(\S+)", line) for line in lines) if found)
