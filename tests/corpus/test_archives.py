"""Published sdists: those with junk are found, the others pass, and clean ones are built again byte for byte."""

from __future__ import annotations

import csv
import hashlib
import sys
import tarfile
from pathlib import Path
from typing import Dict, Set, Tuple

import pytest
import venvs

from hatch_nocache.archive import inspect

# What the projects of the tables name in `build-system.requires`.
PLUGINS = (
    "hatchling hatch-fancy-pypi-readme hatch-jupyter-builder hatch-nodejs-version hatch-requirements-txt hatch-vcs"
    " uv-dynamic-versioning"
)
# Off unless the environment switches it on, so that both builds read the same pyproject.toml.
TABLE = "\n[tool.hatch.build.hooks.nocache]\nenable-by-default = false\n"
SWITCH = {"HATCH_BUILD_HOOK_ENABLE_NOCACHE": "1"}
# Hatchling itself no longer builds it: its readme is outside the project.
UNBUILDABLE = {"una"}


def rows(name: str, without: Set[str] = frozenset()):
    """Return a decorator for the rows of a table next to this file."""
    with Path(__file__).with_name(f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file, delimiter="\t") if row["name"] not in without]
    return pytest.mark.parametrize("row", found, ids=lambda row: row["name"])


def fetch(row: Dict[str, str], folder: Path) -> str:
    """Return the path of the sdist of a row."""
    script = Path(__file__).with_name("fetch.py")
    return venvs.run(sys.executable, script, row["name"], row["version"], folder).splitlines()[-1]


def build(sdist: str, target: str, folder: Path, env: Dict[str, str]) -> Tuple[Path, str]:
    """Build `target` from an unpacked sdist. Return the archive and what was said."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, **({"filter": "fully_trusted"} if hasattr(tarfile, "data_filter") else {}))
    (root,) = folder.iterdir()
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(TABLE)
    python = venvs.programs(*PLUGINS.split(), venvs.own_wheel()) / "python"
    said = venvs.run(python, "-m", "hatchling", "build", "-t", target, "-d", folder / "out", cwd=root, **env)
    return next((folder / "out").iterdir()), said


@rows("incidents")
def test_incidents_are_found(row: Dict[str, str], tmp_path: Path) -> None:
    """With the code and the place that a person found by hand."""
    path = fetch(row, tmp_path)
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == row["sha256"]
    found = {(finding.code, finding.path) for finding in inspect(path).findings if finding.is_rejected}
    assert (row["code"], row["path"]) in found


@rows("clean")
def test_clean_sdists_pass_and_do_not_change(row: Dict[str, str], tmp_path: Path) -> None:
    """Nothing at all is said of them. The bytes that are built from them are the same, and there is no output."""
    sdist = fetch(row, tmp_path)
    report = inspect(sdist)
    assert report.findings == ()
    assert report.members > 1
    for target in ("sdist", "wheel"):
        plain, _ = build(sdist, target, tmp_path / f"plain {target}", {})
        guarded, said = build(sdist, target, tmp_path / f"guarded {target}", SWITCH)
        assert guarded.read_bytes() == plain.read_bytes()
        assert "hatch-nocache" not in said


@rows("incidents", UNBUILDABLE)
def test_an_incident_comes_out_clean(row: Dict[str, str], tmp_path: Path) -> None:
    """What was found by hand is gone, and nothing else is missing."""
    sdist = fetch(row, tmp_path)
    plain, _ = build(sdist, "sdist", tmp_path / "plain", {})
    guarded, said = build(sdist, "sdist", tmp_path / "guarded", SWITCH)
    members = []
    for path in (plain, guarded):
        with tarfile.open(path) as archive:
            members.append({name.partition("/")[2] for name in archive.getnames()})
    gone = members[0] - members[1]
    assert members[1] <= members[0]
    reported = tuple(line.split()[1] for line in said.splitlines() if line.startswith("  NC0"))
    assert all(name.startswith(reported) for name in gone)
    assert not any(name.startswith(reported) for name in members[1])
    # The current Hatchling leaves some of them out without the plugin.
    assert bool(gone) == any(name.startswith(row["path"]) for name in members[0])
