"""Read the members of a tar archive: once, forward only, with bounded memory."""

from __future__ import annotations

import importlib
import io
import math
import os
import re
import tarfile
from typing import IO, AbstractSet, Any, Generator, Iterator, Optional, Set, Tuple, cast

from hatch_nocache.archive import incompatibilities as table
from hatch_nocache.archive.incompatibilities import Incompatibility
from hatch_nocache.archive.tree import Kind, Member, UnreadableArchive

__all__ = ["MAX_BYTES", "Stream", "TarReader"]

Members = Generator[Tuple[Member, bytes], None, None]
Problem = Tuple[Incompatibility, str]

# The last header of a compressed tar is found by decompressing all of it. The package index takes 100 MB unless asked
# for more, and gzip can make a thousand times as much of them: hours of work. Two gibibytes take seconds.
MAX_BYTES = 2 * 1024**3
# All that tarfile may read for one member besides its data. It reads PAX records into memory, some versions in pieces.
_MAX_HEADER = 1024**2
# uv from 0.13 refuses a larger PAX header ("exceeds configured limit"). There is a block before and after it; tarfile
# also reads the last byte of the member before.
_MAX_RECORDS = 262_144 + 2 * tarfile.BLOCKSIZE + 1
_CHUNK = 256 * 1024

_COMPRESSIONS = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "lzma"))

_KINDS = {
    tarfile.DIRTYPE: Kind.DIRECTORY,
    tarfile.SYMTYPE: Kind.SYMLINK,
    tarfile.LNKTYPE: Kind.HARD_LINK,
    tarfile.FIFOTYPE: Kind.FIFO,
    tarfile.CHRTYPE: Kind.CHARACTER_DEVICE,
    tarfile.BLKTYPE: Kind.BLOCK_DEVICE,
    tarfile.REGTYPE: Kind.FILE,
    tarfile.AREGTYPE: Kind.FILE,
    tarfile.CONTTYPE: Kind.FILE,
}
# The PAX records that uv from 0.13 accepts; in a global header it accepts none of `_OF_ONE`.
_OF_ONE = frozenset(("path", "linkpath", "size"))
_TIMES = ("mtime", "atime", "ctime")
_RECORDS = _OF_ONE | {*_TIMES, "charset", "comment", "gid", "gname", "hdrcharset", "uid", "uname"}
_VENDORS = ("SCHILY.", "LIBARCHIVE.")
_CHARSETS = ("BINARY", "ISO-IR 10646 2000 UTF-8")
# The largest number of seconds that a system takes: `time_t`.
_MAX_TIME = 2**63 - 1


