"""What would this link be in the archive? Pure functions on text: nothing here touches the disk.

Paths are relative to the root of the archive, with `/` between their parts.
"""

from __future__ import annotations

import posixpath
import re
from typing import Callable, List, Mapping, Optional

__all__ = ["is_absolute", "is_loop", "lands", "names_itself", "passes_through_missing"]

_DRIVE = re.compile(r"[A-Za-z]:")


def is_absolute(text: str) -> bool:
    """Whether the link target `text` is absolute on any system (`/x`, `C:/x`, `\\\\server\\share`).

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


def passes_through_missing(at: str, text: str, is_directory: Callable[[str], bool]) -> bool:
    """Whether the target goes down into a directory that is not there and up again (`missing/../file`).

    POSIX cannot resolve such a path although its text is inside the root; uv 0.13 refuses it. `is_directory` is asked
    about paths below the root.
    """
    parts: List[str] = posixpath.dirname(at).split("/") if posixpath.dirname(at) else []
    for part in text.split("/"):
        if part == "..":
            if parts and not is_directory("/".join(parts)):
                return True
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return False


def names_itself(at: str, text: str) -> bool:
    """Whether the link points at the very directory that it lies in (`here -> .`), which uv 0.11 refuses."""
    return lands(at, text) == posixpath.dirname(at) and posixpath.normpath(text) == "."


def is_loop(at: str, links: Mapping[str, str]) -> bool:
    """Whether following the link at `at` through `links` (path → target text) comes back to a link already followed.

    Only links that are met as the last part of a path count; a chain that leaves the root is no loop.
    """
    seen = set()
    here: Optional[str] = at
    while here is not None and here in links:
        if here in seen:
            return True
        seen.add(here)
        if is_absolute(links[here]):
            return False
        here = lands(here, links[here])
    return False
