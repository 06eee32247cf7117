"""The rules against real programs: every archive of the tables is given to everything that unpacks archives."""

from __future__ import annotations

import os
import tarfile

import pytest
from badarchives import CASES, WHEELS, ZIPS, wheel
from building import build
from frontends import Tools
from projects import load, made

from hatch_nocache.archive import UnreadableArchive, inspect

WHEEL = "myproject-1.0.1-py3-none-any.whl"


@pytest.fixture(scope="session")
def tools():
    """Return the installers, from the package index."""
    return Tools()


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


def shape(path):
    """Return what an installer could refuse: kinds, link targets, and names that are not plain."""
    with tarfile.open(path) as archive:
        return frozenset(
            (member.type, member.linkname, "" if member.name.isascii() and member.name.isprintable() else member.name)
            for member in archive
        )


def test_own_sdists(tools, tmp_path):
    """Sdists of test projects unpack everywhere and build. Of those that look alike to an installer, one is enough."""
    seen = {}
    for number, case in enumerate(load()):
        wanted = case.expect.get("sdist")
        if not wanted or wanted.result == "rejected" or not (wanted.unpacks and wanted.rebuilds) or case.unprivileged:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(case, folder) as root:
            built = build(root, "sdist", folder / "dist", {})
        if built.archive is not None:
            seen.setdefault(shape(built.archive), (case.id, built.archive))
    assert len(seen) > 1
    problems = {}
    for number, (name, archive) in enumerate(seen.values()):
        refused = tools.problems(str(archive), str(tmp_path / f"unpacked-{number}"))
        if refused:
            problems[name] = refused
    assert problems == {}
