"""Files that git does not track. Git is asked once per sdist, and only in a work tree."""

from __future__ import annotations

import os
import posixpath
import unicodedata
from typing import Iterable, Iterator

from hatch_nocache.selection.explicit import ExplicitPaths


class Untracked:
    """What git tracks below `root`: paths relative to it, with `/` as separator, submodules included."""

    def __init__(self, root: str, tracked: set[str]) -> None:
        self._root = root
        self._tracked = tracked
        self._parents = _parents(tracked)
        self._symlinks: dict[str, bool] = {"": False}

    @classmethod
    def read(cls, root: str) -> Untracked | None:
        """Ask git.

        None without git, outside a work tree, if git refuses, or if `pyproject.toml` is not tracked: the project may
        have been unpacked into a directory that another repository ignores.
        """
        if not _is_in_work_tree(root):
            return None
        # To import it, and to start a process, is dear for a small build.
        import subprocess

        # A file system monitor could be any program.
        command = ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--recurse-submodules"]
        try:
            done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
        except OSError:
            return None
        tracked = set(os.fsdecode(done.stdout).split("\0"))
        return cls(root, tracked - {""}) if not done.returncode and "pyproject.toml" in tracked else None

    def among(self, paths: Iterable[str]) -> list[str]:
        """Return the paths that git does not track, without those behind a directory symlink."""
        return [
            path
            for path in paths
            if path not in self._tracked
            and (path.isascii() or unicodedata.normalize("NFC", path) not in self._tracked)
            and not self._is_behind_symlink(posixpath.dirname(path))
        ]

    def _is_behind_symlink(self, directory: str) -> bool:
        if directory not in self._symlinks:
            above = self._is_behind_symlink(posixpath.dirname(directory))
            self._symlinks[directory] = above or os.path.islink(os.path.join(self._root, directory))
        return self._symlinks[directory]

    def is_named(self, path: str, explicit: ExplicitPaths) -> bool:
        """Return whether an option or a hook names the absolute path, or an untracked directory that it is in."""
        named = (os.path.relpath(each, self._root).replace(os.sep, "/") for each in explicit.above(path))
        return any(each not in self._parents and each != "." for each in named)

    def grouped(self, paths: Iterable[str], others: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
        """Group untracked paths by the highest directory that holds neither tracked files nor `others`.

        Yields the directory, with `/` at its end, or the file itself, and the paths in it.
        """
        shared = self._parents | _parents(others)
        groups: dict[str, list[str]] = {}
        for path in sorted(paths):
            highest = path
            parent = posixpath.dirname(path)
            while parent not in shared:
                highest, parent = f"{parent}/", posixpath.dirname(parent)
            groups.setdefault(highest, []).append(path)
        yield from groups.items()


def _is_in_work_tree(root: str) -> bool:
    here = os.path.realpath(root)
    while not os.path.lexists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return "GIT_DIR" in os.environ
        here = parent
    return True


def _parents(paths: Iterable[str]) -> set[str]:
    found = {""}
    for path in paths:
        parent = posixpath.dirname(path)
        while parent not in found:
            found.add(parent)
            parent = posixpath.dirname(parent)
    return found
