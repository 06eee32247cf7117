"""Read the members of a tar archive: once, forward only, with bounded memory."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
import tarfile
from typing import IO, AbstractSet, Any, Generator, Iterator, Optional, Set, cast

from hatch_nocache.archive.tree import Kind, Member, Problem, UnreadableArchive
from hatch_nocache.members import incompatibilities as table

__all__ = ["MAX_BYTES", "TarReader"]

Members = Generator[Member, None, None]

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


class TarReader:
    """The tar archive at `path`, which may decompress to `max_bytes`. tarfile reads from it: it is a file object, too.

    Raises:
        UnreadableArchive: not a tar archive, damaged, or installers disagree about where its members begin.
        OSError, EOFError, zlib.error, lzma.LZMAError: the file is damaged.
    """

    zipped = False

    def __init__(self, path: str, max_bytes: int) -> None:
        with open(path, "rb") as file:
            magic = file.read(6)
        # The name of the module that reads it, "" for an uncompressed archive.
        self._compression = next((module for start, module in _COMPRESSIONS if magic.startswith(start)), "")
        if path.lower().endswith((".gz", ".tgz")) and self._compression != "gzip":
            raise UnreadableArchive("its name is that of a gzip file, but it is none")
        # The decompressors of the standard library are slow where little is read at a time.
        self._file = io.BufferedReader(cast("io.RawIOBase", _open(path, self._compression)), _CHUNK)
        self._max_bytes = max_bytes if self._compression else os.path.getsize(path)
        self._position = 0
        # The last block that was read, and the bytes that were read for the current member.
        self._last = b""
        self._taken = 0

    def __enter__(self) -> TarReader:  # noqa: PYI034 - Self is not in Python 3.8
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def members(self, heads: AbstractSet[str], head_size: int) -> Members:
        """Yield each member, with the first `head_size` bytes of a regular file whose base name is in `heads`."""
        try:
            yield from self._members(heads, head_size)
        except (tarfile.TarError, ValueError, IndexError, RecursionError) as error:
            raise UnreadableArchive(f"not a tar archive, or damaged ({error})") from error
        self._check_end()

    def structure_problems(self) -> Iterator[Problem]:
        """Yield what an installer refuses in the archive as a whole."""
        if self._compression in ("bz2", "lzma"):
            yield table.FORMAT, "an sdist must be a .tar.gz file"

    # What tarfile calls.

    def read(self, size: int) -> bytes:
        self._taken += size
        if size < 0 or self._taken > _MAX_HEADER:
            raise UnreadableArchive(f"a header asks for {min(size, 0) or self._taken} bytes")
        self._last = self._file.read(size)
        self._advance(len(self._last))
        return self._last

    def seek(self, position: int) -> int:
        missing = position - self._position
        if missing < 0:
            raise UnreadableArchive("a header points back")
        while missing and self._advance(len(self._file.read(min(missing, _CHUNK)))):
            missing = position - self._position
        return self._position

    def tell(self) -> int:
        return self._position

    def _advance(self, size: int) -> int:
        self._position += size
        if self._position > self._max_bytes:
            raise UnreadableArchive(f"it decompresses to more than {self._max_bytes:,} bytes")
        return size

    def _members(self, heads: AbstractSet[str], head_size: int) -> Members:
        magics: Set[bytes] = set()
        tar = tarfile.TarFile(fileobj=cast("IO[bytes]", self), encoding="utf-8", errors="surrogateescape")
        for info in iter(tar.next, None):
            # TarFile would keep them all.
            tar.members = []  # type: ignore[attr-defined]
            sparse = info.issparse()
            if not sparse:
                magics.add(self._last[257:265])
            disputed = _disputed(info) or (_OF_ONE & tar.pax_headers.keys() and "a global PAX header names one member")
            if disputed:
                raise UnreadableArchive(f"{disputed}; {table.HEADER.consequence}")
            problem = None if sparse else _problem(info, self._taken, len(magics))
            kind = Kind.OTHER if sparse else _KINDS.get(info.type, Kind.OTHER)
            has_head = kind is Kind.FILE and info.name.rpartition("/")[2] in heads
            self._taken = 0
            head = self.read(min(head_size, info.size)) if has_head else b""
            yield Member(info.name, kind, info.linkname, info.size, head, problem)
            self._taken = 0
        if not magics:
            raise UnreadableArchive("it is empty")

    def _check_end(self) -> None:
        """Check that the archive ends with two blocks of zeros.

        Source of the rule: POSIX.1, "pax Interchange Format". uv from 0.13 insists on it; other readers stop silently
        at anything that is not a header, so members after it exist for some readers only.
        """
        if self._last.strip(b"\0"):
            raise UnreadableArchive("damaged or truncated (found no header where one must be)")
        if len(self._last) != tarfile.BLOCKSIZE or self.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise UnreadableArchive("truncated (no end-of-archive marker)")
        # To the end of the file, so that its checksum is verified.
        self.seek(sys.maxsize)


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
    links = (tarfile.SYMTYPE, tarfile.LNKTYPE)
    unknown = [key for key in records if key not in _RECORDS and not key.startswith(_VENDORS)]
    empty = [key for key, value in records.items() if not value]
    owners = [key for key in records if key in ("uid", "gid") and not re.fullmatch("[0-9]*", records[key])]
    times = [key for key in records if key in _TIMES and not re.fullmatch(r"[0-9]{1,18}(\.[0-9]+)?", records[key])]
    problems = (
        (formats > 1, table.HEADER, "the archive mixes tar formats"),
        (taken > _MAX_RECORDS, table.HEADER, "PAX records of more than 262,144 bytes"),
        ("linkpath" in records and info.type not in links, table.HEADER, "a regular file with a link target"),
        (records.get("hdrcharset", "BINARY") not in _CHARSETS, table.HEADER, "an unknown character set"),
        (owners or min(info.uid, info.gid) < 0, table.HEADER, "the owner is no number"),
        (unknown, table.HEADER, f"unknown PAX record {unknown[:1]}"),
        (empty, table.EMPTY_RECORD, f"empty PAX record {empty[:1]}"),
        (not abs(info.mtime) <= _MAX_TIME, table.TIME_OUT_OF_RANGE, f"modified at {info.mtime}"),
        (info.mtime < 0, table.TIME, "modified before 1970"),
        (times, table.TIME, f"not a number of seconds since 1970: {times[:1]}"),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)
