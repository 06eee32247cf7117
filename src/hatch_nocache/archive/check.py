"""Find caches in an archive, and members that an installer would refuse or silently alter.

The sources of the rules are PEP 706, the sdist and wheel specifications, and what uv and pip add to them.
"""

from __future__ import annotations

import os
import posixpath
import tarfile
from typing import AbstractSet, Iterator, NamedTuple, Tuple, Union

from hatch_nocache.archive.reader import Member, UnreadableArchive, open_archive
from hatch_nocache.caches.declared import NOTHING
from hatch_nocache.caches.detect import detect, head_names, in_place
from hatch_nocache.caches.match import HEAD_SIZE
from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.names import name_problem, outside_root, too_long
from hatch_nocache.members.symlinks import follow, text_problem
from hatch_nocache.paths import parents
from hatch_nocache.rules import Action, Finding

# Further findings are only counted, as `more`.
_MAX_FINDINGS = 1000
# The largest sdists have about 100,000. Each takes some 200 bytes of memory.
_MAX_MEMBERS = 2_000_000
# Each takes some 400 bytes of memory and its path, and may have a file whose head is stored.
_MAX_DIRECTORIES = 200_000

_METADATA = "PKG-INFO"
# What is wrong with a member in place of an earlier file, link (symlink or hard link) or directory, by its type.
_COLLISIONS = {
    tarfile.REGTYPE: (None, table.FILE_OVER_LINK, table.COLLISION),
    tarfile.SYMTYPE: (None, None, table.SYMLINK_OVER_DIRECTORY),
    tarfile.LNKTYPE: (table.COLLISION, table.COLLISION, table.COLLISION),
    tarfile.DIRTYPE: (table.COLLISION, table.COLLISION, None),
}
_SPECIAL = {tarfile.FIFOTYPE: "FIFO", tarfile.CHRTYPE: "character device", tarfile.BLKTYPE: "block device"}

# The size and the head of a regular file, the link target of a symlink, or a directory.
Entry = Union[Tuple[int, bytes], str, "ArchiveDirectory"]


