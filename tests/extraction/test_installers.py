"""The rules against real programs: every archive of the tables is given to everything that unpacks archives."""

from __future__ import annotations

import os

import pytest
from badarchives import CASES, WHEELS, ZIPS, wheel

from hatch_nocache.archive import UnreadableArchive, inspect

from .frontends import Tools

pytestmark = pytest.mark.extraction

WHEEL = "myproject-1.0.1-py3-none-any.whl"


@pytest.fixture(scope="session")
def tools(tmp_path_factory):
    """Return the installers, from the package index."""
    return Tools(tmp_path_factory.mktemp("tools"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_sdist(case, tools, tmp_path):
    """Everything that an installer refuses or alters has a finding; what is rejected, someone refuses or alters."""
    outcomes = tools.outcomes(case, str(tmp_path))
    path = tmp_path / "checked-1.tar.gz"
    path.write_bytes(case.sdist())
    try:
        findings = inspect(str(path)).findings
        rejected = any(finding.is_rejected for finding in findings)
    except UnreadableArchive:
        findings, rejected = ("unreadable",), True
    objections = {name: outcome for name, outcome in outcomes.items() if outcome != "ok"}
    assert findings or not any(name in objections for name in tools.installers), objections
    assert objections or not rejected or case.newer_only, findings


@pytest.mark.parametrize("row", WHEELS, ids=lambda row: row.id)
def test_wheel(row, tools, tmp_path):
    """Everything that an installer refuses or leaves out has a finding; what all install has none."""
    path = tmp_path / WHEEL
    path.write_bytes(wheel(row.names))
    codes = {finding.code for finding in inspect(str(path)).findings}
    assert codes == row.rejects
    outcomes = tools.install(str(path), str(tmp_path))
    installed = {os.path.normpath(name) for name in row.names if not name.endswith("/")}
    objections = {name: outcome for name, outcome in outcomes.items() if outcome != installed}
    assert bool(objections) is bool(codes) or row.by_contract, outcomes


@pytest.mark.parametrize("row", ZIPS, ids=lambda row: row.id)
def test_zip_structure(row, tools, tmp_path):
    """A wheel has a finding if an installer refuses it, from a file or from an index."""
    path = tmp_path / WHEEL
    path.write_bytes(row.content)
    outcomes = {
        "file": tools.install(str(path), str(tmp_path)),
        "index": tools.install_from_server(str(path), str(tmp_path)),
    }
    objections = [
        (label, source)
        for source, found in outcomes.items()
        for label, each in found.items()
        if each != {"myproject/a"}
    ]
    assert bool(objections) is bool(row.rejects), outcomes
