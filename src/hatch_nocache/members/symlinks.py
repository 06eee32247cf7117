"""Symlinks in archives and on disk.

A symlink in an archive is checked by its text and location. Paths of members are relative to the archive root, with `/`
as separator. What reads a symlink on disk raises `OSError` if that has vanished or cannot be read.
"""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from typing import AbstractSet, Callable, Iterator, Mapping, NamedTuple, Sequence

from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.incompatibilities import Problem
from hatch_nocache.members.names import name_problem, too_long
from hatch_nocache.paths import parents, within
from hatch_nocache.rules import OPTIONAL

# Linux follows 40 symlinks in one path, and uv from 0.13 resolves every symlink once.
_MAX_HOPS = 40
# Windows' error for a loop, which has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921


class SymlinkProblem(NamedTuple):
    """A symlink on disk and its problem: a code, what it is, and a consequence.

    `text` is its link target as written, `real` as resolved, `mode` the mode of that file. If it cannot be read,
    `error` is the number of the error. `rejected`: independent of the options. `needs_content`: the link target is in
    the project, but not where the symlink would point in the archive, and something needs its content.
    """

    text: str
    real: str
    mode: int = 0
    error: int = 0
    code: str = ""
    what: str = ""
    note: str = ""
    rejected: bool = False
    needs_content: bool = False

    @classmethod
    def read(cls, path: str) -> SymlinkProblem:
        """Read the symlink at `path`: its code is "" so far."""
        text = os.readlink(path).replace(os.sep, "/")
        mode = number = 0
        try:
            mode = os.stat(path).st_mode
        except OSError as error:
            number = errno.ELOOP if getattr(error, "winerror", None) == _WINDOWS_LOOP else error.errno or errno.EIO
        # `realpath` would follow, by recursion, a chain that no system follows.
        return cls(text, path if number == errno.ELOOP else os.path.realpath(path), mode, number)

    @property
    def can_copy(self) -> bool:
        """Whether the link target is a file with content."""
        return stat.S_ISREG(self.mode)

    @property
    def is_missing(self) -> bool:
        """Whether the link target does not exist."""
        return self.error in (errno.ENOENT, errno.ENOTDIR)


class StoredSymlink(NamedTuple):
    """A symlink at `path` that an sdist stores as `member`.

    On disk, it must not leave the real directory `home`. `problem` is what is wrong with its link target as the
    member's. `is_aliased`: it is reached through a symlink.
    """

    path: str
    member: str
    text: str
    home: str
    problem: SymlinkProblem | None = None
    is_aliased: bool = False


# --- By the text of the link target -----------------------------------------------------------------------------------


def is_absolute(text: str) -> bool:
    r"""Return whether the link target `text` is absolute on any system.

    Examples: `/x`, `C:/x`, `\\server\share`. Source of the rule: the sdist format specification ("Source distribution
    archive features") and PEP 706.
    """
    return text.startswith(("/", "\\")) or re.match("[A-Za-z]:", text) is not None


