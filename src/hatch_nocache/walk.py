"""The walk that hatchling is given in place of its own: the same directories in the same order, save what is out.

It tolerates what vanishes meanwhile (hatch issue 1998), and a link to a directory never costs the real directory its
place (hatch issues 1197 and 2008).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Tuple

from hatchling.builders.constants import EXCLUDED_FILES

from hatch_nocache.places import Hit, Place
from hatch_nocache.tree import native

if TYPE_CHECKING:
    from hatch_nocache.selection import Selection

__all__ = ["Chooser", "guarded_walk"]

# How many files of a directory are looked at to see whether any would be chosen, before the walk goes in to see.
_SAMPLE = 32


class Chooser:
    """What hatchling would choose in the walk that is under way; `place` is the directory that it is in, if it is."""

    def __init__(self, config: Any, mapping: Optional[Mapping[str, str]], *, forced: bool) -> None:
        self.forced = forced
        self.place: Optional[Place] = None
        self._config = config
        self._mapping = mapping
        self._source = config.root

    def start(self, source: str) -> None:
        """The walk begins at `source`."""
        self._source = source

    def chooses_some(self, place: Place) -> bool:
        """Whether a file directly in the directory is certain to be chosen."""
        names = [name for name in place.directory.nondirectories if name not in EXCLUDED_FILES][:_SAMPLE]
        if self.forced:
            return bool(names)
        explicit = self._mapping is not None
        is_package = place.directory.has("__init__.py")
        where = self._path(place)
        return any(
            self._config.include_path(os.path.join(where, name), explicit=explicit, is_package=is_package)
            for name in names
        )

    def chooses_none(self, place: Place) -> bool:
        """Whether the configuration excludes the directory with all that is in it."""
        config = self._config
        if self.forced or not config.path_is_excluded(self._path(place) + "/"):
            return False
        spec = config.exclude_spec
        negated = spec is not None and any(pattern.include is False for pattern in spec.patterns)
        return not negated and config.artifact_spec is None and config.build_artifact_spec is None

    def source_of(self, path: str) -> str:
        """Which option put in the file `path` (below the root), where `exclude` has no effect on that; "" elsewhere."""
        config = self._config
        if self.forced:
            return "force-include"
        if self._mapping is not None and dict(self._mapping) != dict(config.only_include):
            return "the option that names it"
        if self._mapping is not None and os.path.join(config.root, native(path)) in self._mapping:
            return "only-include"
        return "artifacts" if config.path_is_artifact(path) or config.path_is_build_artifact(path) else ""

    def _path(self, place: Place) -> str:
        below = os.path.relpath(place.directory.walked, self._source)
        return below if self._mapping is None else os.path.join(self._mapping[self._source], below)


def guarded_walk(source: str, selection: Selection, chooser: Chooser) -> Iterator[Tuple[str, List[str], List[str]]]:
    """Yield what `hatchling.builders.utils.safe_walk` does. The caller may shorten and sort the list of directories."""
    chooser.start(source)
    seen: Dict[Tuple[int, int], Optional[str]] = {}
    aliases: Dict[str, Hit] = {}
    stack: List[Tuple[Optional[Place], str]] = [(None, source)]
    while stack:
        parent, name = stack.pop()
        place = selection.top(name) if parent is None else _enter(parent, name, selection, chooser)
        if place is None or not _first_visit(place, seen, aliases, selection):
            continue
        chooser.place = place
        directories = list(place.directory.subdirectories)
        yield place.directory.walked, directories, list(place.directory.nondirectories)
        stack.extend((place, directory) for directory in reversed(directories))
    chooser.place = None


def _enter(parent: Place, name: str, selection: Selection, chooser: Chooser) -> Optional[Place]:
    walked = os.path.join(parent.directory.walked, name)
    if any(hit is not None and hit.over(walked) for hit in (parent.cache, parent.outside)):
        return None
    place = selection.step(parent, name)
    for hit, known in ((place.cache, parent.cache), (place.outside, parent.outside)):
        if hit is None or hit is known or not hit.stops or hit.fired:
            continue
        if chooser.chooses_none(place):
            return None
        if not hit.names and chooser.chooses_some(place):
            selection.fire(hit)
        if hit.over(walked):
            return None
    return place if place.directory.readable else None


def _first_visit(
    place: Place, seen: Dict[Tuple[int, int], Optional[str]], aliases: Dict[str, Hit], selection: Selection
) -> bool:
    """Whether the directory is to be yielded: once by its real path, and before that at most once through a link."""
    try:
        status = os.stat(place.directory.walked)
    except OSError:
        return False
    identity = status.st_dev, status.st_ino
    if identity not in seen:
        seen[identity] = place.link
        return True
    link = seen[identity]
    if place.link is not None or link is None:
        return False
    seen[identity] = None
    if link not in aliases:
        from hatch_nocache import messages
        from hatch_nocache.tree import relative

        shown, real = relative(link, selection.root), relative(os.path.realpath(link), selection.real_root)
        aliases[link] = Hit(messages.restored(shown, os.readlink(link), real, selection.advice))
    place.alias = aliases[link]
    return True
