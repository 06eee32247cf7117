"""The members of an archive and the directory tree they make. Keeps little of each, so that a million members fit."""

from __future__ import annotations

import enum
from typing import Dict, FrozenSet, Iterator, NamedTuple, Optional, Tuple, Union

from hatch_nocache.members.incompatibilities import Incompatibility

__all__ = ["ArchiveDirectory", "Entry", "Kind", "Member", "Problem", "UnreadableArchive"]

# What an installer refuses, and the reason.
Problem = Tuple[Incompatibility, str]
# The size and the head of a regular file, the link target of a symlink, or a directory.
Entry = Union[Tuple[int, bytes], str, "ArchiveDirectory"]


class UnreadableArchive(Exception):  # noqa: N818 - the file is wrong, not the program
    """The archive cannot be checked. The message says why, in one line and without the path."""


class Kind(enum.Enum):
    """What a member is."""

    FILE = "regular file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARD_LINK = "hard link"
    FIFO = "FIFO"
    CHARACTER_DEVICE = "character device"
    BLOCK_DEVICE = "block device"
    OTHER = "file of an unknown type"


class Member(NamedTuple):
    """One member, in the order of the archive.

    `target` is the link target of a symlink or hard link, `size` the bytes of a regular file, `head` its beginning if
    that was asked for. `problem` is what the reader found wrong with its header.
    """

    name: str
    kind: Kind = Kind.FILE
    target: str = ""
    size: int = 0
    head: bytes = b""
    problem: Optional[Problem] = None


class ArchiveDirectory:
    """A directory in an archive: see `caches.model.Directory`. Paths in methods are relative to it."""

    location: Optional[str] = None

    def __init__(self, name: str = "", parent: Optional[ArchiveDirectory] = None) -> None:
        self.entries: Dict[str, Entry] = {}
        # How many directories `make` made: one path can make two thousand.
        self.made = 0
        self._name = name
        self._parent = parent

    @property
    def path(self) -> str:
        """Its path below the archive root."""
        names = []
        here = self
        while here._parent is not None:
            names.append(here._name)
            here = here._parent
        return "/".join(reversed(names))

    @property
    def directories(self) -> FrozenSet[str]:
        """The names of its subdirectories."""
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, ArchiveDirectory))

    @property
    def files(self) -> FrozenSet[str]:
        """The names of its regular files."""
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, tuple))

    @property
    def links(self) -> FrozenSet[str]:
        """The names of its symlinks."""
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, str))

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a regular file, if the reader kept them."""
        entry = self.entries.get(name)
        return entry[1][:size] if isinstance(entry, tuple) else b""

    def child(self, name: str) -> ArchiveDirectory:
        """Return a subdirectory; an empty directory if there is none."""
        entry = self.entries.get(name)
        return entry if isinstance(entry, ArchiveDirectory) else ArchiveDirectory(name, self)

    def children(self) -> Iterator[ArchiveDirectory]:
        """Yield every subdirectory, in the order of the archive."""
        return (entry for entry in self.entries.values() if isinstance(entry, ArchiveDirectory))

    def total(self) -> Tuple[int, int]:
        """Return how many files and symlinks are in it at any depth, and their bytes."""
        count = size = 0
        ahead = [self]
        while ahead:
            here = ahead.pop()
            ahead.extend(here.children())
            files = [entry for entry in here.entries.values() if isinstance(entry, tuple)]
            count += len(files) + len(here.links)
            size += sum(entry[0] for entry in files)
        return count, size

    def find(self, path: str) -> Optional[Entry]:
        """Return the entry at `path` without following symlinks, or None. "" is the directory itself."""
        here: Optional[Entry] = self
        for part in path.split("/") if path else ():
            here = here.entries.get(part) if isinstance(here, ArchiveDirectory) else None
        return here

    def make(self, path: str) -> Union[ArchiveDirectory, str]:
        """Return the directory at `path`, which is made if it is missing; or why there can be none."""
        here = self
        parts = path.split("/") if path else []
        for index, part in enumerate(parts):
            entry = here.entries.get(part)
            if entry is None:
                entry = here.entries[part] = ArchiveDirectory(part, here)
                self.made += 1
            elif not isinstance(entry, ArchiveDirectory):
                kind = "symlink" if isinstance(entry, str) else "regular file"
                return f"{'/'.join(parts[: index + 1])} is a {kind}"
            here = entry
        return here
