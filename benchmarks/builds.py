"""A `Build` of the table as a process that can be measured."""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import ContextManager, Dict, Iterator

from benchmarks.processes import Contender
from benchmarks.rows import Build
from benchmarks.trees import Trees

__all__ = ["Builds"]

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo"
version = "1.0"
readme = "README.md"
"""


class Builds:
    """Makes contenders of builds; `sites` are the directories with the plugins, by the name of their hook."""

    def __init__(self, trees: Trees, sites: Dict[str, Path], out: Path) -> None:
        self._trees = trees
        self._sites = sites
        self._out = out

    def contender(self, name: str, build: Build) -> Contender:
        """One process that builds, in the tree and with the pyproject.toml that `build` asks for."""
        target = build.target if ":" in build.target else f"{build.target}:standard"
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(self._out)]
        root = self._trees.project(build.files, build.each)
        path = str(self._sites[build.hook]) if build.hook else ""
        env = {"PYTHONPATH": path, "PWD": str(root), "UV_CACHE_DIR": ".uv-cache"}

        def around() -> ContextManager[None]:
            return self._ready(build, root)

        return Contender(name, command, str(root), env, around)

    @contextlib.contextmanager
    def _ready(self, build: Build, root: Path) -> Iterator[None]:
        text = _PYPROJECT
        if build.exclude:
            text += f'\n[tool.hatch.build]\nexclude = ["{build.exclude}"]\n'
        if build.hook:
            text += f"\n[tool.hatch.build.hooks.{build.hook}]\n{build.options}"
        (root / "pyproject.toml").write_text(text, encoding="utf-8")
        try:
            with self._trees.with_cache(root, build.cache):
                yield
        finally:
            shutil.rmtree(self._out, ignore_errors=True)
