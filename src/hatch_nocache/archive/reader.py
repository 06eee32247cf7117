"""Read an archive as a stream of members: once, with bounded memory."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import struct
import sys
import tarfile
import zipfile
import zlib
from typing import BinaryIO, Iterator, Mapping, NamedTuple

from hatch_nocache.members import incompatibilities as table

# The last header of a compressed tar is found by decompressing all of it. The package index takes 100 MB unless asked
# for more, and gzip can make a thousand times as much of them: hours of work. Two gibibytes take seconds.
MAX_BYTES = 2 * 1024**3
# zipfile keeps the central directory in memory, about ten times as large: some 300,000 members.
MAX_DIRECTORY = 32 * 1024**2
# Size limit of a member without its data. tarfile reads PAX records into memory, some versions in pieces.
_MAX_HEADER = 1024**2
# uv from 0.13 refuses a larger PAX header ("exceeds configured limit"). There is a block before and after it; tarfile
# also reads the last byte of the member before.
_MAX_RECORDS = 262_144 + 2 * tarfile.BLOCKSIZE + 1
# Size limit: parsers of TOML are superlinear. No more is read at once.
_MAX_SETTINGS = _CHUNK = 256 * 1024

# The first bytes, and the name of the module that reads it, which a Python may lack.
_COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "lzma"))
_UNSUPPORTED = (
    (b"\x28\xb5\x2f\xfd", (".zst", ".tzst"), "Zstandard"),
    (b"\x5d\0\0", (".lzma", ".tlz"), "LZMA"),
    (b"\x1f\x9d", (".z", ".taz"), "`compress`"),
)
# The PAX records that uv from 0.13 accepts with their values.
_RECORDS = re.compile(
    r"""(path|linkpath|size|charset|comment|gname|uname|SCHILY\..*|LIBARCHIVE\..*)=.*
    |[amc]time=[0-9]{1,18}(\.[0-9]+)? |[ug]id=[0-9]+ |hdrcharset=(BINARY|ISO-IR\ 10646\ 2000\ UTF-8)""",
    re.DOTALL | re.VERBOSE,
)

# https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7, 4.3.15 and 4.3.16
_LOCAL = struct.Struct("<4s2xHH4xLLLHH")
_LOCATOR = struct.Struct("<4s4xQ4x")
_END = struct.Struct("<4xHHHH8xH")
# As far from the end as zipfile looks for the end record.
_MAX_COMMENT = 65536
_ZIP64 = 0xFFFFFFFF
_ENCRYPTED = 0x1 | 0x40
_DESCRIPTOR = 0x8
_MAX_DESCRIPTOR = 24
_UTF8 = 0x800


class UnreadableArchive(Exception):  # noqa: N818 - the file is wrong, not the program
    """The archive cannot be checked. The message is one line, without the path."""


class Member(NamedTuple):
    """One member, or the archive as a whole, whose `type` is "".

    The other types are tarfile's, REGTYPE only for a regular file. `head` is its beginning, if that was asked for.
    """

    name: str
    type: bytes = tarfile.REGTYPE
    target: str = ""
    size: int = 0
    head: bytes = b""
    problem: table.Problem | None = None


@contextlib.contextmanager
def open_archive(path: str, heads: Mapping[str, int], *, bounded: bool) -> Iterator[tuple[bool, Iterator[Member]]]:
    """Return whether the archive at `path` is a zip file, and its members in order.

    `heads` maps base names of regular files to the number of bytes to read. Not `bounded`: the archive may have any
    size, because this build has just written it. Raises `UnreadableArchive`, also in the `with` block.
    """
    name = path.lower()
    try:
        with open(path, "rb") as file:
            magic = file.read(6)
        for start, suffixes, method in _UNSUPPORTED:
            if magic.startswith(start) or name.endswith(suffixes):
                raise UnreadableArchive(f"archives compressed with {method} are not supported, by installers either")
        if name.endswith((".whl", ".zip")) or magic.startswith(b"PK"):
            with (ZipReader if bounded else io.BufferedReader)(io.FileIO(path)) as zip_file:
                yield True, _zip_members(zip_file, heads)
            return
        compression = next((module for start, module in _COMPRESSIONS if magic.startswith(start)), "")
        if name.endswith((".gz", ".tgz")) and compression != "gzip":
            raise UnreadableArchive("it has the name of a gzip file, but is not one")
        with TarReader(path, compression, MAX_BYTES if bounded and compression else sys.maxsize) as tar_file:
            yield False, _tar_members(tar_file, heads)
    except ImportError as error:
        raise UnreadableArchive(f"this Python was built without the module `{str(error.name).lstrip('_')}`") from error
    except EOFError as error:
        raise UnreadableArchive("it is truncated") from error
    except (OSError, zlib.error, getattr(sys.modules.get("lzma"), "LZMAError", zlib.error)) as error:
        raise UnreadableArchive(getattr(error, "strerror", None) or f"it is damaged ({error})") from error


def read_member(path: str, name: str) -> bytes | None:
    """Return the regular file `name` directly below the root of an sdist, None if missing or over 256 KiB."""
    with open_archive(path, {name: _MAX_SETTINGS}, bounded=True) as (_, members):
        for member in members:
            if member.name.split("/")[1:] == [name] and member.type == tarfile.REGTYPE and member.size <= _MAX_SETTINGS:
                return member.head
    return None


class TarReader(io.BufferedReader):
    """A decompressed tar archive, for tarfile: forward only. `read` is for headers, `read_data` for the rest."""

    def __init__(self, path: str, compression: str, max_bytes: int) -> None:
        # The decompressors of the standard library are slow where little is read at a time.
        super().__init__(importlib.import_module(compression or "io").open(path, "rb"), _CHUNK)
        self.compression = compression
        self._max_bytes = max_bytes
        self._position = 0
        # The last block that was read, and the bytes that were read for the current member.
        self.last = b""
        self.taken = 0

    def read(self, size: int) -> bytes:  # type: ignore[override]
        self.taken += size
        if size < 0 or self.taken > _MAX_HEADER:
            raise UnreadableArchive(f"a header asks for {min(size, 0) or self.taken} bytes")
        self.last = self.read_data(size)
        return self.last

    def read_data(self, size: int) -> bytes:
        data = super().read(size)
        self._position += len(data)
        if self._position > self._max_bytes:
            raise UnreadableArchive(f"it decompresses to more than {self._max_bytes:,} bytes")
        return data

    def seek(self, position: int) -> int:  # type: ignore[override]
        if position < self._position:
            raise UnreadableArchive("a header points back")
        while self.read_data(min(position - self._position, _CHUNK)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position


def _tar_members(file: TarReader, heads: Mapping[str, int]) -> Iterator[Member]:
    formats = set()
    try:
        tar = tarfile.TarFile(fileobj=file, encoding="utf-8", errors="surrogateescape")
        for info in iter(tar.next, None):
            # TarFile would store them all.
            tar.members = []  # type: ignore[attr-defined]
            disputed = _disputed(info, tar.pax_headers)
            if disputed is not None:
                raise UnreadableArchive(f"{disputed}; {table.HEADER.note}")
            kind, problem = tarfile.GNUTYPE_SPARSE, None
            if not info.issparse():
                kind = tarfile.REGTYPE if info.isreg() else info.type
                formats.add(file.last[257:265])
                problem = _header_problem(info, file.taken, len(formats))
            file.taken = 0
            head_size = heads.get(info.name.rpartition("/")[2], 0) if kind == tarfile.REGTYPE else 0
            head = file.read_data(min(head_size, info.size))
            yield Member(info.name, kind, info.linkname, info.size, head, problem)
    except (tarfile.TarError, ValueError, IndexError, RecursionError) as error:
        raise UnreadableArchive(f"not a tar archive, or damaged ({error})") from error
    if not formats:
        raise UnreadableArchive("it is empty")
    # POSIX.1, "pax Interchange Format": two blocks of zeros. uv from 0.13 insists on them; other readers stop silently
    # at anything that is not a header, so members after it exist for some readers only.
    if file.last.strip(b"\0"):
        raise UnreadableArchive("damaged or truncated (found no header where one must be)")
    if len(file.last) != tarfile.BLOCKSIZE or file.read_data(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise UnreadableArchive("truncated (no end-of-archive marker)")
    # To the end of the file, so that its checksum is verified.
    file.seek(sys.maxsize)
    if file.compression in ("bz2", "lzma"):
        yield Member("", b"", problem=(table.FORMAT, "an sdist must be a .tar.gz file"))


def _disputed(info: tarfile.TarInfo, global_records: Mapping[str, str]) -> str | None:
    """Return why readers disagree about the end or the type of the member."""
    if info.size < 0 or not info.pax_headers.get("size", "0").isdigit():
        return "a header has an invalid size"
    if info.size and info.type in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
        return "the header of a link or directory announces data"
    return "a global PAX header names one member" if global_records.keys() & {"path", "linkpath", "size"} else None


def _header_problem(info: tarfile.TarInfo, taken: int, formats: int) -> table.Problem | None:
    """Return the problem that installers have with a header: uv from 0.13, as observed."""
    records = info.pax_headers
    is_link = info.type in (tarfile.SYMTYPE, tarfile.LNKTYPE)
    empty = [key for key, value in records.items() if not value]
    invalid = [key for key, value in records.items() if value and not _RECORDS.fullmatch(f"{key}={value}")]
    problems = (
        (formats > 1, table.HEADER, "the archive mixes tar formats"),
        (taken > _MAX_RECORDS, table.HEADER, "PAX records of more than 262,144 bytes"),
        ("linkpath" in records and not is_link, table.HEADER, "a regular file with a link target"),
        # No system takes a time that does not fit into `time_t`, nor NaN.
        (not abs(info.mtime) < 2**63, table.TIME_OUT_OF_RANGE, f"modified at {info.mtime}"),
        (min(info.uid, info.gid) < 0, table.HEADER, "the owner is negative"),
        (info.mtime < 0, table.TIME, "modified before 1970"),
        (invalid, table.HEADER, f"invalid PAX record {invalid[:1]}"),
        (empty, table.EMPTY_RECORD, f"empty PAX record {empty[:1]}"),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)


class ZipReader(io.BufferedReader):
    """A zip archive, for zipfile, which reads the central directory at once."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            raise UnreadableArchive(f"its central directory has more than {MAX_DIRECTORY:,} bytes")
        return super().read(size)


