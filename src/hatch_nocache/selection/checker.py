"""Decide about each selected file whether it is packed, and report problems."""

from __future__ import annotations

import functools
import os
import posixpath
import stat
from typing import TYPE_CHECKING, Any, Mapping

from hatch_nocache._hatchling import Route
from hatch_nocache.paths import is_plain
from hatch_nocache.rules import OPTIONAL, Action, Finding
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

if TYPE_CHECKING:
    from hatch_nocache.members.symlinks import Symlink
    from hatch_nocache.selection.messages import Messages

_USES_EFFECTIVE_IDS = os.access in os.supports_effective_ids


class UnreadableError(Exception):
    """A selected file cannot be read. The argument is its path."""


class Selected:
    """A file that Hatchling selects.

    `path` is its path in the walk, `member` its name in the archive; "" if the file is not packed, but shows an import
    path. `file` is Hatchling's record, if it made one. Its path is replaced if another file is packed instead.
    """

    def __init__(self, path: str, member: str, state: DirectoryState, route: Route, file: Any = None) -> None:
        self.file = file
        self.path = path
        self.member = member
        self.state = state
        self.route = route
        self.is_packed = True
        # The type bits of the mode of what is packed.
        self.kind = stat.S_IFREG

    @property
    def shown(self) -> str:
        """The path in messages."""
        return posixpath.join(self.state.directory.path, os.path.basename(self.path))

    @property
    def option(self) -> str:
        """The option that selects it despite `exclude`; "" if `exclude` works."""
        return self.route.option(self.shown)


