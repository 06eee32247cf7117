"""Member names that installers refuse.

These are pure functions on text. Most names have no problem.
"""

from __future__ import annotations

import unicodedata
from typing import Iterable

# File systems limit one part of a path to 255 bytes (NTFS and APFS: characters).
_MAX_COMPONENT = 255
# Linux limits a path to 4095 bytes. The difference is for the directory that an installer unpacks into.
_MAX_PATH = 3840


def is_plain(name: str) -> bool:
    """Return whether the name is certainly valid. False: call `name_problem`."""
    # No regular expression: compiling one costs as much as checking a small project.
    return (
        name.isascii()
        and name.isprintable()
        and len(name) <= _MAX_COMPONENT
        and not (":" in name or "\\" in name or ".." in name or name.startswith("/") or name.endswith(" "))
    )


def name_problem(name: str, *, wheel: bool) -> str | None:
    """Return why a current installer refuses the name of a member, or None.

    The name of a directory ends with `/`. Source of the rule: uv from 0.13 refuses an sdist with such a name; uv from
    0.9.6 refuses a wheel (and any zip file) with a control, format or private-use character in one. A name that is too
    long cannot be written to a disk.
    """
    if is_plain(name):
        return None
    return too_long(name) or _refused_part(name, wheel=wheel)


def too_long(name: str) -> str | None:
    """Return why the name does not fit into a file system, or None."""
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > _MAX_PATH:
        return f"it has {size} bytes; only {_MAX_PATH} always fit"
    longest = max(len(part.encode("utf-8", "surrogatepass")) for part in name.split("/"))
    if longest > _MAX_COMPONENT:
        return f"one part of it has {longest} bytes; file systems accept {_MAX_COMPONENT}"
    return None


def outside_root(name: str, root: str) -> str | None:
    """Return why a member would be unpacked outside `root`, or None.

    `root` is the top-level directory of the archive, "" for a wheel. Source of the rule: the sdist format specification
    asks for one top-level directory; PEP 706 and uv from 0.13 refuse `..`; pip takes the text before the first `/` for
    the top-level directory, so `./top/file` is not below `top`, and before 24.1 it reads `top//file` as an absolute
    path.
    """
    inner = name[len(root) + 1 :] if root and name.startswith(f"{root}/") else name
    if ".." in name and ".." in name.split("/"):
        return "the name contains `..`"
    if name.startswith("/"):
        return "the name is an absolute path"
    if inner.startswith("/"):
        return "the name has `//` after the top-level directory"
    if root and inner is name and name != root:
        return f"the name does not begin with {root}/"
    return None


def parents(members: Iterable[str]) -> set[str]:
    """Return all parent directories of the members; "" is the archive root."""
    found = {""}
    for member in members:
        parent = member.rpartition("/")[0]
        while parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return found


def _refused_part(name: str, *, wheel: bool) -> str | None:
    for char in name:
        category, point = unicodedata.category(char), ord(char)
        # In an ASCII locale, Python decodes UTF-8 to surrogates.
        if category == "Cs" and not _is_utf8(name):
            return "it is not UTF-8"
        if category == "Cs" and wheel:
            return "the locale of this build cannot represent it"
        # Not "Cn": the tables of an old Python are not those of a current installer. Noncharacters: Unicode 23.7.
        is_format = category in ("Cc", "Cf", "Co") or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE  # noqa: PLR2004
        if is_format and (wheel or (category == "Cc" and char.isascii())):
            return f"it contains a control or format character (U+{point:04X})"
    if ":" in name and not wheel:
        return "it contains a colon"
    if "\\" in name and not wheel:
        return "it contains a backslash"
    return "it ends with a space" if name.endswith(" ") and not wheel else None


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return False
    return True
