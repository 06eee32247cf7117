"""README, Compared with: what the other tools say of a cache and a link, in the versions that are named here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, Tuple

import pytest
import venvs
from building import read
from projects import KINDS
from readme import README

PEERS = ["check-sdist==1.6.0", "check-manifest==0.51", "check-wheel-contents==0.6.3", "pydistcheck==0.11.3"]
BACKENDS = ["hatchling", "scikit-build-core==1.1.2", "build", "cmake", "ninja"]
PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
"""
SKBUILD = PYPROJECT.replace("hatchling.build", "scikit_build_core.build").replace("hatchling", "scikit-build-core")

pytestmark = pytest.mark.skipif(sys.version_info < (3, 10), reason="check-sdist 1.6 asks for Python 3.10")


@pytest.fixture(scope="module")
def peers(tmp_path_factory) -> Path:
    """The directory of their commands."""
    return Path(venvs.make(tmp_path_factory.mktemp("peers") / "venv", sys.executable, *PEERS, *BACKENDS)).parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project under version control, with a link that leaves it."""
    root = tmp_path / "project"
    (root / "src" / "demo").mkdir(parents=True)
    (root / "src" / "demo" / "__init__.py").touch()
    (tmp_path / "outside.txt").write_text("from outside\n", encoding="utf-8")
    (root / "src" / "demo" / "l.txt").symlink_to(os.path.join(os.pardir, os.pardir, os.pardir, "outside.txt"))
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / ".gitignore").write_text("/dist/\n", encoding="utf-8")
    git(root, "init", "-q")
    commit(root)
    return root


def git(root: Path, *arguments: str) -> None:
    someone = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *someone, *arguments], cwd=str(root), check=True)


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")


@pytest.fixture
def run(peers: Path, project: Path):
    def command(name: str, *arguments: str) -> Tuple[int, str]:
        done = subprocess.run(
            [str(peers / name), *map(str, arguments)],
            cwd=str(project),
            env={**venvs.environment(), "PATH": os.pathsep.join([str(peers), os.environ["PATH"]])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        print("$", name, *arguments)
        print(done.stdout)
        return done.returncode, done.stdout

    return command


@pytest.mark.parametrize(
    ("name", "option"), [("check-sdist", "--no-isolation"), ("check-manifest", "--no-build-isolation")]
)
def test_compare_with_version_control(name: str, option: str, run, project: Path) -> None:
    """They do not look at links; a packed cache is one more file that git does not know, each of its files."""
    assert "a packed cache is a list of its files there; where links lead is not looked at" in README
    assert run(name, option)[0] == 0
    KINDS["uv cache"](str(project / "store"))
    code, said = run(name, option)
    assert code != 0
    assert "store/archive-v0/b1/lib.py" in said
    assert "cache directory" not in said
    (project / ".gitignore").write_text("/dist/\n/store/\n", encoding="utf-8")
    commit(project)
    assert run(name, option)[0] == 0


def test_look_at_an_archive(run, project: Path) -> None:
    """A cache, an environment and a link pass; what is found besides is found for other reasons."""
    assert "to them uv's cache, an environment and a link are files like others" in README
    (project / ".gitignore").unlink()
    package = project / "src" / "demo"
    for name in ("store/archive-v0/a.txt", "venv/pyvenv.cfg", "venv/bin/python", "venv/bin/activate"):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n", encoding="utf-8")
    KINDS["tag"](str(package / "store" / "CACHEDIR.TAG"))
    assert run("python", "-m", "hatchling", "build")[0] == 0
    (sdist,) = (project / "dist").glob("*.tar.gz")
    (wheel,) = (project / "dist").glob("*.whl")
    assert read(sdist).refused
    assert run("check-wheel-contents", wheel)[0] == 0
    assert run("pydistcheck", sdist, wheel)[0] == 0
    code, said = run("hatch-nocache", "check", sdist, wheel)
    assert code == 1
    for words in ("NC001", "NC004", "NC102"):
        assert words in said


def test_resolve_symlinks(run, project: Path) -> None:
    assert "`sdist.resolve-symlinks`, the model for `copy`" in README
    found: Dict[str, bool] = {}
    for mode in ("external", "none"):
        table = f'[tool.scikit-build]\nsdist.resolve-symlinks = "{mode}"\n'
        (project / "pyproject.toml").write_text(SKBUILD + table, encoding="utf-8")
        assert run("python", "-m", "build", "--no-isolation", "--sdist")[0] == 0
        found[mode] = "src/demo/l.txt" in read(project / "dist" / "demo-1.0.tar.gz").links
    assert found == {"external": False, "none": True}
