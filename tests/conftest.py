"""A test that fails because of what the system lacks is skipped: see lacking.py."""

from __future__ import annotations

import pytest
from lacking import lacking


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
