"""What the front ends need, prepared once per run: a wheelhouse, and programs in directories of their own.

Only this preparation asks the package index. The builds of the tests find everything in the wheelhouse.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List

import pytest
import venvs
from projects import PROJECTS

HERE = Path(__file__).parent
BACKEND = ["hatchling", "editables"]
PYTHON = sys.executable
FRONT_ENDS: Dict[str, List[str]] = {
    "build": [PYTHON, "-m", "build", "--outdir", "{out}"],
    "hatch": [PYTHON, "-m", "hatch", "build", "{out}"],
    "hatchling": [PYTHON, "-m", "hatchling", "build", "-d", "{out}"],
    "uv build": ["{uv}", "build", "--python", PYTHON, "--out-dir", "{out}"],
    "pip wheel": [PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", "{out}", "."],
    "pip install": [PYTHON, "-m", "pip", "--python", "{venv}", "install", "."],
    "pip install -e": [PYTHON, "-m", "pip", "--python", "{venv}", "install", "-e", "."],
}
Filled = Callable[[str, Callable[[Path], None]], Path]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            if item.get_closest_marker("pipeline") is None:
                item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.network)


def pytest_generate_tests(metafunc) -> None:
    if "front_end_name" in metafunc.fixturenames:
        metafunc.parametrize("front_end_name", FRONT_ENDS)


@pytest.fixture(scope="session")
def filled(tmp_path_factory, worker_id) -> Filled:
    """A directory that the workers of pytest-xdist share: the first fills it, the others wait until it has."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent

    def directory(name: str, fill: Callable[[Path], None]) -> Path:
        where, done = base / f"shared-{name}", base / f"shared-{name}.done"
        try:
            where.mkdir()
        except FileExistsError:
            end = time.monotonic() + 600
            while not done.exists():
                assert time.monotonic() < end, f"{where} was not made"
                time.sleep(0.2)
        else:
            try:
                fill(where)
            finally:
                done.touch()
        return where

    return directory


def pip(*arguments: str) -> None:
    subprocess.run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


@pytest.fixture(scope="session")
def wheelhouse(filled: Filled, tmp_path_factory) -> Path:
    """The plugin's own wheel, made from this tree, and all that a build with it needs."""

    def fill(directory: Path) -> None:
        tree = venvs.own_tree(tmp_path_factory.mktemp("tree") / "hatch-nocache")
        pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(tree))
        wheel = next(directory.glob("hatch_nocache-*.whl"))
        pip("download", "--quiet", "--only-binary", ":all:", "--dest", str(directory), str(wheel), *BACKEND)

    return filled("wheelhouse", fill)


@pytest.fixture(scope="session")
def uv(filled: Filled) -> Callable[[str], str]:
    """The program uv of a version ("" is the newest)."""

    def program(version: str) -> str:
        wanted = f"uv=={version}" if version else "uv"
        directory = filled(wanted, lambda path: pip("install", "--quiet", "--no-deps", "--target", str(path), wanted))
        return str(directory / "bin" / ("uv.exe" if os.name == "nt" else "uv"))

    return program


@pytest.fixture
def env(wheelhouse: Path, tmp_path: Path) -> Dict[str, str]:
    """The environment of a front end that finds the wheelhouse and nothing else."""
    others = ("PIP_", "UV_", "HATCH_", "COV_", "COVERAGE_", "VIRTUAL_ENV", "XDG_", "PYTEST_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(others)},
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheelhouse.as_uri(),
        "PIP_CACHE_DIR": str(tmp_path / "pip-cache"),
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(wheelhouse),
        "UV_PYTHON_DOWNLOADS": "never",
        "HATCH_DATA_DIR": str(tmp_path / "hatch"),
        "HOME": str(tmp_path / "home"),
    }


@pytest.fixture
def run(env: Dict[str, str]) -> Callable[..., subprocess.CompletedProcess]:
    """Run a program as a person does, and show what it prints: stdout and stderr together."""

    def program(*command: str, cwd: Path, **more: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=str(cwd),
            env={**env, "PWD": str(cwd), **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
        )
        print("$", *command)
        print(done.stdout)
        done.words = " ".join(done.stdout.replace("│", " ").split())  # wherever the lines are broken
        return done

    return program


@pytest.fixture
def front_end(run, uv, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Build the project at `root` with a front end into `out`, or install it into the environment `venv`."""

    def build(name: str, root: Path, *more: str, out: str = "out", **env: str) -> subprocess.CompletedProcess:
        words = {"out": tmp_path / out, "venv": tmp_path / "venv", "uv": uv("") if name == "uv build" else ""}
        if "{venv}" in FRONT_ENDS[name] and not words["venv"].exists():
            subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(words["venv"])], check=True)
        return run(*(part.format(**words) for part in FRONT_ENDS[name]), *more, cwd=root, **env)

    return build


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The project of astral-sh/uv#15086."""
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root), ignore=shutil.ignore_patterns("case.toml"))
    return root
