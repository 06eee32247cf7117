"""Every supported Hatchling on every Python that is found: test projects and the seam, in an environment of each.

`hatch run long:matrix`. The interpreters are those of HATCH_NOCACHE_PYTHONS, of PATH and of pyenv.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List, Tuple

import pytest
import venvs

# With the oldest Python that each runs on; "" is the newest that a Python gets.
HATCHLINGS = {venvs.OLDEST["hatchling"]: (3, 8), "1.25.0": (3, 8), "1.27.0": (3, 8), "1.29.0": (3, 10), "": (3, 8)}
# The test projects that show what depends on Hatchling's walk: what is dropped, kept, refused, restored, left alone.
CORE = "clean or gitlab or environments or links or named or routes or special or tagged or target or later or earlier"
QUICK = "clean or gitlab or hide or named"

COMBINATIONS: List[Tuple[str, str, str]] = [
    (python, hatchling, pathspec)
    for python in venvs.VERSIONS
    for hatchling, floor in HATCHLINGS.items()
    for pathspec in (("", venvs.OLDEST["pathspec"]) if hatchling in (venvs.OLDEST["hatchling"], "") else ("",))
    if tuple(int(part) for part in python.split(".")) >= floor
]


def name(value: str) -> str:
    return value or "newest"


def check(where: Path, python: str, hatchling: str, pathspec: str, core: str, *files: str) -> str:
    """Make the environment, and run the tests of the core in it. Returns what was installed."""
    requirements = ["editables", "hypothesis>=6.100", "pytest>=8"]
    requirements.append(f"hatchling=={hatchling}" if hatchling else "hatchling")
    requirements.append(f"pathspec=={pathspec}" if pathspec else "pathspec")
    interpreter = venvs.make(where, python, *requirements)
    found = venvs.installed(interpreter)
    assert hatchling in ("", found["hatchling"])
    assert pathspec in ("", found["pathspec"])
    where_ours = venvs.run(interpreter, "-c", "import hatch_nocache; print(hatch_nocache.__file__)", cwd=str(where))
    assert str(where) in where_ours
    said = venvs.run(
        interpreter,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-W",
        "default",
        "-k",
        core,
        *files,
        cwd=str(venvs.ROOT),
    )
    assert " passed" in said
    tools = f"Hatchling {found['hatchling']}, pathspec {found['pathspec']}"
    version = venvs.run(interpreter, "--version").strip()
    return f"{version}, {tools}: {said.strip().splitlines()[-1]}"


@pytest.mark.parametrize(("python", "hatchling", "pathspec"), COMBINATIONS, ids=name)
def test_combination(environments: Path, python: str, hatchling: str, pathspec: str, capsys) -> None:
    """The core of the tests passes, on the plugin's own wheel."""
    if python not in venvs.pythons():
        pytest.skip(f"no Python {python} here")
    where = environments / f"{python}-{name(hatchling)}-{name(pathspec)}"
    files = ["tests/test_projects.py", "tests/test_seam.py"]
    said = check(where, venvs.pythons()[python], hatchling, pathspec, f"{CORE} or test_seam", *files)
    with capsys.disabled():
        print(f"\n{said}")


@pytest.mark.quick
@pytest.mark.parametrize(("hatchling", "pathspec"), [tuple(venvs.OLDEST.values()), ("", "")], ids=["oldest", "newest"])
def test_oldest_and_newest(environments: Path, hatchling: str, pathspec: str) -> None:
    """The ends of the matrix on this Python, and a few projects only."""
    where = environments / f"quick-{name(hatchling)}"
    check(where, sys.executable, hatchling, pathspec, QUICK, "tests/test_projects.py")
