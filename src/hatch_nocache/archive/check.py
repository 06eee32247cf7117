"""Check the members of an archive: what an installer would refuse or silently alter, and caches in it.

The rule is the intersection of what the installers in `incompatibilities` accept (PEP 706, the sdist and wheel
specifications, and what uv and pip add to them).
"""

from __future__ import annotations

import os
import posixpath
from typing import AbstractSet, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from hatch_nocache.archive.reader import UnreadableArchive, open_archive
from hatch_nocache.archive.tree import ArchiveDirectory, Entry, Kind, Member
from hatch_nocache.caches.declared import NOTHING
from hatch_nocache.caches.detect import detect, head_names
from hatch_nocache.caches.match import HEAD_SIZE
from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.incompatibilities import Incompatibility
from hatch_nocache.members.names import name_problem, outside_root, too_long
from hatch_nocache.members.symlinks import LoopError, follow, text_problem
from hatch_nocache.rules import Action, Finding

__all__ = ["ArchiveReport", "MemberChecker", "inspect", "verify"]

# The rest is counted.
_MAX_FINDINGS = 1000
# The largest sdists have about 100,000. Each takes some 200 bytes of memory.
_MAX_MEMBERS = 2_000_000
# Each takes some 400 bytes of memory, and may have a file of which the head is kept.
_MAX_DIRECTORIES = 200_000

_METADATA = "PKG-INFO"
_BUILD_FILE = "pyproject.toml"


class ArchiveReport(NamedTuple):
    """What an archive is and what was found in it.

    `kind` is "sdist" or "wheel", `root` the top-level directory of an sdist. `size` is the sum of what the members
    unpack to, in bytes. `more` counts the findings beyond those in `findings`.
    """

    kind: str
    root: str
    members: int
    size: int
    findings: Tuple[Finding, ...]
    more: int = 0


def inspect(path: str) -> ArchiveReport:
    """Check everything in the archive at `path`. A `.whl` is a wheel, everything else an sdist.

    Raises:
        UnreadableArchive: the file cannot be checked.
    """
    return _check(path, None, rooted=True, bounded=True)


def verify(path: str, expected: Optional[AbstractSet[str]], *, rooted: bool) -> Tuple[Finding, ...]:
    """Check an archive that a build has just written. Not `rooted`: it need not have one top-level directory.

    Members in `expected` (paths below the archive root) were checked before: for them only the rules of the installers
    apply, and they do not make a directory a cache. None: there are no such members.

    Raises:
        UnreadableArchive: the file cannot be checked.
    """
    return _check(path, expected, rooted=rooted, bounded=False).findings


def _check(path: str, expected: Optional[AbstractSet[str]], *, rooted: bool, bounded: bool) -> ArchiveReport:
    wheel = path.lower().endswith(".whl")
    with open_archive(path, bounded=bounded) as archive:
        checker = MemberChecker(rooted=rooted and not wheel, zipped=archive.zipped)
        # What the build did not let through.
        unexpected = checker.tree if expected is None else ArchiveDirectory()
        count = size = 0
        for member in archive.members(head_names(), HEAD_SIZE):
            count += 1
            size += member.size
            if bounded and (count > _MAX_MEMBERS or checker.tree.made > _MAX_DIRECTORIES):
                raise UnreadableArchive("it has absurdly many members or directories")
            place = checker.add(member)
            if expected is not None and place is not None and place not in expected:
                _copy(place, checker.tree, unexpected)
        if rooted or wheel:
            for row, reason in archive.structure_problems():
                checker.report(row, os.path.basename(path), reason)
    found = tuple(_caches(unexpected, wheel=wheel))
    return ArchiveReport(
        "wheel" if wheel else "sdist", checker.root, count, size, found + checker.finish(), checker.more
    )


