"""Half an archive, where a build has been interrupted or the disk is full: it must not lie there like a whole one."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, Tuple

__all__ = ["Leftovers"]

_SUFFIXES = {"sdist": ".tar.gz", "wheel": ".whl"}


class Leftovers:
    """The archives of one target in the directory that artifacts go to, as they were before a build.

    Hatchling writes to its temporary folder and then moves the archive, which is a copy where the two lie on different
    disks (`replace_file` in `hatchling.builders.utils`).
    """

    def __init__(self, directory: str, target: str) -> None:
        self._directory = directory
        self._suffix = _SUFFIXES.get(target)
        self._before = self._archives()

    def remove(self, builder: Any) -> None:
        """Remove what has been written since, of this project only: others may be built into the same directory."""
        name = str(getattr(builder, "artifact_project_id", ""))
        for path, state in self._archives().items():
            if name and os.path.basename(path).startswith(name) and self._before.get(path) != state:
                with contextlib.suppress(OSError):
                    os.remove(path)

    def _archives(self) -> Dict[str, Tuple[int, int, int]]:
        found: Dict[str, Tuple[int, int, int]] = {}
        with contextlib.suppress(OSError), os.scandir(self._directory) as entries:
            for entry in entries:
                if self._suffix is not None and entry.name.endswith(self._suffix):
                    status = entry.stat(follow_symlinks=False)
                    found[entry.path] = status.st_ino, status.st_size, status.st_mtime_ns
        return found
