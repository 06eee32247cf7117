"""A test that fails because of what the system lacks is skipped: see lacking.py.

Random examples are the same ones in each run, so that none goes red for what it did not change. Others are looked for
by `hatch run long:nightly`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from lacking import lacking
from projects import Project

from hatch_nocache.caches.catalogue import CATALOGUE

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=5000)
settings.load_profile("repeatable")
LONG = {"corpus", "e2e", "extraction", "matrix", "plugins", "recall"}


def pytest_collection_modifyitems(items) -> None:
    """Give the tests of a long directory its name as their marker, unless they have a marker of their own."""
    for item in items:
        directory = item.path.parent.name
        if directory in LONG:
            item.add_marker("network")
            if not any(map(item.get_closest_marker, ("pipeline", "quick"))):
                item.add_marker(directory)


def skip_if_lacking(outcome) -> None:
    reason = lacking(outcome.excinfo[1]) if outcome.excinfo else ""
    if reason:
        outcome.force_exception(pytest.skip.Exception(reason))


@pytest.hookimpl(hookwrapper=True)
def pytest_pyfunc_call():
    skip_if_lacking((yield))


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup():
    skip_if_lacking((yield))


@pytest.fixture
def _undeclared(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this environment declares a cache."""
    for name in [variable.split("/")[0] for tool in CATALOGUE for variable in tool.variables]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with the hook and nothing to find."""
    return Project(tmp_path.resolve() / "project")
