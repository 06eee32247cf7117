"""What is measured besides builds: the import of the plugin, the command, the size of the wheel."""

from __future__ import annotations

import contextlib
import gzip
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Dict, List, Tuple

from benchmarks.processes import Contender, Times, race

__all__ = ["CHECK_MEMBERS", "check", "import_times", "sizes"]

CHECK_MEMBERS = 100_000

# A build has imported these modules before it imports plugins.
_IMPORT = """\
import importlib.metadata, sys, time
import hatchling.bridge.app, hatchling.builders.hooks.plugin.interface, hatchling.builders.sdist
import hatchling.metadata.core, hatchling.plugin.manager
start = time.perf_counter()
import hatch_nocache.hooks
print((time.perf_counter() - start) * 1000)
"""


def import_times(site: Path, rounds: int) -> List[float]:
    """Return the milliseconds of the import of the plugin after that of Hatchling."""
    command = [sys.executable, "-c", _IMPORT]
    env = {"PYTHONPATH": str(site)}
    return sorted(float(subprocess.check_output(command, env=env)) for _ in range(rounds))


def check(where: Path, site: Path, rounds: int) -> Dict[str, Times]:
    """Measure `hatch-nocache check` and `python -m tarfile --list` on an sdist of `CHECK_MEMBERS` members."""
    sdist = where / "demo-1.0.tar.gz"
    _write_sdist(sdist)
    env = {"PYTHONPATH": str(site)}
    commands = {"check": ["-m", "hatch_nocache", "check"], "tarfile": ["-m", "tarfile", "--list"]}
    contenders = [
        Contender(name, [sys.executable, *command, str(sdist)], str(where), env, contextlib.nullcontext)
        for name, command in commands.items()
    ]
    return race(contenders, rounds)


def _write_sdist(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=6) as stream, tarfile.open(fileobj=stream, mode="w") as archive:
        names = (f"src/demo/part{number // 100:04}/module_{number}.py" for number in range(CHECK_MEMBERS - 2))
        for name in ("pyproject.toml", "PKG-INFO", *names):
            member = tarfile.TarInfo(f"demo-1.0/{name}")
            content = f"# {name}\n".encode() * 10
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def sizes(wheel: Path) -> Tuple[int, int]:
    """Return the size of the wheel and of its files, in bytes."""
    with zipfile.ZipFile(wheel) as archive:
        return wheel.stat().st_size, sum(info.file_size for info in archive.infolist())
