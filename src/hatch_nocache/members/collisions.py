"""Find archive members that collide, before the archive exists: what Hatchling's builders would make of a selection."""

from __future__ import annotations

import collections
import filecmp
import os
import stat
from typing import Dict, Iterator, NamedTuple, Sequence, Set, Tuple

__all__ = ["Collision", "collisions"]

_Inode = Tuple[int, int]


class Collision(NamedTuple):
    """A member that collides with an earlier one. `code` is NC205, or NC204 for a hard link to the wrong file."""

    code: str
    member: str
    reason: str


def collisions(selection: Sequence[Tuple[str, str]], *, sdist: bool) -> Iterator[Collision]:
    """Yield the colliding members of a selection: pairs of member and source path, in the order of the archive.

    The source is "" for what the builder writes itself. Sources are only read if two members may collide. A file may
    replace a file of the same name in an sdist. In a wheel it may not unless both have the same content: uv from 0.8.6
    refuses such a wheel from an index ("multiple entries with different contents").

    Raises:
        OSError: a source cannot be read.
    """
    members = {member for member, _ in selection}
    occupied = members & _parents(members)
    if len(members) == len(selection) and not occupied:
        return iter(())
    counts = collections.Counter(member for member, _ in selection)
    suspects = occupied.union(member for member, count in counts.items() if count > 1)
    has_links = sdist and any(
        source and os.lstat(source).st_nlink > 1 for member, source in selection if member in suspects
    )
    if not has_links:
        # A rebuilt sdist has `PKG-INFO` twice: do not look at all its files.
        selection = [
            (member, source)
            for member, source in selection
            if member in suspects or (occupied and not occupied.isdisjoint(_parents({member})))
        ]
    return _in_sdist(selection) if sdist else _in_wheel(selection)


def _parents(members: Set[str]) -> Set[str]:
    """Return every directory that the members are in, at any depth."""
    parents: Set[str] = set()
    for directory in {member.rpartition("/")[0] for member in members}:
        parent = directory
        while parent and parent not in parents:
            parents.add(parent)
            parent = parent.rpartition("/")[0]
    return parents


class _Places:
    """The members so far: `kinds` of those that are no directory."""

    def __init__(self) -> None:
        self.kinds: Dict[str, str] = {}
        self._directories: Set[str] = set()

    def add(self, member: str, kind: str) -> None:
        self.kinds[member] = kind
        self._directories.update(_parents({member}))

    def problem(self, member: str) -> str:
        """Return why nothing can be at `member`, or ""."""
        above = next((parent for parent in sorted(_parents({member})) if parent in self.kinds), None)
        if above is not None:
            return f"{above} is a {self.kinds[above]}"
        return "an earlier member is in a directory of this name" if member in self._directories else ""


def _in_wheel(selection: Sequence[Tuple[str, str]]) -> Iterator[Collision]:
    places = _Places()
    sources: Dict[str, str] = {}
    for member, source in selection:
        reason = places.problem(member)
        earlier = sources.setdefault(member, source)
        if (
            not reason
            and member in places.kinds
            and not (source and earlier and filecmp.cmp(source, earlier, shallow=False))
        ):
            reason = "another file of this name has other content"
        if reason:
            yield Collision("NC205", member, reason)
        else:
            places.add(member, "file")


def _in_sdist(selection: Sequence[Tuple[str, str]]) -> Iterator[Collision]:
    """Do what `TarFile.gettarinfo` does: the second name of a file with several names becomes a hard link."""
    places = _Places()
    # The member that `gettarinfo` links to, and the file that is at a member in the end.
    names: Dict[_Inode, str] = {}
    inodes: Dict[str, _Inode] = {}
    shared: Set[str] = set()
    for member, source in selection:
        problem = places.problem(member)
        status = os.lstat(source) if source else None
        kind = "symlink" if status and stat.S_ISLNK(status.st_mode) else "file"
        inode = (status.st_ino, status.st_dev) if status and status.st_nlink > 1 and kind == "file" else (0, 0)
        target = names.get(inode, member) if inode[0] else member
        code = "NC205"
        if problem:
            pass
        elif target != member and member in places.kinds:
            problem = f"it would be a hard link to {target} in place of an earlier member"
        elif target != member and inodes[target] != inode:
            code, problem = "NC204", f"it would be a hard link to {target}, which a later member replaces"
        elif kind == "file" and places.kinds.get(member) == "symlink":
            problem = "an earlier member is a symlink of this name"
        elif kind == "file" and member in shared and target == member:
            problem = "a hard link connects the earlier member of this name with another file"
        if problem:
            yield Collision(code, member, problem)
            continue
        if target == member:
            names[inode] = member
        else:
            shared.update((member, target))
        inodes[member] = inode
        places.add(member, kind)