class Stream:
    """A file, decompressed, with the methods that tarfile needs. `last` is the last block that was read."""

    def __init__(self, path: str, max_bytes: int) -> None:
        with open(path, "rb") as file:
            magic = file.read(6)
        # The name of the module that reads it, "" for an uncompressed archive.
        self.compression = next((module for start, module in _COMPRESSIONS if magic.startswith(start)), "")
        if path.lower().endswith((".gz", ".tgz")) and self.compression != "gzip":
            raise UnreadableArchive("its name is that of a gzip file, but it is none")
        # The decompressors of the standard library are slow where little is read at a time.
        self._file = io.BufferedReader(cast("io.RawIOBase", _open(path, self.compression)), _CHUNK)
        self._max_bytes = max_bytes if self.compression else os.path.getsize(path)
        self._position = 0
        self.last = b""
        # Bytes that were read since `start_header`.
        self.taken = 0

    def __enter__(self) -> Stream:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def start_header(self) -> None:
        """Start to count what is read for the next member."""
        self.taken = 0

    def read(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end.

        Raises:
            UnreadableArchive: a header asks for an absurd amount.
            OSError, EOFError, zlib.error, lzma.LZMAError: the file is damaged.
        """
        self.taken += size
        if size < 0 or self.taken > _MAX_HEADER:
            raise UnreadableArchive(f"a header asks for {size if size < 0 else self.taken} bytes")
        self.last = self._file.read(size)
        self._advance(len(self.last))
        return self.last

    def seek(self, position: int) -> int:
        """Skip to `position`, or to the end. Raises: see `read`."""
        missing = position - self._position
        if missing < 0:
            raise UnreadableArchive("a header points back")
        while missing and self._advance(len(self._file.read(min(missing, _CHUNK)))):
            missing = position - self._position
        return self._position

    def tell(self) -> int:
        """Return the position in the decompressed file."""
        return self._position

    def drain(self) -> None:
        """Read the rest, so that the checksum at the end is verified. Raises: see `read`."""
        while self._advance(len(self._file.read(_CHUNK))):
            pass

    def _advance(self, size: int) -> int:
        self._position += size
        if self._position > self._max_bytes:
            raise UnreadableArchive(f"it decompresses to more than {self._max_bytes:,} bytes")
        return size


class TarReader:
    """A tar archive, read from `stream`."""

    zipped = False

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def members(self, heads: AbstractSet[str], head_size: int) -> Members:
        """Yield each member, with the first `head_size` bytes of a regular file whose base name is in `heads`.

        Raises:
            UnreadableArchive: not a tar archive, damaged, or installers disagree about where its members begin.
            OSError, EOFError, zlib.error, lzma.LZMAError: the file is damaged.
        """
        try:
            yield from _members(self._stream, heads, head_size)
        except (tarfile.TarError, ValueError, IndexError, RecursionError) as error:
            raise UnreadableArchive(f"not a tar archive, or damaged ({error})") from error
        _check_end(self._stream)

    def structure_problems(self) -> Iterator[Problem]:
        """Yield what an installer refuses in the archive as a whole."""
        if self._stream.compression in ("bz2", "lzma"):
            yield table.FORMAT, "an sdist must be a .tar.gz file"


def _members(stream: Stream, heads: AbstractSet[str], head_size: int) -> Members:
    magics: Set[bytes] = set()
    stream.start_header()
    tar = tarfile.TarFile(fileobj=cast("IO[bytes]", stream), encoding="utf-8", errors="surrogateescape")
    for info in iter(tar.next, None):
        # TarFile would keep them all.
        tar.members = []  # type: ignore[attr-defined]
        sparse = info.issparse()
        if not sparse:
            magics.add(stream.last[257:265])
        disputed = _disputed(info) or (_OF_ONE & tar.pax_headers.keys() and "a global PAX header names one member")
        if disputed:
            raise UnreadableArchive(f"{disputed}; {table.refused_by(table.HEADER.installers)}")
        problem = None if sparse else _problem(info, stream.taken, len(magics))
        kind = Kind.OTHER if sparse else _KINDS.get(info.type, Kind.OTHER)
        head = b""
        if kind is Kind.FILE and info.name.rpartition("/")[2] in heads:
            head = stream.read(min(head_size, info.size))
        yield Member(info.name, kind, info.linkname, info.size, problem), head
        stream.start_header()
    if not magics:
        raise UnreadableArchive("it is empty")


def _open(path: str, compression: str) -> Any:
    if not compression:
        return open(path, "rb")
    try:
        # A Python may lack `bz2` and `lzma`.
        return importlib.import_module(compression).open(path)
    except ImportError as error:
        raise UnreadableArchive(f"this Python was built without the module `{compression}`") from error


def _disputed(info: tarfile.TarInfo) -> Optional[str]:
    """Return why readers disagree about where the member ends."""
    if info.size < 0 or not info.pax_headers.get("size", "0").isdigit():
        return "a header has an invalid size"
    if info.size and info.type in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
        return "the header of a link or directory announces data"
    return None


def _problem(info: tarfile.TarInfo, taken: int, formats: int) -> Optional[Problem]:
    """Return what an installer refuses in the header of a member. Source of the rules: uv from 0.13, as observed."""
    records = info.pax_headers
    reason = ""
    if formats > 1:
        reason = "the archive mixes tar formats"
    elif taken > _MAX_RECORDS:
        reason = "its PAX records have more than 262,144 bytes"
    elif "linkpath" in records and info.type not in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        reason = "a regular file with a link target"
    elif records.get("hdrcharset", "BINARY") not in _CHARSETS:
        reason = f"unknown character set {records['hdrcharset']!r}"
    elif min(info.uid, info.gid) < 0 or not all(records.get(key, "0").isdigit() for key in ("uid", "gid")):
        reason = "invalid owner"
    unknown = [key for key in records if key not in _RECORDS and not key.startswith(_VENDORS)]
    if unknown:
        reason = f"unknown PAX record {unknown[0]!r}"
    if reason:
        return table.HEADER, reason
    empty = [key for key, value in records.items() if not value]
    if empty:
        return table.EMPTY_RECORD, f"empty PAX record {empty[0]!r}"
    return _time_problem(info)


def _time_problem(info: tarfile.TarInfo) -> Optional[Problem]:
    if not math.isfinite(info.mtime) or abs(info.mtime) > _MAX_TIME:
        return table.TIME_OUT_OF_RANGE, f"the modification time {info.mtime} is out of range"
    if info.mtime < 0:
        return table.TIME, "the modification time is before 1970"
    for key in _TIMES:
        value = info.pax_headers.get(key, "0")
        if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]+)?", value):
            return table.TIME, f"invalid `{key}` {value[:40]!r}"
    return None


def _check_end(stream: Stream) -> None:
    """Check that the archive ends with two blocks of zeros.

    Source of the rule: POSIX.1, "pax Interchange Format". uv from 0.13 insists on it; other readers stop silently at
    anything that is not a header, so members after it exist for some readers only.

    Raises: see `TarReader.members`.
    """
    if stream.last.strip(b"\0"):
        raise UnreadableArchive("damaged or truncated (found no header where one must be)")
    if len(stream.last) != tarfile.BLOCKSIZE or stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise UnreadableArchive("truncated (no end-of-archive marker)")
    stream.drain()
