"""Environments with Hatchling, the other plugins and this one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import venvs

HERE = Path(__file__).parent
PLUGINS = [
    "hatchling",
    "hatch-build-scripts",
    "hatch-fancy-pypi-readme",
    "hatch-jupyter-builder",
    "hatch-mypyc",
    "hatch-vcs",
    "scikit-build-core",
    "cmake",
    "ninja",
    "setuptools",
]
# hatch-node-build needs Python 3.12, hatch-cpp an older Hatchling.
NEWER = [
    "hatchling",
    "hatch-aws",
    "hatch-cpp",
    "hatch-minify",
    "hatch-node-build",
    "hatch-una",
    "hatchling-pyo3-plugin",
    "cmake",
    "ninja",
]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.plugins)
            item.add_marker(pytest.mark.network)


@pytest.fixture(scope="session")
def python(tmp_path_factory) -> str:
    return venvs.make(tmp_path_factory.mktemp("plugins") / "venv", sys.executable, *PLUGINS)


@pytest.fixture(scope="session")
def newer_python(tmp_path_factory) -> str:
    found = [path for version, path in venvs.pythons().items() if version in ("3.12", "3.13", "3.14")]
    if not found:
        pytest.skip("no Python 3.12 to 3.14 here")
    return venvs.make(tmp_path_factory.mktemp("newer") / "venv", found[0], *NEWER)
