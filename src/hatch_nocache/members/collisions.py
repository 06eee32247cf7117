"""Find colliding archive members as Hatchling's builders would write them."""

from __future__ import annotations

import filecmp
import os
import stat
from typing import Iterable, Iterator, NamedTuple

from hatch_nocache.paths import parents


class _Packed(NamedTuple):
    """The last file of a name. In an sdist, `inode` is that of a regular file with several names."""

    source: str
    is_symlink: bool
    inode: tuple[int, int] | None


def collisions(
    selection: Iterable[tuple[str, str]], *, sdist: bool, unique: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Yield the members that collide with an earlier one: code, member and reason.

    The selection contains pairs of member and source path, in the order of the archive. The source is "" for what the
    builder writes itself. A file may replace a file of the same name in an sdist. In a wheel it may not unless both
    have the same content: uv from 0.8.6 refuses such a wheel from an index ("multiple entries with different
    contents"). `unique`: no file may replace another, since the builder raises then.

    Raises:
        OSError: a source cannot be read.
    """
    packed: dict[str, _Packed] = {}
    directories: set[str] = set()
    # In an sdist, `TarFile.gettarinfo` makes the second name of a file a hard link to the first one.
    first_names: dict[tuple[int, int], str] = {}
    # Members that are names of the same file.
    shared: set[str] = set()
    for member, source in selection:
        above = parents([member])
        earlier = packed.get(member)
        status = os.lstat(source) if sdist and source else None
        is_symlink = status is not None and stat.S_ISLNK(status.st_mode)
        inode = (status.st_ino, status.st_dev) if status and status.st_nlink > 1 and not is_symlink else None
        target = first_names.get(inode, member) if inode else member
        is_hard_link = target != member
        if earlier is None:
            is_refused = member in directories
        elif sdist:
            # Unpacking it would write to the file that the earlier member is linked to.
            is_refused = is_hard_link or (not is_symlink and (earlier.is_symlink or member in shared))
        else:
            is_same = bool(source and earlier.source) and filecmp.cmp(source, earlier.source, shallow=False)
            is_refused = unique or not is_same
        if not above.isdisjoint(packed):
            yield "NC205", member, f"{min(above.intersection(packed))} is not a directory"
        elif is_refused:
            yield "NC205", member, "an earlier member has this name"
        elif is_hard_link and packed[target].inode != inode:
            yield "NC204", member, f"it would be a hard link to {target}, which a later member replaces"
        else:
            if is_hard_link:
                shared.update((member, target))
            elif inode:
                first_names[inode] = member
            packed[member] = _Packed(source, is_symlink, inode)
            directories |= above
