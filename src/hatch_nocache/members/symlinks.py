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
from typing import AbstractSet, Any, Callable, Iterator, Mapping, NamedTuple, Sequence

from hatch_nocache.members import incompatibilities as table
from hatch_nocache.members.incompatibilities import Problem
from hatch_nocache.members.names import name_problem, too_long
from hatch_nocache.paths import parents, within
from hatch_nocache.rules import Action, Finding

# Linux follows 40 symlinks in one path, and uv from 0.13 resolves every symlink once.
_MAX_HOPS = 40
# Windows' error for a loop, which has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921
_MISSING = (errno.ENOENT, errno.ENOTDIR)
# Symlinks that lead to no regular file, by the error of following them.
_WITHOUT_CONTENT = {
    errno.ELOOP: ("NC105", "symlink loop", "nothing can read it"),
    **dict.fromkeys(_MISSING, ("NC104", "dangling symlink", "it has no content to pack")),
    0: ("NC201", "symlink to a special file", "only regular files can be packed"),
}


class Symlink(NamedTuple):
    """A symlink on disk that a build selects as `member`.

    Its link target is `text` as written, `real` as resolved. `error` is the number of the error of following it, or 0.
    `is_aliased`: it is reached through another symlink. `file` and `route` are for the caller.
    """

    path: str
    member: str
    text: str
    real: str
    is_inside: bool
    is_file: bool
    error: int
    is_aliased: bool = False
    file: Any = None
    route: Any = None

    @classmethod
    def read(cls, path: str, home: str, member: str) -> Symlink:
        """Read the symlink at `path`, which must not leave the real directory `home`."""
        text = os.readlink(path).replace(os.sep, "/")
        is_file, number = False, 0
        try:
            is_file = stat.S_ISREG(os.stat(path).st_mode)
        except OSError as error:
            number = errno.ELOOP if getattr(error, "winerror", 0) == _WINDOWS_LOOP else error.errno or errno.EIO
        # `realpath` would follow, by recursion, a chain that no system follows.
        real = path if number == errno.ELOOP else os.path.realpath(path)
        return cls(path, member, text, real, within(real, home), is_file, number)

    def problem(self, code: str, what: str, note: str = "", action: Action = Action.REJECTED) -> Finding:
        """Return a finding about it. Its path is that on disk, its action for codes whose action no option sets."""
        return Finding(code, self.path, what, "", action, note, self.text)


def is_absolute(text: str) -> bool:
    r"""Return whether the link target `text` is absolute on any system.

    Examples: `/x`, `C:/x`, `\\server\share`. Source of the rule: the sdist format specification ("Source distribution
    archive features") and PEP 706.
    """
    return text.startswith(("/", "\\")) or re.match("[A-Za-z]:", text) is not None


def follow(at: str, links: Mapping[str, str]) -> str | None:
    """Return the path that `at` leads to if all symlinks are followed.

    `links` maps paths to link targets, none of which is absolute. "" is the archive root; None if it leaves the root;
    `at` if it never arrives, or after more steps than a system follows.
    """
    here, ahead, hops = "", at.split("/")[::-1], 0
    while ahead:
        here = posixpath.normpath(posixpath.join(here, ahead.pop()))
        if here == "..":
            return None
        if here in links:
            hops += 1
            if hops > _MAX_HOPS:
                return at
            ahead.extend(links[here].split("/")[::-1])
            here = posixpath.dirname(here)
    return "" if here == "." else here


