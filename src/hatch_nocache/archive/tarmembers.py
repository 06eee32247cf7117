"""The members of a tar archive, one after the other; nothing of them is kept."""

from __future__ import annotations

import tarfile
from typing import IO, AbstractSet, Iterator, Optional, Set, Tuple, cast

from hatch_nocache.archive import UnreadableArchive
from hatch_nocache.archive.members import Kind, Member
from hatch_nocache.archive.stream import Stream

__all__ = ["BLOCK", "check_end", "read_tar"]

BLOCK = tarfile.BLOCKSIZE

_KINDS = {
    tarfile.DIRTYPE: Kind.DIRECTORY,
    tarfile.SYMTYPE: Kind.LINK,
    tarfile.LNKTYPE: Kind.HARD_LINK,
    tarfile.FIFOTYPE: Kind.FIFO,
    tarfile.CHRTYPE: Kind.CHARACTER_DEVICE,
    tarfile.BLKTYPE: Kind.BLOCK_DEVICE,
    tarfile.REGTYPE: Kind.FILE,
    tarfile.AREGTYPE: Kind.FILE,
    tarfile.CONTTYPE: Kind.FILE,
}
# What uv from 0.13 takes in a PAX header; for all members together it takes none of `_OF_ONE`.
_OF_ONE = frozenset(("path", "linkpath", "size"))
_KEYWORDS = _OF_ONE | {"atime", "charset", "comment", "ctime", "gid", "gname", "hdrcharset", "mtime", "uid", "uname"}
_VENDORS = ("SCHILY.", "LIBARCHIVE.")


def read_tar(stream: Stream, heads: AbstractSet[str], head_size: int) -> Iterator[Tuple[Member, bytes]]:
    """Each member, with the first `head_size` bytes of a regular file whose name (without directories) is in `heads`.

    Raises:
        UnreadableArchive: it is no tar archive, it is damaged, or installers disagree about where its members begin.
        OSError, EOFError, zlib.error, lzma.LZMAError: see `stream.unreadable`.
    """
    magics: Set[bytes] = set()
    found = False
    try:
        tar = tarfile.TarFile(fileobj=cast("IO[bytes]", stream), encoding="utf-8", errors="surrogateescape")
        while True:
            info = tar.next()
            if info is None:
                break
            found = True
            tar.members = []  # type: ignore[attr-defined]
            if not info.issparse():
                magics.add(stream.last[257:265])
            disputed = _disputed(info) or _mixed(magics) or _global(tar)
            if disputed:
                raise UnreadableArchive(f"{disputed}: uv from 0.13 refuses the archive")
            kind = Kind.OTHER if info.issparse() else _KINDS.get(info.type, Kind.OTHER)
            head = b""
            if kind is Kind.FILE and info.name.rpartition("/")[2] in heads:
                head = stream.read(min(head_size, info.size))
            yield Member(info.name, kind, info.linkname, info.size), head
    except (tarfile.TarError, ValueError, IndexError, RecursionError) as error:
        raise UnreadableArchive(f"it is not a tar archive, or a damaged one ({error})") from error
    if not found:
        raise UnreadableArchive("there is nothing in it")
    check_end(stream, stream.last)


def check_end(stream: Stream, block: bytes) -> None:
    """Check that the archive ends as it must, `block` being what stands where another header could be.

    uv from 0.13 insists on two blocks of zeros (POSIX.1, "pax Interchange Format"); other readers stop in silence at
    anything that is no header, so that what follows is there for some and not for others.

    Raises:
        UnreadableArchive: it does not.
        OSError, EOFError, zlib.error, lzma.LZMAError: see `stream.unreadable`.
    """
    if not block.strip(b"\0"):
        if len(block) == BLOCK and stream.read(BLOCK) == bytes(BLOCK):
            stream.drain()
            return
        raise UnreadableArchive("it is truncated (no end-of-archive marker)")
    raise UnreadableArchive("it is damaged or truncated (something that is no header stands where one must be)")


def _disputed(info: tarfile.TarInfo) -> Optional[str]:
    if info.size < 0:
        return "the header of a member gives it a negative size"
    if info.size and info.type in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
        return "the header of a link or directory announces data"
    if "linkpath" in info.pax_headers and info.type not in (tarfile.SYMTYPE, tarfile.LNKTYPE):
        return "the header of a file gives it the target of a link"
    unknown = [key for key in info.pax_headers if key not in _KEYWORDS and not key.startswith(_VENDORS)]
    if unknown and not info.issparse():
        return f"there is a PAX record {unknown[0]!r}"
    return None


def _mixed(magics: AbstractSet[bytes]) -> Optional[str]:
    return "its headers are of different formats" if len(magics) > 1 else None


def _global(tar: tarfile.TarFile) -> Optional[str]:
    return "a global PAX header speaks of a single member" if _OF_ONE & tar.pax_headers.keys() else None
