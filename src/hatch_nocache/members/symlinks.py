"""What a symlink would be in the archive, from its text and place; and its facts on disk.

Paths are relative to the archive root, with `/` as separator.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from typing import AbstractSet, Callable, Iterator, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.incompatibilities import Incompatibility, consequence
from hatch_nocache.members.names import is_too_long, link_target_problem
from hatch_nocache.paths import within
from hatch_nocache.rules import OPTIONAL

__all__ = [
    "LoopError",
    "StoredSymlink",
    "SymlinkFacts",
    "SymlinkProblem",
    "follow",
    "goes_up_again",
    "is_absolute",
    "lands",
    "names_itself",
    "problem_in_text",
    "problem_on_disk",
    "problem_without_content",
    "problems_in_sdist",
    "text_problem",
]

_DRIVE = re.compile(r"[A-Za-z]:")
# A `..` after a part that is neither `..` nor `.` nor empty.
_UP_AGAIN = re.compile(r"(?:^|/)(?!\.{0,2}(?:/|$))[^/]*/(?:.*/)?\.\.(?:/|$)", re.DOTALL)
# Linux follows 40 symlinks in one path, and uv from 0.13 resolves every symlink once.
_MAX_HOPS = 40
# Windows' error for a loop, which has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921


class LoopError(ValueError):
    """A chain of symlinks that returns to itself, or is longer than a system follows."""


class SymlinkFacts(NamedTuple):
    """A symlink on disk. `text` is its link target as written, `real` as resolved.

    `regular`, `missing`, `loop` and `unreadable` describe the link target; `through_file` is a missing one whose path
    runs through a regular file.
    """

    text: str
    real: str
    missing: bool = False
    loop: bool = False
    regular: bool = True
    unreadable: bool = False
    through_file: bool = False

    @classmethod
    def read(cls, path: str) -> SymlinkFacts:
        """Read the symlink at `path`.

        Raises:
            OSError: it vanished, or cannot be read.
        """
        text = os.readlink(path).replace(os.sep, "/")
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            loop = error.errno == errno.ELOOP or getattr(error, "winerror", None) == _WINDOWS_LOOP
            missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            # `realpath` would follow a chain that no system follows, by recursion.
            real = path if loop else os.path.realpath(path)
            through_file = error.errno == errno.ENOTDIR
            return cls(text, real, missing, loop, unreadable=not missing and not loop, through_file=through_file)
        return cls(text, os.path.realpath(path), regular=stat.S_ISREG(mode))

    def is_inside(self, home: str) -> bool:
        """Return whether the link target is in the real directory `home`."""
        return within(self.real, home)


def is_absolute(text: str) -> bool:
    r"""Return whether the link target `text` is absolute on any system (`/x`, `C:/x`, `\\server\share`).

    Source of the rule: the sdist format specification ("Source distribution archive features") and PEP 706.
    """
    return text.startswith(("/", "\\")) or _DRIVE.match(text) is not None


def lands(at: str, text: str) -> Optional[str]:
    """Return where the symlink at `at` with the relative link target `text` points; "" is the archive root.

    None if the link target leaves the root, even if it comes back through the root's own name: pip strips that name,
    and uv moves the root to a directory of another name.
    """
    parts = posixpath.dirname(at).split("/") if posixpath.dirname(at) else []
    for part in text.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def goes_up_again(text: str) -> bool:
    """Return whether the link target goes down and up again (`data/../file`).

    Source of the rule: uv from 0.13 refuses it ("ambiguous parent-directory traversal"); uv 0.8.22 to 0.12 rewrites it.
    """
    return ".." in text and _UP_AGAIN.search(text) is not None


def names_itself(at: str, text: str) -> bool:
    """Return whether the symlink points at its own directory (`here -> .`), which uv 0.8.22 to 0.12 refuses."""
    return lands(at, text) == posixpath.dirname(at) and posixpath.normpath(text) == "."


def follow(at: str, links: Mapping[str, str]) -> Optional[str]:
    """Return where `at` leads if every symlink in `links` (path to link target) on the way is followed.

    None if it leaves the root. Says nothing about whether something is there.

    Raises:
        LoopError: it never arrives.
    """
    here = ""
    ahead = at.split("/")[::-1]
    hops = 0
    while ahead:
        part = ahead.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not here:
                return None
            here = posixpath.dirname(here)
            continue
        there = f"{here}/{part}" if here else part
        text = links.get(there)
        if text is None:
            here = there
            continue
        hops += 1
        if hops > _MAX_HOPS:
            raise LoopError(at)
        if is_absolute(text):
            return None
        ahead.extend(text.split("/")[::-1])
    return here


# --- What is wrong with a symlink that is to be packed ----------------------------------------------------------------


class SymlinkProblem(NamedTuple):
    """What is wrong with a symlink: its code, what it is, a consequence, its link target as written and as resolved.

    `can_copy`: the link target is a file with content. `rejected`: whatever the options say. `needs_content`: the link
    target is in the project, but not where the symlink would point in the archive, and something needs its content.
    """

    code: str
    what: str
    note: str
    text: str
    real: str
    can_copy: bool = False
    rejected: bool = False
    needs_content: bool = False


class StoredSymlink(NamedTuple):
    """A symlink at `path` that an sdist stores as `member`. On disk, it must not leave the real directory `home`.

    `problem` is what is wrong with its link target as the member's. `is_aliased`: it is reached through a symlink.
    """

    path: str
    member: str
    text: str
    home: str
    problem: Optional[SymlinkProblem] = None
    is_aliased: bool = False


_OUTSIDE = table.OUT.what


def _problem(code: str, what: str, note: str, facts: SymlinkFacts, *, rejected: bool = False) -> SymlinkProblem:
    can_copy = facts.regular and not (facts.missing or facts.loop or facts.unreadable)
    return SymlinkProblem(code, what, note, facts.text, facts.real, can_copy, rejected)


def text_problem(at: str, text: str) -> Optional[Tuple[Incompatibility, str]]:
    """Return what an installer refuses in the symlink at `at` in an sdist by its link target `text`, with the reason.

    A link target that passes leads, symlink by symlink, only to places below the root: it goes up first and then down,
    and it is not below another symlink. Only the whole archive shows whether something is there. Source of the rules:
    PEP 721, the sdist format specification, and the installers of the incompatibility.
    """
    problem = link_target_problem(text)
    # One level above the root is still inside the directory that most installers unpack into.
    outside = table.FAR_OUT if lands(f"root/{at}", text) is None else table.OUT
    problems = (
        # `C:/x` is relative for most programs, except on Windows.
        (is_absolute(text), table.ABSOLUTE if text.startswith("/") else table.ABSOLUTE_ON_WINDOWS, ""),
        (problem is not None, table.TOO_LONG_TARGET if is_too_long(text) else table.LINK_TARGET, problem or ""),
        (lands(at, text) is None, outside, ""),
        (goes_up_again(text), table.UP_AGAIN, "installers resolve it differently"),
        (names_itself(at, text), table.OWN_DIRECTORY, ""),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)


def problem_in_text(path: str, member: str, home: str) -> Optional[SymlinkProblem]:
    """Return what is wrong with a symlink in an sdist by its text alone, or None. `home` is its project.

    Raises:
        OSError: it vanished, or cannot be read.
    """
    facts = SymlinkFacts.read(path)
    found = (table.LOOP, "") if facts.loop else text_problem(member, facts.text)
    if found is None and facts.through_file:
        found = table.THROUGH_FILE, "its path runs through a file"
    if found is None:
        return None
    row, reason = found
    what = f"{row.what}: {reason}" if reason else row.what
    if row in (table.OUT, table.FAR_OUT) and facts.is_inside(home):
        what = "symlink that leaves the archive"
    return _problem(row.code, what, consequence(row), facts, rejected=row.code not in OPTIONAL)


def problem_on_disk(path: str, home: str) -> Optional[SymlinkProblem]:
    """Return what is wrong with a symlink whose content is packed, as in a wheel, or None.

    Raises:
        OSError: it vanished, or cannot be read.
    """
    facts = SymlinkFacts.read(path)
    problem = _without_content(facts)
    if problem is not None:
        return problem
    if not facts.is_inside(home):
        code, what = ("NC101", f"absolute {_OUTSIDE}") if is_absolute(facts.text) else ("NC102", _OUTSIDE)
        return _problem(code, what, "", facts)
    return None


def problem_without_content(path: str) -> Optional[SymlinkProblem]:
    """Return why a symlink has no content that could be packed, or None.

    Raises:
        OSError: it vanished, or cannot be read.
    """
    return _without_content(SymlinkFacts.read(path))


def _without_content(facts: SymlinkFacts) -> Optional[SymlinkProblem]:
    if facts.loop:
        return _problem("NC105", "symlink loop", "nothing can read it", facts, rejected=True)
    if facts.missing:
        return _problem("NC104", "dangling symlink", "it has no content to pack", facts, rejected=True)
    if not facts.regular and not facts.unreadable:
        return _problem("NC201", "symlink to a special file", "only regular files can be packed", facts, rejected=True)
    return None


def problems_in_sdist(
    symlinks: Sequence[StoredSymlink], members: AbstractSet[str], selected_by_wheel: Callable[[], AbstractSet[str]]
) -> Iterator[Tuple[int, SymlinkProblem]]:
    """Yield the index of each symlink that leads to no member of the sdist, and what is wrong with it.

    `members` are all members of the sdist; `selected_by_wheel` returns the paths that a wheel selects from the tree. A
    symlink to a member is in order, wherever its link target is on disk.
    """
    links = {symlink.member: symlink.text for symlink in symlinks}
    directories: Set[str] = set()
    for member in members:
        parent = posixpath.dirname(member)
        while parent not in directories:
            directories.add(parent)
            parent = posixpath.dirname(parent)
    for index, symlink in enumerate(symlinks):
        try:
            end = follow(symlink.member, links)
        except LoopError:
            # A chain that is longer than on disk: through directories that are symlinks there.
            end = None
        if symlink.problem is None and (end in members or end in directories):
            continue
        facts = SymlinkFacts.read(symlink.path)
        is_inside = facts.is_inside(symlink.home)
        is_selected = (is_inside or facts.missing) and symlink.path in selected_by_wheel()
        dangling = _problem("NC104", "dangling symlink", "its link target is not in the sdist", facts)
        if is_inside and dangling.can_copy and (symlink.is_aliased or (is_selected and symlink.problem is None)):
            what = "symlink to a file that is not in the sdist"
            note = f"{'no wheel can be built from it; ' * is_selected}packed as a regular file instead"
            yield index, dangling._replace(what=what, note=note, needs_content=True)
        elif symlink.problem is not None:
            yield index, symlink.problem
        elif not is_inside and not facts.missing:
            yield index, _problem("NC102", _OUTSIDE, "it dangles in the sdist", facts)
        else:
            note = "no wheel can be built from it" if is_selected else dangling.note
            # From the tree, a wheel can be built, unless the link target is missing there too.
            yield index, dangling._replace(note=note, rejected=is_selected and not facts.missing)
