"""Versions of front ends, oldest and newest, that build a project with a cache in it and install what comes of it."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from pathlib import Path
from typing import Dict, List

import pytest
import venvs
from building import read
from pip._internal.models.index import PyPI  # the only place that it stands in
from projects import KINDS

UV = ("0.8.0", "0.8.4", "0.11.24", "")
# The first pip with PEP 660, on the oldest Python that is found; the newest on this one.
PIP = ("21.3.1", "")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that finds the plugin in the wheel of this tree."""
    root = tmp_path / "project"
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("ANSWER = 42\n", encoding="utf-8")
    requirement = f"hatch-nocache @ {Path(venvs.own_wheel()).as_uri()}"
    lines = ["[build-system]", f'requires = ["hatchling", "{requirement}"]', 'build-backend = "hatchling.build"']
    lines += [
        "[project]",
        'name = "demo"',
        'version = "1.0"',
        'requires-python = ">=3.8"',
        "[tool.hatch.build.hooks.nocache]",
    ]
    (root / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
    for where in (root, package):
        KINDS["uv cache"](str(where / ".uv-cache"))
        KINDS["cache"](str(where / "store"))
        KINDS["venv"](str(where / "venv"))
    return root


@functools.lru_cache(maxsize=None)
def tool(name: str, version: str = "", python: str = sys.executable) -> str:
    """The directory of the programs of an environment that holds the tool."""
    where = venvs.temporary() / f"tool-{name}-{version or 'newest'}"
    venvs.run(*venvs.uv(), "venv", "--quiet", "--python", python, str(where))
    programs = where / ("Scripts" if os.name == "nt" else "bin")
    # PDM's newest dependencies need not fit it.
    wanted = f"{name}=={version}" if version else {"pdm": "pdm[locked]"}.get(name, name)
    venvs.run(*venvs.uv(), "pip", "install", "--quiet", "--python", str(programs / "python"), wanted)
    return str(programs)


def environment_for(where: Path, python: str = sys.executable) -> str:
    venvs.run(*venvs.uv(), "venv", "--quiet", "--seed", "--python", python, str(where))
    return str(where / ("Scripts" if os.name == "nt" else "bin") / "python")


def check_archives(directory: Path, count: int) -> None:
    archives = sorted(directory.glob("demo-*"))
    assert len(archives) == count
    for archive in map(read, archives):
        assert [name for name in archive.names if "store" in name or "venv" in name or "uv-cache" in name] == []
        assert [name for name in archive.names if name.endswith("demo/__init__.py")]
        assert archive.refused == []


def check_installed(python: str, tmp_path: Path, **env: str) -> None:
    """The package is there, and only the package."""
    code = "import demo, os; print(demo.ANSWER, sorted(os.listdir(os.path.dirname(demo.__file__))))"
    said = venvs.run(python, "-Bc", code, cwd=str(tmp_path), **env)
    assert said.splitlines()[-1].split(" ", 1) == ["42", "['__init__.py']"] or "'__init__.py', '__pycache__'" in said


def make_sdist(project: Path, tmp_path: Path) -> Path:
    venvs.run(*venvs.uv(), "build", "--quiet", "--sdist", "--out-dir", str(tmp_path / "made"), cwd=str(project))
    return next((tmp_path / "made").glob("*.tar.gz"))


@pytest.mark.parametrize("version", UV, ids=lambda version: version or "newest")
def test_uv(project: Path, tmp_path: Path, version: str) -> None:
    """The job of the report: the cache of uv in the project, with an environment of the very build in it."""
    uv = os.path.join(tool("uv", version), "uv")
    said = venvs.run(uv, "build", "--out-dir", str(tmp_path / "out"), cwd=str(project), UV_CACHE_DIR=".uv-cache")
    assert "UV_CACHE_DIR" in said
    check_archives(tmp_path / "out", 2)
    python = environment_for(tmp_path / "environment")
    venvs.run(
        uv, "pip", "install", "--python", python, str(next((tmp_path / "out").glob("*.tar.gz"))), cwd=str(tmp_path)
    )
    check_installed(python, tmp_path)


@pytest.mark.parametrize("version", PIP, ids=lambda version: version or "newest")
def test_pip(project: Path, tmp_path: Path, version: str) -> None:
    """A wheel from the tree, and an installation from the sdist."""
    found = venvs.pythons()
    python = environment_for(
        tmp_path / "environment", found[min(found, key=venvs.VERSIONS.index)] if version else sys.executable
    )
    venvs.run(python, "-m", "pip", "install", "--quiet", f"pip=={version}" if version else "pip", "--upgrade")
    venvs.run(python, "-m", "pip", "wheel", "--no-deps", "-w", str(tmp_path / "out"), str(project))
    check_archives(tmp_path / "out", 1)
    venvs.run(python, "-m", "pip", "install", str(make_sdist(project, tmp_path)))
    check_installed(python, tmp_path)


COMMANDS: Dict[str, List[str]] = {
    "build": ["-m", "build", "--outdir", "{out}"],
    "hatch": ["-m", "hatch", "build", "{out}"],
    "pdm": ["-m", "pdm", "build", "--dest", "{out}"],
}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_building(project: Path, tmp_path: Path, name: str) -> None:
    """Other front ends that build."""
    command = [part.format(out=tmp_path / "out") for part in COMMANDS[name]]
    env = {"HATCH_DATA_DIR": str(tmp_path / "hatch"), "HOME": str(tmp_path / "home")}
    said = venvs.run(os.path.join(tool(name), "python"), *command, cwd=str(project), **env)
    assert name == "pdm" or "hatch-nocache: left" in said
    check_archives(tmp_path / "out", 2)


def test_tox(project: Path) -> None:
    """Tox makes an sdist, installs it, and runs a command."""
    lines = [
        "[testenv]",
        "commands = python -c \"import demo; print('the answer is', demo.ANSWER)\"",
        "skip_install = false",
    ]
    (project / "tox.ini").write_text("\n".join(lines), encoding="utf-8")
    said = venvs.run(os.path.join(tool("tox"), "python"), "-m", "tox", "run", "-e", "py", cwd=str(project))
    assert "the answer is 42" in said
    sdists = list((project / ".tox").glob("**/demo-1.0.tar.gz"))
    assert sdists
    for sdist in sdists:
        assert [name for name in read(sdist).names if "store" in name or "venv" in name or "uv-cache" in name] == []


def test_poetry(project: Path, tmp_path: Path) -> None:
    """Poetry installs the sdist that came of a build."""
    sdist = make_sdist(project, tmp_path)
    user = tmp_path / "user"
    user.mkdir()
    shutil.copy(str(sdist), str(user))
    lines = [
        "[project]",
        'name = "user"',
        'version = "1.0"',
        'requires-python = ">=3.10,<4.0"',
        "[tool.poetry]",
        "package-mode = false",
        # What it asks of its own index by default, a mirror need not have.
        "[[tool.poetry.source]]",
        'name = "simple"',
        f'url = "{os.environ.get("PIP_INDEX_URL") or PyPI.simple_url}"',
        'priority = "primary"',
    ]
    (user / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
    poetry = os.path.join(tool("poetry"), "poetry")
    env = {
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_CACHE_DIR": str(tmp_path / "poetry"),
        "HOME": str(tmp_path / "home"),
    }
    venvs.run(poetry, "add", "--no-interaction", f"./{sdist.name}", cwd=str(user), **env)
    check_installed(str(user / ".venv" / "bin" / "python"), tmp_path)


def test_pdm(project: Path, tmp_path: Path) -> None:
    """PDM installs it as well."""
    sdist = make_sdist(project, tmp_path)
    user = tmp_path / "user"
    user.mkdir()
    lines = [
        "[project]",
        'name = "user"',
        'version = "1.0"',
        'requires-python = ">=3.10"',
        f'dependencies = ["demo @ {sdist.as_uri()}"]',
    ]
    (user / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
    env = {"HOME": str(tmp_path / "home"), "PDM_CHECK_UPDATE": "0"}
    pdm = os.path.join(tool("pdm"), "pdm")
    venvs.run(pdm, "venv", "create", sys.executable, cwd=str(user), **env)
    venvs.run(pdm, "install", "--no-self", cwd=str(user), **env)
    check_installed(str(user / ".venv" / "bin" / "python"), tmp_path)
