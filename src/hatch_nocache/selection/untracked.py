"""Files that git does not track. Git is asked once per sdist, and only in a work tree."""

from __future__ import annotations

import os
import posixpath
import subprocess
import unicodedata
from typing import Iterable, Iterator

from hatch_nocache.selection.explicit import ExplicitPaths

# A git hook has them set for its own repository.
_OTHER_REPOSITORY = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")


class Untracked:
    """What git does not track below `root`: relative paths; a directory without tracked files ends with `/`."""

    def __init__(self, root: str, entries: set[str]) -> None:
        self._root = root
        self._entries = entries
        self._symlinks: dict[str, bool] = {"": False}

    @classmethod
    def read(cls, root: str) -> Untracked | None:
        """Ask git.

        None without git, if git refuses, or if `pyproject.toml` is not tracked: the project may have been unpacked into
        a directory that another repository ignores.
        """
        # A file system monitor could be any program.
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
        """Yield the paths that git does not track, without those behind a directory symlink."""
        for path in paths:
            if self._entry(path) and not self._is_behind_symlink(posixpath.dirname(path)):
                yield path

    def _entry(self, path: str) -> str:
        """Return the untracked directory that the path is in, or the path itself; "" if git tracks it."""
        # Git may spell a name in another Unicode form than the file system.
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

    def is_named(self, path: str, explicit: ExplicitPaths) -> bool:
        """Return whether an option or a hook names the absolute path, or an untracked directory that it is in."""
        named = (os.path.relpath(each, self._root).replace(os.sep, "/") for each in explicit.above(path))
        return any(self._entry(each) or f"{each}/" in self._entries for each in named)

    def grouped(self, paths: Iterable[str], kept: Iterable[str]) -> dict[str, list[str]]:
        """Group untracked paths by the highest directory that holds neither tracked files nor any that are `kept`.

        A key is the directory, with `/` at its end, or the file itself.
        """
        shared = {f"{parent}/" for path in kept for parent in _parents(path)}
        groups: dict[str, list[str]] = {}
        for path in sorted(paths):
            entry = self._entry(path)
            candidates = (f"{parent}/" for parent in reversed(_parents(path)) if f"{parent}/".startswith(entry))
            highest = next((each for each in candidates if each not in shared), path)
            groups.setdefault(highest, []).append(path)
        return groups


def _parents(path: str) -> list[str]:
    """Return the directories that a relative path is in, the deepest first."""
    parents = []
    while "/" in path:
        path = posixpath.dirname(path)
        parents.append(path)
    return parents
