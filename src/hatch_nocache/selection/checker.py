"""Decide about each selected file whether it is packed, and report problems."""

from __future__ import annotations

import functools
import os
import stat
from typing import TYPE_CHECKING, Any, Callable, Mapping

from hatch_nocache._hatchling import Route
from hatch_nocache.config import Options
from hatch_nocache.paths import is_plain, relative
from hatch_nocache.rules import OPTIONAL, Action, Finding
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

if TYPE_CHECKING:
    from hatch_nocache.members.symlinks import SelectedSymlink
    from hatch_nocache.selection.messages import Messages

_USES_EFFECTIVE_IDS = os.access in os.supports_effective_ids


class UnreadableError(Exception):
    """A selected file cannot be read. The argument is its path."""


class Checker:
    """Checks the files of one build of one target."""

    def __init__(
        self,
        target: str,
        options: Options,
        states: DirectoryStates,
        required: Mapping[str, str],
        tables: tuple[str, str],
        times: tuple[float, float] | None = None,
    ) -> None:
        """Take the parameters of the build.

        `required` are required files: path to the key that requires it. `tables` are the tables in hints: the hook's,
        and the one whose `exclude` is in force. `times` is the range of modification times, None if none is packed.
        """
        self.root = states.root
        # An ordered set: Hatchling may select a file more than once.
        self.findings: dict[Finding, None] = {}
        # Members that are packed although they break a rule.
        self.accepted: set[str] = set()
        # Directories that are left out: paths of the walk.
        self.dropped: list[str] = []
        # Files that are not regular: id of the file object to the type bits of the mode.
        self.not_regular: dict[int, int] = {}
        # Symlinks that an sdist stores. Whether their link targets are members is known at the end.
        self.stored: list[tuple[Finding | None, SelectedSymlink]] = []
        self._options = options
        self.states = states
        self._required = required
        self._tables = tables
        self._times = times
        # The notices about explicit files in each directory that drops the others, by its path.
        self._notices: dict[str, set[Finding]] = {}
        self._is_sdist = target == "sdist"
        # Another target may not write an archive.
        self._is_archive = target in ("sdist", "wheel")

    @functools.cached_property
    def messages(self) -> Messages:
        """The messages. A build without findings does not import the module."""
        from hatch_nocache.selection.messages import Messages

        return Messages(self._options, *self._tables)

    @property
    def rejected(self) -> list[Finding]:
        """The findings that fail the build."""
        return [finding for finding in self.findings if finding.is_rejected]

    def add(self, finding: Finding) -> None:
        """Report a finding once."""
        self.findings[finding] = None

    def forget(self, paths: set[str]) -> None:
        """Remove the findings about files that are left out for another reason."""
        self.findings = dict.fromkeys(finding for finding in self.findings if finding.path not in paths)

    def report(self, found: DirectoryFinding, option: str) -> None:
        """Report the finding about a directory."""
        if found.reported:
            return
        found.reported = True
        if found.drops:
            self.dropped.append(found.walked)
        finding = self.messages.directory(found, option)
        if finding is not None:
            # It includes the explicit files.
            for notice in self._notices.pop(found.walked, ()):
                self.findings.pop(notice, None)
            self.add(finding)

    def check(self, file: Any, name: str, member: str, state: DirectoryState, route: Route) -> bool:
        """Return whether the file is packed as `member`.

        Its `path` is replaced if another file is packed instead. `name` is the last part of the path.

        Raises:
            UnreadableError: the file cannot be read. Hatchling would end in a traceback.
            OSError: the file has vanished.
        """
        path: str = file.path
        allow = self._options.allow
        allowed = state.allowed or bool(allow.lines and allow.match(relative(path, self.root)))
        if allowed:
            self.accepted.add(member)
        elif (state.cache or state.outside or self.states.parts) and self.is_left_out(path, state, route):
            return False
        else:
            self._check_member(path, member, route)
        is_link = name in state.directory.links
        if not is_link and name not in state.directory.special:
            check_readable(path)
            return True
        mode = self.not_regular[id(file)] = stat.S_IFMT(os.lstat(path).st_mode)
        if is_link:
            return self._check_symlink(file, member, state, route, allowed=allowed)
        # Hatchling leaves a socket out of an sdist. On other special files, it would crash or hang.
        return (self._is_sdist and (allowed or stat.S_ISSOCK(mode))) or not self.refuse(path, member, route)

    def is_left_out(self, path: str, state: DirectoryState, route: Route) -> bool:
        """Return whether the file is left out because of its directory, and report it."""
        for found in filter(None, (state.cache, state.outside, self.states.parts.get(path))):
            if not found.drops:
                self.report(found, "")
            elif not self._is_explicit(path, found):
                shown = relative(path, self.root)
                if path in self._required:
                    self.add(self.messages.required(shown, self._required[path], found))
                else:
                    self.report(found, route.option(shown))
                return True
        return False

    def _is_explicit(self, path: str, found: DirectoryFinding) -> bool:
        explicit = next((each for each in found.explicit if each.includes(path, self.root)), None)
        if explicit is not None and explicit.key and found.walked not in self.dropped:
            notice = self.messages.explicit(found, f"`{explicit.key}`")
            self._notices.setdefault(found.walked, set()).add(notice)
            self.add(notice)
        return explicit is not None

    def _check_member(self, path: str, member: str, route: Route) -> None:
        """Report a name and a time that installers refuse."""
        if self._is_archive and not is_plain(member):
            # Imported here: most projects have plain names only.
            from hatch_nocache.members.names import name_problem, outside_root

            outside = outside_root(member, "")
            problem = outside or name_problem(member, wheel=not self._is_sdist)
            if outside:
                shown = relative(path, self.root)
                reason = outside if shown == member else f"{outside} (from {shown})"
                self.add(self.messages.member("outside", member, reason))
            elif problem:
                self._reject("name", path, problem, route)
        if self._times is not None:
            time = os.lstat(path).st_mtime
            if not self._times[0] <= time <= self._times[1]:
                reason = "modified before 1970" if time < 0 else "modified before 1980 or after 2107"
                self._reject("time", path, reason, route)

    def _reject(self, row: str, path: str, reason: str, route: Route) -> None:
        shown = relative(path, self.root)
        leave_out = self.messages.leave_out(shown, route.option(shown))
        self.add(self.messages.member(row, shown, reason, leave_out))

    def _check_symlink(self, file: Any, member: str, state: DirectoryState, route: Route, *, allowed: bool) -> bool:
        # Imported here: most projects have no symlinks.
        from hatch_nocache.members import symlinks

        symlink = symlinks.Symlink.read(file.path, state.home)
        selected = symlinks.SelectedSymlink(symlink, member, state.link is not None, file, route)
        if self._is_sdist:
            problem = symlinks.problem_in_text(symlink, member)
            if allowed:
                if problem is not None:
                    self.add(problem._replace(path=relative(file.path, self.root), action=Action.NOTICE))
                return True
            if problem is None or (problem.code == "NC102" and symlink.is_file and symlink.is_inside):
                self.stored.append((problem, selected))
                return True
        else:
            problem = (symlinks.problem_without_content if allowed else symlinks.problem_on_disk)(symlink)
            if problem is None:
                check_readable(file.path)
                return True
        return self._settle(problem, selected, is_required=allowed)

    def finish(self, members: set[str], selected_by_wheel: Callable[[], set[str]], left_out: set[int]) -> None:
        """Check the stored symlinks. Adds the ids of files to leave out to `left_out`."""
        from hatch_nocache.members.symlinks import problems_in_sdist

        stored = [(problem, each) for problem, each in self.stored if id(each.file) not in left_out]
        self.stored.clear()
        for problem, each in problems_in_sdist(stored, members, selected_by_wheel):
            if not self._settle(problem, each):
                left_out.add(id(each.file))

    def _settle(self, problem: Finding, selected: SelectedSymlink, *, is_required: bool = False) -> bool:
        """Report the problem of a symlink, and return whether the symlink is packed."""
        symlink, member, _, file, route = selected
        problem = problem._replace(path=relative(symlink.path, self.root))
        is_required = is_required or symlink.path in self._required
        finding = self.messages.symlink(problem, selected, route.option(problem.path), is_required=is_required)
        is_optional = finding.code in OPTIONAL
        if finding.drops or not (is_optional and "symlinks" in self._options.given):
            self.add(finding)
        if is_optional and not finding.drops:
            self.accepted.add(member)
        if finding.action is Action.COPIED and self._is_sdist:
            file.path = symlink.real
            del self.not_regular[id(file)]
        return not finding.drops

    def refuse(self, path: str, member: str, route: Route) -> bool:
        """Report a path without content, and return whether it is one.

        Hatchling reports a symlink that cannot be followed for lack of a permission.
        """
        shown = relative(path, self.root)
        if not os.path.islink(path):
            self.add(self.messages.special(os.lstat(path).st_mode, shown, route.option(shown)))
            return True
        from hatch_nocache.members.symlinks import SelectedSymlink, Symlink, problem_without_content

        symlink = Symlink.read(path, self.root)
        problem = problem_without_content(symlink)
        if problem is not None:
            self._settle(problem, SelectedSymlink(symlink, member, route=route), is_required=True)
        return problem is not None


def check_readable(path: str) -> None:
    """Raise `UnreadableError` if the file cannot be read."""
    # The effective user, as for `open`.
    if not os.access(path, os.R_OK, effective_ids=_USES_EFFECTIVE_IDS):
        raise UnreadableError(path)