class ArchiveReport(NamedTuple):
    """The result for one archive: `kind` is "sdist" or "wheel", `size` is unpacked, `more` counts further findings."""

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
    a cache. Not `rooted`: the archive need not have one top-level directory. Raises `UnreadableArchive`.
    """
    wheel = path.lower().endswith(".whl")
    bounded = expected is None
    count = size = 0
    with open_archive(path, dict.fromkeys(head_names(), HEAD_SIZE), bounded=bounded) as (zipped, members):
        checker = MemberChecker(expected or frozenset(), rooted=rooted and not wheel, zipped=zipped)
        for member in members:
            if member.type:
                count += 1
                size += member.size
                if bounded and (count > _MAX_MEMBERS or checker.tree.made > _MAX_DIRECTORIES):
                    raise UnreadableArchive("it has too many members or directories")
                checker.add(member)
            elif rooted or wheel:
                checker.report(member.problem, os.path.basename(path))
    findings = (*_caches(checker.unexpected, wheel=wheel), *checker.finish())
    return ArchiveReport("wheel" if wheel else "sdist", checker.root, count, size, findings, checker.more)


def _caches(top: ArchiveDirectory, *, wheel: bool) -> Iterator[Finding]:
    """Yield every cache and environment, each at its highest directory, and the parts of those in place."""
    # `.data` has the layout of an environment, because it is unpacked over one (binary distribution format).
    own = tuple(f"{name}/data" for name in top.directories if name.endswith(".data")) if wheel else ()
    skipped: set[str] = set()
    ahead = [top]
    while ahead:
        directory = ahead.pop()
        evidence = detect(directory, NOTHING._replace(own_packages=own))
        if evidence is not None:
            members, size = directory.total()
            finding = Finding(evidence.code, f"{directory.path}/", evidence.name, evidence.reason, Action.REJECTED)
            yield finding._replace(note=evidence.hint, members=members, size=size, is_environment=evidence.environment)
            continue
        for part in sorted(in_place(directory)) if directory.path not in own else ():
            # Each part for itself: the other files of the directory are the project's own.
            path, what = f"{directory.path}/{part}".lstrip("/"), "part of a virtual environment in place"
            yield Finding("NC004", path, what, "identified by pyvenv.cfg", Action.REJECTED, is_environment=True)
            skipped.add(path.rstrip("/"))
        children = [entry for entry in directory.entries.values() if isinstance(entry, ArchiveDirectory)]
        ahead.extend(child for child in reversed(children) if child.path not in skipped)


class MemberChecker:
    """Checks members in order. Builds their tree, and a tree of those not in `expected`; returns findings at the end.

    An sdist is `rooted`: it has one top-level directory, `root`, known from the first member that can have one. In a
    `zipped` archive (every wheel, some sdists) installers unpack each member that is not a directory as a regular file.
    """

    def __init__(self, expected: AbstractSet[str] = frozenset(), *, rooted: bool = True, zipped: bool = False) -> None:
        self.root = ""
        self.tree = ArchiveDirectory()
        self.unexpected = ArchiveDirectory() if expected else self.tree
        self.more = 0
        self._expected = expected
        self._rooted = rooted
        self._zipped = zipped
        self._findings: list[Finding] = []
        # The symlinks that can be followed.
        self._links: dict[str, str] = {}
        # Files with two names: writing to one writes to the other.
        self._shared: set[str] = set()

    def add(self, member: Member) -> None:
        name, target = member.name, member.target
        top = name.split("/")[0]
        if self._rooted and not self.root and top not in (".", ".."):
            self.root = top
        outside = outside_root(name, self.root)
        if outside is None and self._rooted and not self.root:
            outside = "the name does not begin with a top-level directory"
        if outside is not None:
            self.report((table.OUTSIDE if self._rooted else table.OUTSIDE_WHEEL, outside), name, target)
        path = _path(name, self.root)
        problem = self._name_problem(member)
        self.report(problem, path or name)
        self.report(member.problem, path or name, target)
        if not path and member.type != tarfile.DIRTYPE:
            self.report((table.OUTSIDE, "it is in place of the top-level directory"), name, target)
        elif path and (problem is None or problem[0] is not table.TOO_LONG):
            self._place(member, path)

    def finish(self) -> tuple[Finding, ...]:
        """Check the archive as a whole, and return all findings."""
        for path, text in self._links.items():
            end = follow(path, self._links)
            if end == path:
                self.report((table.LOOP, "following it never ends"), path, text)
            elif end is None or self.tree.find(end) is not None:
                continue
            elif path == "pyproject.toml":
                self.report((table.BUILD_FILE, "nothing can be built without it"), path, text)
            elif any(isinstance(self.tree.find(parent), tuple) for parent in parents([end])):
                self.report((table.THROUGH_FILE, "the link target runs through a regular file"), path, text)
            else:
                self.report((table.DANGLING, "the link target is not in the archive"), path, text)
        metadata = self.tree.find(_METADATA)
        if isinstance(metadata, str) and self._rooted:
            self.report((table.METADATA_SYMLINK, "it must be a regular file"), _METADATA, metadata)
        return tuple(self._findings)

    def report(self, problem: table.Problem | None, path: str, target: str = "") -> None:
        """Record a finding if there is a problem."""
        if problem is not None and len(self._findings) < _MAX_FINDINGS:
            row, reason = problem
            self._findings.append(row._replace(path=path, reason=reason, target=target))
        elif problem is not None:
            self.more += 1

    def _name_problem(self, member: Member) -> table.Problem | None:
        is_directory = member.type == tarfile.DIRTYPE
        # Only the last part of a path must not end with a space, and a directory is not the last part.
        reason = name_problem(f"{member.name}/" if is_directory else member.name, wheel=self._zipped)
        if reason is None and member.name.endswith(("/", "/.")) and not is_directory:
            reason = "it has the name of a directory, but is not one"
        if reason is None:
            return None
        return table.TOO_LONG if too_long(member.name) else table.NAME_IN_ZIP if self._zipped else table.NAME, reason

    def _place(self, member: Member, path: str) -> None:
        """Put the member into the tree, unless something is in its place."""
        kind, target = member.type, member.target
        if kind not in _COLLISIONS:
            row = table.SPECIAL._replace(what=_SPECIAL.get(kind, "file of an unknown type"))
            self.report((row, "installers accept only regular files, directories and symlinks"), path)
            return
        above, name = posixpath.split(path)
        directory = self.tree.make(above)
        if not isinstance(directory, ArchiveDirectory):
            is_symlink = isinstance(directory, str)
            reason = f"it is below a {'symlink' if is_symlink else 'regular file'}"
            self.report((table.BELOW_SYMLINK if is_symlink else table.COLLISION, reason), path, target)
            return
        earlier = directory.entries.get(name)
        over_file, over_link, over_directory = _COLLISIONS[kind]
        is_link = isinstance(earlier, str) or path in self._shared
        over = over_directory if isinstance(earlier, ArchiveDirectory) else over_link if is_link else over_file
        collision = (over, "an earlier member has this name") if over and earlier is not None else None
        self.report(collision, path, target)
        problem = text_problem(path, target) if kind == tarfile.SYMTYPE else None
        self.report(problem, path, target)
        if collision is not None:
            return
        entry: Entry = target
        if kind == tarfile.SYMTYPE:
            self._links.pop(path, None)
            # One problem is enough: a refused symlink is not followed.
            if problem is None:
                self._links[path] = target
        elif kind != tarfile.DIRTYPE:
            entry = member.size, member.head if kind == tarfile.REGTYPE else self._check_hard_link(path, target)
        for tree in {self.tree} if path in self._expected else {self.tree, self.unexpected}:
            directory = tree.make(path if kind == tarfile.DIRTYPE else above)
            if isinstance(directory, ArchiveDirectory) and kind != tarfile.DIRTYPE:
                directory.entries[name] = entry

    def _check_hard_link(self, path: str, text: str) -> bytes:
        """Return the head of the link target. Source of the rule: PEP 706, the sdist format specification."""
        target = _path(text, self.root)
        there = self.tree.find(target) if outside_root(text, self.root) is None else None
        if isinstance(there, tuple):
            self._shared.update((path, target))
            if path == _METADATA:
                self.report((table.METADATA_HARD_LINK, "the metadata must be a regular file"), path, text)
            return there[1]
        row = table.HARD_LINK_TO_SYMLINK if isinstance(there, str) else table.HARD_LINK
        self.report((row, "no earlier regular file of this name"), path, text)
        return b""


def _path(name: str, root: str) -> str:
    """Return the path below the root, without empty and `.` parts. A path outside stays as it is."""
    inner = name[len(root) :] if f"{name}/".startswith(f"{root}/") else name
    return "/".join(part for part in inner.split("/") if part not in ("", "."))


class ArchiveDirectory:
    """A `caches.model.Directory` in an archive. Little is stored of each member, so that a million fit in memory."""

    location: str | None = None

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.entries: dict[str, Entry] = {}
        # How many directories `make` created: one path can create two thousand.
        self.made = 0

    @property
    def directories(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, ArchiveDirectory))

    @property
    def files(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, tuple))

    @property
    def links(self) -> frozenset[str]:
        return frozenset(name for name, entry in self.entries.items() if isinstance(entry, str))

    def head(self, name: str, size: int) -> bytes:
        entry = self.entries.get(name)
        return entry[1][:size] if isinstance(entry, tuple) else b""

    def child(self, name: str) -> ArchiveDirectory:
        entry = self.entries.get(name)
        return entry if isinstance(entry, ArchiveDirectory) else ArchiveDirectory(f"{self.path}/{name}".lstrip("/"))

    def total(self) -> tuple[int, int]:
        """Return the number of files and symlinks at any depth, and their bytes."""
        entries: list[Entry] = [self]
        for entry in entries:
            entries.extend(entry.entries.values() if isinstance(entry, ArchiveDirectory) else ())
        files = [entry for entry in entries if not isinstance(entry, ArchiveDirectory)]
        return len(files), sum(entry[0] for entry in files if isinstance(entry, tuple))

    def find(self, path: str) -> Entry | None:
        """Return the entry at `path`, "" for the directory itself. Symlinks are not followed."""
        here: Entry | None = self
        for part in path.split("/") if path else ():
            here = here.entries.get(part) if isinstance(here, ArchiveDirectory) else None
        return here

    def make(self, path: str) -> Entry:
        """Return the directory at `path`, created if missing, or the file or symlink in its place."""
        here: Entry = self
        for part in path.split("/") if path else ():
            if not isinstance(here, ArchiveDirectory):
                break
            if part not in here.entries:
                here.entries[part] = here.child(part)
                self.made += 1
            here = here.entries[part]
        return here
