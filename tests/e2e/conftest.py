"""The front ends, and what their builds need: a wheelhouse, which is the only index that they see."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List

import pytest
import venvs
from projects import PROJECTS

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


@pytest.fixture(params=list(FRONT_ENDS))
def front_end_name(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory) -> Path:
    """The plugin's own wheel, made from this tree, and all that a build with it needs."""
    directory = tmp_path_factory.mktemp("wheelhouse")
    download = [PYTHON, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", directory]
    venvs.run(*download, venvs.own_wheel(), "hatchling", "editables")
    return directory


@pytest.fixture(scope="session")
def uv() -> Callable[[str], str]:
    """The program uv of a version ("" is the newest)."""
    return lambda version: str(venvs.programs(f"uv=={version}" if version else "uv") / "uv")


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
    return functools.partial(venvs.execute, env=env)


@pytest.fixture
def front_end(run, uv, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Build the project at `root` with a front end into `out`, or install it into the environment `venv`."""

    def build(name: str, root: Path, *more: str, out: str = "out", **env: str) -> subprocess.CompletedProcess:
        words = {"out": tmp_path / out, "venv": tmp_path / "venv", "uv": uv("") if name == "uv build" else ""}
        if "{venv}" in FRONT_ENDS[name] and not words["venv"].exists():
            venvs.run(PYTHON, "-m", "venv", "--without-pip", words["venv"])
        return run(*(part.format(**words) for part in FRONT_ENDS[name]), *more, cwd=root, **env)

    return build


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The project of astral-sh/uv#15086."""
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "gitlab-uv-cache"), str(root), ignore=shutil.ignore_patterns("case.toml"))
    return root