class Checker:
    """Checks the files of one build of one target.

    `required` are required files: path to the key that requires it. `tables` are the tables in hints: the hook's, and
    the one whose `exclude` is in force. `times` is the range of modification times, None if none is packed.
    """

    def __init__(
        self,
        target: str,
        states: DirectoryStates,
        required: Mapping[str, str],
        tables: tuple[str, str],
        times: tuple[float, float] | None = None,
    ) -> None:
        self.states = states
        self.required = required
        # An ordered set: Hatchling may select a file more than once.
        self.findings: dict[Finding, None] = {}
        # Files that are packed although they break a rule.
        self._accepted: list[Selected] = []
        # Directories that are left out: paths of the walk.
        self.dropped: list[str] = []
        # Symlinks that an sdist stores. Whether their link targets are members is known at the end.
        self.stored: list[Symlink] = []
        self._options = states.options
        self._tables = tables
        self._times = times
        self._is_sdist = target == "sdist"
        # Another target may not write an archive.
        self._is_archive = target in ("sdist", "wheel")

    @functools.cached_property
    def messages(self) -> Messages:
        # A build without findings does not import the module.
        from hatch_nocache.selection.messages import Messages

        return Messages(self._options, *self._tables)

    @property
    def accepted(self) -> set[str]:
        """The members that are packed although they break a rule, as in the archive."""
        return {each.member for each in self._accepted}

    @property
    def rejected(self) -> list[Finding]:
        """The findings that fail the build."""
        return [finding for finding in self.findings if finding.is_rejected]

    def add(self, finding: Finding) -> None:
        self.findings[finding] = None

    def report(self, found: DirectoryFinding, option: str) -> None:
        """Report the finding about a directory, once."""
        if found.reported:
            return
        found.reported = True
        if found.drops:
            self.dropped.append(found.walked)
            # Its finding includes the explicit files.
            for explicit in found.explicit:
                self.findings.pop(self.messages.explicit(found, f"`{explicit.key}`"), None)
        finding = self.messages.directory(found, option)
        if finding is not None:
            self.add(finding)

    def check(self, each: Selected) -> bool:
        """Return whether the file is packed.

        Raises:
            UnreadableError: the file cannot be read. Hatchling would end in a traceback.
            OSError: the file has vanished.
        """
        path, state, allow = each.path, each.state, self._options.allow
        is_allowed = state.allowed or bool(allow.lines and allow.match(each.shown))
        if is_allowed:
            self._accepted.append(each)
        elif (state.cache or state.outside or self.states.parts) and self.is_left_out(each):
            return False
        else:
            self._check_member(each)
        if path.rpartition(os.sep)[2] not in state.directory.files and os.path.lexists(path):
            each.kind = stat.S_IFMT(os.lstat(path).st_mode)
        if each.kind == stat.S_IFREG:
            check_readable(path)
            return True
        if each.kind == stat.S_IFLNK:
            return self._check_symlink(each, is_allowed=is_allowed)
        # Hatchling leaves a socket out of an sdist. On other special files, it would crash or hang.
        return (self._is_sdist and (is_allowed or stat.S_ISSOCK(each.kind))) or not self.refuse(each)

    def is_left_out(self, each: Selected) -> bool:
        """Return whether the file is left out because of its directory, and report it."""
        for found in filter(None, (each.state.cache, each.state.outside, self.states.parts.get(each.path))):
            if not found.drops:
                self.report(found, "")
                continue
            explicit = next((it for it in found.explicit if it.includes(each.path, self.states.root)), None)
            if explicit is None:
                if each.path in self.required:
                    self.add(self.messages.required(each.shown, self.required[each.path], found))
                else:
                    self.report(found, each.option)
                return True
            if explicit.key and found.walked not in self.dropped:
                self.add(self.messages.explicit(found, f"`{explicit.key}`"))
        return False

    def _check_member(self, each: Selected) -> None:
        """Report a name and a time that installers refuse."""
        member = each.member
        if self._is_archive and not is_plain(member):
            # Imported here: most projects have plain names only.
            from hatch_nocache.members.names import name_problem, outside_root

            outside = outside_root(member, "")
            problem = outside or name_problem(member, wheel=not self._is_sdist)
            if outside:
                reason = outside if each.shown == member else f"{outside} (from {each.shown})"
                self.add(self.messages.member("outside", member, reason))
            elif problem:
                self._reject("name", each, problem)
        if self._times is not None:
            time = os.lstat(each.path).st_mtime
            if not self._times[0] <= time <= self._times[1]:
                reason = "modified before 1970" if time < 0 else "modified before 1980 or after 2107"
                self._reject("time", each, reason)

    def _reject(self, row: str, each: Selected, reason: str) -> None:
        self.add(self.messages.member(row, each.shown, reason, self.messages.leave_out(each.shown, each.option)))

    def _check_symlink(self, each: Selected, *, is_allowed: bool) -> bool:
        # Imported here: most projects have no symlinks.
        from hatch_nocache.members import symlinks

        symlink = symlinks.Symlink.read(each.path, each.state.home, each.member)
        symlink = symlink._replace(is_aliased=each.state.link is not None, selected=each)
        if self._is_sdist:
            problem = symlinks.problem_in_text(symlink)
            if is_allowed:
                if problem is not None:
                    self.add(problem._replace(path=each.shown, action=Action.NOTICE))
                return True
            if problem is None or (problem.code == "NC102" and symlink.is_file and symlink.is_inside):
                self.stored.append(symlink)
                return True
        else:
            problem = symlinks.problem_on_disk(symlink, allowed=is_allowed)
            if problem is None:
                check_readable(each.path)
                return True
        return self.settle(problem, symlink, is_required=is_allowed)

    def settle(self, problem: Finding, symlink: Symlink, *, is_required: bool = False) -> bool:
        """Report the problem of a symlink, and return whether the symlink is packed."""
        each: Selected = symlink.selected
        is_required = is_required or each.path in self.required
        problem = problem._replace(path=each.shown)
        finding = self.messages.symlink(problem, symlink, each.option, is_required=is_required)
        is_optional = finding.code in OPTIONAL
        if finding.drops or not (is_optional and "symlinks" in self._options.given):
            self.add(finding)
        if is_optional and not finding.drops:
            self._accepted.append(each)
        if finding.action is Action.COPIED and self._is_sdist:
            each.file.path = symlink.real
            each.kind = stat.S_IFREG
        return not finding.drops

    def refuse(self, each: Selected) -> bool:
        """Report a path without content, and return whether it is one.

        Hatchling reports a symlink that cannot be followed for lack of a permission.
        """
        if not os.path.islink(each.path):
            self.add(self.messages.special(os.lstat(each.path).st_mode, each.shown, each.option))
            return True
        from hatch_nocache.members.symlinks import Symlink, problem_on_disk

        symlink = Symlink.read(each.path, self.states.root, each.member)._replace(selected=each)
        problem = problem_on_disk(symlink, allowed=True)
        if problem is not None:
            self.settle(problem, symlink, is_required=True)
        return problem is not None


def check_readable(path: str) -> None:
    # The effective user, as for `open`.
    if not os.access(path, os.R_OK, effective_ids=_USES_EFFECTIVE_IDS):
        raise UnreadableError(path)
