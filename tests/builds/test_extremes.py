"""Extreme projects that build without the hook: they build with it, or a rule says why not."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import List

import pytest
from building import NO_HOOKS, build_apart
from projects import Project, names

DEEP = "a/" * 1100
LINKS = 60


def chain(where: Path, end: str) -> str:
    """Make a chain of symlinks, the first of which leads to `end`, and return the name of the last."""
    where.mkdir(parents=True)
    names = [end, *(f"l{number}" for number in range(LINKS))]
    for target, name in zip(names, names[1:]):
        os.symlink(target, where / name)
    return names[-1]


@pytest.mark.parametrize("spelled", [".", "./", "src/.."])
@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_whole_project_by_a_dot(project: Project, target: str, spelled: str) -> None:
    """`only-include = ["."]` puts a `./` before each member."""
    project.configure('allow = ["/env/"]', after=f'[tool.hatch.build]\nonly-include = ["{spelled}"]\n')
    project.make("copied venv", "env")
    project.put("t/a")
    project.link("t/b", "a")
    assert project.same(target).said == ""
    project.make("cache", "store")
    built = project.build(target)
    assert (built.codes, [name for name in names(built) if "store" in name]) == (["NC001"], [])


def test_more_symlinks_than_a_system_follows(project: Project) -> None:
    """Installers refuse them; there is no traceback."""
    chain(project.root / "ch", "end")
    project.put("ch/end")
    built = project.build()
    assert (built.code, built.codes, built.crashed) == (1, ["NC105"], False)


def test_variable_that_leads_through_them(project: Project) -> None:
    """It leads nowhere."""
    elsewhere = project.root.parent / "elsewhere"
    last = chain(elsewhere, str(project.root))
    assert project.same(UV_CACHE_DIR=str(elsewhere / last)).said == ""


def test_directory_symlink_that_is_its_own_real_path(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some below /proc are, where the project is the root of a container's file system."""
    project.link("fd", "src")
    resolve = os.path.realpath
    fd = str(project.root / "fd")
    monkeypatch.setattr(os.path, "realpath", lambda path, **options: path if path == fd else resolve(path, **options))
    built = project.build()
    assert (built.code, built.crashed) == (0, False)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no paths of that length")
def test_deep_file_that_no_walk_reaches(project: Project) -> None:
    """One level is one step, not one call."""
    project.configure(after=f'[tool.hatch.build]\nonly-include = ["src"]\nforce-include = {{"{DEEP}f" = "demo/f"}}')
    try:
        # Python's own functions are recursive.
        subprocess.run(["mkdir", "-p", str(project.root / DEEP)], check=True)
        (project.root / DEEP / "f").write_bytes(b"x")
        for target in ("sdist", "wheel"):
            built, control = project.build(target), project.build(target, **NO_HOOKS)
            # Python 3.8 does not get it into an sdist.
            assert built.code == control.code
            assert "RecursionError" not in built.said or "RecursionError" in control.said
    finally:
        subprocess.run(["rm", "-rf", str(project.root / "a")], check=True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.cfg", "[mypy]\ncache_dir = x\n" + ("a" + " " * 1900 + "b\n") * 100),
        ("setup.cfg", "[mypy]\ncache_dir = x\na" + " " * 60_000 + "b\n"),
        ("setup.cfg", "[mypy]\ncache_dir = x\n" + "k = v\n" * 1_000_000),
        ("ruff.toml", 'cache-dir = "x"\n' + ".".join("a" * 40_000) + " = 1\n"),
    ],
    ids=["blanks", "more blanks", "lines", "parts"],
)
def test_file_that_takes_long_to_parse(project: Project, name: str, content: str) -> None:
    """It declares nothing."""
    project.put(name, content)
    begun = time.process_time()
    assert project.build("wheel").said == ""
    assert time.process_time() - begun < 3


@pytest.mark.skipif(os.name == "nt", reason="NTFS makes no holes by itself")
def test_file_that_does_not_fit_into_memory(project: Project) -> None:
    """No more than its beginning is read."""
    with project.put("setup.cfg").open("wb") as file:
        file.truncate(2**40)
    assert project.build("wheel").said == ""


@pytest.mark.parametrize(("key", "value"), [("shared_data", "None"), ("sbom_files", '["x"]')])
def test_build_data_that_hatchling_does_not_read(project: Project, key: str, value: str) -> None:
    """Then the plugin does not read it either."""
    body = f"        build_data.setdefault('{key}', {value})\n"
    project.other_hook(f"    def initialize(self, version, build_data):\n{body}", first=True)
    assert (project.build().said, project.build("wheel").said) == ("", "")


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locale")
@pytest.mark.parametrize(("name", "codes"), [(b"\xc3\xbc.txt", []), (b"\xfc.txt", ["NC203"])])
def test_names_in_an_ascii_locale(project: Project, name: bytes, codes: List[str]) -> None:
    """They are bytes there, and UTF-8 or not as anywhere."""
    Path(os.fsdecode(os.fsencode(project.root / "src" / "demo") + b"/" + name)).write_bytes(b"x")
    built = build_apart(project.root, "sdist", project.root.parent / "dist", ASCII)
    assert (built.code, built.codes) == (1 if codes else 0, codes), built.said
