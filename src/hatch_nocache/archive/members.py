"""Judge the members of an archive in their order: what an installer would refuse, or quietly do otherwise.

The rule is the intersection of what the installers of `flaws` accept (PEP 706, the sdist and wheel specifications, and
what uv and pip add to them). Pure: members in, findings out.
"""

from __future__ import annotations

import enum
import posixpath
from typing import TYPE_CHECKING, Dict, List, NamedTuple, Optional, Set, Tuple

from hatch_nocache.archive import flaws
from hatch_nocache.archive.contents import Contents, Entry, OccupiedError
from hatch_nocache.archive.linkrules import flaw_in_text
from hatch_nocache.findings import CODES, Finding
from hatch_nocache.links import LoopError, follow
from hatch_nocache.names import is_too_long, name_problem, outside_root

if TYPE_CHECKING:
    from hatch_nocache.archive.flaws import Flaw

__all__ = ["MOST_FINDINGS", "MOST_MEMBERS", "Judge", "Kind", "Member"]

# An archive of a million flawed members need not be listed to the last one.
MOST_FINDINGS = 10_000
# The largest sdists have about a hundred thousand. Each takes some 200 bytes of memory.
MOST_MEMBERS = 2_000_000

_METADATA = "PKG-INFO"
_BUILD_FILE = "pyproject.toml"


class Kind(enum.Enum):
    """What a member is."""

    FILE = "regular file"
    DIRECTORY = "directory"
    LINK = "symbolic link"
    HARD_LINK = "hard link"
    FIFO = "FIFO"
    CHARACTER_DEVICE = "character device"
    BLOCK_DEVICE = "block device"
    OTHER = "file of an unknown kind"


class Member(NamedTuple):
    """One member as the archive has it. `text` is the target of a link, `size` the bytes of a regular file."""

    name: str
    kind: Kind = Kind.FILE
    text: str = ""
    size: int = 0


