"""One environment with Hatchling, the other plugins and this one."""

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


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.plugins)
            item.add_marker(pytest.mark.network)


@pytest.fixture(scope="session")
def python(tmp_path_factory) -> str:
    return venvs.make(tmp_path_factory.mktemp("plugins") / "venv", sys.executable, *PLUGINS)
