"""Turns a `Build` into a process to measure."""

from __future__ import annotations

import contextlib
import os
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
    """Creates contenders. `sites` are directories with an installed plugin, by the name of its hook."""

    def __init__(self, trees: Trees, sites: Dict[str, Path], out: Path) -> None:
        self._trees = trees
        self._sites = sites
        self._out = out

    def contender(self, name: str, build: Build) -> Contender:
        """Return the process of one build."""
        target = build.target if ":" in build.target else f"{build.target}:standard"
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(self._out)]
        root = self._trees.project(build.files, build.each, git=build.git)
        path = os.pathsep.join(str(self._sites[hook]) for hook in build.hooks)
        env = {"PYTHONPATH": path, "PWD": str(root), "UV_CACHE_DIR": ".uv-cache"}

        def around() -> ContextManager[None]:
            return self._ready(build, root)

        return Contender(name, command, str(root), env, around)

    @contextlib.contextmanager
    def _ready(self, build: Build, root: Path) -> Iterator[None]:
        text = _PYPROJECT
        if build.exclude:
            text += f'\n[tool.hatch.build]\nexclude = ["{build.exclude}"]\n'
        for hook in build.hooks:
            text += f"\n[tool.hatch.build.hooks.{hook}]\n{build.options if hook == 'nocache' else ''}"
        (root / "pyproject.toml").write_text(text, encoding="utf-8")
        try:
            with self._trees.with_cache(root, build.cache):
                yield
        finally:
            shutil.rmtree(self._out, ignore_errors=True)
