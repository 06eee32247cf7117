"""Like Hatchling's `safe_walk`, in the same order, without dropped directories.

It tolerates files that vanish during the walk (pypa/hatch#1998). Because of symlinks, a directory can have several
names: Hatchling packs it under the first one that its walk meets (pypa/hatch#276, #1197, #2008).
"""

from __future__ import annotations

import os
from typing import Callable, Iterator, Tuple

from hatch_nocache._hatchling import Route
from hatch_nocache.paths import parents, within
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

# How many files of a directory are tested for selection before the walk enters it.
_SAMPLE = 32

_Identity = Tuple[int, int]
_Report = Callable[[DirectoryFinding, str], None]


def filtered_walk(
    source: str, states: DirectoryStates, route: Route, report: _Report, needed: Callable[[], set[str]] | None = None
) -> Iterator[tuple[DirectoryState, list[str], list[str]]]:
    """Yield like `hatchling.builders.utils.safe_walk`, with states instead of paths.

    The caller may shorten and sort the list of directories. `report` is called for each dropped directory. `needed`
    returns the directories that a wheel needs, relative to the root. It is called as soon as a directory has two names,
    and None for targets from which no wheel is built: there, every symlink is followed once.
    """
    # The first visit of each directory: the only one in Hatchling's walk.
    first: dict[_Identity, DirectoryState] = {}
    aliases: _Aliases | None = None
    # Symlinks, each by the real path of its directory and its name: it can have many paths.
    followed: set[tuple[str, str]] = set()
    # Parents and names, with the identities of the directories above.
    stack: list[tuple[DirectoryState | None, str, tuple[_Identity, ...]]] = [(None, source, ())]
    while stack:
        parent, name, above = stack.pop()
        state = states.top(name) if parent is None else _subdirectory(parent, name, states)
        identity = state and state.directory.identity()
        if state is None or identity is None:
            continue
        is_new = identity not in first and state.alias is None
        if parent is not None and _is_dropped(state, parent, route, report, is_new=is_new):
            continue
        is_repeated, packs = identity in above, True
        if parent is not None and name in parent.directory.links:
            link = parent.directory.location, name
            is_repeated = is_repeated or link in followed
            followed.add(link)
        if state.outside is not None and state.outside.drops:
            # Every symlink out of the project is reported, even if two lead to one directory.
            enters = not is_repeated
        elif is_new:
            first[identity], enters = state, True
        else:
            aliases = aliases or _Aliases(source, states, route, needed and needed())
            state = state._replace(alias=state.alias or (state, first[identity]))
            enters, packs = aliases.enter(state, first.get(identity), is_repeated=is_repeated)
        if enters:
            directories = list(state.directory.subdirectories)
            yield state, directories, list(state.directory.nondirectories) if packs else []
            above = (*above, identity)
            stack.extend((state, name, above) for name in reversed(directories))


def _subdirectory(parent: DirectoryState, name: str, states: DirectoryStates) -> DirectoryState | None:
    """Return the state of a subdirectory; None if it need not be entered."""
    walked = os.path.join(parent.directory.walked, name)
    is_pruned = any(found is not None and found.can_prune(walked) for found in (parent.cache, parent.outside))
    return None if is_pruned else states.step(parent, name)


def _is_dropped(state: DirectoryState, parent: DirectoryState, route: Route, report: _Report, *, is_new: bool) -> bool:
    """Return whether no file in the directory is packed, and report the reason.

    Without `is_new`, Hatchling would not pack it under this name either, so nothing is reported.
    """
    walked = state.directory.walked
    for found, known in ((state.cache, parent.cache), (state.outside, parent.outside)):
        if found is None or found is known or not found.drops:
            continue
        if route.excludes(walked) or not (is_new or found.explicit):
            return True
        selected = "" if found.explicit else route.selected(walked, state.directory.nondirectories[:_SAMPLE])
        if selected:
            report(found, route.option(f"{state.directory.path}/{selected}"))
        if found.can_prune(walked):
            return True
    return False


class _Aliases:
    """Decides under which further names a directory is entered, and packed."""

    def __init__(self, source: str, states: DirectoryStates, route: Route, needed: set[str] | None) -> None:
        self._source = source
        self._states = states
        self._route = route
        self._needed = needed
        self._above_needed = parents(needed or ())
        # Real paths of the directories that only a symlink makes part of the selection.
        self._found: set[str] = set()

    def enter(self, state: DirectoryState, first: DirectoryState | None, *, is_repeated: bool) -> tuple[bool, bool]:
        """Return whether to enter the directory under this name, and whether to pack it.

        `first` is the directory under the name that Hatchling packs. `is_repeated`: the walk has followed the symlink
        already, or is in the directory.
        """
        path, walked, real = state.directory.path, state.directory.walked, state.directory.location
        # The real name, or one that a wheel needs.
        if state.link is None or path in (self._needed or ()):
            return True, True
        packs = real not in self._found and first is not None and self._is_lost(first) and self._selects(state, walked)
        if packs:
            self._found.add(real)
        if self._needed is None:
            return packs or not is_repeated, True
        is_useful = not is_repeated and not self._route.excludes(walked)
        return packs or path in self._above_needed or is_useful, packs

    def _is_lost(self, first: DirectoryState) -> bool:
        """Return whether no file in the directory is selected under its first or its real name."""
        walked, real, real_root = first.directory.walked, first.directory.location, self._states.real_root
        if first.cache is not None or not within(real, real_root):
            return False
        real_name = os.path.normpath(os.path.join(self._states.root, os.path.relpath(real, real_root)))
        return not any(self._selects(first, name) for name in (walked, real_name) if within(name, self._source))

    def _selects(self, state: DirectoryState, name: str) -> bool:
        return bool(self._route.selected(name, state.directory.nondirectories))