def leaves_root(at: str, text: str) -> bool:
    """Return whether the relative link target leaves the archive root.

    The symlink is at `at`. It does even if it comes back through the root's own name: pip strips that name, and uv
    moves the root to a directory of another name.
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(at), text)).split("/")[0] == ".."


def goes_up_again(text: str) -> bool:
    """Return whether the link target goes down and up again (`data/../file`).

    Source of the rule: uv from 0.13 refuses it ("ambiguous parent-directory traversal"); uv 0.8.22 to 0.12 rewrites it.
    """
    parts = [part for part in text.split("/") if part not in ("", ".")]
    return ".." in parts[parts.count("..") :]


def follow(at: str, links: Mapping[str, str]) -> str | None:
    """Return the path that `at` leads to if all symlinks are followed.

    `links` maps paths to link targets. "" is the archive root; None if it leaves the root; `at` if it never arrives, or
    after more steps than a system follows. Says nothing about whether something is there.
    """
    here = "."
    ahead = at.split("/")[::-1]
    hops = 0
    while ahead:
        there = posixpath.normpath(posixpath.join(here, ahead.pop()))
        text = links.get(there)
        if there == ".." or (text is not None and is_absolute(text)):
            return None
        if text is None:
            here = there
            continue
        hops += 1
        if hops > _MAX_HOPS:
            return at
        ahead.extend(text.split("/")[::-1])
    return "" if here == "." else here


def text_problem(at: str, text: str) -> Problem | None:
    """Return why installers refuse a symlink in an sdist, by its text alone.

    The symlink is at `at`, with the link target `text`. A link target that passes leads, symlink by symlink, only to
    places below the root: it goes up first and then down, and it is not below another symlink. Only the whole archive
    shows whether something is there. Source of the rules: PEP 721, the sdist format specification, and the installers
    of the incompatibility.
    """
    # Source of the rule: uv from 0.13 applies the rules for names to link targets. Every uv refuses an empty one.
    problem = name_problem(text, wheel=False) if text else "it is empty"
    problems = (
        # `C:/x` is relative for most programs, except on Windows.
        (is_absolute(text), table.ABSOLUTE if text.startswith("/") else table.ABSOLUTE_ON_WINDOWS, ""),
        (problem is not None, table.TOO_LONG_TARGET if too_long(text) else table.LINK_TARGET, problem or ""),
        # One level above the root is still inside the directory that most installers unpack into.
        (leaves_root(f"root/{at}", text), table.FAR_OUT, ""),
        (leaves_root(at, text), table.OUT, ""),
        (goes_up_again(text), table.UP_AGAIN, "installers resolve it differently"),
        (posixpath.normpath(text) == ".", table.OWN_DIRECTORY, ""),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)


# --- Problems of symlinks to pack -------------------------------------------------------------------------------------


def problem_in_text(path: str, member: str, home: str) -> SymlinkProblem | None:
    """Return the problem of a symlink in an sdist by its text alone, or None.

    `home` is its project.
    """
    symlink = SymlinkProblem.read(path)
    found = (table.LOOP, "") if symlink.error == errno.ELOOP else text_problem(member, symlink.text)
    if found is None and symlink.error == errno.ENOTDIR:
        found = table.THROUGH_FILE, "its path runs through a file"
    if found is None:
        return None
    row, reason = found
    what = f"{row.what}: {reason}" if reason else row.what
    if row in (table.OUT, table.FAR_OUT) and within(symlink.real, home):
        what = "symlink that leaves the archive"
    return symlink._replace(code=row.code, what=what, note=row.note, rejected=row.code not in OPTIONAL)


def problem_on_disk(path: str, home: str) -> SymlinkProblem | None:
    """Return the problem of a symlink whose content is packed, or None."""
    problem = problem_without_content(path)
    symlink = SymlinkProblem.read(path)
    if problem is not None or within(symlink.real, home):
        return problem
    if is_absolute(symlink.text):
        return symlink._replace(code="NC101", what=f"absolute {table.OUT.what}")
    return symlink._replace(code="NC102", what=table.OUT.what)


def problem_without_content(path: str) -> SymlinkProblem | None:
    """Return why a symlink has no content to pack, or None."""
    symlink = SymlinkProblem.read(path)._replace(rejected=True)
    if symlink.error == errno.ELOOP:
        return symlink._replace(code="NC105", what="symlink loop", note="nothing can read it")
    if symlink.is_missing:
        return symlink._replace(code="NC104", what="dangling symlink", note="it has no content to pack")
    if symlink.can_copy or symlink.error:
        return None
    return symlink._replace(code="NC201", what="symlink to a special file", note="only regular files can be packed")


def problems_in_sdist(
    symlinks: Sequence[StoredSymlink], members: AbstractSet[str], selected_by_wheel: Callable[[], AbstractSet[str]]
) -> Iterator[tuple[int, SymlinkProblem]]:
    """Yield the index and the problem of each symlink that leads to no member.

    `members` are all members of the sdist; `selected_by_wheel` returns the paths that a wheel selects from the tree. A
    symlink to a member is in order, wherever its link target is on disk.
    """
    links = {symlink.member: symlink.text for symlink in symlinks}
    ends = parents(members).union(members)
    for index, symlink in enumerate(symlinks):
        end = follow(symlink.member, links)
        # It can be a loop in the archive only: through directories that are symlinks on disk.
        if symlink.problem is None and end in ends and end != symlink.member:
            continue
        dangling = SymlinkProblem.read(symlink.path)._replace(code="NC104", what="dangling symlink")
        is_inside = within(dangling.real, symlink.home)
        is_selected = (is_inside or dangling.is_missing) and symlink.path in selected_by_wheel()
        note = "no wheel can be built from it" if is_selected else "its link target is not in the sdist"
        if is_inside and dangling.can_copy and (symlink.is_aliased or (is_selected and symlink.problem is None)):
            what = "symlink to a file that is not in the sdist"
            note = f"{'no wheel can be built from it; ' * is_selected}packed as a regular file instead"
            yield index, dangling._replace(what=what, note=note, needs_content=True)
        elif symlink.problem is not None:
            yield index, symlink.problem
        elif not is_inside and not dangling.is_missing:
            yield index, dangling._replace(code="NC102", what=table.OUT.what, note="it dangles in the sdist")
        else:
            # A wheel can be built from the tree, unless the link target is missing there too.
            yield index, dangling._replace(note=note, rejected=is_selected and not dangling.is_missing)
