"""The project itself, built with its own hook. It cannot switch the hook on in its own pyproject.toml (see there)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import List

import pytest
from building import read
from projects import KINDS

ROOT = Path(__file__).parent.parent.parent
JUNK = shutil.ignore_patterns(".git", "__pycache__", ".*_cache", ".coverage*", ".hypothesis", "dist")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that uses its own hook, with a cache and an environment in it."""
    root = tmp_path / "hatch-nocache"
    shutil.copytree(str(ROOT), str(root), symlinks=True, ignore=JUNK)
    pyproject = root / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    text = text.replace('requires = ["hatchling>=1.22.0"]', 'requires = ["hatchling>=1.22.0", "hatch-nocache"]')
    assert '"hatch-nocache"]' in text
    pyproject.write_text(text + "\n[tool.hatch.build.hooks.nocache]\n", encoding="utf-8")
    KINDS["cache"](str(root / "tests" / "store"))
    KINDS["venv"](str(root / "src" / "hatch_nocache" / "env"))
    return root


def names(directory: Path, suffix: str) -> List[str]:
    (archive,) = directory.glob(f"*{suffix}")
    return read(archive).names


def test_dogfood(copy: Path, run, tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "build", "--outdir", tmp_path / "dist", cwd=copy)
    assert done.returncode == 0
    assert "NC001 tests/store/" in done.words
    assert "NC004 src/hatch_nocache/env/" in done.words

    sdist = names(tmp_path / "dist", ".tar.gz")
    assert [name for name in sdist if name.startswith(("tests/store/", "src/hatch_nocache/env/"))] == []
    here = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("**/*") if path.is_file()}
    wanted = {name for name in here if name.startswith(("src/", "tests/", "test-projects/")) and "_cache__" not in name}
    assert wanted - set(sdist) == set()
    for name in ("LICENSE", "README.md", "CHANGELOG.md", ".pre-commit-hooks.yaml", ".ci/run", "scripts/demo.py"):
        assert name in sdist

    wheel = names(tmp_path / "dist", ".whl")
    modules = {name[len("src/") :] for name in wanted if name.startswith("src/")}
    metadata = {name for name in wheel if ".dist-info/" in name}
    assert set(wheel) - metadata == modules
    assert [name for name in metadata if name.endswith(("licenses/LICENSE", "entry_points.txt"))]


def test_twice_the_same_bytes(run, tmp_path: Path) -> None:
    for number in (1, 2):
        root = tmp_path / str(number) / "hatch-nocache"
        shutil.copytree(str(ROOT), str(root), symlinks=True, ignore=JUNK)
        done = run(sys.executable, "-m", "hatchling", "build", "-d", tmp_path / f"dist-{number}", cwd=root)
        assert done.returncode == 0
    for first in (tmp_path / "dist-1").iterdir():
        assert first.read_bytes() == (tmp_path / "dist-2" / first.name).read_bytes()
