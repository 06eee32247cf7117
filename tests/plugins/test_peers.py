"""README, Compared with: what the other tools say of a cache and a link, in the versions that are named here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, Tuple

import badarchives
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


@pytest.fixture
def packed(run, project: Path) -> Callable[[], Tuple[Path, Path]]:
    """Build the sdist and the wheel with a real cache of uv, an environment, and the link that leaves the project."""
    (project / ".gitignore").unlink()
    package = project / "src" / "demo"
    cache = {"UV_CACHE_DIR": str(package / "store")}
    venvs.run(*venvs.uv(), "pip", "install", "--quiet", "--target", str(project.parent / "to"), "six", **cache)
    for name in ("pyvenv.cfg", "bin/python", "bin/activate"):
        path = package / "venv" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n", encoding="utf-8")

    def archives() -> Tuple[Path, Path]:
        assert run("python", "-m", "hatchling", "build")[0] == 0
        (sdist,) = (project / "dist").glob("*.tar.gz")
        (wheel,) = (project / "dist").glob("*.whl")
        assert read(sdist).refused
        return sdist, wheel

    return archives


def test_look_at_an_archive(run, project: Path, packed) -> None:
    """Of a cache they see the `.gitignore` in it and where its modules lie; of the environment and the link nothing."""
    assert "stray `.gitignore` files, but no cache as such, and not where links lead" in README
    sdist, wheel = packed()
    code, said = run("pydistcheck", sdist, wheel)
    assert code != 0
    objections = re.findall(r"^\d+\. \[(.*?)\] .*'(.*)'\.$", said, re.MULTILINE)
    assert len(objections) == len(re.findall(r"^\d+\. ", said, re.MULTILINE)) >= 2
    assert {(check, path.rpartition("/")[2]) for check, path in objections} == {("unexpected-files", ".gitignore")}
    _, said = run("check-wheel-contents", wheel)
    assert set(re.findall(r": (W\d+):", said)) <= {"W004"}
    code, said = run("hatch-nocache", "check", sdist, wheel)
    assert code == 1
    for words in ("NC001", "NC004", "NC102"):
        assert words in said

    for path in [*project.rglob(".gitignore"), *project.glob("src/demo/store/**/*.py")]:
        path.unlink()
    sdist, wheel = packed()
    assert read(sdist).below("src/demo/store")
    assert run("pydistcheck", sdist, wheel)[0] == 0
    assert run("check-wheel-contents", wheel)[0] == 0
    assert run("hatch-nocache", "check", sdist, wheel)[0] == 1


@pytest.mark.parametrize(
    ("name", "program", "says"),
    [
        ("venv/a.txt", "check-wheel-contents", "W005"),
        (".tox/a.txt", "check-wheel-contents", "W005"),
        ("demo/venv/a.txt", "check-wheel-contents", ""),
        ("demo/.mypy_cache/", "pydistcheck", "unexpected directory 'demo/.mypy_cache/'"),
        ("demo/store/CACHEDIR.TAG", "check-wheel-contents", ""),
        ("demo/store/CACHEDIR.TAG", "pydistcheck", ""),
    ],
)
def test_names_that_they_know(name: str, program: str, says: str, run, tmp_path: Path) -> None:
    """At the top of a wheel, or where the archive lists its directories, which Hatchling's do not."""
    assert "they know a few names (`venv`, `.tox`, `.mypy_cache`)" in README
    path = tmp_path / "myproject-1.0.1-py3-none-any.whl"
    path.write_bytes(badarchives.wheel(("demo/__init__.py", name)))
    code, said = run(program, path)
    assert says in said
    assert (code == 0) is (says == "")


def test_resolve_symlinks(run, project: Path) -> None:
    assert "`sdist.resolve-symlinks`, the model for `copy`" in README
    found: Dict[str, bool] = {}
    for mode in ("external", "none"):
        table = f'[tool.scikit-build]\nsdist.resolve-symlinks = "{mode}"\n'
        (project / "pyproject.toml").write_text(SKBUILD + table, encoding="utf-8")
        assert run("python", "-m", "build", "--no-isolation", "--sdist")[0] == 0
        found[mode] = "src/demo/l.txt" in read(project / "dist" / "demo-1.0.tar.gz").links
    assert found == {"external": False, "none": True}
