"""The plugins that are measured, each unpacked as an installer does into a directory of its own.

In one directory they would be measured together: whichever hook a project asks for, Hatchling imports every plugin.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
import zipfile
from pathlib import Path

__all__ = ["install_nothing", "install_own", "own_wheel"]

ROOT = Path(__file__).resolve().parent.parent
_NOTHING = """\
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl


class NothingBuildHook(BuildHookInterface):
    PLUGIN_NAME = "nothing"


@hookimpl
def hatch_register_build_hook():
    return NothingBuildHook
"""


def own_wheel(where: Path) -> Path:
    """Build the wheel of this tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(where)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(where.glob("*.whl"))


def install_own(wheel: Path, site: Path) -> Path:
    """Unpack the wheel into `site`."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    compileall.compile_dir(site, quiet=2)
    return site


def install_nothing(site: Path) -> Path:
    """Write a hook that does nothing, `nothing`, into `site`."""
    information = site / "nothing-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "nothing.py").write_text(_NOTHING, encoding="utf-8")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[hatch]\nnothing = nothing\n", encoding="utf-8")
    compileall.compile_dir(site, quiet=2)
    return site
