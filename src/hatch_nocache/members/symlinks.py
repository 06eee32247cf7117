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
from hatch_nocache.members.incompatibilities import Incompatibility
from hatch_nocache.members.names import name_problem, parents, too_long
from hatch_nocache.paths import within
from hatch_nocache.rules import Action

# Linux follows 40 symlinks in one path, and uv from 0.13 resolves every symlink once.
_MAX_HOPS = 40
# Windows' error for a loop, which has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921
# What a symlink leads to, by the error of following it.
_BROKEN = {errno.ELOOP: "loop", errno.ENOENT: "nothing", errno.ENOTDIR: "through a file"}
_WITHOUT_CONTENT = {
    "loop": ("NC105", "symlink loop", "nothing can read it"),
    "nothing": ("NC104", "dangling symlink", "it has no content to pack"),
    "through a file": ("NC104", "dangling symlink", "it has no content to pack"),
    "special": ("NC201", "symlink to a special file", "only regular files can be packed"),
}


class Symlink(NamedTuple):
    """A symlink on disk: its link target as written, as resolved, and what is there.

    `kind` is "file", a key of `_WITHOUT_CONTENT`, or "unreadable".
    """

    path: str
    text: str
    real: str
    kind: str
    is_inside: bool

    @classmethod
    def read(cls, path: str, home: str) -> Symlink:
        """Read the symlink at `path`, which must not leave the real directory `home`."""
        text = os.readlink(path).replace(os.sep, "/")
        try:
            kind = "file" if stat.S_ISREG(os.stat(path).st_mode) else "special"
        except OSError as error:
            is_loop = getattr(error, "winerror", None) == _WINDOWS_LOOP
            kind = "loop" if is_loop else _BROKEN.get(error.errno or 0, "unreadable")
        # `realpath` would follow, by recursion, a chain that no system follows.
        real = path if kind == "loop" else os.path.realpath(path)
        return cls(path, text, real, kind, within(real, home))

    @property
    def is_missing(self) -> bool:
        """Whether the link target does not exist."""
        return self.kind in ("nothing", "through a file")


class SymlinkProblem(NamedTuple):
    """What is wrong with a symlink: a code, what it is, and a consequence.

    The `action` is for codes whose action no option sets. A copied symlink leads to a file in the project, but not in
    the archive, and something needs its content.
    """

    symlink: Symlink
    code: str
    what: str
    note: str = ""
    action: Action = Action.REJECTED


class StoredSymlink(NamedTuple):
    """A symlink that an sdist stores as `member`; `file` and `route` are for the caller.

    `problem` is what is wrong with its link target as the member's. `is_aliased`: it is reached through a symlink.
    """

    symlink: Symlink
    member: str
    problem: SymlinkProblem | None = None
    is_aliased: bool = False
    file: Any = None
    route: Any = None


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


def text_problem(at: str, text: str) -> tuple[Incompatibility, str] | None:
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


def problem_in_text(symlink: Symlink, member: str) -> SymlinkProblem | None:
    """Return the problem of a symlink in an sdist by its text alone, or None."""
    found = (table.LOOP, "") if symlink.kind == "loop" else text_problem(member, symlink.text)
    if found is None and symlink.kind == "through a file":
        found = table.THROUGH_FILE, "its path runs through a file"
    if found is None:
        return None
    row, reason = found
    what = f"{row.what}: {reason}" if reason else row.what
    if row in (table.OUT, table.FAR_OUT) and symlink.is_inside:
        what = "symlink that leaves the archive"
    return SymlinkProblem(symlink, row.code, what, row.consequence)


def problem_on_disk(symlink: Symlink) -> SymlinkProblem | None:
    """Return the problem of a symlink whose content is packed, or None."""
    problem = problem_without_content(symlink)
    if problem is not None or symlink.is_inside:
        return problem
    if is_absolute(symlink.text):
        return SymlinkProblem(symlink, "NC101", f"absolute {table.OUT.what}")
    return SymlinkProblem(symlink, "NC102", table.OUT.what)


def problem_without_content(symlink: Symlink) -> SymlinkProblem | None:
    """Return why a symlink has no content to pack, or None."""
    row = _WITHOUT_CONTENT.get(symlink.kind)
    return SymlinkProblem(symlink, *row) if row else None


def problems_in_sdist(
    stored: Sequence[StoredSymlink], members: AbstractSet[str], selected_by_wheel: Callable[[], AbstractSet[str]]
) -> Iterator[tuple[StoredSymlink, SymlinkProblem]]:
    """Yield each symlink that leads to no member, with its problem.

    `members` are all members of the sdist; `selected_by_wheel` returns the paths that a wheel selects from the tree. A
    symlink to a member is in order, wherever its link target is on disk.
    """
    links = {each.member: each.symlink.text for each in stored}
    ends = parents(members).union(members)
    for each in stored:
        symlink, problem, end = each.symlink, each.problem, follow(each.member, links)
        # It can be a loop in the archive only: through directories that are symlinks on disk.
        if problem is None and end in ends and end != each.member:
            continue
        is_selected = (symlink.is_inside or symlink.is_missing) and symlink.path in selected_by_wheel()
        if symlink.is_inside and symlink.kind == "file" and (each.is_aliased or (is_selected and problem is None)):
            note = f"{'no wheel can be built from it; ' * is_selected}packed as a regular file instead"
            what = "symlink to a file that is not in the sdist"
            problem = SymlinkProblem(symlink, "NC104", what, note, Action.COPIED)
        elif problem is None and not symlink.is_inside and not symlink.is_missing:
            problem = SymlinkProblem(symlink, "NC102", table.OUT.what, "it dangles in the sdist")
        elif problem is None:
            note = "no wheel can be built from it" if is_selected else "its link target is not in the sdist"
            # A wheel can be built from the tree, unless the link target is missing there too.
            action = Action.REJECTED if is_selected and not symlink.is_missing else Action.NOTICE
            problem = SymlinkProblem(symlink, "NC104", "dangling symlink", note, action)
        yield each, problem
