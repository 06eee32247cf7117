"""Every supported Hatchling on every Python that is found: test projects and the seam, in an environment of each.

`hatch run long:matrix`. The interpreters are those of HATCH_NOCACHE_PYTHONS, of PATH and of pyenv.
"""

from __future__ import annotations

import re
import sys
from typing import Iterator, Tuple

import pytest
import venvs

# All that are not yanked, with the oldest Python that each runs on; the first is yanked, so that only `==` selects it.
HATCHLINGS = {
    **dict.fromkeys([venvs.OLDEST["hatchling"], "1.22.2", "1.22.3", "1.22.4", "1.22.5", "1.23.0"], "3.8"),
    **dict.fromkeys(["1.24.0", "1.24.1", "1.24.2", "1.25.0", "1.26.3", "1.27.0"], "3.8"),
    **dict.fromkeys(["1.28.0", "1.29.0", "1.30.1", "1.31.0", "1.32.0", "1.32.3"], "3.10"),
    "1.32.4": "3.8",
    "1.33.0": "3.10",
}
# The test projects that show what depends on Hatchling's walk: what is dropped, kept, refused, restored, left alone.
CORE = (
    "clean or gitlab or environments or links or named or routes or special or tagged or target or later or earlier"
    " or tables or several or hooks"
)
QUICK = "clean or gitlab or hide or named"


def combinations() -> Iterator[Tuple[str, str, str]]:
    """Yield each Hatchling on the oldest Python and on 3.13, the ends on each, and with the oldest pathspec."""
    floor = venvs.OLDEST["pathspec"]
    for hatchling, oldest in HATCHLINGS.items():
        pythons = venvs.VERSIONS[venvs.VERSIONS.index(oldest) :]
        yield from ((python, hatchling, "") for python in (pythons[0], "3.13"))
    for python in venvs.VERSIONS:
        yield from ((python, hatchling, floor) for hatchling in (venvs.OLDEST["hatchling"], ""))
        yield python, "", ""


def name(value: str) -> str:
    return value or "newest"


def check(python: str, hatchling: str, pathspec: str, core: str, *files: str) -> str:
    """Make the environment, and run the tests of the core in it. Returns what was installed."""
    wanted = {name: version for name, version in (("hatchling", hatchling), ("pathspec", pathspec)) if version}
    pins = [f"{name}=={version}" for name, version in wanted.items()]
    programs = venvs.programs("editables", "hypothesis>=6.100", "pytest>=8", venvs.own_wheel(), *pins, python=python)
    found = venvs.installed(programs / "python")
    assert wanted.items() <= found.items()
    ours = venvs.run(programs / "python", "-c", "import hatch_nocache; print(hatch_nocache.__file__)", cwd=programs)
    assert str(programs.parent) in ours
    options = ("-q", "-p", "no:cacheprovider", "-W", "default", "-k", core)
    said = venvs.run(programs / "python", "-m", "pytest", *options, *files, cwd=venvs.ROOT)
    assert " passed" in said
    tools = f"Hatchling {found['hatchling']}, pathspec {found['pathspec']}"
    version = venvs.run(programs / "python", "--version").strip()
    return f"{version}, {tools}: {said.strip().splitlines()[-1]}"


@pytest.mark.parametrize(("python", "hatchling", "pathspec"), list(combinations()), ids=name)
def test_combination(python: str, hatchling: str, pathspec: str, capsys) -> None:
    """The core of the tests passes, on the plugin's own wheel."""
    if python not in venvs.pythons():
        pytest.skip(f"no Python {python} here")
    files = ["tests/builds/test_projects.py", "tests/selection/test_hatchling.py"]
    said = check(venvs.pythons()[python], hatchling, pathspec, f"{CORE} or test_hatchling", *files)
    with capsys.disabled():
        print(f"\n{said}")


@pytest.mark.quick
@pytest.mark.parametrize(("hatchling", "pathspec"), [tuple(venvs.OLDEST.values()), ("", "")], ids=["oldest", "newest"])
def test_oldest_and_newest(hatchling: str, pathspec: str) -> None:
    """The ends of the matrix on this Python, and a few projects only."""
    check(sys.executable, hatchling, pathspec, QUICK, "tests/builds/test_projects.py")


def test_every_release_is_here() -> None:
    """A release that is missing here is one that was not tested."""
    said = venvs.run(sys.executable, "-m", "pip", "index", "versions", "hatchling", "--python-version", "3.14")
    found = re.search(r"Available versions: (.*)", said)
    assert found
    released = {version: tuple(map(int, version.split("."))) for version in found.group(1).split(", ")}
    floor = tuple(map(int, venvs.OLDEST["hatchling"].split(".")))
    assert {name for name, version in released.items() if version >= floor} <= set(HATCHLINGS)
