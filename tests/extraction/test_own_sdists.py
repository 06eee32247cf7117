"""Sdists of all test projects that the hook lets through: they unpack everywhere and build."""

from __future__ import annotations

import tarfile

import pytest
from building import build
from projects import load, made

from .test_installers import tools  # noqa: F401 - a fixture

pytestmark = pytest.mark.extraction

CASES = [
    case
    for case in load()
    if "sdist" in case.expect
    and case.expect["sdist"].result == "builds"
    and case.expect["sdist"].unpacks
    and case.expect["sdist"].rebuilds
    and not case.unprivileged
]


def shape(path):
    """Return what an installer could refuse: kinds, link targets, and names that are not plain."""
    with tarfile.open(path) as archive:
        return frozenset(
            (member.type, member.linkname, "" if member.name.isascii() and member.name.isprintable() else member.name)
            for member in archive
        )


def test_every_sdist_unpacks_and_builds(tools, tmp_path):  # noqa: F811
    """Of sdists that look alike to an installer, one is enough."""
    seen = {}
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(case, folder) as root:
            built = build(root, "sdist", folder / "dist", {})
            if built.archive is None:
                continue
        seen.setdefault(shape(built.archive), (case.id, built.archive))
    assert len(seen) > 1
    problems = {}
    for number, (name, archive) in enumerate(seen.values()):
        folder = tmp_path / f"unpacked-{number}"
        folder.mkdir()
        refused = tools.problems(str(archive), str(folder))
        if refused:
            problems[name] = refused
    print(f"\n{len(CASES)} sdists, {len(seen)} kinds")
    assert problems == {}
