"""Beside other plugins, each in a real build of its own kind: in either order, and twice."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List

import pytest
import venvs
from building import Archive, read
from projects import KINDS

OURS = "[tool.hatch.build.hooks.nocache]\nenable-by-default = false\n"
ORDERS = {
    "before": OURS + "{other}",
    "after": "{other}" + OURS,
    "twice": OURS
    + "{other}"
    + "".join(
        f"[tool.hatch.build.targets.{target}.hooks.nocache]\nenable-by-default = false\n"
        for target in ("sdist", "wheel")
    ),
}
ON = {"HATCH_BUILD_HOOK_ENABLE_NOCACHE": "true"}


@dataclasses.dataclass(frozen=True)
class Plugin:
    """A plugin in use: its tables, its files, and members of the archives that only it can have made."""

    tables: str
    metadata: str = 'version = "1.0"'
    files: Dict[str, str] = dataclasses.field(default_factory=dict)
    sdist: List[str] = dataclasses.field(default_factory=list)
    wheel: List[str] = dataclasses.field(default_factory=list)
    words: str = ""  # in a member of the sdist
    git: bool = False


PLUGINS = {
    "hatch-vcs": Plugin(
        '[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.build.hooks.vcs]\nversion-file = "src/demo/_version.py"\n',
        metadata='dynamic = ["version"]',
        files={".gitignore": "/src/demo/_version.py\n"},
        sdist=["src/demo/_version.py"],
        wheel=["demo/_version.py"],
        words="3.7.11",
        git=True,
    ),
    "hatch-fancy-pypi-readme": Plugin(
        '[tool.hatch.metadata.hooks.fancy-pypi-readme]\ncontent-type = "text/markdown"\n'
        '[[tool.hatch.metadata.hooks.fancy-pypi-readme.fragments]]\ntext = "a fancy fragment"\n'
        '[[tool.hatch.metadata.hooks.fancy-pypi-readme.fragments]]\npath = "CHANGELOG.md"\n',
        metadata='version = "1.0"\ndynamic = ["readme"]',
        files={"CHANGELOG.md": "of changes\n"},
        words="a fancy fragment",
    ),
    "hatch-build-scripts": Plugin(
        '[[tool.hatch.build.hooks.build-scripts.scripts]]\nout_dir = "src/demo/made"\nartifacts = ["made.txt"]\n'
        'commands = ["echo made by a script > made.txt"]\n',
        files={".gitignore": "made.txt\n/src/demo/made\n"},
        sdist=["src/demo/made/made.txt"],
        wheel=["demo/made/made.txt"],
        words="made by a script",
    ),
    "hatch-jupyter-builder": Plugin(
        '[tool.hatch.build]\nartifacts = ["src/demo/static"]\n'
        '[tool.hatch.build.hooks.jupyter-builder]\nbuild-function = "bundle.make"\n'
        'ensured-targets = ["src/demo/static/bundle.js"]\n',
        files={
            ".gitignore": "static/\n",
            "bundle.py": "import pathlib\n\n\ndef make(target, version):\n"
            "    where = pathlib.Path('src/demo/static')\n    where.mkdir(exist_ok=True)\n"
            "    (where / 'bundle.js').write_text('// bundled\\n')\n",
        },
        sdist=["src/demo/static/bundle.js"],
        wheel=["demo/static/bundle.js"],
        words="// bundled",
    ),
    "hatch-mypyc": Plugin(
        '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'
        '[tool.hatch.build.targets.wheel.hooks.mypyc]\noptions = { opt_level = "0" }\ninclude = ["/src/demo/*.py"]\n',
        files={"src/demo/fast.py": "def add(a: int, b: int) -> int:\n    return a + b\n"},
        wheel=["demo/fast.*.so"],
    ),
    "scikit-build-core": Plugin(
        "[tool.hatch.build.targets.wheel.hooks.scikit-build]\nexperimental = true\n",
        files={
            "CMakeLists.txt": "cmake_minimum_required(VERSION 3.15...3.30)\nproject(demo LANGUAGES C)\n"
            "add_library(native MODULE native.c)\ninstall(TARGETS native DESTINATION demo)\n",
            "native.c": "int answer(void) { return 42; }\n",
        },
        wheel=["demo/libnative.so"],
    ),
}


def make(root: Path, plugin: Plugin, order: str) -> None:
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_bytes(b"")
    head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
    tables = ORDERS[order].format(other=plugin.tables.replace("{", "{{").replace("}", "}}"))
    (root / "pyproject.toml").write_text(
        f"{head}{plugin.metadata}\n{tables.replace('{{', '{').replace('}}', '}')}", encoding="utf-8"
    )
    for name, text in plugin.files.items():
        (root / name).write_text(text, encoding="utf-8")
    if plugin.git:
        who = ["-c", "user.name=demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false"]
        for command in (
            ["init", "--quiet"],
            ["add", "."],
            [*who, "commit", "--quiet", "-m", "x"],
            [*who, "tag", "3.7.11"],
        ):
            venvs.run("git", *command, cwd=str(root))


def build(python: str, root: Path, to: Path, env: Dict[str, str]) -> str:
    """Build both from a fresh copy: what a hook has made once must not lie there for the next."""
    copy = to.parent / f"{to.name}-tree" / "project"
    shutil.copytree(str(root), str(copy), symlinks=True)
    return venvs.run(
        python,
        "-m",
        "hatchling",
        "build",
        "-t",
        "sdist",
        "-t",
        "wheel",
        "-d",
        str(to),
        cwd=str(copy),
        PWD=str(copy),
        **env,
    )


def archives(directory: Path) -> Dict[str, Archive]:
    return {"wheel" if path.suffix == ".whl" else "sdist": read(path) for path in directory.iterdir()}


def text_only(archive: Archive) -> Dict[str, bytes]:
    """The files without those that a compiler has made, and without their hashes: they hold times and paths."""
    return {name: content for name, content in archive.files.items() if not name.endswith((".so", "RECORD"))}


@pytest.mark.skipif(os.name == "nt", reason="the names of compiled modules")
@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("name", list(PLUGINS))
def test_beside(python: str, tmp_path: Path, name: str, order: str) -> None:
    """The same archives as without this hook; and a planted cache is kept out of them, and of nothing else."""
    plugin = PLUGINS[name]
    root = tmp_path / "project"
    make(root, plugin, order)
    build(python, root, tmp_path / "without", {})
    said = build(python, root, tmp_path / "with", ON)
    assert "hatch-nocache" not in said
    without, with_hook = archives(tmp_path / "without"), archives(tmp_path / "with")
    assert sorted(without) == ["sdist", "wheel"]
    check_plugin(plugin, without)
    for target, archive in without.items():
        assert with_hook[target].names == archive.names
        assert text_only(with_hook[target]) == text_only(archive)
    for where in ("store", "src/demo/store"):
        KINDS["cache"](str(root / where))
    build(python, root, tmp_path / "leaks", {})
    assert all(any("store/" in member for member in archive.names) for archive in archives(tmp_path / "leaks").values())
    said = build(python, root, tmp_path / "kept", ON)
    assert said.count("NC001 src/demo/store/") == 2
    for target, archive in archives(tmp_path / "kept").items():
        assert archive.names == without[target].names
        assert text_only(archive).keys() == text_only(without[target]).keys()


def check_plugin(plugin: Plugin, built: Dict[str, Archive]) -> None:
    """The other plugin has done its work."""
    for target, members in (("sdist", plugin.sdist), ("wheel", plugin.wheel)):
        for member in members:
            before, _, after = member.partition("*")
            assert any(name.startswith(before) and name.endswith(after) for name in built[target].names), built[
                target
            ].names
    assert any(plugin.words.encode() in content for content in built["sdist"].files.values())


def test_all_at_once(python: str) -> None:
    """All of them are installed, so that a build loads every one."""
    assert set(venvs.installed(python)) >= {*PLUGINS, "hatchling"}
    assert subprocess.run([python, "-c", "import hatch_nocache"], check=False).returncode == 0
