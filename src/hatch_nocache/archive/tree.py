"""The members of an archive, and their directory tree.

Little is stored of each, so that a million members fit in memory.
"""

from __future__ import annotations

import posixpath
import tarfile
from typing import Iterator, NamedTuple, Tuple, Union

from hatch_nocache.members.incompatibilities import Incompatibility

# The row of a problem, and the reason.
Problem = Tuple[Incompatibility, str]
# The size and the head of a regular file, the link target of a symlink, or a directory.
Entry = Union[Tuple[int, bytes], str, "ArchiveDirectory"]


class UnreadableArchive(Exception):  # noqa: N818 - the file is wrong, not the program
    """The archive cannot be checked.

    The message is one line, without the path.
    """


class Member(NamedTuple):
    """One member, in the order of the archive.

    `type` is one of tarfile's, REGTYPE only for a regular file; "" (without a name) is the archive as a whole.
    `target` is the link target of a symlink or hard link, `size` the bytes of a regular file, `head` its beginning if
    that was asked for. `problem` is what the reader found wrong with its header.
    """

    name: str
    type: bytes = tarfile.REGTYPE
    target: str = ""
    size: int = 0
    head: bytes = b""
    problem: Problem | None = None


class ArchiveDirectory:
    """A directory in an archive: see `caches.model.Directory`.

    Paths in methods are relative to it.
    """

    location: str | None = None

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        # How many directories `make` created: one path can create two thousand.
        self.made = 0

    @property
    def directories(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, ArchiveDirectory))

    @property
    def files(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, tuple))

    @property
    def links(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, str))

    def head(self, name: str, size: int) -> bytes:
        entry = self.entries.get(name)
        return entry[1][:size] if isinstance(entry, tuple) else b""

    def child(self, name: str) -> ArchiveDirectory:
        entry = self.entries.get(name)
        return entry if isinstance(entry, ArchiveDirectory) else ArchiveDirectory(f"{self.path}/{name}".lstrip("/"))

    def children(self) -> Iterator[ArchiveDirectory]:
        """Yield every subdirectory, in the order of the archive."""
        return (entry for entry in self.entries.values() if isinstance(entry, ArchiveDirectory))

    def total(self) -> tuple[int, int]:
        """Return the number of files and symlinks at any depth, and their bytes."""
        count = size = 0
        directories = [self]
        for directory in directories:
            directories.extend(directory.children())
            count += len(directory.files) + len(directory.links)
            size += sum(entry[0] for entry in directory.entries.values() if isinstance(entry, tuple))
        return count, size

    def find(self, path: str) -> Entry | None:
        """Return the entry at `path`, or None. Symlinks are not followed.

        "" is the directory itself.
        """
        here: Entry | None = self
        for part in path.split("/") if path else ():
            here = here.entries.get(part) if isinstance(here, ArchiveDirectory) else None
        return here

    def make(self, path: str) -> Entry:
        """Return the directory at `path`, created if missing.

        Returns the file or symlink that is in its place, if there is one.
        """
        here: Entry = self
        for part in path.split("/") if path else ():
            if not isinstance(here, ArchiveDirectory):
                break
            if part not in here.entries:
                here.entries[part] = ArchiveDirectory(f"{here.path}/{part}".lstrip("/"))
                self.made += 1
            here = here.entries[part]
        return here

    def copy(self, path: str, source: ArchiveDirectory) -> None:
        """Copy the entry at `path` from another tree; a directory without its contents."""
        entry = source.find(path)
        parent, name = posixpath.split(path)
        directory = self.make(path if isinstance(entry, ArchiveDirectory) else parent)
        if isinstance(entry, (str, tuple)) and isinstance(directory, ArchiveDirectory):
            directory.entries[name] = entry
