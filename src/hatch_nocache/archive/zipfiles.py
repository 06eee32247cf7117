"""Read the members of a zip archive, and check its structure.

Every wheel and a few sdists are zip archives. uv reads a wheel from an index as a stream and compares each record with
the central directory afterwards, so records must follow each other without gaps and agree with the directory. pip finds
each record through the directory.
"""

from __future__ import annotations

import os
import struct
import tarfile
import zipfile
import zlib
from typing import IO, AbstractSet, Iterator

from hatch_nocache.archive.tree import Member, Problem, UnreadableArchive
from hatch_nocache.members import incompatibilities as table

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


def zip_members(file: IO[bytes], heads: AbstractSet[str], head_size: int, max_directory: int) -> Iterator[Member]:
    """Yield each member, then the problems of the archive as a whole.

    For the arguments, see `open_archive`.
    """
    size, trailing, numbers = _read_end(file)
    if size > max_directory:
        raise UnreadableArchive(f"its central directory has more than {max_directory:,} bytes")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise UnreadableArchive(f"not a zip archive, or damaged ({error})") from error
    if not archive.filelist:
        raise UnreadableArchive("it is empty")
    # Start, end, and how many bytes may follow: those of all records.
    records = []
    for info in archive.filelist:
        # uv from 0.11 reads the bytes as UTF-8 in any case.
        name = _raw_name(info).decode("utf-8", "surrogateescape")
        kind = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
        head = _head(archive, info, head_size) if name.rpartition("/")[2] in heads else b""
        problem, record_end = _check_record(file, archive, info)
        if record_end:
            records.append((info.header_offset, record_end, info.flag_bits & _DESCRIPTOR and _MAX_DESCRIPTOR))
        yield Member(name, kind, "", info.file_size, head, problem)
    records.append((archive.start_dir, 0, 0))
    for problem in _structure_problems(file.name, len(archive.filelist), sorted(records), trailing, numbers):
        yield Member("", b"", problem=problem)


def _structure_problems(
    path: str, members: int, records: list[tuple[int, int, int]], trailing: int, numbers: tuple[int, ...]
) -> Iterator[Problem]:
    if not path.lower().endswith((".whl", ".zip")):
        yield table.ZIP_SUFFIX, "installers expect a tar archive by its name"
    here = allowed = 0
    for start, end, slack in records:
        if not here <= start <= here + allowed:
            what = "overlapping records" if start < here else f"{start - here} bytes between the records"
            yield table.GAP, what if here else f"{start} bytes before the first record"
            break
        here, allowed = end, slack
    if trailing:
        yield table.TRAILING, f"{trailing} bytes" if trailing > 0 else "its comment is cut short"
    if numbers not in ((), (0, 0, members, members)):
        yield table.GAP, f"its end record does not give {members} members on one disk"


def _check_record(file: IO[bytes], archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[Problem | None, int]:
    """Return the problem of a member's record, and where the record ends.

    0: there is no record.
    """
    file.seek(info.header_offset)
    raw = file.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or not raw.startswith(b"PK\3\4"):
        return (table.LOCAL_HEADER, "no record at its offset"), 0
    _, flags, method, crc, packed, size, name_size, extra_size = _LOCAL.unpack(raw)
    name = file.read(name_size)
    is_streamed = info.flag_bits & _DESCRIPTOR
    listed = (info.compress_type, info.CRC, info.compress_size, info.file_size)
    has_sizes = not is_streamed and _ZIP64 not in (packed, size)
    # pip unpacks this one last.
    last = archive.NameToInfo[info.filename]
    problems = (
        ((info.flag_bits | flags) & _ENCRYPTED, table.ENCRYPTED, ""),
        (info.compress_type not in _METHODS, table.COMPRESSION, f"method {info.compress_type}"),
        (name != _raw_name(info), table.LOCAL_HEADER, f"named {name.decode('utf-8', 'replace')!r} in its header"),
        (is_streamed and info.compress_type == zipfile.ZIP_STORED, table.STREAMED, ""),
        (has_sizes and (method, crc, packed, size) != listed, table.LOCAL_HEADER, "its sizes or checksum differ"),
        (last.CRC != info.CRC, table.TWO_CONTENTS, "another record with its name differs"),
    )
    problem = next(((row, reason) for applies, row, reason in problems if applies), None)
    return problem, info.header_offset + _LOCAL.size + name_size + extra_size + info.compress_size


def _head(archive: zipfile.ZipFile, info: zipfile.ZipInfo, size: int) -> bytes:
    try:
        with archive.open(info) as file:
            return file.read(size)
    except (RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        # Encrypted, compressed in an unknown way, or damaged: only the name is checked.
        return b""


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _read_end(file: IO[bytes]) -> tuple[int, int, tuple[int, ...]]:
    """Read the end of the archive before zipfile reads the rest.

    Returns the size of the central directory, how many bytes follow the archive, and its numbers of disks and members
    (none if another record has them).
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MAX_COMMENT - _END.size - _LOCATOR.size))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or at + _END.size > len(tail):
        # zipfile reports the problem.
        return 0, 0, ()
    _, *numbers, directory, comment = _END.unpack_from(tail, at)
    magic, where = _LOCATOR.unpack_from(tail, at - _LOCATOR.size) if at >= _LOCATOR.size else (b"", 0)
    if magic == b"PK\6\7" and where <= size - _END64.size:
        file.seek(where)
        _, directory = _END64.unpack(file.read(_END64.size))
        numbers = []
    return directory, len(tail) - at - _END.size - comment, tuple(numbers)
