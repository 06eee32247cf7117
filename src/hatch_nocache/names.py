"""Which names of members do installers refuse? Pure functions on text, made for the common case: nothing is wrong."""

from __future__ import annotations

import re
from typing import Iterable, Optional

__all__ = ["are_harmless", "is_clean", "is_too_long", "name_problem", "outside_root", "target_problem"]

# File systems hold 255 bytes (NTFS and APFS: characters) in one part of a path.
_COMPONENT_BYTES = 255
# Linux takes 4095 bytes in one path. What is left is for the directory that an installer unpacks into.
_PATH_BYTES = 3840

# Looked for only in names that are not clean.
_CONTROL = r"[\x00-\x1f\x7f]"
_SURROGATE = r"[\ud800-\udfff]"


def name_problem(name: str, *, wheel: bool) -> Optional[str]:
    """Say what a current installer refuses in the name of a member, or None. The name of a directory ends with `/`.

    Source of the rule: uv from 0.13 refuses an sdist with such a name; uv from 0.9.6 refuses a wheel (and any zip file)
    with a control, format or private-use character in one. Neither set holds the other. Names that are too long cannot
    be written to a disk, whoever installs.
    """
    if len(name) <= _COMPONENT_BYTES and is_clean(name):
        return None
    return _too_long(name) or (_refused_in_wheel(name) if wheel else _refused_in_sdist(name))


def are_harmless(names: Iterable[str], above: str) -> bool:
    """Whether `name_problem` surely has nothing to say of members of these names (without `/`) below `above`.

    False means nothing but a doubt.
    """
    return len(above) + max(map(len, names), default=0) <= _COMPONENT_BYTES and is_clean("/".join(names))


def is_clean(text: str) -> bool:
    """Whether there is nothing in names of ordinary length, joined by `/`, that `name_problem` has anything to say of.

    False means nothing but a doubt.
    """
    # No regular expression: to compile one takes as long as to judge a small project.
    is_text = text.isascii() and text.isprintable() and ":" not in text and "\\" not in text
    return is_text and " /" not in text and not text.endswith(" ")


def target_problem(text: str) -> Optional[str]:
    """Say what a current installer refuses in the text of a symbolic link in an sdist, or None.

    Source of the rule: uv from 0.13 holds the text of a link to the rules for names; all of uv refuses an empty one.
    """
    return name_problem(text, wheel=False) if text else "it is empty"


def is_too_long(name: str) -> bool:
    """Whether the name, or a part of it, does not fit into a file system."""
    return len(name) * 4 > _COMPONENT_BYTES and _too_long(name) is not None


def outside_root(name: str, root: str) -> Optional[str]:
    """Why a member would not be unpacked below the directory `root` of its archive, or None. In a wheel `root` is "".

    Source of the rule: the sdist format specification asks for one directory at the top; PEP 706 and uv from 0.13
    refuse `..`; pip takes the text before the first `/` for the top directory, so that `./top/file` is not below
    `top`, and before 24.1 reads `top//file` as an absolute path.
    """
    inner = name[len(root) + 1 :] if root and name.startswith(f"{root}/") else name
    if ".." in name and ".." in name.split("/"):
        return "there is a `..` in its name"
    if name.startswith("/") or inner.startswith("/"):
        return "its name is an absolute path" if name.startswith("/") else "its name has `//` after the top directory"
    if root and inner is name and name != root:
        return f"its name does not begin with {root}/"
    return None


def _too_long(name: str) -> Optional[str]:
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > _PATH_BYTES:
        return f"the name has {size} bytes, and no more than {_PATH_BYTES} are sure to fit"
    longest = max(len(part.encode("utf-8", "surrogatepass")) for part in name.split("/"))
    if longest > _COMPONENT_BYTES:
        return f"a part of the name has {longest} bytes, and file systems take {_COMPONENT_BYTES}"
    return None


def _is_no_text(name: str) -> bool:
    """Whether the bytes of the name are not UTF-8. In an ASCII locale, Python has surrogates for all that is."""
    try:
        name.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return True
    return False


def _refused_in_sdist(name: str) -> Optional[str]:
    control = re.search(_CONTROL, name)
    if control:
        return f"there is a control character in it (U+{ord(control.group()):04X})"
    if _is_no_text(name):
        return "it is not UTF-8"
    if ":" in name:
        return "there is a colon in it"
    if "\\" in name:
        return "there is a backslash in it"
    if name.endswith(" "):
        return "it ends with a space"
    return None


def _refused_in_wheel(name: str) -> Optional[str]:
    if re.search(_SURROGATE, name):
        return "it is not UTF-8" if _is_no_text(name) else "it is no text in the locale of this build"
    import unicodedata

    for char in dict.fromkeys(name):
        # Not "Cn": what an old Python does not know need not be unknown to an installer of today.
        if unicodedata.category(char) in ("Cc", "Cf", "Co") or _is_noncharacter(ord(char)):
            return f"there is a control or format character in it (U+{ord(char):04X})"
    return None


def _is_noncharacter(point: int) -> bool:
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE  # noqa: PLR2004 - Unicode 23.7