class Judge:
    """Takes the members one by one, keeps what lies where, and says at the end what is wrong.

    An sdist has one directory at the top, `root`, which is known from the first member that can have one. In a zip file
    (each wheel; some sdists) installers unpack every member that is no directory as a regular file.
    """

    def __init__(self, *, rooted: bool = True, zipped: bool = False) -> None:
        self.root = ""
        self.contents = Contents()
        # How many findings there are beyond `MOST_FINDINGS`.
        self.more = 0
        self._rooted = rooted
        self._zipped = zipped
        self._findings: List[Finding] = []
        self._links: Dict[str, str] = {}
        # The names of files that have two: who writes to one of them writes to the other.
        self._shared: Set[str] = set()

    def add(self, member: Member) -> Optional[str]:
        """Judge the next member. Returns its path below the root when it lies there now, else None."""
        if self._rooted and not self.root:
            self.root = _top(member.name)
        problem = outside_root(member.name, self.root)
        if problem is None and self._rooted and not self.root:
            problem = "its name does not begin with the top directory"
        if problem is not None:
            self._find(flaws.OUTSIDE if self._rooted else flaws.OUTSIDE_WHEEL, member.name, problem, member)
            return None
        path = _path(member.name, self.root)
        self._judge_name(member, path)
        if is_too_long(member.name):
            return None
        if not path:
            if member.kind is not Kind.DIRECTORY:
                self._find(flaws.NO_TOP, member.name, f"it is a {member.kind.value}, not the top directory", member)
            return None
        if member.kind in (Kind.FILE, Kind.DIRECTORY, Kind.LINK, Kind.HARD_LINK):
            return self._place(member, path)
        self._find(flaws.SPECIAL, path, f"it is a {member.kind.value}", member)
        return None

    def finish(self) -> Tuple[Finding, ...]:
        """Judge what only the whole archive shows, and return everything that was found."""
        for path, text in self._links.items():
            self._judge_end(path, text)
        metadata = self.contents.find(_METADATA)
        if isinstance(metadata, str) and self._rooted:
            self._find(flaws.METADATA_LINK, _METADATA, "it must be a regular file", Member("", text=metadata))
        return tuple(self._findings)

    def _judge_name(self, member: Member, path: str) -> None:
        directory = member.kind is Kind.DIRECTORY
        # Only the last part of a path must not end with a space, and a directory is not the last part.
        problem = name_problem(f"{member.name}/" if directory else member.name, wheel=self._zipped)
        if problem is None and member.name.endswith(("/", "/.")) and not directory:
            problem = "it is spelled as a directory, and is none"
        if problem is not None:
            flaw = flaws.NAME_IN_ZIP if self._zipped else flaws.NAME
            self._find(flaws.TOO_LONG if is_too_long(member.name) else flaw, path or member.name, problem, member)

    def _place(self, member: Member, path: str) -> Optional[str]:
        parent, name = posixpath.split(path)
        try:
            folder = self.contents.folder(parent)
        except OccupiedError as error:
            link = isinstance(error.entry, str)
            flaw = flaws.BELOW_LINK if link else flaws.IN_ZIP if self._zipped else flaws.BELOW_FILE
            self._find(flaw, path, f"{error.path} is a {'symbolic link' if link else 'file'}", member)
            return None
        there = folder.get(name)
        collision = None if there is None else self._collision(member.kind, path, there)
        if collision is not None:
            self._find(flaws.IN_ZIP if self._zipped else collision[0], path, collision[1], member)
        sound = member.kind is Kind.LINK and self._judge_text(member, path)
        if collision is not None:
            return None
        if member.kind is Kind.DIRECTORY:
            folder.setdefault(name, {})
        elif member.kind is Kind.LINK:
            folder[name] = member.text
            if sound:
                self._links[path] = member.text
            else:
                # One flaw is enough: nobody need know where a refused link leads.
                self._links.pop(path, None)
        else:
            folder[name] = member.size
            if member.kind is Kind.HARD_LINK:
                self._judge_hard_link(member, path)
        return path

    def _collision(self, kind: Kind, path: str, there: Entry) -> Optional[Tuple[Flaw, str]]:
        """Say what is wrong when a member of `kind` comes to a `path` where something is already."""
        earlier = "directory" if isinstance(there, dict) else "symbolic link" if isinstance(there, str) else "file"
        how = f"an earlier member makes it a {earlier}"
        if kind is Kind.DIRECTORY:
            return None if isinstance(there, dict) else (flaws.DIRECTORY_OVER_OTHER, how)
        if isinstance(there, dict):
            return flaws.LINK_OVER_DIRECTORY if kind is Kind.LINK else flaws.FILE_OVER_DIRECTORY, how
        if kind is Kind.HARD_LINK:
            return flaws.HARD_LINK_OVER, how
        if kind is Kind.FILE and isinstance(there, str):
            return flaws.FILE_OVER_LINK, how
        if kind is Kind.FILE and path in self._shared:
            return flaws.FILE_OVER_LINK, "a hard link makes an earlier member of this name one with another file"
        return None

    def _judge_text(self, member: Member, path: str) -> bool:
        """Judge the target. Returns whether it can be followed."""
        found = flaw_in_text(path, member.text, self.root)
        if found is not None:
            self._find(found[0], path, found[1], member)
        return found is None or found[0] is flaws.LONG_SPELLING

    def _judge_hard_link(self, member: Member, path: str) -> None:
        """Judge the target. Source of the rule: PEP 706 and the sdist format specification; uv from 0.13 for links."""
        outside = outside_root(member.text, self.root) is not None
        target = "" if outside else _path(member.text, self.root)
        there = self.contents.find(target) if target != path else None
        if isinstance(there, int):
            self._shared.update((path, target))
            if path == _METADATA:
                self._find(flaws.METADATA_HARD_LINK, path, "the metadata must be a regular file", member)
        elif isinstance(there, str):
            self._find(flaws.HARD_LINK_TO_LINK, path, "its target must be a regular file", member)
        else:
            how = f"its target is not below {self.root}/" if outside else "its target is not an earlier regular file"
            self._find(flaws.HARD_LINK, path, how, member)

    def _judge_end(self, path: str, text: str) -> None:
        link = Member("", Kind.LINK, text)
        try:
            end = follow(path, self._links)
        except LoopError:
            self._find(flaws.LOOP, path, "following it never arrives", link)
            return
        if end is not None and self.contents.find(end) is None:
            needed = path == _BUILD_FILE
            how = "its target is not in the archive" + (", and nothing can be built without it" if needed else "")
            self._find(flaws.NO_BUILD_FILE if needed else flaws.DANGLING, path, how, link)

    def _find(self, flaw: Flaw, path: str, how: str, member: Member) -> None:
        if len(self._findings) >= MOST_FINDINGS:
            self.more += 1
            return
        remedy = CODES[flaw.code].remedy
        self._findings.append(
            Finding(flaw.code, path, flaw.what, how, flaw.action, remedy, member.text, installers=flaw.installers)
        )


def _top(name: str) -> str:
    """Return the top directory that a member can have by its name, else ""."""
    top = name.split("/", 1)[0]
    return "" if top in (".", "..") else top


def _path(name: str, root: str) -> str:
    """Return the path below the root, without the parts that mean nothing."""
    inner = name[len(root) + 1 :] if root else name
    if "./" in inner or "//" in inner or inner.endswith(("/", "/.")) or inner == ".":
        return "/".join(part for part in inner.split("/") if part not in ("", "."))
    return inner
