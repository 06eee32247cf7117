"""Files that git does not track. Git runs once per sdist, and only in a work tree."""

from __future__ import annotations

import os
import posixpath
import subprocess
import unicodedata
from typing import Iterable, Iterator

from hatch_nocache.selection.explicit import ExplicitPaths

# Git sets them for its hooks. They may be those of another repository.
_OTHER_REPOSITORY = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")


class Untracked:
    """The paths below `root` that git does not track.

    They are relative. A directory without tracked files ends with `/`.
    """

    def __init__(self, root: str, entries: set[str]) -> None:
        self._root = root
        self._entries = entries
        self._symlinks: dict[str, bool] = {"": False}

    @classmethod
    def read(cls, root: str) -> Untracked | None:
        """Run git, and read its output.

        None without git, if git refuses, or if `pyproject.toml` is not tracked: the project may have been unpacked into
        a directory that another repository ignores.
        """
        # `core.fsmonitor` could start any program.
        command = ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--others", "--directory"]
        environ = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
        try:
            done = subprocess.run(  # noqa: S603 - a constant command
                command, cwd=root, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except OSError:
            return None
        entries = set(os.fsdecode(done.stdout).split("\0"))
        return None if done.returncode or not entries.isdisjoint(("pyproject.toml", "./")) else cls(root, entries)

    def among(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield the untracked paths, without those behind a directory symlink."""
        for path in paths:
            if self._entry(path) and not self._is_behind_symlink(posixpath.dirname(path)):
                yield path

    def _entry(self, path: str) -> str:
        """Return the untracked directory of the path, or the path; "" if git tracks it."""
        # Git and the file system may use different Unicode forms.
        for spelled in (path,) if path.isascii() else (path, unicodedata.normalize("NFC", path)):
            parts = spelled.split("/")
            for number in range(1, len(parts)):
                directory = "/".join(parts[:number]) + "/"
                if directory in self._entries:
                    return directory
            if spelled in self._entries:
                return spelled
        return ""

    def _is_behind_symlink(self, directory: str) -> bool:
        if directory not in self._symlinks:
            above = self._is_behind_symlink(posixpath.dirname(directory))
            self._symlinks[directory] = above or os.path.islink(os.path.join(self._root, directory))
        return self._symlinks[directory]

    def is_explicit(self, path: str, explicit: ExplicitPaths) -> bool:
        """Return whether the absolute path, or its untracked directory, is explicit."""
        spelled_out = (os.path.relpath(each, self._root).replace(os.sep, "/") for each in explicit.above(path))
        return any(self._entry(each) or f"{each}/" in self._entries for each in spelled_out)

    def grouped(self, paths: Iterable[str], others: Iterable[str]) -> dict[str, list[str]]:
        """Group untracked paths by their highest directory without other files.

        `others` are the other files. A key is the directory, with `/` at its end, or the file itself.
        """
        shared = {f"{parent}/" for path in others for parent in _parents(path)}
        groups: dict[str, list[str]] = {}
        for path in sorted(paths):
            entry = self._entry(path)
            candidates = (f"{parent}/" for parent in reversed(_parents(path)) if f"{parent}/".startswith(entry))
            highest = next((each for each in candidates if each not in shared), path)
            groups.setdefault(highest, []).append(path)
        return groups


def _parents(path: str) -> list[str]:
    """Return the parent directories of a relative path, the deepest first."""
    parents = []
    while "/" in path:
        path = posixpath.dirname(path)
        parents.append(path)
    return parents