def text_problem(at: str, text: str) -> Problem | None:
    """Return why installers refuse a symlink in an sdist, by its text alone.

    A link target that passes leads, symlink by symlink, only to places below the root: it goes up first and then down.
    Source of the rules: PEP 721, the sdist format specification, and the installers of the incompatibility.
    """
    # Source of the rule: uv from 0.13 applies the rules for names to link targets. Every uv refuses an empty one.
    problem = name_problem(text, wheel=False) if text else "it is empty"
    # The levels above the root that it leads to, even if it comes back through the root's own name: pip strips that
    # name, and uv moves the root to a directory of another name.
    levels = posixpath.normpath(posixpath.join(posixpath.dirname(at), text)).split("/").count("..")
    # uv from 0.13 refuses `data/../file` ("ambiguous parent-directory traversal"); uv 0.8.22 to 0.12 rewrites it.
    parts = [part for part in text.split("/") if part not in ("", ".")]
    goes_up_again = ".." in parts[parts.count("..") :]
    problems = (
        # `C:/x` is relative for most programs, except on Windows.
        (is_absolute(text), table.ABSOLUTE if text.startswith("/") else table.ABSOLUTE_ON_WINDOWS, ""),
        (problem is not None, table.TOO_LONG_TARGET if too_long(text) else table.LINK_TARGET, problem or ""),
        # One level above the root is still inside the directory that most installers unpack into.
        (levels > 0, table.FAR_OUT if levels > 1 else table.OUT, ""),
        (goes_up_again, table.UP_AGAIN, "installers resolve it differently"),
        (posixpath.normpath(text) == ".", table.OWN_DIRECTORY, ""),
    )
    return next(((row, reason) for applies, row, reason in problems if applies), None)


def problem_in_text(symlink: Symlink) -> Finding | None:
    """Return the problem of a symlink in an sdist by its text alone, or None."""
    found = (table.LOOP, "") if symlink.error == errno.ELOOP else text_problem(symlink.member, symlink.text)
    if found is None and symlink.error == errno.ENOTDIR:
        found = table.THROUGH_FILE, "its path runs through a file"
    if found is None:
        return None
    row, reason = found
    what = f"{row.what}: {reason}" if reason else row.what
    if row in (table.OUT, table.FAR_OUT) and symlink.is_inside:
        what = "symlink that leaves the archive"
    return symlink.problem(row.code, what, row.note)


def problem_on_disk(symlink: Symlink, *, allowed: bool) -> Finding | None:
    """Return the problem of a symlink whose content is packed, or None. If `allowed`, it may leave the project."""
    if not symlink.is_file and symlink.error in _WITHOUT_CONTENT:
        return symlink.problem(*_WITHOUT_CONTENT[symlink.error])
    if allowed or symlink.is_inside:
        return None
    if is_absolute(symlink.text):
        return symlink.problem("NC101", f"absolute {table.OUT.what}")
    return symlink.problem("NC102", table.OUT.what)


def problems_in_sdist(
    stored: Sequence[Symlink], members: AbstractSet[str], selected_by_wheel: Callable[[], AbstractSet[str]]
) -> Iterator[tuple[Finding, Symlink]]:
    """Yield each symlink that has a problem in its text, or leads to no member.

    A symlink to a member is in order, wherever its link target is on disk. `selected_by_wheel` returns the paths that a
    wheel selects from the tree.
    """
    links = {symlink.member: symlink.text for symlink in stored}
    ends = parents(members).union(members)
    for symlink in stored:
        in_text, end = problem_in_text(symlink), follow(symlink.member, links)
        # It can be a loop in the archive only: through directories that are symlinks on disk.
        if in_text is None and end in ends and end != symlink.member:
            continue
        is_missing = symlink.error in _MISSING
        is_needed = (symlink.is_inside or is_missing) and symlink.path in selected_by_wheel()
        if symlink.is_inside and symlink.is_file and (symlink.is_aliased or (is_needed and in_text is None)):
            note = f"{'no wheel can be built from it; ' * is_needed}packed as a regular file instead"
            problem = symlink.problem("NC104", "symlink to a file that is not in the sdist", note, Action.COPIED)
        elif in_text is not None:
            problem = in_text
        elif not (symlink.is_inside or is_missing):
            problem = symlink.problem("NC102", table.OUT.what, "it dangles in the sdist")
        else:
            note = "no wheel can be built from it" if is_needed else "its link target is not in the sdist"
            # A wheel can be built from the tree, unless the link target is missing there too.
            action = Action.REJECTED if is_needed and not is_missing else Action.NOTICE
            problem = symlink.problem("NC104", "dangling symlink", note, action)
        yield problem, symlink