def _caches(top: ArchiveDirectory, *, wheel: bool) -> Iterator[Finding]:
    """Yield every cache and environment, each at its highest directory."""
    # `.data` has the layout of an environment, because it is unpacked over one (binary distribution format).
    own = tuple(f"{name}/data" for name in top.directories if name.endswith(".data")) if wheel else ()
    surroundings = NOTHING._replace(own_packages=own)
    ahead = [top]
    while ahead:
        directory = ahead.pop()
        evidence = detect(directory, surroundings)
        if evidence is None:
            ahead.extend(reversed(list(directory.children())))
            continue
        members, size = directory.total()
        finding = Finding(evidence.code, f"{directory.path}/", evidence.name, evidence.reason, Action.REJECTED)
        yield finding._replace(note=evidence.hint, members=members, size=size, is_environment=evidence.environment)


def _copy(path: str, source: ArchiveDirectory, target: ArchiveDirectory) -> None:
    """Copy an entry; a directory without its contents."""
    entry = source.find(path)
    parent, name = posixpath.split(path)
    directory = target.make(path if isinstance(entry, ArchiveDirectory) else parent)
    if isinstance(entry, (str, tuple)) and isinstance(directory, ArchiveDirectory):
        directory.entries[name] = entry


class MemberChecker:
    """Takes members in order, keeps the tree they make, and returns findings at the end.

    An sdist is `rooted`: it has one top-level directory, `root`, known from the first member that can have one. In a
    `zipped` archive (every wheel, some sdists) installers unpack each member that is not a directory as a regular file.
    """

    def __init__(self, *, rooted: bool = True, zipped: bool = False) -> None:
        self.root = ""
        self.tree = ArchiveDirectory()
        # How many findings there are beyond `_MAX_FINDINGS`.
        self.more = 0
        self._rooted = rooted
        self._zipped = zipped
        self._findings: List[Finding] = []
        # The symlinks that can be followed.
        self._links: Dict[str, str] = {}
        # Files with two names: writing to one writes to the other.
        self._shared: Set[str] = set()

    def add(self, member: Member) -> Optional[str]:
        """Check the next member. Returns its path below the root if it is there now, else None."""
        if self._rooted and not self.root:
            self.root = _top(member.name)
        problem = outside_root(member.name, self.root)
        if problem is None and self._rooted and not self.root:
            problem = "the name does not begin with a top-level directory"
        if problem is not None:
            self.report(table.OUTSIDE if self._rooted else table.OUTSIDE_WHEEL, member.name, problem, member.target)
        path = _path(member.name, self.root)
        self._check_name(member, path)
        if member.problem is not None:
            self.report(member.problem[0], path or member.name, member.problem[1], member.target)
        if too_long(member.name):
            return None
        if not path:
            if member.kind is not Kind.DIRECTORY:
                self.report(table.OUTSIDE, member.name, f"a {member.kind.value} in place of the root", member.target)
            return None
        if member.kind in (Kind.FILE, Kind.DIRECTORY, Kind.SYMLINK, Kind.HARD_LINK):
            return self._place(member, path)
        self.report(table.SPECIAL._replace(what=member.kind.value), path, _ONLY_REGULAR)
        return None

    def finish(self) -> Tuple[Finding, ...]:
        """Check what needs the whole archive, and return everything that was found."""
        for path, text in self._links.items():
            self._check_end(path, text)
        metadata = self.tree.find(_METADATA)
        if isinstance(metadata, str) and self._rooted:
            self.report(table.METADATA_SYMLINK, _METADATA, "it must be a regular file", metadata)
        return tuple(self._findings)

    def report(self, row: Incompatibility, path: str, reason: str, target: str = "") -> None:
        """Record a finding."""
        if len(self._findings) >= _MAX_FINDINGS:
            self.more += 1
            return
        note = row.consequence
        self._findings.append(
            Finding(row.code, path, row.what, reason, row.action, note, target, installers=row.installers)
        )

    def _check_name(self, member: Member, path: str) -> None:
        directory = member.kind is Kind.DIRECTORY
        # Only the last part of a path must not end with a space, and a directory is not the last part.
        problem = name_problem(f"{member.name}/" if directory else member.name, wheel=self._zipped)
        if problem is None and member.name.endswith(("/", "/.")) and not directory:
            problem = "it is spelled like a directory, but is none"
        if problem is not None:
            row = table.NAME_IN_ZIP if self._zipped else table.NAME
            self.report(table.TOO_LONG if too_long(member.name) else row, path or member.name, problem)

    def _place(self, member: Member, path: str) -> Optional[str]:
        parent, name = posixpath.split(path)
        directory = self.tree.make(parent)
        if isinstance(directory, str):
            row = table.BELOW_SYMLINK if directory.endswith("symlink") else table.COLLISION
            self.report(row, path, directory, member.target)
            return None
        earlier = directory.entries.get(name)
        collision = self._collision(member.kind, path, earlier)
        if collision is not None:
            self.report(collision, path, "an earlier member has this name", member.target)
        problem = text_problem(path, member.target) if member.kind is Kind.SYMLINK else None
        if problem is not None:
            self.report(problem[0], path, problem[1], member.target)
        if collision is not None:
            return None
        if member.kind is Kind.DIRECTORY:
            directory.entries.setdefault(name, ArchiveDirectory(name, directory))
        elif member.kind is Kind.SYMLINK:
            directory.entries[name] = member.target
            self._links.pop(path, None)
            # One problem is enough: it does not matter where a refused symlink leads.
            if problem is None:
                self._links[path] = member.target
        else:
            head = self._check_hard_link(member, path) if member.kind is Kind.HARD_LINK else member.head
            directory.entries[name] = member.size, head
        return path

    def _collision(self, kind: Kind, path: str, earlier: Optional[Entry]) -> Optional[Incompatibility]:
        """Return what is wrong when a member of `kind` comes to `path`, where `earlier` is already."""
        if kind is Kind.DIRECTORY:
            return None if earlier is None or isinstance(earlier, ArchiveDirectory) else table.COLLISION
        if isinstance(earlier, ArchiveDirectory):
            return table.SYMLINK_OVER_DIRECTORY if kind is Kind.SYMLINK else table.COLLISION
        if kind is Kind.HARD_LINK:
            return None if earlier is None else table.COLLISION
        is_link = isinstance(earlier, str) or path in self._shared
        return table.FILE_OVER_LINK if kind is Kind.FILE and is_link else None

    def _check_hard_link(self, member: Member, path: str) -> bytes:
        """Check the link target and return its head. Source of the rule: PEP 706, the sdist format specification."""
        outside = outside_root(member.target, self.root) is not None
        target = "" if outside else _path(member.target, self.root)
        there = self.tree.find(target) if target != path else None
        if isinstance(there, tuple):
            self._shared.update((path, target))
            if path == _METADATA:
                self.report(table.METADATA_HARD_LINK, path, "the metadata must be a regular file", member.target)
            return there[1]
        row = table.HARD_LINK_TO_SYMLINK if isinstance(there, str) else table.HARD_LINK
        self.report(row, path, "no earlier regular file of this name", member.target)
        return b""

    def _check_end(self, path: str, text: str) -> None:
        try:
            end = follow(path, self._links)
        except LoopError:
            self.report(table.LOOP, path, "following it never arrives", text)
            return
        if end is None or self.tree.find(end) is not None:
            return
        if path == _BUILD_FILE:
            self.report(table.BUILD_FILE, path, "nothing can be built without it", text)
        elif any(isinstance(self.tree.find(end[:at]), tuple) for at, char in enumerate(end) if char == "/"):
            self.report(table.THROUGH_FILE, path, "the link target runs through a regular file", text)
        else:
            self.report(table.DANGLING, path, "the link target is not in the archive", text)


_ONLY_REGULAR = "installers accept only regular files, directories and symlinks"


def _top(name: str) -> str:
    """Return the top-level directory that a member can have by its name, else ""."""
    top = name.split("/", 1)[0]
    return "" if top in (".", "..") else top


def _path(name: str, root: str) -> str:
    """Return the path below the root, without empty and `.` parts."""
    inner = name[len(root) + 1 :] if root else name
    if "./" in inner or "//" in inner or inner.endswith(("/", "/.")) or inner == ".":
        return "/".join(part for part in inner.split("/") if part not in ("", "."))
    return inner
