"""Together with other plugins, each in a real build of its own kind: before them, after them, and twice.

All tools that they run are real, except `sam` of hatch-aws, which is not on the package index.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import sys
from pathlib import Path
from typing import Dict, NamedTuple

import pytest
import venvs
from building import Archive, read
from projects import Project

INSTALLED = (
    "hatchling hatch-build-scripts hatch-fancy-pypi-readme hatch-jupyter-builder hatch-mypyc hatch-vcs"
    " scikit-build-core cmake ninja setuptools"
)
# hatch-node-build needs Python 3.12, hatch-cpp an older Hatchling.
NEWER = "hatchling hatch-aws hatch-cpp hatch-minify hatch-node-build hatch-una hatchling-pyo3-plugin cmake ninja"
OURS = "[tool.hatch.build.hooks.nocache]\nenable-by-default = false\n"
OF_TARGETS = OURS.replace("hooks", "targets.sdist.hooks") + OURS.replace("hooks", "targets.wheel.hooks")
ORDERS = {"before": OURS + "{other}", "after": "{other}" + OURS, "twice": OURS + "{other}" + OF_TARGETS}
ON = {"HATCH_BUILD_HOOK_ENABLE_NOCACHE": "true"}


class Plugin(NamedTuple):
    """A plugin in use: its tables, its files, and members of the archives that only it can have made."""

    tables: str
    files: Dict[str, str]
    metadata: str = 'version = "1.0"'
    sdist: str = ""
    wheel: str = ""
    words: str = ""  # in the metadata of the sdist
    git: bool = False
    needs: str = ""  # a program


CMAKE = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.15...3.30)\nproject(demo LANGUAGES C)\n"
    "add_library(native MODULE native.c)\ninstall(TARGETS native DESTINATION src/demo)\n",
    "native.c": "int answer(void) { return 42; }\n",
}
PLUGINS = {
    "hatch-vcs": Plugin(
        '[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.build.hooks.vcs]\nversion-file = "src/demo/_version.py"\n',
        metadata='dynamic = ["version"]',
        files={".gitignore": "/src/demo/_version.py\n"},
        sdist="src/demo/_version.py",
        wheel="demo/_version.py",
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
        sdist="src/demo/made/made.txt",
        wheel="demo/made/made.txt",
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
        sdist="src/demo/static/bundle.js",
        wheel="demo/static/bundle.js",
    ),
    "hatch-mypyc": Plugin(
        '[tool.hatch.build.targets.wheel]\npackages = ["src/demo"]\n'
        '[tool.hatch.build.targets.wheel.hooks.mypyc]\noptions = { opt_level = "0" }\ninclude = ["/src/demo/*.py"]\n',
        files={"src/demo/fast.py": "def add(a: int, b: int) -> int:\n    return a + b\n"},
        wheel="demo/fast.*.so",
    ),
    "scikit-build-core": Plugin(
        "[tool.hatch.build.targets.wheel.hooks.scikit-build]\nexperimental = true\n",
        files={name: text.replace("src/demo", "demo") for name, text in CMAKE.items()},
        wheel="demo/libnative.so",
    ),
    # Takes every `*.so` of the tree.
    "hatch-cpp": Plugin(
        '[tool.hatch.build.hooks.hatch-cpp.cmake]\nroot = "CMakeLists.txt"\n',
        files={**CMAKE, ".gitignore": "/build/\n*.so\n"},
        wheel="demo/libnative.so",
        needs="cc",
    ),
    # Adds a `Path` to the artifacts.
    "hatch-node-build": Plugin(
        f'[tool.hatch.build.hooks.node-build]\nnode-executable = "{shutil.which("node")}"\n'
        'install-command = "{node},--version"\nbuild-command = "{node},build.js"\n',
        files={
            "browser/package.json": "{}\n",
            "browser/build.js": 'const fs = require("fs");\nfs.mkdirSync("dist", { recursive: true });\n'
            'fs.writeFileSync("dist/bundle.js", "// bundled");\n',
        },
        sdist="demo/bundle/bundle.js",
        needs="node",
    ),
    # Walks what the builder would pack, and forces in smaller copies.
    "hatch-minify": Plugin(
        "[tool.hatch.build.targets.wheel.hooks.minify]\n",
        files={"src/demo/long.py": "def function(argument):\n    # explained\n    return   argument\n"},
        wheel="demo/long.py",
    ),
    # Names one file of Cargo's build output, which is tagged as a cache.
    "hatchling-pyo3-plugin": Plugin(
        "[tool.hatch.build.hooks.pyo3]\n",
        files={
            "Cargo.toml": '[package]\nname = "native"\nversion = "1.0.0"\nedition = "2018"\n[lib]\n'
            'crate-type = ["cdylib"]\n',
            "src/lib.rs": '#[no_mangle]\npub extern "C" fn answer() -> i32 {\n    42\n}\n',
        },
        wheel="demo/native.so",
        needs="cargo",
    ),
}


HEAD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\n'


def interpreter(*, newer: bool) -> Path:
    found = [path for version, path in venvs.pythons().items() if version in ("3.12", "3.13", "3.14")]
    if newer and not found:
        pytest.skip("no Python 3.12 to 3.14 here")
    python = found[0] if newer else sys.executable
    return venvs.programs(*(NEWER if newer else INSTALLED).split(), venvs.own_wheel(), python=python) / "python"


def make(project: Project, plugin: Plugin, order: str) -> None:
    tables = ORDERS[order].replace("{other}", plugin.tables)
    project.put("pyproject.toml", f'{HEAD}name = "demo"\n{plugin.metadata}\n{tables}')
    for name, text in plugin.files.items():
        project.put(name, text)
    if plugin.git:
        venvs.commit(project.root)
        venvs.run("git", "tag", "3.7.11", cwd=project.root)


def build(python: Path, root: Path, name: str, env: Dict[str, str], part: str = ".") -> str:
    """Build both from a fresh copy: what a hook has made once must not be there for the next."""
    copy = root.parent / f"{name}-tree" / "project"
    shutil.copytree(str(root), str(copy), symlinks=True)
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    command = [python, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", root.parent / name]
    return venvs.run(*command, cwd=copy / part, PATH=path, **env)


def archives(directory: Path) -> Dict[str, Archive]:
    return {"wheel" if path.suffix == ".whl" else "sdist": read(path) for path in directory.iterdir()}


def text_only(archive: Archive) -> Dict[str, bytes]:
    """The files without those that a compiler has made, and without their hashes: they hold times and paths."""
    return {name: content for name, content in archive.files.items() if not name.endswith((".so", "RECORD"))}


@pytest.mark.skipif(os.name == "nt", reason="the names of compiled modules")
@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("name", list(PLUGINS))
def test_together(project: Project, tmp_path: Path, name: str, order: str) -> None:
    """The same archives as without this hook; a planted cache is left out of them, and nothing else is."""
    plugin, root = PLUGINS[name], project.root
    if plugin.needs and not shutil.which(plugin.needs):
        pytest.skip(f"{name} needs {plugin.needs}")
    python = interpreter(newer=name in NEWER)
    make(project, plugin, order)
    build(python, root, "without", {})
    assert "hatch-nocache" not in build(python, root, "with", ON)
    without, with_hook = archives(tmp_path / "without"), archives(tmp_path / "with")
    assert sorted(without) == ["sdist", "wheel"]
    # The other plugin has done its work.
    for target, member in (("sdist", plugin.sdist), ("wheel", plugin.wheel)):
        assert not member or fnmatch.filter(without[target].names, member), without[target].names
    assert plugin.words.encode() in without["sdist"].files["PKG-INFO"]
    for target, archive in without.items():
        assert with_hook[target].names == archive.names
        assert text_only(with_hook[target]) == text_only(archive)
    for where in ("store", "src/demo/store"):
        project.make("cache", where)
        for each in ("native.so", "__init__.py"):
            project.put(f"{where}/{each}", "")
    build(python, root, "leaks", {})
    assert all(any("store/" in member for member in archive.names) for archive in archives(tmp_path / "leaks").values())
    assert build(python, root, "kept", ON).count("NC001 src/demo/store/") == 2
    for target, archive in archives(tmp_path / "kept").items():
        assert archive.names == without[target].names
        assert text_only(archive).keys() == text_only(without[target]).keys()


def test_files_of_another_package(project: Project, tmp_path: Path) -> None:
    """hatch-una forces in another package file by file: its cache and environment are left out, its symlink is not."""
    python, root = interpreter(newer=True), tmp_path.resolve() / "workspace"
    project.root = root
    project.put("pyproject.toml", '[tool.uv.workspace]\nmembers = ["*"]\n')
    head = f'{HEAD}version = "1.0"\n'
    project.put("lib/pyproject.toml", f'{head}name = "lib"\n[tool.hatch.build.targets.sdist]\nonly-include = ["lib"]\n')
    project.put("lib/lib/__init__.py", "# library\n")
    uses = 'name = "app"\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = { workspace = true }\n'
    project.put("app/pyproject.toml", f"{head}{uses}[tool.hatch.build.hooks.una-build]\n{OURS}")
    project.put("app/app/__init__.py")
    project.link("lib/lib/alias.py", "__init__.py")
    project.make("cache", "lib/lib/store")
    project.make("copied venv", "lib/lib/env")
    build(python, root, "leaks", {}, "app")
    for archive in archives(tmp_path / "leaks").values():
        assert archive.below("lib/store")
        assert archive.below("lib/env")
    said = build(python, root, "kept", ON, "app")
    assert said.count("NC001") == said.count("NC004") == 2
    built = archives(tmp_path / "kept")
    for archive in built.values():
        assert archive.below("lib/store") + archive.below("lib/env") == []
        assert archive.files["lib/__init__.py"] == b"# library\n"
    assert built["sdist"].links == {"lib/alias.py": "__init__.py"}
    assert built["wheel"].files["lib/alias.py"] == b"# library\n"


SAM = """#!/bin/sh
# sam build --template TEMPLATE --build-dir DIRECTORY
mkdir -p "$5/Answer/src" && cp -R src/demo "$5/Answer/src"
"""
TEMPLATE = """\
Resources:
  Answer:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: src.demo.main.app
"""
AWS = '\n[tool.hatch.build.targets.aws.force-include]\n"notes.txt" = "../notes.txt"\n'


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_target_that_writes_no_archive(project: Project) -> None:
    """hatch-aws copies files, also to a place above its own directory, with a stand-in for `sam`."""
    root = project.root
    files = {"template.yml": TEMPLATE, "notes.txt": "NOTES", "sam": SAM, "src/demo/main.py": "app = 42\n"}
    make(project, Plugin(AWS, files=files), "after")
    (root / "sam").chmod(0o755)
    command = [interpreter(newer=True), "-m", "hatchling", "build", "-t", "aws"]
    for hook in ({}, ON):
        assert "hatch-nocache" not in venvs.run(*command, cwd=root, HATCH_SAM_EXEC=root / "sam", **hook)
        assert (root / ".aws-sam" / "notes.txt").read_text(encoding="utf-8") == "NOTES"
        assert (root / ".aws-sam" / "build" / "Answer" / "src" / "demo" / "main.py").is_file()
        shutil.rmtree(str(root / ".aws-sam"))
