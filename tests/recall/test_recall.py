"""Every real cache is kept out as a whole, and nothing of the project is missing."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, List, Set, Tuple

import pytest
from building import build, read
from recall_box import Box, CannotRunError, NotFoundError
from recipes import RECIPES

from hatch_nocache.caches import recognise
from hatch_nocache.caches.surroundings import declared
from hatch_nocache.tree import DiskDirectory

if TYPE_CHECKING:
    from hatch_nocache.facts import Evidence

pytestmark = [pytest.mark.recall, pytest.mark.network]

# Hatchling leaves these out itself, wherever they lie.
_EXCLUDED = re.compile(r"(.*/)?__pycache__/.*|.*\.py[cdo]")


def _judge(box: Box) -> List[Tuple[str, Evidence]]:
    root = os.path.realpath(box.project)
    declarations = declared(root, box.environ, "/usr")
    found: List[Tuple[str, Evidence]] = []
    waiting = [DiskDirectory(root, "")]
    while waiting:
        directory = waiting.pop()
        evidence = recognise(directory, declarations, ["src/zeta"], box.environ.get("UV_CACHE_DIR"))
        if evidence is None:
            waiting.extend(directory.child(name) for name in directory.directories)
        else:
            found.append((directory.path, evidence))
    return sorted(found, key=lambda pair: pair[0])


def _below(files: Set[str], directories: List[str]) -> Set[str]:
    return {name for name in files if any(name.startswith(directory + "/") for directory in directories)}


@pytest.mark.parametrize("name", [pytest.param(name, id=re.sub(r"\(.*[/\\]", "(", name)) for name in sorted(RECIPES)])
def test_recall(name, workshop, tmp_path, record):
    """The judge takes all that the tool has left, and the sdist has what the project had before."""
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
    assert _below(left, ["zeta-3"]), "the tool has left nothing in its directory"
    found = _judge(box)
    taken = _below(box.files(), [path for path, _ in found])
    assert left - taken == box.aside
    assert before - taken == before
    for number, (_, evidence) in enumerate(found):
        how = evidence.how.replace("because ", "", 1)
        more = f" ({number + 1})" if number else ""
        record(f"{label} {box.version}{more}", evidence.code, box.version, evidence.tool, how)

    built = build(box.project, "sdist", tmp_path / "dist", box.environ)
    assert built.code == 0, built.said
    assert built.archive is not None
    archive = read(built.archive)
    assert {*archive.files, *archive.links} - {"PKG-INFO"} == before | box.aside
