"""Check the members of an archive.

Findings are members that an installer would refuse or silently alter, and caches. The rule is the intersection of what
the installers in `incompatibilities` accept (PEP 706, the sdist and wheel specifications, and what uv and pip add to
them).
"""

from __future__ import annotations

import os
import posixpath
import tarfile
from typing import AbstractSet, Iterator, NamedTuple

from hatch_nocache.archive.reader import open_archive
from hatch_nocache.archive.tree import ArchiveDirectory, Entry, Member, UnreadableArchive
from hatch_nocache.caches.declared import NOTHING
from hatch_nocache.caches.detect import detect, head_names, in_place
from hatch_nocache.caches.match import HEAD_SIZE
from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.incompatibilities import Incompatibility
from hatch_nocache.members.names import name_problem, outside_root, parents, too_long
from hatch_nocache.members.symlinks import follow, text_problem
from hatch_nocache.rules import Action, Finding

# Further findings are only counted.
_MAX_FINDINGS = 1000
# The largest sdists have about 100,000. Each takes some 200 bytes of memory.
_MAX_MEMBERS = 2_000_000
# Each takes some 400 bytes of memory and its path, and may have a file whose head is stored.
_MAX_DIRECTORIES = 200_000

_METADATA = "PKG-INFO"
_SPECIAL = {tarfile.FIFOTYPE: "FIFO", tarfile.CHRTYPE: "character device", tarfile.BLKTYPE: "block device"}


class ArchiveReport(NamedTuple):
    """The kind of an archive, and its findings.

    `kind` is "sdist" or "wheel", `root` the top-level directory of an sdist. `size` is the sum of what the members
    unpack to, in bytes. `more` counts the findings beyond those in `findings`.
    """

    kind: str
    root: str
    members: int
    size: int
    findings: tuple[Finding, ...]
    more: int = 0


def inspect(path: str, expected: AbstractSet[str] | None = None, *, rooted: bool = True) -> ArchiveReport:
    """Check the archive at `path`. A `.whl` is a wheel, all others are sdists.

    With `expected`, this build has just written the archive, of any size. Members in `expected` (paths below the
    archive root) were checked before: for them only the rules of the installers apply, and they do not make a directory
    a cache. Not `rooted`: the archive need not have one top-level directory.
    """
    wheel = path.lower().endswith(".whl")
    bounded = expected is None
    with open_archive(path, head_names(), HEAD_SIZE, bounded=bounded) as (zipped, members):
        checker = MemberChecker(rooted=rooted and not wheel, zipped=zipped)
        # Members that the build did not pack.
        unexpected = ArchiveDirectory() if expected else checker.tree
        count = size = 0
        for member in members:
            if not member.type:
                if member.problem is not None and (rooted or wheel):
                    checker.report(member.problem[0], os.path.basename(path), member.problem[1])
                continue
            count += 1
            size += member.size
            if bounded and (count > _MAX_MEMBERS or checker.tree.made > _MAX_DIRECTORIES):
                raise UnreadableArchive("it has too many members or directories")
            place = checker.add(member)
            if expected and place is not None and place not in expected:
                unexpected.copy(place, checker.tree)
    found = tuple(_caches(unexpected, wheel=wheel))
    kind = "wheel" if wheel else "sdist"
    return ArchiveReport(kind, checker.root, count, size, found + checker.finish(), checker.more)


def verify(path: str, expected: AbstractSet[str], *, rooted: bool) -> tuple[Finding, ...]:
    """Return the findings in an archive that this build has written: see `inspect`."""
    return inspect(path, expected, rooted=rooted).findings


def _caches(top: ArchiveDirectory, *, wheel: bool) -> Iterator[Finding]:
    """Yield every cache and environment, each at its highest directory, and the parts of those in place."""
    # `.data` has the layout of an environment, because it is unpacked over one (binary distribution format).
    own = tuple(f"{name}/data" for name in top.directories if name.endswith(".data")) if wheel else ()
    surroundings = NOTHING._replace(own_packages=own)
    skipped: set[str] = set()
    ahead = [top]
    while ahead:
        directory = ahead.pop()
        evidence = detect(directory, surroundings)
        if evidence is None:
            parts = frozenset() if directory.path in own else in_place(directory)
            for part in sorted(parts):
                # Each part for itself: the other files of the directory are the project's own.
                path, what = f"{directory.path}/{part}".lstrip("/"), "part of a virtual environment in place"
                yield Finding("NC004", path, what, "identified by pyvenv.cfg", Action.REJECTED, is_environment=True)
                skipped.add(path.rstrip("/"))
            ahead.extend(child for child in reversed(list(directory.children())) if child.path not in skipped)
            continue
        members, size = directory.total()
        finding = Finding(evidence.code, f"{directory.path}/", evidence.name, evidence.reason, Action.REJECTED)
        yield finding._replace(note=evidence.hint, members=members, size=size, is_environment=evidence.environment)