def _zip_members(file: BinaryIO, heads: Mapping[str, int]) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise UnreadableArchive(f"not a zip archive, or damaged ({error})") from error
    if not archive.filelist:
        raise UnreadableArchive("it is empty")
    # The start and end of each record, and where the next one must start at the latest.
    records = [(archive.start_dir, 0, 0)]
    for info in archive.filelist:
        raw_name = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
        # uv from 0.11 reads the bytes as UTF-8 in any case.
        name = raw_name.decode("utf-8", "surrogateescape")
        kind = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
        head, head_size = b"", heads.get(name.rpartition("/")[2])
        if head_size:
            # Encrypted, compressed in an unknown way, or damaged: only the name is checked.
            with contextlib.suppress(RuntimeError, ValueError, EOFError, struct.error, zipfile.BadZipFile, zlib.error):
                head = archive.open(info).read(head_size)
        problem, end = _check_record(file, archive, info, raw_name)
        if end:
            records.append((info.header_offset, end, end + _MAX_DESCRIPTOR * bool(info.flag_bits & _DESCRIPTOR)))
        yield Member(name, kind, "", info.file_size, head, problem)
    yield from _structure_problems(file, len(archive.filelist), sorted(records))


def _check_record(
    file: BinaryIO, archive: zipfile.ZipFile, info: zipfile.ZipInfo, raw_name: bytes
) -> tuple[table.Problem | None, int]:
    """Return the problem of a member's record, and where the record ends (0: there is none).

    uv reads the records one after the other, without gaps, and compares them with the central directory afterwards. pip
    finds them through the directory.
    """
    file.seek(info.header_offset)
    raw = file.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or not raw.startswith(b"PK\3\4"):
        return (table.LOCAL_HEADER, "no record at its offset"), 0
    _, flags, method, crc, packed, size, name_size, extra_size = _LOCAL.unpack(raw)
    name = file.read(name_size)
    is_usual = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    is_streamed = info.flag_bits & _DESCRIPTOR
    listed = (info.compress_type, info.CRC, info.compress_size, info.file_size)
    has_sizes = not is_streamed and _ZIP64 not in (packed, size)
    # pip unpacks this one last.
    last = archive.NameToInfo[info.filename]
    problems = (
        ((info.flag_bits | flags) & _ENCRYPTED, table.ENCRYPTED, ""),
        (not is_usual, table.COMPRESSION, f"method {info.compress_type}"),
        (name != raw_name, table.LOCAL_HEADER, f"named {name.decode('utf-8', 'replace')!r} in its header"),
        (is_streamed and info.compress_type == zipfile.ZIP_STORED, table.STREAMED, ""),
        (has_sizes and (method, crc, packed, size) != listed, table.LOCAL_HEADER, "its sizes or checksum differ"),
        (last.CRC != info.CRC, table.TWO_CONTENTS, "another record with its name differs"),
    )
    problem = next(((row, reason) for applies, row, reason in problems if applies), None)
    return problem, info.header_offset + _LOCAL.size + name_size + extra_size + info.compress_size


