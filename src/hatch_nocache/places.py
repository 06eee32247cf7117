"""Where files are chosen from: whether a directory is a cache, lies outside, or was named."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Set, Tuple

from hatch_nocache.caches import TAG
from hatch_nocache.tree import DiskDirectory, native, relative

if TYPE_CHECKING:
    from hatch_nocache.config import Config
    from hatch_nocache.facts import Directory, Evidence
    from hatch_nocache.findings import Finding
    from hatch_nocache.named import Name, Named
    from hatch_nocache.remedies import Advice

__all__ = ["Hit", "Place", "Places"]


class Hit:
    """A directory that files must not come from, and what is reported once a file of it is met."""

    def __init__(self, finding: Finding, names: Tuple[Name, ...] = ()) -> None:
        self.finding = finding
        self.names = names
        self.fired = False
        # Whether its files stay out.
        self.stops = finding.stops

    def over(self, walked: str) -> bool:
        """Whether nothing below `walked` can matter any more."""
        return self.fired and self.stops and not any(name.leads_to(walked) for name in self.names)


class Place:
    """One directory that files are chosen from.

    `home` is the real directory that links below it must not leave; `cache` and `outside` are set when it lies in a
    cache or was reached through a link that leaves; `alias` when a link would have taken its place in the archive;
    `link` is the first directory link on the way to it. `foreign` when the walk began outside the project. `settled`
    once it is known whether each of its files needs a look of its own.
    """

    __slots__ = (
        "alias",
        "allowed",
        "cache",
        "directory",
        "foreign",
        "home",
        "kept",
        "link",
        "outside",
        "scanned",
        "settled",
    )

    def __init__(self, directory: DiskDirectory, home: str, *, scanned: bool = True) -> None:
        self.directory = directory
        self.home = home
        self.scanned = scanned
        self.allowed = False
        self.kept = False
        self.foreign = False
        self.cache: Optional[Hit] = None
        self.outside: Optional[Hit] = None
        self.alias: Optional[Hit] = None
        self.link: Optional[str] = None
        self.settled: Optional[bool] = None

    def below(self, directory: DiskDirectory) -> Place:
        """A subdirectory, of which all holds that holds of this place."""
        place = Place(directory, self.home)
        place.allowed, place.kept, place.foreign, place.link = self.allowed, self.kept, self.foreign, self.link
        place.cache, place.outside, place.alias = self.cache, self.outside, self.alias
        return place

    @property
    def hits(self) -> List[Hit]:
        """All that is to be reported of files from here."""
        return [hit for hit in (self.cache, self.outside, self.alias) if hit is not None]


class Places:
    """The directories of one build, each judged when it is come to, and reported when a file is chosen there.

    `named` and `advise` are asked for once there is something to report.
    """

    def __init__(
        self,
        root: str,
        config: Config,
        named: Callable[[], Named],
        advise: Callable[[Callable[[str], str]], Advice],
        recognise: Callable[[Directory], Optional[Evidence]],
    ) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.config = config
        # Remarks that are about no finding.
        self.notes: List[str] = []
        # Which option put a path in, where that is known; the walk that is under way knows.
        self.source_of: Callable[[str], str] = lambda _: ""
        self._named = named
        self._advise = advise
        self._recognise = recognise
        self._places: Dict[str, Place] = {}
        # The real paths of links that are being looked at.
        self._asked: Set[str] = set()

    @functools.cached_property
    def advice(self) -> Advice:
        """What helps in this project."""
        return self._advise(lambda path: self.source_of(path))  # noqa: PLW0108 - it changes with the walk

    @functools.cached_property
    def _names(self) -> Named:
        return self._named()

    def top(self, source: str) -> Place:
        """The place where a walk begins. A directory outside the project was named: it is judged from there down."""
        if _within(source, self.root):
            # Looked at anew: a builder may create files between one walk and the next.
            self._places.pop(source, None)
            return self.place(source)
        real = os.path.realpath(source)
        place = Place(DiskDirectory(real, relative(source, self.root), source), real)
        place.foreign = True
        evidence = None if _within(self.real_root, real) else self._recognise(place.directory)
        if evidence is not None:
            place.kept = True
            named_by = self.source_of(place.directory.path) or "the configuration"
            place.cache = self._hit(evidence, place, named_by)
        return place

    def place(self, walked: str) -> Place:
        """The place of a directory that no walk came through, judged by the directories between it and the root."""
        ahead: List[str] = []
        here = walked
        # No recursion: there may be a thousand of them.
        while here not in self._places:
            ahead.append(here)
            if here == self.root or not _within(here, self.root):
                break
            here = os.path.dirname(here)
        while ahead:
            here = ahead.pop()
            self._places[here] = self._new_place(here)
        return self._places[walked]

    def _new_place(self, walked: str) -> Place:
        if walked == self.root:
            return Place(DiskDirectory(self.real_root, "", self.root), self.real_root)
        if not _within(walked, self.root):
            directory = DiskDirectory(os.devnull, relative(walked, self.root), walked)
            return Place(directory, self.real_root, scanned=False)
        parent, name = os.path.split(walked)
        place = self.step(self._places[parent], name)
        # It is kept longer than one walk, and what lies in it may change in between.
        place.directory.forget_children()
        return place

    def step(self, parent: Place, name: str) -> Place:
        """The place one directory further down. Finds out what it is, and reports nothing yet."""
        walked = os.path.join(parent.directory.walked, name)
        path = f"{parent.directory.path}/{name}" if parent.directory.path else name
        is_link = parent.directory.is_link(name) or (not parent.scanned and os.path.islink(walked))
        if is_link or not parent.scanned:
            real = os.path.realpath(walked) if is_link else os.path.join(str(parent.directory.location), name)
            directory = DiskDirectory(real, path, walked)
        else:
            directory = parent.directory.take(name)
            real = str(directory.location)
        place = parent.below(directory)
        if is_link and place.link is None:
            place.link = walked
        if name == TAG:
            self.note_tag(parent.directory)
        if place.allowed or self.config.allow.match(path + "/"):
            # A negated pattern may take something below it back.
            place.allowed = not self.config.allow.negated
            if place.allowed:
                return place
        if is_link and not _within(real, place.home):
            place.outside, place.home = self._outside(place), real
        if place.cache is None and not place.kept:
            self._cache(place, real, is_link=is_link)
        return place

    def _outside(self, place: Place) -> Hit:
        from hatch_nocache.findings import LINK_ACTIONS
        from hatch_nocache.messages import directory_link

        directory = place.directory
        action = LINK_ACTIONS[self.config.symlinks]
        return Hit(directory_link(directory.path, os.readlink(directory.walked), action, self.advice))

    def _cache(self, place: Place, real: str, *, is_link: bool) -> None:
        # The root itself and what lies above it are never judged: uv builds a wheel inside its own cache.
        if _within(self.real_root, real):
            return
        if self.config.extra_caches.match(place.directory.path + "/"):
            from hatch_nocache.messages import extra_cache

            evidence: Optional[Evidence] = extra_cache(place.directory.path)
        else:
            evidence = self._recognise(place.directory)
        if evidence is not None:
            self._found(evidence, place)
        elif is_link and _within(real, self.real_root):
            hit = self._cache_at(real)
            if hit is not None:
                from hatch_nocache.messages import through_link

                names = self._concerning(place.directory.walked)
                place.cache = Hit(through_link(hit.finding, place.directory.path), names)

    def _cache_at(self, real: str) -> Optional[Hit]:
        """The cache that the real path of a directory link lies in."""
        where = os.path.join(self.root, native(relative(real, self.real_root)))
        if where in self._asked:
            # Below /proc there are links that `realpath` cannot resolve: they are their own real path.
            return None
        self._asked.add(where)
        hit = self.place(where).cache
        self._asked.remove(where)
        return hit

    def _found(self, evidence: Evidence, place: Place) -> None:
        names = self._concerning(place.directory.walked)
        whole = [name.by for name in names if name.pattern is None and name.path == place.directory.walked]
        place.kept = bool(whole)
        place.cache = self._hit(evidence, place, whole[0]) if whole else self._hit(evidence, place, "", names)

    def _hit(self, evidence: Evidence, place: Place, named_by: str, names: Tuple[Name, ...] = ()) -> Hit:
        from hatch_nocache.findings import CACHE_ACTIONS
        from hatch_nocache.messages import cache

        action = CACHE_ACTIONS["keep" if named_by else self.config.caches]
        return Hit(cache(evidence, place.directory.path, action, named_by, self.advice), names)

    def _concerning(self, cache: str) -> Tuple[Name, ...]:
        """What is named in a cache, and what is allowed there: the walk has to go in for it."""
        from hatch_nocache.named import allow_names

        allowed = (name for name in allow_names(self.config.allow, self.root) if name.anywhere or name.concerns(cache))
        return (*self._names.concerning(cache), *allowed)

    def note_tag(self, directory: DiskDirectory) -> None:
        """Note a `CACHEDIR.TAG` that marks no cache, in words that say why."""
        from hatch_nocache.caches.tag import malformed_tag
        from hatch_nocache.messages import malformed_tag as line

        problem = malformed_tag(directory)
        note = line(f"{directory.path}/{TAG}".lstrip("/"), problem) if problem else ""
        if note and note not in self.notes:
            self.notes.append(note)


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