class MemberChecker:
    """Checks members in order. Builds their tree, and returns findings at the end.

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
        self._findings: list[Finding] = []
        # The symlinks that can be followed.
        self._links: dict[str, str] = {}
        # Files with two names: writing to one writes to the other.
        self._shared: set[str] = set()

    def add(self, member: Member) -> str | None:
        """Check the next member.

        Returns its path below the root, or None if it cannot be placed there.
        """
        if self._rooted and not self.root:
            top = member.name.split("/")[0]
            self.root = "" if top in (".", "..") else top
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
            if member.type != tarfile.DIRTYPE:
                self.report(table.OUTSIDE, member.name, "it is in place of the top-level directory", member.target)
            return None
        if member.type in (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE):
            return self._place(member, path)
        row = table.SPECIAL._replace(what=_SPECIAL.get(member.type, "file of an unknown type"))
        self.report(row, path, "installers accept only regular files, directories and symlinks")
        return None

    def finish(self) -> tuple[Finding, ...]:
        """Check the archive as a whole, and return all findings."""
        for path, text in self._links.items():
            end = follow(path, self._links)
            if end == path:
                self.report(table.LOOP, path, "following it never ends", text)
            elif end is None or self.tree.find(end) is not None:
                continue
            elif path == "pyproject.toml":
                self.report(table.BUILD_FILE, path, "nothing can be built without it", text)
            elif any(isinstance(self.tree.find(parent), tuple) for parent in parents([end])):
                self.report(table.THROUGH_FILE, path, "the link target runs through a regular file", text)
            else:
                self.report(table.DANGLING, path, "the link target is not in the archive", text)
        metadata = self.tree.find(_METADATA)
        if isinstance(metadata, str) and self._rooted:
            self.report(table.METADATA_SYMLINK, _METADATA, "it must be a regular file", metadata)
        return tuple(self._findings)

    def report(self, row: Incompatibility, path: str, reason: str, target: str = "") -> None:
        """Record a finding."""
        if len(self._findings) >= _MAX_FINDINGS:
            self.more += 1
            return
        finding = Finding(row.code, path, row.what, reason, row.action, row.consequence, target)
        self._findings.append(finding._replace(installers=row.installers))

    def _check_name(self, member: Member, path: str) -> None:
        is_directory = member.type == tarfile.DIRTYPE
        # Only the last part of a path must not end with a space, and a directory is not the last part.
        problem = name_problem(f"{member.name}/" if is_directory else member.name, wheel=self._zipped)
        if problem is None and member.name.endswith(("/", "/.")) and not is_directory:
            problem = "it has the name of a directory, but is not one"
        if problem is not None:
            row = table.NAME_IN_ZIP if self._zipped else table.NAME
            self.report(table.TOO_LONG if too_long(member.name) else row, path or member.name, problem)

    def _place(self, member: Member, path: str) -> str | None:
        parent, name = posixpath.split(path)
        directory = self.tree.make(parent)
        if not isinstance(directory, ArchiveDirectory):
            is_link = isinstance(directory, str)
            reason = f"it is below a {'symlink' if is_link else 'regular file'}"
            self.report(table.BELOW_SYMLINK if is_link else table.COLLISION, path, reason, member.target)
            return None
        collision = self._collision(member.type, path, directory.entries.get(name))
        if collision is not None:
            self.report(collision, path, "an earlier member has this name", member.target)
        problem = text_problem(path, member.target) if member.type == tarfile.SYMTYPE else None
        if problem is not None:
            self.report(problem[0], path, problem[1], member.target)
        if collision is not None:
            return None
        if member.type == tarfile.DIRTYPE:
            self.tree.make(path)
        elif member.type == tarfile.SYMTYPE:
            directory.entries[name] = member.target
            self._links.pop(path, None)
            # One problem is enough: a refused symlink is not followed.
            if problem is None:
                self._links[path] = member.target
        else:
            head = self._check_hard_link(member, path) if member.type == tarfile.LNKTYPE else member.head
            directory.entries[name] = member.size, head
        return path

    def _collision(self, kind: bytes, path: str, earlier: Entry | None) -> Incompatibility | None:
        """Return the problem of a member of type `kind` at `path`, where `earlier` is."""
        if earlier is None or (kind == tarfile.DIRTYPE and isinstance(earlier, ArchiveDirectory)):
            return None
        if kind == tarfile.SYMTYPE:
            return table.SYMLINK_OVER_DIRECTORY if isinstance(earlier, ArchiveDirectory) else None
        if kind != tarfile.REGTYPE or isinstance(earlier, ArchiveDirectory):
            return table.COLLISION
        return table.FILE_OVER_LINK if isinstance(earlier, str) or path in self._shared else None

    def _check_hard_link(self, member: Member, path: str) -> bytes:
        """Check the link target, and return its head.

        Source of the rule: PEP 706, the sdist format specification.
        """
        target = _path(member.target, self.root)
        there = self.tree.find(target) if outside_root(member.target, self.root) is None else None
        if isinstance(there, tuple):
            self._shared.update((path, target))
            if path == _METADATA:
                self.report(table.METADATA_HARD_LINK, path, "the metadata must be a regular file", member.target)
            return there[1]
        row = table.HARD_LINK_TO_SYMLINK if isinstance(there, str) else table.HARD_LINK
        self.report(row, path, "no earlier regular file of this name", member.target)
        return b""


def _path(name: str, root: str) -> str:
    """Return the path below the root, without empty and `.` parts.

    A path outside the root stays as it is.
    """
    inner = name[len(root) :] if f"{name}/".startswith(f"{root}/") else name
    return "/".join(part for part in inner.split("/") if part not in ("", "."))
