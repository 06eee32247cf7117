"""What the front ends need, prepared once per run: a wheelhouse, and programs in directories of their own.

Only this preparation asks the package index. The builds of the tests find everything in the wheelhouse.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterator

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BACKEND = ["hatchling", "editables"]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            if item.get_closest_marker("pipeline") is None:
                item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.network)


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id) -> Path:
    """A directory that the workers of pytest-xdist share."""
    base = tmp_path_factory.getbasetemp()
    directory = (base if worker_id == "master" else base.parent) / "shared"
    directory.mkdir(exist_ok=True)
    return directory


@contextlib.contextmanager
def once(directory: Path) -> Iterator[bool]:
    """True for the one worker that has to fill `directory`; the others wait until it has."""
    done = directory.with_name(directory.name + ".done")
    try:
        directory.mkdir()
    except FileExistsError:
        end = time.monotonic() + 600
        while not done.exists():
            assert time.monotonic() < end, f"{directory} was not made"
            time.sleep(0.2)
        yield False
    else:
        try:
            yield True
        finally:
            done.touch()


@pytest.fixture(scope="session")
def filled(shared: Path) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return a shared directory that the first process fills."""

    def directory(name: str, fill: Callable[[Path], None]) -> Path:
        with once(shared / name) as mine:
            if mine:
                fill(shared / name)
        return shared / name

    return directory


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


@pytest.fixture(scope="session")
def wheelhouse(shared: Path, tmp_path_factory) -> Path:
    """The plugin's own wheel, made from this tree, and all that a build with it needs."""
    directory = shared / "wheelhouse"
    with once(directory) as mine:
        if mine:
            tree = tmp_path_factory.mktemp("tree") / "hatch-nocache"
            tree.mkdir()
            for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py"):
                shutil.copy(str(ROOT / name), str(tree))
            shutil.copytree(str(ROOT / "src"), str(tree / "src"))
            pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(directory), str(tree))
            wheel = next(directory.glob("hatch_nocache-*.whl"))
            pip("download", "--quiet", "--only-binary", ":all:", "--dest", str(directory), str(wheel), *BACKEND)
    return directory


@pytest.fixture(scope="session")
def uv(shared: Path) -> Callable[[str], str]:
    """The program uv of a version ("" is the newest)."""

    def program(version: str) -> str:
        directory = shared / f"uv-{version or 'newest'}"
        with once(directory) as mine:
            if mine:
                wanted = f"uv=={version}" if version else "uv"
                pip("install", "--quiet", "--no-deps", "--target", str(directory), wanted)
        return str(directory / "bin" / ("uv.exe" if os.name == "nt" else "uv"))

    return program


@pytest.fixture
def env(wheelhouse: Path, tmp_path: Path) -> Dict[str, str]:
    """The environment of a front end that finds the wheelhouse and nothing else."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "HATCH_", "COV_", "COVERAGE_", "VIRTUAL_ENV", "XDG_", "PYTEST_"))
    }
    return {
        **kept,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": wheelhouse.as_uri(),
        "PIP_CACHE_DIR": str(tmp_path / "pip-cache"),
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(wheelhouse),
        "UV_PYTHON_DOWNLOADS": "never",
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
