"""The members of a zip archive: each wheel, and a few sdists."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from typing import AbstractSet, Iterator, Tuple

from hatch_nocache.archive import UnreadableArchive
from hatch_nocache.archive.members import Kind, Member

__all__ = ["MOST_DIRECTORY", "read_zip"]

# zipfile keeps the whole directory of the archive in memory, about ten times as large: 300,000 members or so.
MOST_DIRECTORY = 32 * 1024**2
_UTF8 = 0x800
_END = struct.Struct("<4s8xLL2x")
_END64 = struct.Struct("<4s36xQ")
_LOCATOR = struct.Struct("<4s4xQ4x")
_MOST_COMMENT = 65535


def read_zip(path: str, heads: AbstractSet[str], head_size: int, most: int) -> Iterator[Tuple[Member, bytes]]:
    """Each member, with the first `head_size` bytes of a regular file whose name (without directories) is in `heads`.

    `most` is how many bytes the list of its members may have.

    Raises:
        UnreadableArchive: it is no zip archive, or a damaged one, or has absurdly many members.
        OSError: the file cannot be read.
    """
    if _directory_size(path) > most:
        raise UnreadableArchive(f"the list of its members has more than {most:,} bytes")
    try:
        with zipfile.ZipFile(path) as archive:
            if not archive.filelist:
                raise UnreadableArchive("there is nothing in it")
            for info in archive.filelist:
                name = _name(info)
                kind = Kind.DIRECTORY if name.endswith("/") else Kind.FILE
                head = _head(archive, info, head_size) if name.rpartition("/")[2] in heads else b""
                yield Member(name, kind, "", info.file_size), head
    except UnicodeDecodeError as error:
        raise UnreadableArchive("the name of a member is not UTF-8, though it is said to be") from error
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise UnreadableArchive(f"it is not a zip archive, or a damaged one ({error})") from error


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.orig_filename
    # uv from 0.11 takes the bytes for UTF-8 whatever the archive says.
    return info.orig_filename.encode("cp437").decode("utf-8", "surrogateescape")


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(size)
    except (RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        # Encrypted, compressed in an unknown way, or damaged: its name can be judged all the same.
        return b""


def _directory_size(path: str) -> int:
    """Return how many bytes the list of members has, 0 when the end of the file is not that of a zip archive."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _MOST_COMMENT - _END.size - _LOCATOR.size))
        tail = file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or at + _END.size > len(tail):
            return 0
        directory = int(_END.unpack_from(tail, at)[1])
        magic, where = _LOCATOR.unpack_from(tail, at - _LOCATOR.size) if at >= _LOCATOR.size else (b"", 0)
        if magic == b"PK\6\7" and where <= size - _END64.size:
            file.seek(where)
            directory = int(_END64.unpack(file.read(_END64.size))[1])
        return directory
