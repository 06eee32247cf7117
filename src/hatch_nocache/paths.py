"""Paths on disk, in archives and in messages."""

from __future__ import annotations

import os
import pathlib
from typing import Iterable

# File systems limit one part of a path to 255 bytes (NTFS and APFS: characters).
MAX_COMPONENT = 255
# `stat.IO_REPARSE_TAG_MOUNT_POINT`, which only Windows has.
_JUNCTION = 0xA0000003


def relative(path: str, root: str) -> str:
    """Return `path` relative to `root`, with `/` as separator.

    "" is the root, `../x` a path outside. A path on another drive or share stays absolute.
    """
    try:
        path = os.path.relpath(path, root)
    except ValueError:
        path = os.fspath(path)
    return "" if path == "." else path.replace(os.sep, "/")


def native(path: str) -> str:
    """Return a path of the configuration, which may have `/` on Windows, with the separators of this system."""
    return path.replace("/", os.sep)


def within(path: str, directory: str) -> bool:
    """Return whether `path` is `directory` or below it. Both must be normalized."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def _is_link_or_junction(entry: os.DirEntry[str]) -> bool:
    # A walk follows a junction, and `readlink` reads it, but `is_symlink` is false. Cached: no system call.
    return entry.is_symlink() or getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


entry_is_link = _is_link_or_junction if os.name == "nt" else os.DirEntry.is_symlink


def in_work_tree(root: str) -> bool:
    """Return whether a directory is, or is in, the work tree of a git repository."""
    real = pathlib.Path(os.path.realpath(root))
    return any(os.path.lexists(directory / ".git") for directory in (real, *real.parents))


def parents(members: Iterable[str]) -> set[str]:
    """Return all parent directories of the members; "" is the archive root."""
    found = {""}
    for member in members:
        parent = member
        while (parent := parent.rpartition("/")[0]) not in found:
            found.add(parent)
    return found


def is_plain(member: str) -> bool:
    """Return whether the name of a member is certainly valid. False: see `members.names`."""
    # No regular expression: compiling one costs as much as checking a small project.
    return (
        member.isascii()
        and member.isprintable()
        and len(member) <= MAX_COMPONENT
        and not (":" in member or "\\" in member or ".." in member or member.startswith("/") or member.endswith(" "))
    )