def _structure_problems(file: BinaryIO, members: int, records: list[tuple[int, int, int]]) -> Iterator[Member]:
    if not file.name.lower().endswith((".whl", ".zip")):
        yield Member("", b"", problem=(table.ZIP_SUFFIX, "installers expect a tar archive by its name"))
    for (_, end, latest), (start, *_) in zip([(0, 0, 0), *records], records):
        if not end <= start <= latest:
            what = "overlapping records" if start < end else f"{start - end} bytes between the records"
            yield Member("", b"", problem=(table.GAP, what if end else f"{start} bytes before the first record"))
            break
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _MAX_COMMENT - _END.size - _LOCATOR.size))
    tail = file.read()
    # zipfile has found an end record, and a central directory before it.
    at = tail.rfind(b"PK\5\6", 0, len(tail) - _END.size + 4)
    *numbers, comment = _END.unpack_from(tail, at)
    trailing = len(tail) - at - _END.size - comment
    if trailing:
        what = f"{trailing} bytes" if trailing > 0 else "its comment is cut short"
        yield Member("", b"", problem=(table.TRAILING, what))
    magic, end64 = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)
    # In a large archive, another record of 56 bytes has the numbers.
    if numbers != [0, 0, members, members] and not (magic == b"PK\6\7" and end64 <= size - 56):
        yield Member("", b"", problem=(table.GAP, f"its end record does not give {members} members on one disk"))
