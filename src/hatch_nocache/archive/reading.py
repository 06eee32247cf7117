"""Read a finished sdist or wheel once, whoever built it, and say what is wrong with it."""

from __future__ import annotations

import dataclasses
import sys
from typing import AbstractSet, Dict, Iterator, List, Optional, Tuple

from hatch_nocache.archive import UnreadableArchive
from hatch_nocache.archive.contents import ArchiveDirectory, Contents
from hatch_nocache.archive.members import MOST_MEMBERS, Judge, Kind, Member
from hatch_nocache.archive.stream import MOST_BYTES, Stream, unreadable
from hatch_nocache.archive.tarmembers import read_tar
from hatch_nocache.archive.zipmembers import MOST_DIRECTORY, read_zip
from hatch_nocache.caches import recognise
from hatch_nocache.caches.hints import head_names
from hatch_nocache.caches.shapes import HEAD_SIZE
from hatch_nocache.findings import Action, Finding

__all__ = ["ArchiveReport", "inspect", "verify"]

# All beginnings that are kept: half a kibibyte of each of a hundred thousand files.
_MOST_HEADS = 64 * 1024**2
# Each takes some 300 bytes of memory.
_MOST_FOLDERS = 500_000


@dataclasses.dataclass(frozen=True)
class ArchiveReport:
    """What an archive is and what was found in it.

    `kind` is "sdist" or "wheel", `root` the directory at the top of an sdist. `size` is the sum of what the members
    unpack to. `more` counts the findings beyond those that are listed.
    """

    kind: str
    root: str
    members: int
    size: int
    findings: Tuple[Finding, ...]
    more: int = 0


def inspect(path: str) -> ArchiveReport:
    """Judge everything in the archive at `path`. A `.whl` is a wheel, everything else an sdist.

    Raises:
        UnreadableArchive: the file cannot be judged.
    """
    return _judge(path, None)


def verify(path: str, expected: Optional[AbstractSet[str]], *, rooted: bool) -> Tuple[Finding, ...]:
    """Judge an archive that a build has just written: see `archive.verify`."""
    # Whoever built it knows how large it is.
    return _judge(path, expected, rooted=rooted, bounded=False).findings


def _is_zip(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(2) == b"PK"


def _judge(
    path: str, expected: Optional[AbstractSet[str]], *, rooted: bool = True, bounded: bool = True
) -> ArchiveReport:
    wheel = path.lower().endswith(".whl")
    with unreadable():
        zipped = wheel or _is_zip(path)
        judge = Judge(rooted=rooted and not wheel, zipped=zipped)
        heads: Dict[str, bytes] = {}
        # What the build has not let through: the other members, if there are any.
        unexpected = judge.contents if expected is None else Contents()
        count = size = room = 0
        for member, head in _read(path, zipped=zipped, bounded=bounded):
            count += 1
            size += member.size
            if bounded and (count > MOST_MEMBERS or judge.contents.implied > _MOST_FOLDERS):
                raise UnreadableArchive("it has absurdly many members or directories")
            place = judge.add(member)
            if place is None:
                continue
            if room < _MOST_HEADS and member.kind in (Kind.FILE, Kind.HARD_LINK):
                room += _keep(heads, place, member, head, judge.root)
            if expected is not None and place not in expected:
                unexpected.copy(place, judge.contents)
    caches = list(_caches(unexpected, heads, wheel=wheel))
    return ArchiveReport("wheel" if wheel else "sdist", judge.root, count, size, (*caches, *judge.finish()), judge.more)


def _read(path: str, *, zipped: bool, bounded: bool) -> Iterator[Tuple[Member, bytes]]:
    if zipped:
        yield from read_zip(path, head_names(), HEAD_SIZE, MOST_DIRECTORY if bounded else sys.maxsize)
        return
    with Stream(path, MOST_BYTES if bounded else sys.maxsize) as stream:
        yield from read_tar(stream, head_names(), HEAD_SIZE)


def _keep(heads: Dict[str, bytes], place: str, member: Member, head: bytes, root: str) -> int:
    """Keep the beginning of a file, which is that of its target if it is a hard link. Returns how much that takes."""
    if member.kind is Kind.HARD_LINK:
        head = heads.get(member.text[len(root) + 1 :], b"")
    if head:
        heads[place] = head
    elif place in heads:
        del heads[place]
    return len(head)


def _caches(contents: Contents, heads: Dict[str, bytes], *, wheel: bool) -> Iterator[Finding]:
    """Every cache and environment, each at its highest directory."""
    top = ArchiveDirectory("", contents.top, heads)
    # The data of a wheel is laid out as an environment is, because it is unpacked over one (wheel format, ".data").
    own = [f"{name}/data" for name in top.directories if name.endswith(".data")] if wheel else []
    # Iterators and no lists, so that the facts of one directory for each level are there at a time.
    ahead: List[Iterator[ArchiveDirectory]] = [top.children()]
    while ahead:
        directory = next(ahead[-1], None)
        if directory is None:
            ahead.pop()
            continue
        evidence = recognise(directory, (), own)
        if evidence is None:
            ahead.append(directory.children())
            continue
        count, size = directory.weight()
        yield Finding(
            evidence.code,
            f"{directory.path}/",
            evidence.tool,
            evidence.how,
            Action.REJECTED,
            evidence.remedy,
            count=count,
            size=size,
        )
