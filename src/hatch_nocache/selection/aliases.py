"""Directories with several names, because of symlinks.

Hatchling packs such a directory under the first name that its walk meets (pypa/hatch#276, #1197, #2008).
"""

from __future__ import annotations

import os
from typing import Callable

from hatch_nocache._hatchling import Route
from hatch_nocache.paths import parents, within
from hatch_nocache.selection.directory import DirectoryState, DirectoryStates


class Aliases:
    """Decides in one walk under which further names a directory is entered, and packed."""

    def __init__(
        self, source: str, states: DirectoryStates, route: Route, needed: Callable[[], set[str]] | None
    ) -> None:
        self._source = source
        self._states = states
        self._route = route
        self._needed = None if needed is None else needed()
        self._above_needed = parents(self._needed or ())
        # Real paths of the directories that only a symlink makes part of the selection.
        self._found: set[str] = set()

    def enter(self, state: DirectoryState, first: DirectoryState | None, *, is_repeated: bool) -> tuple[bool, bool]:
        """Return whether to enter the directory under this name, and whether to pack it.

        `first` is the directory under the name that Hatchling packs. `is_repeated`: the walk has followed the symlink
        already, or is in the directory.
        """
        path, walked, real = state.directory.path, state.directory.walked, state.directory.location
        if state.link is None:
            # The real name.
            return True, True
        if self._needed is None:
            return not is_repeated, True
        if path in self._needed:
            return True, True
        packs = real not in self._found and first is not None and self._is_lost(first) and self._selects(state, walked)
        if packs:
            self._found.add(real)
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
