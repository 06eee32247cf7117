"""One directory on disk, read once: what `scandir` says of it, offered as the facts that judges ask for."""

from __future__ import annotations

import os
import stat
from typing import Dict, FrozenSet, List, Optional, Set

__all__ = ["DiskDirectory", "entry_is_link", "is_link_or_junction", "native", "relative"]

# `stat.IO_REPARSE_TAG_MOUNT_POINT`, which only Windows has.
_JUNCTION = 0xA0000003


def is_link_or_junction(entry: os.DirEntry[str]) -> bool:
    """For Windows: a walk follows a junction, `readlink` and `realpath` read it, but it is no symbolic link.

    What is asked here came with the entry, and costs no look at the disk.
    """
    return entry.is_symlink() or getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


entry_is_link = is_link_or_junction if os.name == "nt" else os.DirEntry.is_symlink


def relative(location: str, root: str) -> str:
    """`location` as a path from `root`, `/` between its parts; "" for the root itself, `../x` for what is outside.

    What lies on another drive, or on another server's share, stays absolute.
    """
    try:
        path = os.path.relpath(location, root)
    except ValueError:
        path = location
    return "" if path == "." else path.replace(os.sep, "/")


def native(path: str) -> str:
    """`path` with the separators of a walk: on Windows, what a configuration names may come with `/` in it."""
    return path.replace("/", os.sep)


class DiskDirectory:
    """The entries of one directory. What cannot be read, or has vanished meanwhile, is simply not there.

    `walked` is the path that the walk came by (links on the way unresolved), `location` the real one, `path` the one
    that a person reads.
    """

    __slots__ = (
        "_children",
        "_links",
        "_special",
        "location",
        "nondirectories",
        "path",
        "readable",
        "subdirectories",
        "walked",
    )

    def __init__(self, location: str, path: str, walked: Optional[str] = None) -> None:
        self.location: Optional[str] = location
        self.path = path
        self.walked = location if walked is None else walked
        self.readable = True
        # As `os.walk` sorts them: a link to a directory is a directory, everything else is a file.
        self.subdirectories: List[str] = []
        self.nondirectories: List[str] = []
        self._links: Set[str] = set()
        self._special: Set[str] = set()
        self._children: Dict[str, DiskDirectory] = {}
        try:
            with os.scandir(location) as listing:
                for entry in listing:
                    # What the listing itself tells: no other system call for a regular file or a directory.
                    if entry.is_file(follow_symlinks=False):
                        self.nondirectories.append(entry.name)
                    else:
                        self._add(entry)
        except OSError:
            self.readable = False

    def _add(self, entry: os.DirEntry[str]) -> None:
        is_link = entry_is_link(entry)
        if is_link:
            self._links.add(entry.name)
        try:
            is_directory = entry.is_dir()
        except OSError:
            is_directory = False
        if is_directory:
            self.subdirectories.append(entry.name)
            return
        self.nondirectories.append(entry.name)
        if not is_link:
            self._special.add(entry.name)

    @property
    def is_ordinary(self) -> bool:
        """Whether all that is no directory is a regular file."""
        return not self._links and not self._special

    @property
    def links(self) -> FrozenSet[str]:
        """The names of the symbolic links."""
        return frozenset(self._links)

    def is_link(self, name: str) -> bool:
        """Whether the entry is a symbolic link, to whatever."""
        return name in self._links

    def has(self, name: str) -> bool:
        """Whether there is an entry of that name, of whatever kind."""
        return name in self.nondirectories or name in self.subdirectories

    def kind(self, name: str) -> str:
        """Whether the non-directory `name` is a "link", "special" or an ordinary "file"."""
        return "link" if name in self._links else "special" if name in self._special else "file"

    @property
    def directories(self) -> FrozenSet[str]:
        """The names of the real subdirectories."""
        names = frozenset(self.subdirectories)
        return names - self._links if self._links else names

    @property
    def files(self) -> FrozenSet[str]:
        """The names of the regular files."""
        names = frozenset(self.nondirectories)
        return names if self.is_ordinary else names - self._links - self._special

    def head(self, name: str, size: int) -> bytes:
        """The first `size` bytes of a regular file, empty when it is none or cannot be read."""
        where = os.path.join(self.walked, name)
        try:
            # The check comes before `open`, which would wait for ever on a FIFO.
            if not stat.S_ISREG(os.lstat(where).st_mode):
                return b""
            with open(where, "rb") as file:
                return file.read(size)
        except OSError:
            return b""

    def child(self, name: str) -> DiskDirectory:
        """The facts of a subdirectory, which are kept until they are taken."""
        if name not in self._children:
            path = f"{self.path}/{name}" if self.path else name
            if name in self._links or self.location is None:
                # Facts never follow a link: an empty directory stands for it.
                return DiskDirectory(os.path.join(os.devnull, name), path)
            location = os.path.join(self.location, name)
            self._children[name] = DiskDirectory(location, path, os.path.join(self.walked, name))
        return self._children[name]

    def forget_children(self) -> None:
        """Read the subdirectories anew when they are next asked for."""
        self._children.clear()

    def take(self, name: str) -> DiskDirectory:
        """The same of a subdirectory that the walk goes into: what has been read of it is not read again."""
        child = self.child(name)
        self._children.pop(name, None)
        return child
