"""A tagged cache and an environment in the project, built with each front end: what is packed, what a person sees."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List

import pytest
from building import read
from projects import KINDS, PROJECTS, set_options

PYTHON = sys.executable
# pip shows nothing of the build backend when a build succeeds.
FRONT_ENDS: Dict[str, List[str]] = {
    "build": [PYTHON, "-m", "build", "--outdir", "{out}"],
    "hatch": [PYTHON, "-m", "hatch", "build", "{out}"],
    "hatchling": [PYTHON, "-m", "hatchling", "build", "-d", "{out}"],
    "uv build": ["{uv}", "build", "--out-dir", "{out}"],
    "pip wheel": [PYTHON, "-m", "pip", "wheel", "--no-deps", "-w", "{out}", "."],
    "pip install": [PYTHON, "-m", "pip", "--python", "{venv}", "install", "."],
    "pip install -e": [PYTHON, "-m", "pip", "--python", "{venv}", "install", "-e", "."],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(str(PROJECTS / "tagged-cache"), str(root))
    (root / "case.toml").unlink()
    for where in (root, root / "src" / "demo"):
        KINDS["cache"](str(where / "store"))
        KINDS["venv"](str(where / "venv"))
    return root


@pytest.fixture
def front_end(run, uv, project: Path, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess]:
    def build(name: str, **env: str) -> subprocess.CompletedProcess:
        venv = tmp_path / "venv"
        if "{venv}" in FRONT_ENDS[name] and not venv.exists():
            subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(venv)], check=True)
        if "{uv}" in FRONT_ENDS[name]:
            env["UV_PYTHON"] = PYTHON
        words = {"out": tmp_path / "out", "venv": venv, "uv": uv("") if "UV_PYTHON" in env else ""}
        command = [part.format(**words) for part in FRONT_ENDS[name]]
        return run(*command, cwd=project, HATCH_DATA_DIR=str(tmp_path / "hatch"), **env)

    return build


def installed(tmp_path: Path) -> Path:
    return next((tmp_path / "venv").glob("**/site-packages"))


@pytest.mark.parametrize("name", list(FRONT_ENDS))
def test_drop(name: str, front_end, project: Path, tmp_path: Path) -> None:
    done = front_end(name)
    assert done.returncode == 0
    if name.startswith("pip"):
        assert "hatch-nocache:" not in done.stdout
    else:
        assert "hatch-nocache: left 2 cache directories and 2 virtual environments out of the sdist" in done.words
        for code, path in {"NC001": "src/demo/store/", "NC004": "src/demo/venv/"}.items():
            assert f"{code} {path}" in done.words
    if name == "pip install":
        assert (installed(tmp_path) / "demo" / "__init__.py").is_file()
        assert not (installed(tmp_path) / "demo" / "store").exists()
        assert not (installed(tmp_path) / "demo" / "venv").exists()
    elif name == "pip install -e":
        (pth,) = installed(tmp_path).glob("*demo.pth")
        assert str(project) in pth.read_text(encoding="utf-8")
    else:
        archives = [path for path in (tmp_path / "out").iterdir() if path.suffix in {".gz", ".whl"}]
        assert len(archives) == (1 if name == "pip wheel" else 2)
        for archive in map(read, archives):
            assert [path for path in archive.names if "store" in path or "venv" in path] == []
            assert [path for path in archive.names if path.endswith("demo/__init__.py")]


@pytest.mark.parametrize("name", list(FRONT_ENDS))
def test_reject(name: str, front_end, project: Path, tmp_path: Path) -> None:
    set_options(project / "pyproject.toml", {"caches": "reject"})
    shutil.rmtree(str(project / "src" / "demo" / "store"))
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        # so that an editable wheel has something to reject, too
        file.write('\n[tool.hatch.build.targets.wheel.force-include]\n"src/demo" = "demo"\n')
    done = front_end(name)
    assert done.returncode != 0
    assert "hatch-nocache:" in done.words
    assert "NC004 src/demo/venv/" in done.words
    assert "Traceback" not in done.stdout
    assert [path.name for path in (tmp_path / "out").glob("*") if path.suffix in {".gz", ".whl"}] == []


@pytest.mark.parametrize("name", list(FRONT_ENDS))
def test_without_the_hook(name: str, front_end, tmp_path: Path) -> None:
    done = front_end(name, HATCH_BUILD_NO_HOOKS="true")
    if name in {"build", "uv build"}:  # they unpack their own sdist
        assert done.returncode != 0
        assert {"build": "is a link to an absolute path", "uv build": ": is absolute"}[name] in done.words
    elif name == "pip install":
        assert (installed(tmp_path) / "demo" / "venv" / "pyvenv.cfg").exists()
    elif name != "pip install -e":
        assert done.returncode == 0
        for archive in map(read, (tmp_path / "out").iterdir()):
            assert [path for path in archive.names if "demo/venv" in path]
