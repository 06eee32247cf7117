"""Where files are chosen from: whether a directory is a cache, lies outside, or was named."""

from __future__ import annotations

import dataclasses
import os
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from hatch_nocache import messages
from hatch_nocache.caches import TAG, malformed_tag
from hatch_nocache.config import Config
from hatch_nocache.facts import Directory, Evidence
from hatch_nocache.findings import Action, Finding
from hatch_nocache.named import Name, Named
from hatch_nocache.patterns import Patterns, literal_lead
from hatch_nocache.remedies import Advice
from hatch_nocache.tree import DiskDirectory, relative

__all__ = ["LINK_ACTIONS", "Hit", "Place", "Places"]

# What the option `symlinks` asks for.
LINK_ACTIONS = {
    "reject": Action.REJECTED,
    "drop": Action.DROPPED,
    "copy": Action.COPIED,
    "keep": Action.NOTICE,
}
_CACHE_ACTIONS = {"drop": Action.DROPPED, "reject": Action.REJECTED, "keep": Action.NOTICE}


@dataclasses.dataclass
class Hit:
    """A directory that files must not come from, and what is reported once a file of it is met."""

    finding: Finding
    names: Tuple[Name, ...] = ()
    fired: bool = False

    @property
    def stops(self) -> bool:
        """Whether its files stay out."""
        return self.finding.action in (Action.DROPPED, Action.REJECTED)

    def over(self, walked: str) -> bool:
        """Whether nothing below `walked` can matter any more."""
        return self.fired and self.stops and not any(name.leads_to(walked) for name in self.names)


@dataclasses.dataclass
class Place:
    """One directory that files are chosen from.

    `home` is the real directory that links below it must not leave; `cache` and `outside` are set when it lies in a
    cache or was reached through a link that leaves; `alias` when a link would have taken its place in the archive;
    `link` is the first directory link on the way to it.
    """

    directory: DiskDirectory
    home: str
    scanned: bool = True
    allowed: bool = False
    kept: bool = False
    cache: Optional[Hit] = None
    outside: Optional[Hit] = None
    alias: Optional[Hit] = None
    link: Optional[str] = None

    @property
    def hits(self) -> Tuple[Hit, ...]:
        """All that is to be reported of files from here."""
        return tuple(hit for hit in (self.cache, self.outside, self.alias) if hit is not None)


class Places:
    """The directories of one build, each judged when it is come to, and reported when a file is chosen there."""

    def __init__(
        self, root: str, config: Config, named: Named, recognise: Callable[[Directory], Optional[Evidence]]
    ) -> None:
        self.root = root
        self.real_root = os.path.realpath(root)
        self.config = config
        self.advice = Advice()
        # Remarks that are about no finding.
        self.notes: List[str] = []
        self._named = named
        self._recognise = recognise
        self._places: Dict[str, Place] = {}
        self._allowed = tuple(_allow_names(config, root))

    def top(self, source: str) -> Place:
        """The place where a walk begins. A directory outside the project was named: it is judged from there down."""
        if _within(source, self.root):
            # Looked at anew: a builder may create files between one walk and the next.
            self._places.pop(source, None)
            return self.place(source)
        real = os.path.realpath(source)
        place = Place(DiskDirectory(real, relative(source, self.root), source), real)
        evidence = None if _within(self.real_root, real) else self._recognise(place.directory)
        if evidence is not None:
            place.kept = True
            named_by = self.advice.source_of(place.directory.path) or "the configuration"
            place.cache = Hit(messages.cache(evidence, place.directory.path, Action.NOTICE, named_by, self.advice))
        return place

    def place(self, walked: str) -> Place:
        """The place of a directory that no walk came through, judged by the directories between it and the root."""
        if walked not in self._places:
            parent, name = os.path.split(walked)
            if walked == self.root:
                place = Place(DiskDirectory(self.real_root, "", self.root), self.real_root)
            elif not _within(walked, self.root):
                place = Place(
                    DiskDirectory(os.devnull, relative(walked, self.root), walked), self.real_root, scanned=False
                )
            else:
                place = self.step(self.place(parent), name)
            self._places[walked] = place
        return self._places[walked]

    def step(self, parent: Place, name: str) -> Place:
        """The place one directory further down. Finds out what it is, and reports nothing yet."""
        walked = os.path.join(parent.directory.walked, name)
        path = f"{parent.directory.path}/{name}" if parent.directory.path else name
        is_link = name in parent.directory.links or (not parent.scanned and os.path.islink(walked))
        real = os.path.realpath(walked) if is_link else os.path.join(str(parent.directory.location), name)
        place = dataclasses.replace(parent, directory=DiskDirectory(real, path, walked), scanned=True)
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
        directory = place.directory
        action = LINK_ACTIONS[self.config.symlinks]
        return Hit(messages.directory_link(directory.path, os.readlink(directory.walked), action, self.advice))

    def _cache(self, place: Place, real: str, *, is_link: bool) -> None:
        # The root itself and what lies above it are never judged: uv builds a wheel inside its own cache.
        if _within(self.real_root, real):
            return
        found: Optional[Tuple[Directory, Evidence]] = None
        if self.config.extra_caches.match(place.directory.path + "/"):
            found = place.directory, messages.extra_cache(place.directory.path)
        else:
            evidence = self._recognise(place.directory)
            if evidence is not None:
                found = place.directory, evidence
            elif is_link and _within(real, self.real_root):
                hit = self.place(os.path.join(self.root, relative(real, self.real_root))).cache
                if hit is not None:
                    names = self._concerning(place.directory.walked)
                    place.cache = Hit(messages.through_link(hit.finding, place.directory.path), names)
                return
        if found is None:
            return
        names = self._concerning(place.directory.walked)
        whole = [name.by for name in names if name.pattern is None and name.path == place.directory.walked]
        if whole:
            place.kept = True
            place.cache = Hit(messages.cache(found[1], place.directory.path, Action.NOTICE, whole[0], self.advice))
        else:
            action = _CACHE_ACTIONS[self.config.caches]
            place.cache = Hit(messages.cache(found[1], place.directory.path, action, "", self.advice), names)

    def _concerning(self, cache: str) -> Tuple[Name, ...]:
        """What is named in a cache, and what is allowed there: the walk has to go in for it."""
        allowed = (name for name in self._allowed if name.anywhere or name.concerns(cache))
        return (*self._named.concerning(cache), *allowed)

    def note_tag(self, directory: DiskDirectory) -> None:
        problem = malformed_tag(directory)
        note = messages.malformed_tag(f"{directory.path}/{TAG}".lstrip("/"), problem) if problem else ""
        if note and note not in self.notes:
            self.notes.append(note)


def _allow_names(config: Config, root: str) -> Iterator[Name]:
    for line in config.allow.lines:
        if line.startswith(("!", "#")):
            continue
        path, anchored = literal_lead(line) or ("", False)
        # Its files are let through before any name is asked for: this one only leads the walk to them.
        yield Name(os.path.join(root, path), "allow", Patterns(()), anywhere=not anchored)


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
