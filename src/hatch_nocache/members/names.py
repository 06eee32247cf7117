"""Member names that installers refuse. These are pure functions on text."""

from __future__ import annotations

import unicodedata

from hatch_nocache.paths import MAX_COMPONENT, is_plain

# Linux limits a path to 4095 bytes. The difference is for the directory that an installer unpacks into.
_MAX_PATH = 3840


def name_problem(name: str, *, wheel: bool) -> str | None:
    """Return why a current installer refuses the name of a member, or None.

    The name of a directory ends with `/`. Source of the rule: uv from 0.13 refuses an sdist with such a name; uv from
    0.9.6 refuses a wheel (and any zip file) with a control, format or private-use character in one.
    """
    if is_plain(name):
        return None
    characters = (_character_problem(char, name, wheel=wheel) for char in name)
    problem = too_long(name) or next(filter(None, characters), None)
    if problem is not None or wheel:
        return problem
    if ":" in name:
        return "it contains a colon"
    if "\\" in name:
        return "it contains a backslash"
    return "it ends with a space" if name.endswith(" ") else None


def _character_problem(char: str, name: str, *, wheel: bool) -> str | None:
    category, point = unicodedata.category(char), ord(char)
    if category == "Cs":
        # In an ASCII locale, Python decodes UTF-8 to surrogates.
        try:
            name.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            return "it is not UTF-8"
        return "the locale of this build cannot represent it" if wheel else None
    # Not "Cn": the tables of an old Python are not those of a current installer. Noncharacters: Unicode 23.7.
    is_format = category in ("Cc", "Cf", "Co") or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE  # noqa: PLR2004
    if is_format and (wheel or (category == "Cc" and char.isascii())):
        return f"it contains a control or format character (U+{point:04X})"
    return None


def too_long(name: str) -> str | None:
    """Return why the name does not fit into a file system, or None."""
    size, *parts = (len(each.encode("utf-8", "surrogatepass")) for each in (name, *name.split("/")))
    if size > _MAX_PATH:
        return f"it has {size} bytes; only {_MAX_PATH} always fit"
    if max(parts) > MAX_COMPONENT:
        return f"one part of it has {max(parts)} bytes; file systems accept {MAX_COMPONENT}"
    return None


def outside_root(name: str, root: str) -> str | None:
    """Return why a member would be unpacked outside `root`, or None.

    `root` is the top-level directory of the archive, "" for a wheel. Source of the rule: the sdist format specification
    asks for one top-level directory; PEP 706 and uv from 0.13 refuse `..`; pip takes the text before the first `/` for
    the top-level directory, so `./top/file` is not below `top`, and before 24.1 it reads `top//file` as an absolute
    path.
    """
    top = f"{root}/" if root else ""
    if ".." in name.split("/"):
        return "the name contains `..`"
    if name.startswith("/"):
        return "the name is an absolute path"
    if name.startswith(f"{top}/"):
        return "the name has `//` after the top-level directory"
    return None if name == root or name.startswith(top) else f"the name does not begin with {top}"
