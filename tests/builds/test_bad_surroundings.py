"""Unreadable files, an interrupt, and names that are meant to deceive."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest
from building import NO_HOOKS, Built, build_apart, read
from projects import Project

if os.name == "nt":
    pytest.skip("modes, signals and names of POSIX", allow_module_level=True)


@pytest.fixture
def project(project: Project) -> Project:
    """A project with a cache."""
    project.make("cache", "store")
    return project


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_unreadable_file(project: Project, tmp_path: Path, target: str) -> None:
    """The build ends before an archive exists, and names the file."""
    project.put("src/demo/sub/locked.py", "secret").chmod(0)
    built = build_apart(project.root, target, tmp_path / "dist", unprivileged=True)
    assert built.said.endswith(f"hatch-nocache: the {target} was not built: src/demo/sub/locked.py cannot be read\n")
    assert (built.code, built.archive, built.litter) == (1, None, [])


@pytest.mark.parametrize("mode", [0o400, 0o100])
@pytest.mark.parametrize("where", ["src/demo/locked", "store", "store/locked"])
def test_unreadable_directory(project: Project, tmp_path: Path, where: str, mode: int) -> None:
    """The build ends as without the hook, or in a better way, and never in a traceback."""
    project.put(f"{where}/module.py").parent.chmod(mode)  # pytest can remove it
    built = build_apart(project.root, "sdist", tmp_path / "dist", unprivileged=True)
    assert not built.crashed, built.said
    assert built.litter == []
    if built.archive is None:
        control = build_apart(project.root, "sdist", tmp_path / "control", NO_HOOKS, unprivileged=True)
        assert control.code != 0
        assert where in built.said
    else:
        members = read(built.archive).names
        assert {"pyproject.toml", "src/demo/__init__.py"} <= set(members)
        assert where == "store" or [name for name in members if name.startswith("store")] == []


HOSTILE = (
    *("\n::error::injected", "\r\nNC101 injected", "::error file=x::injected", "##[error]injected"),
    *("\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "\x7f\x08\x08"),
    *("\u202egnp.exe", "\u2066isolate\u2069", "\u2028line", "\u200bwidth", "not-utf8-\udcff"),
)


def said(project: Project, target: str = "sdist", **env: str) -> Built:
    """Check that nothing that is said is a command to a terminal or to a CI system."""
    built = project.build(target, HATCH_VERBOSE="2", **env)
    for line in built.said.split("\n"):
        bad = [character for character in line if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert bad == [], ascii(built.said)
        assert re.search(r"::|##\[|^\s*NC101 injected|^injected", line) is None, ascii(line)
    assert not built.crashed, ascii(built.said)
    return built


@pytest.mark.parametrize("target", ["sdist", "wheel"])
def test_hostile_file_name(project: Project, target: str) -> None:
    """Of a cache and an environment, of a file, a symlink, a FIFO, and a directory with an invalid tag."""
    for text in HOSTILE:
        project.make("cache", f"src/demo/cache{text}")
        project.make("venv", f"src/demo/venv{text}")
    assert {"NC001", "NC004"} <= set(said(project, target).codes)
    for text in HOSTILE:
        project.put(f"src/demo/file{text}", "")
        project.put(f"src/demo/directory{text}/CACHEDIR.TAG", "no signature")
        project.link(f"src/demo/link{text}", "/nowhere")
        project.make("fifo", f"src/demo/fifo{text}")
    built = said(project, target)
    assert built.code == 1
    assert "NC201" in built.codes


def test_hostile_link_target(project: Project) -> None:
    """Of an absolute symlink, one out of the project, one to a directory outside, and a dangling one."""
    for number, text in enumerate(HOSTILE):
        outside = f"outside{text.replace('/', '')}"
        project.put(f"../{outside}/file")
        project.link(f"src/demo/{number}/absolute", f"/nowhere{text}")
        project.link(f"src/demo/{number}/leaving", f"../../../../{outside}/file")
        project.link(f"src/demo/{number}/directory", str(project.root.parent / outside))
        project.link(f"src/demo/{number}/dangling", f"nothing{text}")
    assert {"NC101", "NC103", "NC203"} <= set(said(project).codes)
    assert said(project, "wheel").code == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_variable(project: Project, text: str) -> None:
    """One that says where a cache is, and the path that it says."""
    where = project.root / f"uv{text}"
    project.make("uv cache", where.name)
    for value in (str(where), f"./{where.name}"):
        assert "UV_CACHE_DIR" in said(project, UV_CACHE_DIR=value, PIP_CACHE_DIR=f"store{text}", VIRTUAL_ENV=text).said
    assert "uv" in said(project, UV_CACHE_DIR=f"/elsewhere{text}", XDG_CACHE_HOME=text).said


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\udcff" not in text])
def test_hostile_configuration(project: Project, text: str) -> None:
    """In the hook's own table, in another tool's, and in paths that Hatchling does not find."""
    quoted = '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"'
    for line in (
        f"{quoted} = 1",
        f"caches = {quoted}",
        f"allow = [{quoted}]",
        f"extra-caches = [{quoted}, '[z-a]']",
        f"[tool.uv]\ncache-dir = {quoted}",
        f"[tool.hatch.build.force-include]\n{quoted} = {quoted}",
        f"[tool.hatch.build.force-include]\nstore = {quoted}",
        f"[tool.hatch.build]\ninclude = [{quoted}]\nartifacts = [{quoted}]",
    ):
        project.configure(line)
        assert said(project).said != "", line


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_place(tmp_path: Path, text: str) -> None:
    """In the path of the project."""
    project = Project(tmp_path / f"project{text}")
    project.link("src/demo/link", str(project.root / "src"))
    project.link("src/demo/l", str(project.root / "nothing"))
    project.make("uv cache", "store")
    assert "NC101" in said(project, UV_CACHE_DIR=str(project.root / "store")).codes
