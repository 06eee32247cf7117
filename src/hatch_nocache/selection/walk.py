"""Like Hatchling's `safe_walk`, in the same order, without dropped directories.

It tolerates files that vanish during the walk (pypa/hatch#1998).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable, Iterator, Tuple

from hatch_nocache._hatchling import Route
from hatch_nocache.selection.directory import DirectoryFinding, DirectoryState, DirectoryStates

if TYPE_CHECKING:
    from hatch_nocache.selection.aliases import Aliases

_Identity = Tuple[int, int]


def filtered_walk(
    source: str,
    states: DirectoryStates,
    route: Route,
    report: Callable[[DirectoryFinding, str], None],
    needed: Callable[[], set[str]] | None = None,
) -> Iterator[tuple[DirectoryState, list[str], list[str]]]:
    """Yield like `hatchling.builders.utils.safe_walk`, with states instead of paths.

    The caller may shorten and sort the list of directories. `report` is called for each dropped directory. `needed` is
    called as soon as a directory has two names, and returns the directories of the files that a wheel selects, relative
    to the root. It is None for targets from which no wheel is built: there, every symlink is followed once.
    """
    # The first visit of each directory: the only one in Hatchling's walk.
    first: dict[_Identity, DirectoryState] = {}
    aliases: Aliases | None = None
    # Symlinks, each by the real path of its directory and its name: it can have many paths.
    followed: set[tuple[str, str]] = set()
    # Parents and names, with the identities of the directories above.
    stack: list[tuple[DirectoryState | None, str, tuple[_Identity, ...]]] = [(None, source, ())]
    while stack:
        parent, name, above = stack.pop()
        state, identity = _step(parent, name, states)
        if state is None:
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
            if aliases is None:
                # Imported here: most projects have no directory with two names.
                from hatch_nocache.selection.aliases import Aliases

                aliases = Aliases(source, states, route, needed)
            state = state._replace(alias=state.alias or (state, first[identity]))
            enters, packs = aliases.enter(state, first.get(identity), is_repeated=is_repeated)
        if enters:
            directories = list(state.directory.subdirectories)
            yield state, directories, list(state.directory.nondirectories) if packs else []
            above = (*above, identity)
            stack.extend((state, name, above) for name in reversed(directories))


def _step(parent: DirectoryState | None, name: str, states: DirectoryStates) -> tuple[DirectoryState | None, _Identity]:
    """Return the state and the identity of a directory; None if it need not be entered."""
    if parent is None:
        state = states.top(name)
    else:
        walked = os.path.join(parent.directory.walked, name)
        if any(found is not None and found.can_prune(walked) for found in (parent.cache, parent.outside)):
            return None, (0, 0)
        state = states.step(parent, name)
    try:
        status = os.stat(state.directory.walked)
    except OSError:
        return None, (0, 0)
    return state if state.directory.readable else None, (status.st_dev, status.st_ino)


def _is_dropped(
    state: DirectoryState,
    parent: DirectoryState,
    route: Route,
    report: Callable[[DirectoryFinding, str], None],
    *,
    is_new: bool,
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
        selected = "" if found.explicit else route.selected(walked, state.directory.nondirectories)
        if selected:
            report(found, route.option(f"{state.directory.path}/{selected}"))
        if found.can_prune(walked):
            return True
    return False
