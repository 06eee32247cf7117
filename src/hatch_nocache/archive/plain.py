"""The short way through an archive that this build has just written: plain headers with names that it let through.

To read ten thousand members with tarfile takes a fifth of the time of the whole build, and to judge them as much again.
Nothing is judged here. What is not as plain as can be is left to `reading`.
"""

from __future__ import annotations

import gzip
import io
import os
import posixpath
import re
import struct
import zlib
from typing import IO, AbstractSet, Iterable, List, Optional, Set, cast

from hatch_nocache.names import is_clean

__all__ = ["is_plain"]

# Bytes of a name: a longer one may have a part that no file system takes.
_LONGEST = 255
# How many members there may be that were not chosen.
_MORE = 1000
_CHUNK = 256 * 1024
_BLOCK = 512
# A member without a link target, in the POSIX format. Longer names come in a record of their own, not in two parts.
_USTAR = bytes(100) + b"ustar\x0000"
_NO_PREFIX = bytes(_BLOCK - 345)
# The sum of a header counts its own eight bytes as spaces, and an Adler checksum starts with 1.
_SPACES = 8 * 32 - 1
_ADLER = 65521
# All that Hatchling puts into a PAX header: a name that is long, or not ASCII.
_LONG_NAME = rb"([0-9]{1,4}) path=([^\n\0]+)\n"
_MOST_LONG_NAME = 4 * 1024
# What no text of names must have in it that are joined by newlines, with one at each end.
_ODD = ("//", "\n/", "/\n", "\n\n", "/./", "/../", "\n./", "\n../", "/.\n", "/..\n", "\n.\n", "\n..\n")
_BEYOND_ASCII = "[\x80-\ud7ff\ue000-\U0010ffff]"

# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16
_ENTRY = struct.Struct("<4s4xH18xHHH12x")
_END = struct.Struct("<4s4xHHLLH")
# From here on the fields hold marks, and other records the numbers.
_ZIP64 = 0xFFFF


def is_plain(path: str, expected: AbstractSet[str], *, rooted: bool) -> bool:
    """Whether the archive holds regular files alone, all in one directory if `rooted`, with harmless names.

    They have to be among `expected`, or at the top, where they are part of no cache. False means nothing but a doubt.
    """
    try:
        names = _names(path, len(expected) + _MORE, rooted=rooted)
    except (OSError, EOFError, zlib.error):
        # `reading` says what is wrong with it.
        return False
    return bool(names) and _known(cast("List[str]", names), expected)


def _names(path: str, most: int, *, rooted: bool) -> Optional[List[str]]:
    with open(path, "rb") as file:
        magic = file.read(4)
        file.seek(0)
        if rooted and magic.startswith(b"\x1f\x8b"):
            # The decompressor of the standard library is slow where little is read at a time.
            with gzip.GzipFile(fileobj=file) as stream:
                return _tar_names(io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK), most)
        return _zip_names(file) if not rooted and magic == b"PK\3\4" else None


def _tar_names(stream: IO[bytes], most: int) -> Optional[List[str]]:
    """The names of the members below the top directory, if nothing about them is out of the ordinary."""
    names: List[str] = []
    root = long_name = b""
    while True:
        block = stream.read(_BLOCK)
        if block[157:265] != _USTAR or block[345:] != _NO_PREFIX or not _is_numeric(block) or not _sums_up(block):
            break
        size = _number(block[124:136])
        kind = block[156]
        if kind == ord("x") and 0 < size <= _MOST_LONG_NAME and not long_name:
            record = re.fullmatch(_LONG_NAME, _padded(stream, size)[:size])
            if record is None or int(record.group(1)) != size:
                return None
            long_name = record.group(2)
            continue
        name = long_name or block[:100].rstrip(b"\0")
        long_name = b""
        root = root or name[: name.find(b"/") + 1]
        inner = name[len(root) :]
        if kind != ord("0") or size < 0 or not root or not name.startswith(root) or len(inner) > _LONGEST:
            return None
        names.append(inner.decode("utf-8", "surrogateescape"))
        if len(names) > most:
            return None
        _padded(stream, size)
    top = root[:-1].decode("latin-1")
    if long_name or top in ("", ".", "..") or len(top) > _LONGEST or not is_clean(top):
        return None
    if block != bytes(_BLOCK) or stream.read(_BLOCK) != bytes(_BLOCK):
        return None
    while stream.read(_CHUNK):
        # To the end, where the checksum is.
        pass
    return names


def _padded(stream: IO[bytes], size: int) -> bytes:
    """Read what fills whole blocks."""
    left = -(-size // _BLOCK) * _BLOCK
    data = stream.read(min(left, _CHUNK))
    left -= len(data)
    while left and len(stream.read(min(left, _CHUNK))):
        left -= min(left, _CHUNK)
    return data


def _is_numeric(block: bytes) -> bool:
    """Whether the fields for numbers hold nothing else: mode, owner and group, time, device."""
    return not (block[100:124] + block[136:148] + block[329:345]).translate(None, b"01234567\0")


def _number(field: bytes) -> int:
    """The number in a field with a NUL at its end, -1 when there is none."""
    try:
        return int(field[:-1], 8) if field[:-1].isdigit() and field[-1] == 0 else -1
    except ValueError:
        return -1


def _sums_up(block: bytes) -> bool:
    """Whether the checksum of a header is right, but for multiples of what Adler-32 counts up to."""
    written = block[148:156]
    number = _number(written[:7]) if written.endswith(b" ") else -1
    return number >= 0 and (number - _SPACES + sum(written)) % _ADLER == zlib.adler32(block) % 65536


def _zip_names(file: IO[bytes]) -> Optional[List[str]]:
    """The names in the central directory, if nothing about it is out of the ordinary."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size))
    end = file.read()
    if len(end) != _END.size:
        return None
    magic, here, count, length, start, comment = _END.unpack(end)
    if magic != b"PK\5\6" or here != count or count >= _ZIP64 or comment or start + length + _END.size != size:
        return None
    file.seek(start)
    directory = file.read(length)
    names: List[str] = []
    at = 0
    while at + _ENTRY.size <= length:
        magic, flags, name, extra, remark = _ENTRY.unpack_from(directory, at)
        # No flag at all: the name is ASCII, and nothing is encrypted. In a comment there could be another directory.
        if magic != b"PK\1\2" or flags or extra or remark or name > _LONGEST:
            return None
        at += _ENTRY.size
        names.append(directory[at : at + name].decode("latin-1"))
        at += name + extra + remark
    return names if at == length and len(names) == count and all(map(str.isascii, names)) else None


def _known(names: List[str], expected: AbstractSet[str]) -> bool:
    text = "\n".join(["", *names, ""])
    if text.count("\n") != len(names) + 1 or any(odd in text for odd in _ODD):
        return False
    joined = "/".join(names)
    if not is_clean(joined if joined.isascii() else re.sub(_BEYOND_ASCII, "", joined)):
        return False
    present = set(names)
    if any("/" in name for name in present - expected):
        return False
    return present.isdisjoint(_folders(present))


def _folders(names: Iterable[str]) -> Set[str]:
    folders: Set[str] = set()
    for name in names:
        parent = posixpath.dirname(name)
        while parent and parent not in folders:
            folders.add(parent)
            parent = posixpath.dirname(parent)
    return folders
