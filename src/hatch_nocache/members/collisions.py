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


def collisions(selection: Sequence[Tuple[str, str]], *, sdist: bool, unique: bool = False) -> Iterator[Collision]:
    """Yield the colliding members of a selection: pairs of member and source path, in the order of the archive.

    The source is "" for what the builder writes itself. Sources are only read if two members may collide. A file may
    replace a file of the same name in an sdist. In a wheel it may not unless both have the same content: uv from 0.8.6
    refuses such a wheel from an index ("multiple entries with different contents"). `unique`: no file may replace
    another, since the builder raises then.

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
    return _simulate(selection, sdist=sdist, unique=unique)


def _parents(members: Set[str]) -> Set[str]:
    """Return every directory that the members are in, at any depth."""
    parents: Set[str] = set()
    for directory in {member.rpartition("/")[0] for member in members}:
        parent = directory
        while parent and parent not in parents:
            parents.add(parent)
            parent = parent.rpartition("/")[0]
    return parents


def _simulate(selection: Sequence[Tuple[str, str]], *, sdist: bool, unique: bool) -> Iterator[Collision]:
    """Do what the builder does. In an sdist, `TarFile.gettarinfo` makes the second name of a file a hard link."""
    kinds: Dict[str, str] = {}
    directories: Set[str] = set()
    sources: Dict[str, str] = {}
    # The member that `gettarinfo` links to, and the file that is at a member in the end.
    names: Dict[_Inode, str] = {}
    inodes: Dict[str, _Inode] = {}
    # Members that are two names of one file.
    shared: Set[str] = set()
    for member, source in selection:
        parents = _parents({member})
        above = min((parent for parent in parents if parent in kinds), default="")
        earlier = kinds.get(member)
        status = os.lstat(source) if sdist and source else None
        kind = "symlink" if status and stat.S_ISLNK(status.st_mode) else "file"
        inode = (status.st_ino, status.st_dev) if status and status.st_nlink > 1 and kind == "file" else (0, 0)
        target = names.get(inode, member) if inode[0] else member
        is_hard_link = target != member
        problems = (
            (above, "NC205", f"{above} is a {kinds.get(above)}"),
            (member in directories, "NC205", "an earlier member is in a directory of this name"),
            (is_hard_link and earlier, "NC205", f"it would be a hard link to {target} in place of an earlier member"),
            (
                is_hard_link and inodes.get(target) != inode,
                "NC204",
                f"it would be a hard link to {target}, which a later member replaces",
            ),
            (kind == "file" and earlier == "symlink", "NC205", "an earlier member is a symlink of this name"),
            (
                kind == "file" and not is_hard_link and member in shared,
                "NC205",
                "a hard link connects the earlier member of this name with another file",
            ),
            (
                not sdist and earlier and (unique or not _is_same(source, sources[member])),
                "NC205",
                "there is another file of this name",
            ),
        )
        found = next(((code, reason) for applies, code, reason in problems if applies), None)
        if found is not None:
            yield Collision(found[0], member, found[1])
            continue
        if is_hard_link:
            shared.update((member, target))
        else:
            names[inode] = member
        kinds[member] = kind
        sources[member] = source
        inodes[member] = inode
        directories |= parents


def _is_same(source: str, other: str) -> bool:
    return bool(source and other) and filecmp.cmp(source, other, shallow=False)
