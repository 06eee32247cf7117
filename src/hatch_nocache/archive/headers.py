"""The short way through an archive that this build has just written: plain headers with names that it let through.

Reading ten thousand members with tarfile takes a fifth of the time of the whole build. Nothing is judged here. What is
not as plain as can be is left to `members`.
"""

from __future__ import annotations

import posixpath
import re
import zlib
from typing import TYPE_CHECKING, AbstractSet, List, Set

from hatch_nocache.archive.members import MOST_MEMBERS
from hatch_nocache.archive.tarmembers import BLOCK, check_end

if TYPE_CHECKING:
    from hatch_nocache.archive.stream import Stream

__all__ = ["is_plain"]

_SIZE = re.compile(rb"[0-7]{11}\0")
_SUM = re.compile(rb"[0-7]{6}\0 ")
# A regular file, no link, the POSIX format. Longer names come in a record of their own, not in two parts.
_PLAIN = b"0" + bytes(100) + b"ustar\x0000"
_NO_PREFIX = bytes(BLOCK - 345)
# The sum of a header counts its own eight bytes as spaces, and an Adler checksum starts with 1.
_SPACES = 8 * 32 - 1
_ADLER = 65521
# In names that are joined by newlines.
_ODD = re.compile(r"[^\n -9;-\[\]-~]|[ /]$|^$|//|^/|(?:^|/)\.\.?(?:/|$)", re.MULTILINE)
# Hatchling writes it itself, after all others.
_METADATA = "PKG-INFO"


def is_plain(stream: Stream, expected: AbstractSet[str]) -> bool:
    """Whether the tar archive holds regular files alone, in one directory, with the names of `expected`, all unharmful.

    False means nothing but a doubt.

    Raises:
        UnreadableArchive: it has no end.
        OSError, EOFError, zlib.error, lzma.LZMAError: see `stream.unreadable`.
    """
    names: List[str] = []
    root = b""
    while True:
        block = stream.read(BLOCK)
        if block[156:265] != _PLAIN or block[345:] != _NO_PREFIX or not _sums_up(block):
            break
        name, size = block[:100].rstrip(b"\0"), block[124:136]
        if not root:
            root = name[: name.find(b"/") + 1]
        if not root or not name.startswith(root) or not _SIZE.fullmatch(size) or len(names) > MOST_MEMBERS:
            return False
        names.append(name[len(root) :].decode("latin-1"))
        stream.seek(stream.tell() + -(-int(size[:11], 8) // BLOCK) * BLOCK)
    if block.strip(b"\0") or not names or not _known(names, expected) or root in (b"./", b"../"):
        return False
    check_end(stream, block)
    return True


def _sums_up(block: bytes) -> bool:
    """Whether the checksum of a header is right, but for multiples of what Adler-32 counts up to."""
    written = block[148:156]
    if not _SUM.fullmatch(written):
        return False
    return (int(written[:6], 8) - _SPACES + sum(written)) % _ADLER == zlib.adler32(block) % 65536


def _known(names: List[str], expected: AbstractSet[str]) -> bool:
    text = "\n".join(names)
    if text.count("\n") != len(names) - 1 or _ODD.search(text):
        return False
    present = set(names)
    if not present - {_METADATA} <= expected:
        return False
    folders: Set[str] = set()
    for name in present:
        parent = posixpath.dirname(name)
        while parent and parent not in folders:
            folders.add(parent)
            parent = posixpath.dirname(parent)
    return present.isdisjoint(folders)
