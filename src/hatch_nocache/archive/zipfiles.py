"""Read the members of a zip archive (every wheel, a few sdists) and check its structure.

uv reads a wheel from an index as a stream and compares each record with the central directory afterwards, so records
must follow each other without gaps and agree with the directory. pip finds each record through the directory.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from typing import IO, AbstractSet, Generator, Iterator, List, Optional, Tuple

from hatch_nocache.archive.tree import Kind, Member, Problem, UnreadableArchive
from hatch_nocache.members import incompatibilities as table

__all__ = ["MAX_DIRECTORY", "ZipReader"]

Members = Generator[Member, None, None]

# zipfile keeps the central directory in memory, about ten times as large: some 300,000 members.
MAX_DIRECTORY = 32 * 1024**2

# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7 and 4.3.14 to 4.3.16
_LOCAL = struct.Struct("<4s2xHH4xLLLHH")
_END = struct.Struct("<4sHHHHL4xH")
_END64 = struct.Struct("<4s36xQ8x")
_LOCATOR = struct.Struct("<4s4xQ4x")
_MAX_COMMENT = 65535
_ZIP64 = 0xFFFFFFFF

_ENCRYPTED = 0x1 | 0x40
_DESCRIPTOR = 0x8
_MAX_DESCRIPTOR = 24
_UTF8 = 0x800
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ZipReader:
    """A zip archive in the open file `file`. `max_directory` is the largest central directory in bytes.

    Raises:
        UnreadableArchive: not a zip archive, damaged, or it has absurdly many members.
        OSError: the file cannot be read.
    """

    zipped = True

    def __init__(self, file: IO[bytes], max_directory: int) -> None:
        self._file = file
        directory, self._trailing, self._numbers = _read_end(file)
        if directory > max_directory:
            raise UnreadableArchive(f"its central directory has more than {max_directory:,} bytes")
        try:
            self._archive = zipfile.ZipFile(file)
        except UnicodeDecodeError as error:
            raise UnreadableArchive("the name of a member is not UTF-8, but is marked as UTF-8") from error
        except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
            raise UnreadableArchive(f"not a zip archive, or damaged ({error})") from error
        if not self._archive.filelist:
            raise UnreadableArchive("it is empty")
        # Start, end, and how many bytes may follow: those of all records.
        self._records: List[Tuple[int, int, int]] = []

    def members(self, heads: AbstractSet[str], head_size: int) -> Members:
        """Yield each member, with the first `head_size` bytes of a regular file whose base name is in `heads`.

        Raises:
            OSError: the file cannot be read.
        """
        for info in self._archive.filelist:
            # uv from 0.11 reads the bytes as UTF-8 in any case.
            name = _raw_name(info).decode("utf-8", "surrogateescape")
            kind = Kind.DIRECTORY if name.endswith("/") else Kind.FILE
            head = self._head(info, head_size) if name.rpartition("/")[2] in heads else b""
            yield Member(name, kind, "", info.file_size, head, self._problem(info))

    def structure_problems(self) -> Iterator[Problem]:
        """Yield what an installer refuses in the archive as a whole. To be called after `members`."""
        if not self._file.name.lower().endswith((".whl", ".zip")):
            yield table.ZIP_SUFFIX, "installers expect a tar archive by its name"
        here = allowed = 0
        for start, end, slack in [*sorted(self._records), (self._archive.start_dir, 0, 0)]:
            if not here <= start <= here + allowed:
                what = "overlapping records" if start < here else f"{start - here} bytes between the records"
                yield table.GAP, what if here else f"{start} bytes before the first record"
                break
            here, allowed = end, slack
        if self._trailing:
            yield table.TRAILING, f"{self._trailing} bytes" if self._trailing > 0 else "its comment is cut short"
        members = len(self._archive.filelist)
        if self._numbers not in ((), (0, 0, members, members)):
            yield table.GAP, f"its end does not say that it has {members} members on one disk"

    def _problem(self, info: zipfile.ZipInfo) -> Optional[Problem]:
        """Return what an installer refuses in the record of a member."""
        self._file.seek(info.header_offset)
        raw = self._file.read(_LOCAL.size)
        if len(raw) < _LOCAL.size or not raw.startswith(b"PK\3\4"):
            return table.LOCAL_HEADER, "no record at its offset"
        _, flags, method, crc, packed, size, name_size, extra_size = _LOCAL.unpack(raw)
        name = self._file.read(name_size)
        streamed = info.flag_bits & _DESCRIPTOR
        end = info.header_offset + _LOCAL.size + name_size + extra_size + info.compress_size
        self._records.append((info.header_offset, end, _MAX_DESCRIPTOR if streamed else 0))
        listed = (info.compress_type, info.CRC, info.compress_size, info.file_size)
        has_sizes = not streamed and _ZIP64 not in (packed, size)
        problems = (
            ((info.flag_bits | flags) & _ENCRYPTED, table.ENCRYPTED, ""),
            (info.compress_type not in _METHODS, table.COMPRESSION, f"method {info.compress_type}"),
            (name != _raw_name(info), table.LOCAL_HEADER, f"named {name.decode('utf-8', 'replace')!r} in its header"),
            (streamed and info.compress_type == zipfile.ZIP_STORED, table.STREAMED, ""),
            (has_sizes and (method, crc, packed, size) != listed, table.LOCAL_HEADER, "its sizes or checksum differ"),
            # What pip unpacks last.
            (
                self._archive.NameToInfo[info.filename].CRC != info.CRC,
                table.TWO_CONTENTS,
                "another of its name differs",
            ),
        )
        return next(((row, reason) for applies, row, reason in problems if applies), None)

    def _head(self, info: zipfile.ZipInfo, size: int) -> bytes:
        try:
            with self._archive.open(info) as file:
                return file.read(size)
        except (RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
            # Encrypted, compressed in an unknown way, or damaged: the name can be checked all the same.
            return b""


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _read_end(file: IO[bytes]) -> Tuple[int, int, Tuple[int, ...]]:
    """Read the end of the archive before zipfile reads the rest.

    Returns the size of the central directory, how many bytes follow the archive, and its numbers of disks and members
    (none if another record has them).
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MAX_COMMENT - _END.size - _LOCATOR.size))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        # zipfile says what is wrong.
        return 0, 0, ()
    _, *numbers, directory, comment = _END.unpack_from(tail, at)
    magic, where = _LOCATOR.unpack_from(tail, at - _LOCATOR.size) if at >= _LOCATOR.size else (b"", 0)
    if magic == b"PK\6\7" and where <= size - _END64.size:
        file.seek(where)
        _, directory = _END64.unpack(file.read(_END64.size))
        numbers = []
    return directory, len(tail) - at - _END.size - comment, tuple(numbers)
