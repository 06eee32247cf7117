"""The members of an archive and the directory tree they make. Keeps names only, so that a million members fit."""

from __future__ import annotations

import enum
import posixpath
from typing import Dict, FrozenSet, Iterator, Mapping, NamedTuple, Optional, Tuple, Union, cast

from hatch_nocache.archive.incompatibilities import Incompatibility

__all__ = ["ArchiveDirectory", "Entry", "Kind", "Member", "MemberTree", "OccupiedError", "UnreadableArchive"]

# A regular file is its size, a symlink its link target.
Entry = Union[int, str, Dict[str, "Entry"]]


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

    `target` is the link target of a symlink or hard link, `size` the bytes of a regular file. `problem` is what the
    reader found wrong with its header, with the reason.
    """

    name: str
    kind: Kind = Kind.FILE
    target: str = ""
    size: int = 0
    problem: Optional[Tuple[Incompatibility, str]] = None


class OccupiedError(ValueError):
    """A directory cannot be made because `path` is a file or a symlink (`entry`)."""

    def __init__(self, path: str, entry: Union[int, str]) -> None:
        super().__init__(path)
        self.path = path
        self.entry = entry


class MemberTree:
    """The directory tree of an archive. Directories exist as soon as something is in them."""

    def __init__(self) -> None:
        self.top: Dict[str, Entry] = {}
        # Directories without a member of their own: one name can make two thousand.
        self.implied = 0
        # Members mostly come directory by directory.
        self._last: Tuple[str, Dict[str, Entry]] = ("", self.top)

    def directory(self, path: str) -> Dict[str, Entry]:
        """Return the directory at `path`, which is made if it is missing.

        Raises:
            OccupiedError: it or a parent is a file or a symlink.
        """
        if path == self._last[0]:
            return self._last[1]
        here = self.top
        parts = path.split("/") if path else []
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

    def copy(self, path: str, other: MemberTree) -> None:
        """Take over the entry at `path` in `other`; a directory without its contents."""
        parent, name = posixpath.split(path)
        entry = other.find(path)
        if isinstance(entry, (int, str)):
            self.directory(parent)[name] = entry
        elif entry is not None:
            self.directory(path)

    def find(self, path: str) -> Optional[Entry]:
        """Return the entry at `path` without following symlinks, or None. "" is the root."""
        here: Entry = self.top
        for part in path.split("/") if path else ():
            if not isinstance(here, dict) or part not in here:
                return None
            here = here[part]
        return here

    def runs_through_file(self, path: str) -> bool:
        """Return whether a parent of `path` is a regular file."""
        parents = (path[:index] for index, char in enumerate(path) if char == "/")
        return any(isinstance(self.find(parent), int) for parent in parents)


class ArchiveDirectory:
    """The facts of one directory in an archive: see `caches.model.Directory`."""

    location: Optional[str] = None

    def __init__(self, path: str, entries: Mapping[str, Entry], heads: Mapping[str, bytes]) -> None:
        self.path = path
        self._entries = entries
        self._heads = heads
        self.directories: FrozenSet[str] = frozenset(name for name, entry in entries.items() if isinstance(entry, dict))
        self.files: FrozenSet[str] = frozenset(name for name, entry in entries.items() if isinstance(entry, int))
        self.links: FrozenSet[str] = frozenset(name for name, entry in entries.items() if isinstance(entry, str))

    def head(self, name: str, size: int) -> bytes:
        """Return the first bytes of a regular file, if the reader kept them."""
        return self._heads.get(self._below(name), b"")[:size] if name in self.files else b""

    def child(self, name: str) -> ArchiveDirectory:
        """Return the facts of a subdirectory; an empty directory if there is none."""
        entries = cast("Dict[str, Entry]", self._entries[name]) if name in self.directories else {}
        return ArchiveDirectory(self._below(name), entries, self._heads)

    def children(self) -> Iterator[ArchiveDirectory]:
        """Yield every subdirectory, in the order of the archive."""
        return (self.child(name) for name in self._entries if name in self.directories)

    def total(self) -> Tuple[int, int]:
        """Return how many files and symlinks are in it at any depth, and their bytes."""
        count = size = 0
        ahead = [self._entries]
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
