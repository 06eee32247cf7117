"""Decide about each selected file whether it is packed, and report problems."""

from __future__ import annotations

import os
import stat
from typing import Any, Callable, Mapping

from hatch_nocache._hatchling import Route
from hatch_nocache.config import Options
from hatch_nocache.members.names import is_plain, name_problem, outside_root
from hatch_nocache.paths import relative, within
from hatch_nocache.rules import OPTIONAL, Action, Finding
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

_USES_EFFECTIVE_IDS = os.access in os.supports_effective_ids


class UnreadableError(Exception):
    """A selected file cannot be read. The argument is its path."""


class Checker:
    """Checks the files of one build of one target.

    `findings` grows; each problem is reported once. `accepted` are members that are packed although they break a rule.
    """

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
        self.findings: list[Finding] = []
        self.accepted: set[str] = set()
        # Directories that are left out: paths of the walk.
        self.dropped: list[str] = []
        # Files that are not regular: id of the file object to the type bits of the mode.
        self.not_regular: dict[int, int] = {}
        self.is_rejected = False
        self._options = options
        self._allows = bool(options.allow)
        self.states = states
        self._required = required
        self._tables = tables
        self._times = times
        self._known: set[Finding] = set()
        # The notices about explicit files in each directory that drops the others.
        self._explicit: dict[DirectoryFinding, set[Finding]] = {}
        self._is_sdist = target == "sdist"
        # Another target may not write an archive.
        self._is_archive = target in ("sdist", "wheel")
        # Symlinks that an sdist stores. Whether their link targets are members is known at the end.
        self._stored: list[tuple[Any, Route, Any]] = []

    def add(self, finding: Finding) -> None:
        """Report a finding once. Hatchling may select a file more than once."""
        if finding not in self._known:
            self._known.add(finding)
            self.findings.append(finding)
            self.is_rejected = self.is_rejected or finding.is_rejected

    def forget(self, paths: set[str]) -> None:
        """Remove the findings about files that are left out for another reason."""
        self.findings = [finding for finding in self.findings if finding.path not in paths]
        self.is_rejected = any(finding.is_rejected for finding in self.findings)

    def report(self, found: DirectoryFinding, option: str) -> None:
        """Report the finding about a directory."""
        if found.reported:
            return
        found.reported = True
        if found.drops:
            self.dropped.append(found.walked)
        messages, advice = self.words()
        whole = next((each.key for each in found.explicit if not found.drops), "")
        finding = messages.directory(found, whole, self._options, option, advice)
        if finding is not None:
            # The new finding includes the explicit files.
            self.findings = [each for each in self.findings if each not in self._explicit.get(found, ())]
            self.add(finding)

    def check(self, file: Any, name: str, member: str, state: DirectoryState, route: Route) -> bool:
        """Return whether the file is packed as `member`.

        Its `path` is replaced if another file is packed instead. `name` is the last part of the path.

        Raises:
            UnreadableError: the file cannot be read. Hatchling would end in a traceback.
            OSError: the file has vanished.
        """
        path: str = file.path
        if state.allowed or (self._allows and self._options.allow.match(relative(path, self.root))):
            self.accepted.add(member)
            return self._check_allowed(file, member, route)
        is_plain_directory = state.cache is None and state.outside is None and not state.has_parts
        if not is_plain_directory and self.is_left_out(path, state, route):
            return False
        if self._is_archive and not is_plain(member):
            self._check_name(path, member, route)
        if self._times is not None:
            self._check_time(path, route, *self._times)
        kind = state.directory.kind(name) if state.is_scanned else _kind(path)
        if kind == "link":
            self.not_regular[id(file)] = stat.S_IFLNK
            return self._check_symlink(file, member, state, route)
        if kind == "special":
            return self._check_special(file, route)
        check_readable(path)
        return True

    def _check_time(self, path: str, route: Route, first: float, last: float) -> None:
        time = os.lstat(path).st_mtime
        if not first <= time <= last:
            messages, advice = self.words()
            shown = relative(path, self.root)
            self.add(messages.bad_time(shown, time, route.option(shown), advice))

    def _check_special(self, file: Any, route: Route) -> bool:
        if self._is_sdist and stat.S_ISSOCK(os.lstat(file.path).st_mode):
            # Hatchling leaves it out.
            self.not_regular[id(file)] = stat.S_IFSOCK
            return True
        messages, advice = self.words()
        shown = relative(file.path, self.root)
        self.add(messages.special(file.path, shown, route.option(shown), advice))
        return False

    def is_allowed(self, path: str) -> bool:
        """Return whether `allow` matches the path, relative to the root."""
        return self._options.allow.match(path)

    def is_left_out(self, path: str, state: DirectoryState, route: Route) -> bool:
        """Return whether the file is left out because of its directory, and report it."""
        for found in (state.cache, state.outside, self.states.parts.get(path)):
            if found is None:
                continue
            if not found.drops:
                self.report(found, "")
            elif not self._is_explicit(path, found):
                if path in self._required:
                    messages, advice = self.words()
                    shown = relative(path, self.root)
                    self.add(messages.required(shown, self._required[path], found, advice))
                else:
                    self.report(found, route.option(relative(path, self.root)))
                return True
        return False

    def _is_explicit(self, path: str, found: DirectoryFinding) -> bool:
        for explicit in found.explicit:
            if explicit.includes(path, self.root):
                if explicit.key and explicit.key != "allow" and not found.reported:
                    messages, _ = self.words()
                    finding = messages.explicit(found, explicit.key)
                    self._explicit.setdefault(found, set()).add(finding)
                    self.add(finding)
                return True
        return False

    def _check_allowed(self, file: Any, member: str, route: Route) -> bool:
        path: str = file.path
        is_regular = os.path.isfile(path)
        if is_regular and not (self._is_sdist and os.path.islink(path)):
            check_readable(path)
        if self._is_sdist or is_regular:
            self.not_regular[id(file)] = stat.S_IFMT(os.lstat(path).st_mode)
            if self._is_sdist and os.path.islink(path):
                self._check_allowed_symlink(path, member)
            return True
        # Hatchling would crash or hang on a path without content. An sdist stores symlinks as such.
        self.refuse(path, member, route)
        return False

    def _check_allowed_symlink(self, path: str, member: str) -> None:
        from hatch_nocache.members.symlinks import problem_in_text

        problem = problem_in_text(path, member, self.root)
        if problem is not None:
            messages, _ = self.words()
            self.add(messages.allowed_symlink(problem, relative(path, self.root)))

    def _check_name(self, path: str, member: str, route: Route) -> None:
        outside = outside_root(member, "")
        problem = outside or name_problem(member, wheel=not self._is_sdist)
        if problem is None:
            return
        messages, advice = self.words()
        shown = relative(path, self.root)
        if outside is not None:
            self.add(messages.outside_archive(shown, member, problem))
        else:
            self.add(messages.bad_name(shown, problem, route.option(shown), advice))

    # --- Symlinks -----------------------------------------------------------------------------------------------------

    def _check_symlink(self, file: Any, member: str, state: DirectoryState, route: Route) -> bool:
        # Imported here: most projects have no symlinks.
        from hatch_nocache.members.symlinks import StoredSymlink, problem_in_text, problem_on_disk

        if self._is_sdist:
            problem = problem_in_text(file.path, member, state.home)
            if problem is None or (problem.code == "NC102" and problem.can_copy and within(problem.real, state.home)):
                text = os.readlink(file.path).replace(os.sep, "/")
                is_aliased = state.link is not None
                stored = StoredSymlink(file.path, member, text, state.home, problem, is_aliased)
                self._stored.append((file, route, stored))
                return True
        else:
            problem = problem_on_disk(file.path, state.home)
            if problem is None:
                check_readable(file.path)
                return True
        return self._settle(problem, file, member, route)

    def finish(self, members: set[str], selected_by_wheel: Callable[[], set[str]], left_out: set[int]) -> None:
        """Check the symlinks that an sdist stores, once all `members` are known.

        `selected_by_wheel` returns the paths that a wheel of the project selects from the tree. `left_out` are the ids
        of files to leave out; those of symlinks are added.
        """
        from hatch_nocache.members.symlinks import problems_in_sdist

        stored = [each for each in self._stored if id(each[0]) not in left_out]
        self._stored.clear()
        for index, problem in problems_in_sdist([symlink for _, _, symlink in stored], members, selected_by_wheel):
            file, route, symlink = stored[index]
            if not self._settle(problem, file, symlink.member, route):
                left_out.add(id(file))

    @property
    def has_stored_symlinks(self) -> bool:
        """Whether `finish` has symlinks to check."""
        return bool(self._stored)

    def _settle(self, problem: Any, file: Any, member: str, route: Route) -> bool:
        """Report the problem of a symlink, and return whether the symlink is packed."""
        messages, advice = self.words()
        shown = relative(file.path, self.root)
        is_required = file.path in self._required
        finding = messages.symlink(
            problem, shown, member, self._options, route.option(shown), advice, is_required=is_required
        )
        if finding.drops or finding.code not in OPTIONAL or "symlinks" not in self._options.given:
            self.add(finding)
        if finding.code in OPTIONAL and not finding.drops:
            self.accepted.add(member)
        if finding.action is Action.COPIED and self._is_sdist:
            file.path = problem.real
            del self.not_regular[id(file)]
        return not finding.drops

    def refuse(self, source: str, member: str, route: Route) -> bool:
        """Report a source that is neither a file nor a directory.

        Returns whether it is left out. An sdist can store an allowed symlink.
        """
        messages, advice = self.words()
        shown = relative(source, self.root)
        if not os.path.islink(source):
            self.add(messages.special(source, shown, route.option(shown), advice))
            return True
        from hatch_nocache.members.symlinks import problem_without_content

        problem = problem_without_content(source)
        if problem is not None:
            arguments = (problem, shown, member, self._options, route.option(shown), advice)
            self.add(messages.symlink(*arguments, is_required=True))
        return problem is not None

    # --- Messages -----------------------------------------------------------------------------------------------------

    def words(self) -> tuple[Any, Any]:
        """Return the module `messages` and the tables for its hints.

        A build without findings does not import the module.
        """
        from hatch_nocache.selection import messages

        return messages, messages.Advice(*self._tables)


def check_readable(path: str) -> None:
    """Check that the file can be read.

    Raises:
        UnreadableError: it cannot be read.
    """
    # The effective user, as for `open`.
    if not os.access(path, os.R_OK, effective_ids=_USES_EFFECTIVE_IDS):
        raise UnreadableError(path)


def _kind(path: str) -> str:
    return "link" if os.path.islink(path) else "file" if os.path.isfile(path) else "special"
