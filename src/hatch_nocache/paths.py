"""Paths on disk and paths that a person reads."""

from __future__ import annotations

import os

# `stat.IO_REPARSE_TAG_MOUNT_POINT`, which only Windows has.
_JUNCTION = 0xA0000003


def relative(path: str, root: str) -> str:
    """Return `path` relative to `root` with `/` as separator: "" for the root, `../x` outside.

    A path on another drive or share stays absolute.
    """
    try:
        path = os.path.relpath(path, root)
    except ValueError:
        path = os.fspath(path)
    return "" if path == "." else path.replace(os.sep, "/")


def native(path: str) -> str:
    """Return `path` with the separators of this system: a configuration may have `/` on Windows."""
    return path.replace("/", os.sep)


def within(path: str, directory: str) -> bool:
    """Return whether `path` is `directory` or below it. Both must be normalized."""
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)


def _is_link_or_junction(entry: os.DirEntry[str]) -> bool:
    # A walk follows a junction, and `readlink` reads it, but it is no symlink. No system call: the entry knows.
    return entry.is_symlink() or getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


entry_is_link = _is_link_or_junction if os.name == "nt" else os.DirEntry.is_symlink
