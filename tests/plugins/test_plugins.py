"""Together with other plugins, each in a real build of its own kind: before them, after them, and twice.

All tools that they run are real, except `sam` of hatch-aws, which is not on the package index.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import shutil
from pathlib import Path
from typing import Dict, List

import pytest
import venvs
from building import Archive, read
from projects import KINDS

OURS = "[tool.hatch.build.hooks.nocache]\nenable-by-default = false\n"
OF_TARGETS = OURS.replace("hooks", "targets.sdist.hooks") + OURS.replace("hooks", "targets.wheel.hooks")
ORDERS = {"before": OURS + "{other}", "after": "{other}" + OURS, "twice": OURS + "{other}" + OF_TARGETS}
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
    needs: str = ""  # a program
    newer: bool = False  # needs Python 3.12


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
        files={name: text.replace("src/demo", "demo") for name, text in CMAKE.items()},
        wheel=["demo/libnative.so"],
    ),
    # Takes every `*.so` of the tree.
    "hatch-cpp": Plugin(
        '[tool.hatch.build.hooks.hatch-cpp.cmake]\nroot = "CMakeLists.txt"\n',
        files={**CMAKE, ".gitignore": "/build/\n*.so\n"},
        wheel=["demo/libnative.so"],
        needs="cc",
        newer=True,
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
        sdist=["demo/bundle/bundle.js"],
        words="// bundled",
        needs="node",
        newer=True,
    ),
    # Walks what the builder would pack, and forces in smaller copies.
    "hatch-minify": Plugin(
        "[tool.hatch.build.targets.wheel.hooks.minify]\n",
        files={"src/demo/long.py": "def function(argument):\n    # explained\n    return   argument\n"},
        wheel=["demo/long.py"],
        newer=True,
    ),
    # Names one file of Cargo's build output, which is tagged as a cache.
    "hatchling-pyo3-plugin": Plugin(
        "[tool.hatch.build.hooks.pyo3]\n",
        files={
            "Cargo.toml": '[package]\nname = "native"\nversion = "1.0.0"\nedition = "2018"\n[lib]\n'
            'crate-type = ["cdylib"]\n',
            "src/lib.rs": '#[no_mangle]\npub extern "C" fn answer() -> i32 {\n    42\n}\n',
        },
        wheel=["demo/native.so"],
        needs="cargo",
        newer=True,
    ),
}


def make(root: Path, plugin: Plugin, order: str) -> None:
    package = root / "src" / "demo"
    package.mkdir(parents=True)
    (package / "__init__.py").write_bytes(b"")
    head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
    tables = ORDERS[order].replace("{other}", plugin.tables)
    (root / "pyproject.toml").write_text(f"{head}{plugin.metadata}\n{tables}", encoding="utf-8")
    for name, text in plugin.files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    if plugin.git:
        who = ["-c", "user.name=demo", "-c", "user.email=demo@example.org", "-c", "commit.gpgsign=false"]
        for command in ("init --quiet", "add .", "commit --quiet -m x", "tag 3.7.11"):
            venvs.run("git", *who, *command.split(), cwd=str(root))


def build(python: str, root: Path, to: Path, env: Dict[str, str], project: str = ".") -> str:
    """Build both from a fresh copy: what a hook has made once must not be there for the next."""
    copy = to.parent / f"{to.name}-tree" / "project"
    shutil.copytree(str(root), str(copy), symlinks=True)
    where = str(copy / project)
    path = os.pathsep.join([str(Path(python).parent), os.environ["PATH"]])
    command = [python, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(to)]
    return venvs.run(*command, cwd=where, PWD=where, PATH=path, **env)


def archives(directory: Path) -> Dict[str, Archive]:
    return {"wheel" if path.suffix == ".whl" else "sdist": read(path) for path in directory.iterdir()}


def text_only(archive: Archive) -> Dict[str, bytes]:
    """The files without those that a compiler has made, and without their hashes: they hold times and paths."""
    return {name: content for name, content in archive.files.items() if not name.endswith((".so", "RECORD"))}


@pytest.mark.skipif(os.name == "nt", reason="the names of compiled modules")
@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("name", list(PLUGINS))
def test_together(request, tmp_path: Path, name: str, order: str) -> None:
    """The same archives as without this hook; a planted cache is left out of them, and nothing else is."""
    plugin = PLUGINS[name]
    if plugin.needs and not shutil.which(plugin.needs):
        pytest.skip(f"{name} needs {plugin.needs}")
    python = request.getfixturevalue("newer_python" if plugin.newer else "python")
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
        for each in ("native.so", "__init__.py"):
            (root / where / each).write_bytes(b"")
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
            assert fnmatch.filter(built[target].names, member), built[target].names
    assert any(plugin.words.encode() in content for content in built["sdist"].files.values())


def workspace(root: Path) -> None:
    """A uv workspace with a package that needs another, which has a symlink, a cache and an environment."""
    head = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nversion = "1.0"\n'
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["*"]\n',
        "lib/pyproject.toml": f'{head}name = "lib"\n[tool.hatch.build.targets.sdist]\nonly-include = ["lib"]\n',
        "lib/lib/__init__.py": "# library\n",
        "app/pyproject.toml": f'{head}name = "app"\ndependencies = ["lib"]\n[tool.uv.sources]\n'
        f"lib = {{ workspace = true }}\n[tool.hatch.build.hooks.una-build]\n{OURS}",
        "app/app/__init__.py": "",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "lib" / "lib" / "alias.py").symlink_to("__init__.py")
    KINDS["cache"](str(root / "lib" / "lib" / "store"))
    KINDS["copied venv"](str(root / "lib" / "lib" / "env"))


def test_files_of_another_package(newer_python: str, tmp_path: Path) -> None:
    """hatch-una forces in another package file by file: its cache and environment are left out, its symlink is not."""
    root = tmp_path / "workspace"
    workspace(root)
    build(newer_python, root, tmp_path / "leaks", {}, "app")
    for archive in archives(tmp_path / "leaks").values():
        assert archive.below("lib/store")
        assert archive.below("lib/env")
    said = build(newer_python, root, tmp_path / "kept", ON, "app")
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
AWS = """
[tool.hatch.build.targets.aws.force-include]
"notes.txt" = "../notes.txt"
"""


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_target_that_writes_no_archive(newer_python: str, tmp_path: Path) -> None:
    """hatch-aws copies files, also to a place above its own directory, with a stand-in for `sam`."""
    root = tmp_path / "project"
    files = {"template.yml": TEMPLATE, "notes.txt": "NOTES", "sam": SAM, "src/demo/main.py": "app = 42\n"}
    make(root, Plugin(AWS, files=files), "after")
    (root / "sam").chmod(0o755)
    for hook in ({}, ON):
        env = {**hook, "HATCH_SAM_EXEC": str(root / "sam")}
        said = venvs.run(newer_python, "-m", "hatchling", "build", "-t", "aws", cwd=str(root), PWD=str(root), **env)
        assert "hatch-nocache" not in said
        assert (root / ".aws-sam" / "notes.txt").read_text(encoding="utf-8") == "NOTES"
        assert (root / ".aws-sam" / "build" / "Answer" / "src" / "demo" / "main.py").is_file()
        shutil.rmtree(str(root / ".aws-sam"))
