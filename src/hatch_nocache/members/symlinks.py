"""What a symlink would be in the archive, from its text and place; and its facts on disk.

Paths are relative to the archive root, with `/` as separator.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from typing import Mapping, NamedTuple, Optional

from hatch_nocache.paths import within

__all__ = [
    "LoopError",
    "SymlinkFacts",
    "follow",
    "goes_up_again",
    "is_absolute",
    "is_normal",
    "lands",
    "names_itself",
]

_DRIVE = re.compile(r"[A-Za-z]:")
# A `..` after a part that is neither `..` nor `.` nor empty.
_UP_AGAIN = re.compile(r"(?:^|/)(?!\.{0,2}(?:/|$))[^/]*/(?:.*/)?\.\.(?:/|$)", re.DOTALL)
# Linux follows 40 symlinks in one path, and uv from 0.13 resolves every symlink once.
_MAX_HOPS = 40
# Windows' error for a loop, which has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921


class LoopError(ValueError):
    """A chain of symlinks that returns to itself, or is longer than a system follows."""


class SymlinkFacts(NamedTuple):
    """A symlink on disk. `text` is its link target as written, `real` as resolved.

    `regular`, `missing`, `loop` and `unreadable` describe the link target; `through_file` is a missing one whose path
    runs through a regular file.
    """

    text: str
    real: str
    missing: bool = False
    loop: bool = False
    regular: bool = True
    unreadable: bool = False
    through_file: bool = False

    @classmethod
    def read(cls, path: str) -> SymlinkFacts:
        """Read the symlink at `path`.

        Raises:
            OSError: it vanished, or cannot be read.
        """
        text = os.readlink(path).replace(os.sep, "/")
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            loop = error.errno == errno.ELOOP or getattr(error, "winerror", None) == _WINDOWS_LOOP
            missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            # `realpath` would follow a chain that no system follows, by recursion.
            real = path if loop else os.path.realpath(path)
            through_file = error.errno == errno.ENOTDIR
            return cls(text, real, missing, loop, unreadable=not missing and not loop, through_file=through_file)
        return cls(text, os.path.realpath(path), regular=stat.S_ISREG(mode))

    def is_inside(self, home: str) -> bool:
        """Return whether the link target is in the real directory `home`."""
        return within(self.real, home)


def is_absolute(text: str) -> bool:
    r"""Return whether the link target `text` is absolute on any system (`/x`, `C:/x`, `\\server\share`).

    Source of the rule: the sdist format specification ("Source distribution archive features") and PEP 706.
    """
    return text.startswith(("/", "\\")) or _DRIVE.match(text) is not None


def lands(at: str, text: str) -> Optional[str]:
    """Return where the symlink at `at` with the relative link target `text` points; "" is the archive root.

    None if the link target leaves the root, even if it comes back through the root's own name: pip strips that name,
    and uv moves the root to a directory of another name.
    """
    parts = posixpath.dirname(at).split("/") if posixpath.dirname(at) else []
    for part in text.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def goes_up_again(text: str) -> bool:
    """Return whether the link target goes down and up again (`data/../file`).

    Source of the rule: uv from 0.13 refuses it ("ambiguous parent-directory traversal"); uv 0.8.22 to 0.12 rewrites it.
    """
    return ".." in text and _UP_AGAIN.search(text) is not None


def is_normal(text: str) -> bool:
    """Return whether the link target has the shortest spelling. uv 0.8.22 to 0.12 rewrites others."""
    return all(part not in ("", ".") for part in text.split("/"))


def names_itself(at: str, text: str) -> bool:
    """Return whether the symlink points at its own directory (`here -> .`), which uv 0.8.22 to 0.12 refuses."""
    return lands(at, text) == posixpath.dirname(at) and posixpath.normpath(text) == "."


def follow(at: str, links: Mapping[str, str]) -> Optional[str]:
    """Return where `at` leads if every symlink in `links` (path to link target) on the way is followed.

    None if it leaves the root. Says nothing about whether something is there.

    Raises:
        LoopError: it never arrives.
    """
    here = ""
    ahead = at.split("/")[::-1]
    hops = 0
    while ahead:
        part = ahead.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not here:
                return None
            here = posixpath.dirname(here)
            continue
        there = f"{here}/{part}" if here else part
        text = links.get(there)
        if text is None:
            here = there
            continue
        hops += 1
        if hops > _MAX_HOPS:
            raise LoopError(at)
        if is_absolute(text):
            return None
        ahead.extend(text.split("/")[::-1])
    return here
