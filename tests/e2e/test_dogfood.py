"""The project itself: its sdist and its wheel are built with the hook of its own tree (hatch_build.py).

Everything is built from a copy that holds what git holds, as a fresh clone does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest
from building import read, unpack
from projects import KINDS, tomllib
from venvs import ROOT

STEM = "hatch_nocache-" + tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SDIST, WHEEL = f"{STEM}.tar.gz", f"{STEM}-py3-none-any.whl"
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
CODES = "hatch_nocache/cli/codes.md"  # a copy of docs/codes.md
PYTHON = sys.executable


if not (ROOT / ".git").exists():
    pytest.skip("only git knows which files belong to the project", allow_module_level=True)


def files() -> List[str]:
    """Return the files that git tracks or would track."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    return sorted(name for name in set(names.split("\0")) if (ROOT / name).is_file())


def clone(to: Path) -> Path:
    for name in files():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(ROOT / name), str(to / name))
    return to


@pytest.fixture
def build(front_end, tmp_path: Path):
    """Build the project at `root` with Hatchling, and return the directory of the archives."""

    def by_hatchling(root: Path, out: str = "dist", **env: str) -> Path:
        assert front_end("hatchling", root, out=out, **env).returncode == 0
        return tmp_path / out

    return by_hatchling


@pytest.mark.parametrize("name", ["build", "hatch", "hatchling", "pip wheel", "uv build"])
def test_its_own_hook_guards_it(name: str, front_end, run, tmp_path: Path) -> None:
    root, dist = clone(tmp_path / "hatch-nocache"), tmp_path / "out"
    done = run(PYTHON, "-m", "hatch_nocache", "check", ".", cwd=root)
    assert (done.returncode, "NC" in done.stdout) == (0, False)
    KINDS["cache"](str(root / "tests" / "store"))
    KINDS["venv"](str(root / "src" / "hatch_nocache" / "env"))
    env = {"UV_CACHE_DIR": ".uv-cache"} if name == "uv build" else {}
    built = front_end(name, root, **env)
    assert built.returncode == 0
    if name != "pip wheel":  # which shows nothing of it, and makes no sdist
        for line in ("NC001 tests/store/", "NC004 src/hatch_nocache/env/"):
            assert line in built.words
        assert ("NC001 .uv-cache/" in built.words) is (name == "uv build")
        assert set(read(dist / SDIST).names) == {*files(), "PKG-INFO"}
    modules = {file[len("src/") :] for file in files() if file.startswith("src/")}
    metadata = {f"{STEM}.dist-info/{file}" for file in METADATA}
    assert set(read(dist / WHEEL).names) == modules | metadata | {CODES}
    assert {path.name for path in dist.glob("hatch*")} == {WHEEL, *([] if name == "pip wheel" else [SDIST])}
    done = run(PYTHON, "-m", "hatch_nocache", "check", *dist.glob("hatch*"), cwd=tmp_path)
    assert (done.returncode, "NC" in done.stdout) == (0, False)


def test_editable(front_end, tmp_path: Path) -> None:
    root = clone(tmp_path / "hatch-nocache")
    assert front_end("pip install -e", root).returncode == 0
    (pth,) = (tmp_path / "venv").glob("**/*hatch_nocache.pth")
    assert pth.read_text(encoding="utf-8").strip() == str(root / "src")


def test_the_same_bytes(build, tmp_path: Path) -> None:
    """From another directory, with other times and modes, without the hook, and from the sdist."""
    first = build(clone(tmp_path / "here" / "hatch-nocache"), "1")
    there = clone(tmp_path / "there" / "another-name")
    for path in there.glob("**/*"):
        os.utime(str(path), (0, 1_000_000_000))
        path.chmod(path.stat().st_mode & 0o700)
    others = [
        build(there, "2"),
        build(there, "3", HATCH_BUILD_NO_HOOKS="true"),
        build(unpack(first / SDIST, tmp_path / "unpacked"), "4"),
    ]
    for other in others:
        for name in (SDIST, WHEEL):
            assert (other / name).read_bytes() == (first / name).read_bytes(), (other.name, name)


def test_the_tests_pass_from_the_sdist(build, run, tmp_path: Path) -> None:
    """Every module of the tests can be imported there, and the fast ones among those that need its files pass."""
    dist = build(clone(tmp_path / "hatch-nocache"))
    root = unpack(dist / SDIST, tmp_path / "unpacked")
    env = {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    where = run(PYTHON, "-c", "import hatch_nocache; print(hatch_nocache.__file__)", cwd=root, **env)
    assert where.stdout.strip() == str(root / "src" / "hatch_nocache" / "__init__.py")
    pytest_ = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert run(*pytest_, "--collect-only", "-qq", "-m", "", cwd=root, **env).returncode == 0
    fast = ["caches/test_catalogue", "docs/test_readme", "selection/test_config", "selection/test_report"]
    done = run(*pytest_, *(f"tests/{name}.py" for name in fast), cwd=root, **env)
    assert done.returncode == 0
