"""Read an archive as a stream of members: once, with bounded memory."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import re
import sys
import tarfile
import zlib
from typing import AbstractSet, Iterator, Mapping

from hatch_nocache.archive.tree import Member, Problem, UnreadableArchive
from hatch_nocache.archive.zipfiles import MAX_DIRECTORY, zip_members
from hatch_nocache.members import incompatibilities as table

# The last header of a compressed tar is found by decompressing all of it. The package index takes 100 MB unless asked
# for more, and gzip can make a thousand times as much of them: hours of work. Two gibibytes take seconds.
MAX_BYTES = 2 * 1024**3
# Size limit of a member without its data. tarfile reads PAX records into memory, some versions in pieces.
_MAX_HEADER = 1024**2
# uv from 0.13 refuses a larger PAX header ("exceeds configured limit"). There is a block before and after it; tarfile
# also reads the last byte of the member before.
_MAX_RECORDS = 262_144 + 2 * tarfile.BLOCKSIZE + 1
# Size limit: parsers of TOML are superlinear. No more is read at once.
_MAX_SETTINGS = _CHUNK = 256 * 1024

_COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "lzma"))
_UNSUPPORTED = (
    (b"\x28\xb5\x2f\xfd", (".zst", ".tzst"), "Zstandard"),
    (b"\x5d\0\0", (".lzma", ".tlz"), "LZMA"),
    (b"\x1f\x9d", (".z", ".taz"), "`compress`"),
)
# The PAX records that uv from 0.13 accepts with their values; in a global header it accepts none of `_OF_ONE`.
_OF_ONE = ("path", "linkpath", "size")
_RECORDS = re.compile(
    r"""(path|linkpath|size|charset|comment|gname|uname|SCHILY\..*|LIBARCHIVE\..*)=.*
    |[amc]time=[0-9]{1,18}(\.[0-9]+)? |[ug]id=[0-9]+ |hdrcharset=(BINARY|ISO-IR\ 10646\ 2000\ UTF-8)""",
    re.DOTALL | re.VERBOSE,
)
# The largest number of seconds that a system takes: `time_t`.
_MAX_TIME = 2**63 - 1


@contextlib.contextmanager
def open_archive(
    path: str, heads: AbstractSet[str], head_size: int, *, bounded: bool = True
) -> Iterator[tuple[bool, Iterator[Member]]]:
    """Return whether the archive at `path` is a zip file, and its members.

    They have the first `head_size` bytes of each regular file whose base name is in `heads`. Not `bounded`: the archive
    may have any size, because this build has just written it. Errors in the `with` block are `UnreadableArchive`, too.
    """
    try:
        reason = unsupported(path)
        if reason is not None:
            raise UnreadableArchive(reason)
        with open(path, "rb") as file:
            if path.lower().endswith((".whl", ".zip")) or file.read(2) == b"PK":
                yield True, zip_members(file, heads, head_size, MAX_DIRECTORY if bounded else sys.maxsize)
                return
        with TarFile(path, MAX_BYTES if bounded else sys.maxsize) as tar:
            yield False, _tar_members(tar, heads, head_size)
    except ImportError as error:
        name = (error.name or "").lstrip("_")
        raise UnreadableArchive(f"this Python was built without the module `{name}`") from error
    except EOFError as error:
        raise UnreadableArchive("it is truncated") from error
    except (OSError, zlib.error, getattr(sys.modules.get("lzma"), "LZMAError", zlib.error)) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableArchive(getattr(error, "strerror", None) or f"it is damaged ({reason})") from error


def unsupported(path: str) -> str | None:
    """Return why the format of the archive is not supported, or None.

    The name or the first bytes show it.
    """
    magic = _magic(path)
    for start, suffixes, name in _UNSUPPORTED:
        if magic.startswith(start) or path.lower().endswith(suffixes):
            return f"archives compressed with {name} are not supported, by installers either"
    return None


def read_member(path: str, name: str) -> bytes | None:
    """Return the content of the file `name` directly below the root of an sdist.

    None if it does not exist, is not regular, or is larger than 256 KiB.
    """
    with open_archive(path, {name}, _MAX_SETTINGS) as (_, members):
        for member in members:
            is_it = member.name.split("/")[1:] == [name] and member.type == tarfile.REGTYPE
            if is_it and member.size <= _MAX_SETTINGS:
                return member.head
    return None


def _magic(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(6)


class TarFile(io.BufferedReader):
    """The decompressed tar archive at `path`, as a file for tarfile.

    It is read forward only, up to `max_bytes`.
    """

    def __init__(self, path: str, max_bytes: int) -> None:
        magic = _magic(path)
        # The name of the module that reads it, which a Python may lack. "": the archive is not compressed.
        self.compression = next((module for start, module in _COMPRESSIONS if magic.startswith(start)), "")
        if path.lower().endswith((".gz", ".tgz")) and self.compression != "gzip":
            raise UnreadableArchive("it has the name of a gzip file, but is not one")
        # The decompressors of the standard library are slow where little is read at a time.
        super().__init__(importlib.import_module(self.compression or "io").open(path, "rb"), _CHUNK)
        self._max_bytes = max_bytes if self.compression else os.path.getsize(path)
        self._position = 0
        # The last block that was read, and the bytes that were read for the current member.
        self.last = b""
        self.taken = 0

    def read(self, size: int) -> bytes:  # type: ignore[override]
        self.taken += size
        if size < 0 or self.taken > _MAX_HEADER:
            raise UnreadableArchive(f"a header asks for {min(size, 0) or self.taken} bytes")
        self.last = self._read_on(size)
        return self.last

    def seek(self, position: int) -> int:  # type: ignore[override]
        if position < self._position:
            raise UnreadableArchive("a header points back")
        while position > self._position and self._read_on(min(position - self._position, _CHUNK)):
            pass
        return self._position

    def tell(self) -> int:
        return self._position

    def _read_on(self, size: int) -> bytes:
        data = super().read(size)
        self._position += len(data)
        if self._position > self._max_bytes:
            raise UnreadableArchive(f"it decompresses to more than {self._max_bytes:,} bytes")
        return data


def _tar_members(file: TarFile, heads: AbstractSet[str], head_size: int) -> Iterator[Member]:
    formats = set()
    try:
        tar = tarfile.TarFile(fileobj=file, encoding="utf-8", errors="surrogateescape")
        for info in iter(tar.next, None):
            # TarFile would store them all.
            tar.members = []  # type: ignore[attr-defined]
            if not info.issparse():
                formats.add(file.last[257:265])
            disputed = _disputed(info, tar.pax_headers)
            if disputed is not None:
                raise UnreadableArchive(f"{disputed}; {table.HEADER.consequence}")
            problem = None if info.issparse() else _problem(info, file.taken, len(formats))
            kind = tarfile.GNUTYPE_SPARSE if info.issparse() else tarfile.REGTYPE if info.isreg() else info.type
            has_head = kind == tarfile.REGTYPE and info.name.rpartition("/")[2] in heads
            file.taken = 0
            head = file.read(min(head_size, info.size)) if has_head else b""
            yield Member(info.name, kind, info.linkname, info.size, head, problem)
            file.taken = 0
    except (tarfile.TarError, ValueError, IndexError, RecursionError) as error:
        raise UnreadableArchive(f"not a tar archive, or damaged ({error})") from error
    if not formats:
        raise UnreadableArchive("it is empty")
    _check_end(file)
    if file.compression in ("bz2", "lzma"):
        yield Member("", b"", problem=(table.FORMAT, "an sdist must be a .tar.gz file"))


def _check_end(file: TarFile) -> None:
    """Check that the archive ends with two blocks of zeros.

    Source of the rule: POSIX.1, "pax Interchange Format". uv from 0.13 insists on it; other readers stop silently at
    anything that is not a header, so members after it exist for some readers only.
    """
    if file.last.strip(b"\0"):
        raise UnreadableArchive("damaged or truncated (found no header where one must be)")
    if len(file.last) != tarfile.BLOCKSIZE or file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise UnreadableArchive("truncated (no end-of-archive marker)")
    # To the end of the file, so that its checksum is verified.
    file.seek(sys.maxsize)


def _disputed(info: tarfile.TarInfo, global_records: Mapping[str, str]) -> str | None:
    """Return why readers disagree about the end or the type of the member."""
    if info.size < 0 or not info.pax_headers.get("size", "0").isdigit():
        return "a header has an invalid size"
    if info.size and info.type in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
        return "the header of a link or directory announces data"
    return None if global_records.keys().isdisjoint(_OF_ONE) else "a global PAX header names one member"


def _problem(info: tarfile.TarInfo, taken: int, formats: int) -> Problem | None:
    """Return the problem that installers have with the header of a member.

    Source of the rules: uv from 0.13, as observed.
    """
    records = info.pax_headers
    is_link = info.type in (tarfile.SYMTYPE, tarfile.LNKTYPE)
    empty = [key for key, value in records.items() if not value]
    invalid = [key for key, value in records.items() if value and not _RECORDS.fullmatch(f"{key}={value}")]
    problems = (
        (formats > 1, table.HEADER, "the archive mixes tar formats"),
        (taken > _MAX_RECORDS, table.HEADER, "PAX records of more than 262,144 bytes"),
        ("linkpath" in records and not is_link, table.HEADER, "a regular file with a link target"),
        (not abs(info.mtime) <= _MAX_TIME, table.TIME_OUT_OF_RANGE, f"modified at {info.mtime}"),
        (min(info.uid, info.gid) < 0, table.HEADER, "the owner is negative"),
        (info.mtime < 0, table.TIME, "modified before 1970"),
        (invalid, table.HEADER, f"invalid PAX record {invalid[:1]}"),
        (empty, table.EMPTY_RECORD, f"empty PAX record {empty[:1]}"),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)
