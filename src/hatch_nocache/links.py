"""What would this link be in the archive? Pure functions on text: nothing here touches the disk.

Paths are relative to the root of the archive, with `/` between their parts.
"""

from __future__ import annotations

import posixpath
import re
from typing import Mapping, Optional

__all__ = ["LoopError", "follow", "goes_up_again", "is_absolute", "is_normal", "lands", "names_itself"]

_DRIVE = re.compile(r"[A-Za-z]:")
# A `..` behind something that is neither `..` nor `.` nor nothing.
_UP_AGAIN = re.compile(r"(?:^|/)(?!\.{0,2}(?:/|$))[^/]*/(?:.*/)?\.\.(?:/|$)", re.DOTALL)
# Linux follows 40 links in one path, and uv from 0.13 resolves every link once.
_MOST_HOPS = 40


class LoopError(ValueError):
    """A chain of links that comes back to itself, or is longer than a system follows."""


def is_absolute(text: str) -> bool:
    r"""Whether the link target `text` is absolute on any system (`/x`, `C:/x`, `\\server\share`).

    Source of the rule: the sdist format specification ("Source distribution archive features") and PEP 706.
    """
    return text.startswith(("/", "\\")) or _DRIVE.match(text) is not None


def lands(at: str, text: str) -> Optional[str]:
    """Where the link at `at` with the relative target `text` points: a path below the root, "" for the root itself.

    None when the target leaves the root, also when it leaves and comes back through the root's own name: pip strips
    that name, and uv moves the root to a directory of another name.
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
    """Whether the target goes down and then up again (`data/../file`), be `data` there or not.

    What such a path means depends on whether its first part is a link, or is there at all. Source of the rule: uv from
    0.13 refuses it ("ambiguous parent-directory traversal"); uv 0.8.22 to 0.12 shortens it by its text.
    """
    return ".." in text and _UP_AGAIN.search(text) is not None


def is_normal(text: str) -> bool:
    """Whether the target is spelled the shortest way. uv 0.8.22 to 0.12 unpacks another under another spelling."""
    return all(part not in ("", ".") for part in text.split("/"))


def names_itself(at: str, text: str) -> bool:
    """Whether the link points at the very directory that it lies in (`here -> .`), which uv 0.8.22 to 0.12 refuses."""
    return lands(at, text) == posixpath.dirname(at) and posixpath.normpath(text) == "."


def follow(at: str, links: Mapping[str, str]) -> Optional[str]:
    """Where the path `at` leads when every link of `links` (path → target text) on the way is followed.

    None when it leaves the root. Nothing is said about whether something lies there.

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
        if hops > _MOST_HOPS:
            raise LoopError(at)
        if is_absolute(text):
            return None
        ahead.extend(text.split("/")[::-1])
    return here
