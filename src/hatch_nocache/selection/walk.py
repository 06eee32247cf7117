"""Like Hatchling's `safe_walk`, in the same order, without dropped directories.

It tolerates files that vanish during the walk (pypa/hatch#1998). If symlinks give a directory several names, it packs
the directory under each name that is needed (pypa/hatch#276, #1197, #2008).
"""

from __future__ import annotations

import os
from typing import Callable, Iterator, NamedTuple, Tuple

from hatch_nocache._hatchling import Route
from hatch_nocache.paths import within
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

# How many files of a directory are tested for selection before the walk enters it.
_SAMPLE = 32

_Identity = Tuple[int, int]


class Needed(NamedTuple):
    """The directories of the files that a wheel selects, and their parents."""

    directories: set[str]
    parents: set[str]


class Alias(NamedTuple):
    """A directory that is entered as `walked`, but that Hatchling met as `known_as`.

    `link` is the directory symlink by which one of the two is reached.
    """

    walked: str
    known_as: str
    link: str


class Aliases:
    """The aliases of one build.

    `by_directory` contains each directory below an alias: path of the walk to alias. `needed` is called as soon as a
    directory has two names. It is None for targets from which no wheel is built: there, every symlink is followed once.
    """

    def __init__(self, needed: Callable[[], Needed] | None) -> None:
        self.needed = needed
        self.by_directory: dict[str, Alias] = {}


class _Visit(NamedTuple):
    """A directory on the stack of the walk, and the identities of those above it.

    `is_native`: Hatchling's walk would enter the parent.
    """

    parent: DirectoryState | None
    name: str
    is_native: bool
    above: tuple[_Identity, ...]

    @property
    def link(self) -> tuple[str, str] | None:
        """The identity of the symlink, which can have many paths; None for a directory."""
        if self.parent is None or self.name not in self.parent.directory.links:
            return None
        return self.parent.directory.location, self.name


class _Names:
    """Decides which names of a directory are entered, and which are packed."""

    def __init__(self, source: str, route: Route, states: DirectoryStates, aliases: Aliases) -> None:
        self._source = source
        self._route = route
        self._states = states
        self._aliases = aliases
        # The first visit of each directory: the only one in Hatchling's walk.
        self._first: dict[_Identity, DirectoryState] = {}
        self._followed: set[tuple[str, str]] = set()
        # Real paths of directories without a selected file so far, and of their parents.
        self._lost: set[str] = set()
        self._above_lost: set[str] = set()
        self._unchecked: list[DirectoryState] = []

    def enter(self, visit: _Visit, identity: _Identity, state: DirectoryState) -> tuple[bool, bool]:
        """Return whether to enter the directory under this name, and whether to pack it."""
        is_new_link = visit.link not in self._followed
        if visit.link is not None:
            self._followed.add(visit.link)
        if state.outside is not None and state.outside.drops:
            # Every symlink out of the project is reported, even if two lead to one directory.
            return is_new_link and identity not in visit.above, True
        if self.is_new(visit, identity):
            self._first[identity] = state
            self._unchecked.append(state)
            return True, True
        enters, packs = self._enter_again(state, is_new_link=is_new_link, is_cycle=identity in visit.above)
        if enters:
            self._record(identity, state)
        return enters, packs

    def is_new(self, visit: _Visit, identity: _Identity) -> bool:
        """Return whether Hatchling's walk would enter the directory now."""
        return visit.is_native and identity not in self._first

    def is_native(self, identity: _Identity, state: DirectoryState) -> bool:
        """Return whether Hatchling's walk would enter the directory under this name."""
        return self._first.get(identity) is state

    def _enter_again(self, state: DirectoryState, *, is_new_link: bool, is_cycle: bool) -> tuple[bool, bool]:
        if state.link is None:
            # The real name.
            return True, True
        if self._aliases.needed is None:
            return is_new_link and not is_cycle, True
        needed = self._aliases.needed()
        walked, real = state.directory.walked, state.directory.location
        if walked in needed.directories:
            return True, True
        self._find_lost()
        packs = real in self._lost and self._selects_any(walked, state)
        if packs:
            self._lost.remove(real)
        is_useful = real in self._above_lost and is_new_link and not is_cycle and not self._route.excludes(walked)
        return packs or walked in needed.parents or is_useful, packs

    def _find_lost(self) -> None:
        root, real_root = self._states.root, self._states.real_root
        for state in self._unchecked:
            location = state.directory.location
            if not state.directory.nondirectories or state.cache is not None or not within(location, real_root):
                continue
            real_name = os.path.normpath(os.path.join(root, os.path.relpath(location, real_root)))
            candidates = [state.directory.walked, *([real_name] if within(real_name, self._source) else [])]
            if not any(self._selects_any(name, state) for name in candidates):
                self._lost.add(location)
                while location not in self._above_lost and within(location, real_root):
                    self._above_lost.add(location)
                    location = os.path.dirname(location)
        self._unchecked.clear()

    def _selects_any(self, name: str, state: DirectoryState) -> bool:
        files = state.directory.nondirectories
        return self._route.selects_any(name, files, most=len(files))

    def _record(self, identity: _Identity, state: DirectoryState) -> None:
        walked = state.directory.walked
        alias = self._aliases.by_directory.get(os.path.dirname(walked))
        if alias is None:
            # Below a directory with two names, Hatchling meets each directory under the first name.
            first = self._first.get(identity, state)
            alias = Alias(walked, first.directory.walked, state.link or first.link or walked)
        self._aliases.by_directory[walked] = alias


