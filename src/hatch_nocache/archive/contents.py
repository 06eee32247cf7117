"""What lies where in an archive, from its members alone: names only, so that a million of them fit."""

from __future__ import annotations

import posixpath
from typing import Dict, FrozenSet, Iterator, Mapping, Optional, Tuple, Union, cast

__all__ = ["ArchiveDirectory", "Contents", "Entry", "Folder", "OccupiedError"]

# A regular file is its size, a link the text of its target.
Entry = Union[int, str, Dict[str, "Entry"]]
Folder = Dict[str, Entry]


class OccupiedError(ValueError):
    """A directory cannot be where something else already is: `path`, which is `entry`."""

    def __init__(self, path: str, entry: Union[int, str]) -> None:
        super().__init__(path)
        self.path = path
        self.entry = entry


class Contents:
    """The tree that the members of an archive make. Directories are there as soon as something lies in them."""

    def __init__(self) -> None:
        self.top: Folder = {}
        # How many directories were made for what lies in them: one member can make two thousand.
        self.implied = 0
        # Members mostly come directory by directory.
        self._last: Tuple[str, Folder] = ("", self.top)

    def folder(self, path: str) -> Folder:
        """Return the directory at `path`, made if it is not there.

        Raises:
            OccupiedError: a file or a link is in its place, or above it.
        """
        if not path:
            return self.top
        if path == self._last[0]:
            return self._last[1]
        here = self.top
        parts = path.split("/")
        for index, part in enumerate(parts):
            entry = here.get(part)
            if entry is None:
                entry = here[part] = {}
                self.implied += 1
            elif not isinstance(entry, dict):
                raise OccupiedError("/".join(parts[: index + 1]), entry)
            here = entry
        self._last = (path, here)
        return here

    def copy(self, path: str, other: Contents) -> None:
        """Take over what lies at `path` in `other`, without what lies in it."""
        parent, name = posixpath.split(path)
        entry = other.find(path)
        if isinstance(entry, (int, str)):
            self.folder(parent)[name] = entry
        elif entry is not None:
            self.folder(path)

    def find(self, path: str) -> Optional[Entry]:
        """Return what lies at `path`, no link followed; None when there is nothing. "" is the root."""
        here: Entry = self.top
        for part in path.split("/") if path else ():
            if not isinstance(here, dict) or part not in here:
                return None
            here = here[part]
        return here


class ArchiveDirectory:
    """One directory of an archive, as the facts that judges ask for (`facts.Directory`)."""

    location: Optional[str] = None

    def __init__(self, path: str, folder: Mapping[str, Entry], heads: Mapping[str, bytes]) -> None:
        self.path = path
        self._folder = folder
        self._heads = heads
        self.directories: FrozenSet[str] = frozenset(name for name, entry in folder.items() if isinstance(entry, dict))
        self.files: FrozenSet[str] = frozenset(name for name, entry in folder.items() if isinstance(entry, int))
        self.links: FrozenSet[str] = frozenset(name for name, entry in folder.items() if isinstance(entry, str))

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a regular file, of those files whose beginning was read."""
        return self._heads.get(self._below(name), b"")[:size] if name in self.files else b""

    def child(self, name: str) -> ArchiveDirectory:
        """Return the facts of a subdirectory; an empty one when there is none."""
        folder = cast("Folder", self._folder[name]) if name in self.directories else {}
        return ArchiveDirectory(self._below(name), folder, self._heads)

    def children(self) -> Iterator[ArchiveDirectory]:
        """Every subdirectory, in the order of the archive."""
        return (self.child(name) for name in self._folder if name in self.directories)

    def weight(self) -> Tuple[int, int]:
        """How many files and links lie in it at any depth, and how many bytes they have."""
        count = size = 0
        ahead = [self._folder]
        while ahead:
            for entry in ahead.pop().values():
                if isinstance(entry, dict):
                    ahead.append(entry)
                    continue
                count += 1
                size += entry if isinstance(entry, int) else 0
        return count, size

    def _below(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name
