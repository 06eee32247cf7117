"""Every real cache is left out whole, and nothing of the project is missing."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, List, Set, Tuple

import pytest
from building import build, read
from recall_box import Box, CannotRunError, NotFoundError
from recipes import RECIPES

from hatch_nocache.caches.declared import read as read_declared
from hatch_nocache.caches.detect import detect
from hatch_nocache.selection.directory import DiskDirectory

if TYPE_CHECKING:
    from hatch_nocache.caches.model import Evidence

pytestmark = [pytest.mark.recall, pytest.mark.network]

# Hatchling leaves these out itself, wherever they lie.
_EXCLUDED = re.compile(r"(.*/)?__pycache__/.*|.*\.py[cdo]")


def _detect(box: Box) -> List[Tuple[str, Evidence]]:
    root = os.path.realpath(box.project)
    surroundings = read_declared(root, box.environ, "/usr", ["src/zeta"])
    found: List[Tuple[str, Evidence]] = []
    waiting = [DiskDirectory(root, "")]
    while waiting:
        directory = waiting.pop()
        evidence = detect(directory, surroundings)
        if evidence is None:
            waiting.extend(directory.child(name) for name in directory.directories)
        else:
            found.append((directory.path, evidence))
    return sorted(found, key=lambda pair: pair[0])


def _below(files: Set[str], directories: List[str]) -> Set[str]:
    return {name for name in files if any(name.startswith(directory + "/") for directory in directories)}


@pytest.mark.parametrize("name", [pytest.param(name, id=re.sub(r"\(.*[/\\]", "(", name)) for name in sorted(RECIPES)])
def test_recall(name, workshop, tmp_path, record):
    """Detection covers all that the tool has left, and the sdist has what the project had before."""
    box = Box(workshop, tmp_path)
    before = box.files()
    label = re.sub(r" \(.*\)$", "", name)
    try:
        RECIPES[name](box)
    except NotFoundError as problem:
        record(label, "-", "", "", f"not measured: {problem}")
        pytest.xfail(str(problem))
    except CannotRunError as problem:
        record(f"{label} {box.version}", "-", box.version, "", f"could not be run: {str(problem).splitlines()[0]}")
        raise
    left = {path for path in box.files() - before if not _EXCLUDED.fullmatch(path)}
    assert left, "the tool has left nothing"
    found = _detect(box)
    taken = _below(box.files(), [path for path, _ in found])
    assert left - taken == box.aside
    assert before - taken == before
    for number, (_, evidence) in enumerate(found):
        more = f" ({number + 1})" if number else ""
        reason = evidence.reason.replace(str(box.project), "$PROJECT")
        record(f"{label} {box.version}{more}", evidence.code, box.version, evidence.name, reason)

    built = build(box.project, "sdist", tmp_path / "dist", box.environ)
    assert built.code == 0, built.said
    assert built.archive is not None
    archive = read(built.archive)
    assert {*archive.files, *archive.links} - {"PKG-INFO"} == before | box.aside