def filtered_walk(
    source: str,
    states: DirectoryStates,
    route: Route,
    aliases: Aliases,
    report: Callable[[DirectoryFinding, str], None],
) -> Iterator[tuple[DirectoryState, list[str], list[str]]]:
    """Yield like `hatchling.builders.utils.safe_walk`, with states instead of paths.

    The caller may shorten and sort the list of directories. `report` is called for each dropped directory.
    """
    route.start(source)
    names = _Names(source, route, states, aliases)
    stack = [_Visit(None, source, is_native=True, above=())]
    while stack:
        visit = stack.pop()
        state = states.top(source) if visit.parent is None else _step(visit.parent, visit.name, states)
        if state is None:
            continue
        try:
            status = os.stat(state.directory.walked)
        except OSError:
            continue
        identity = status.st_dev, status.st_ino
        if visit.parent is not None and _is_dropped(state, visit.parent, route, report, names.is_new(visit, identity)):
            continue
        enters, packs = names.enter(visit, identity, state)
        if not enters:
            continue
        directories = list(state.directory.subdirectories)
        yield state, directories, list(state.directory.nondirectories) if packs else []
        is_native = names.is_native(identity, state)
        above = (*visit.above, identity)
        stack.extend(_Visit(state, name, is_native=is_native, above=above) for name in reversed(directories))


def _step(parent: DirectoryState, name: str, states: DirectoryStates) -> DirectoryState | None:
    """Return the state of a subdirectory, or None if it need not be entered."""
    walked = os.path.join(parent.directory.walked, name)
    if any(found is not None and found.can_prune(walked) for found in (parent.cache, parent.outside)):
        return None
    state = states.step(parent, name)
    return state if state.directory.readable else None


def _is_dropped(
    state: DirectoryState,
    parent: DirectoryState,
    route: Route,
    report: Callable[[DirectoryFinding, str], None],
    is_new: bool,  # noqa: FBT001 - one of two callers
) -> bool:
    """Return whether no file in the directory is packed, and report the reason.

    Without `is_new`, Hatchling would not pack it under this name either, so nothing is reported.
    """
    walked = state.directory.walked
    for found, known in ((state.cache, parent.cache), (state.outside, parent.outside)):
        if found is None or found is known or not found.drops or found.reported:
            continue
        if route.excludes(walked) or not (is_new or found.explicit):
            return True
        files = state.directory.nondirectories
        if not found.explicit and route.selects_any(walked, files, most=_SAMPLE):
            report(found, route.option(f"{state.directory.path}/{files[0]}"))
        if found.can_prune(walked):
            return True
    return False
