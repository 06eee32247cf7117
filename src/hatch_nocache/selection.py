"""Judge the files that were chosen for one build: what stays, what goes, and what is to be said of it.

Nothing here knows hatchling: the guard asks about each directory and each file, and acts on the answer.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import posixpath
from typing import AbstractSet, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from hatch_nocache import messages
from hatch_nocache.caches import TAG, malformed_tag
from hatch_nocache.config import Config
from hatch_nocache.facts import Directory, Evidence
from hatch_nocache.findings import Action, Finding
from hatch_nocache.linkfacts import LinkFacts, judge_link
from hatch_nocache.links import LoopError, follow
from hatch_nocache.named import Name, Named
from hatch_nocache.names import name_problem, outside_root
from hatch_nocache.patterns import Patterns, literal_lead
from hatch_nocache.remedies import Advice
from hatch_nocache.tree import DiskDirectory, relative

__all__ = ["Hit", "Place", "Selection"]


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


class Selection:
    """The judgement of one build of one target. `findings` grows as files are judged; each thing is found once."""

    def __init__(
        self,
        root: str,
        target: str,
        config: Config,
        named: Named,
        recognise: Callable[[Directory], Optional[Evidence]],
        mandatory: Mapping[str, str],
    ) -> None:
        self.advice = Advice()
        self.root = root
        self.real_root = os.path.realpath(root)
        self.sdist = target == "sdist"
        self.config = config
        self.findings: List[Finding] = []
        # Remarks that are about no finding.
        self.notes: List[str] = []
        self.accepted: Set[str] = set()
        # False while files are chosen only to find import paths (editable wheels): nothing of them is packed.
        self.packing = True
        # Whether any finding stops the build.
        self.rejected = False
        self._known: Set[Finding] = set()
        self._named = named
        self._recognise = recognise
        self._mandatory = mandatory
        self._places: Dict[str, Place] = {}
        # The links that an sdist holds: member → text.
        self._links: Dict[str, str] = {}
        self._allowed = tuple(_allow_names(config, root))

    # -- directories ------------------------------------------------------------------------------------------------

    def top(self, source: str) -> Place:
        """The place where a walk begins. A directory outside the project was named: it is judged from there down."""
        if _within(source, self.root):
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
            self._note_tag(parent.directory)
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
        action = _ACTIONS[self.config.symlinks]
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
            action = {"drop": Action.DROPPED, "reject": Action.REJECTED, "keep": Action.NOTICE}[self.config.caches]
            place.cache = Hit(messages.cache(found[1], place.directory.path, action, "", self.advice), names)

    def _concerning(self, cache: str) -> Tuple[Name, ...]:
        """What is named in a cache, and what is allowed there: the walk has to go in for it."""
        allowed = (name for name in self._allowed if name.anywhere or name.concerns(cache))
        return (*self._named.concerning(cache), *allowed)

    # -- files ------------------------------------------------------------------------------------------------------

    def add(self, finding: Finding) -> None:
        """Report a finding, once: hatchling may ask about a file more than once."""
        if finding not in self._known:
            self._known.add(finding)
            self.findings.append(finding)
            self.rejected = self.rejected or finding.rejected

    def fire(self, hit: Hit) -> None:
        """Report what stands behind a hit."""
        hit.fired = True
        self.add(hit.finding)

    def judge(self, path: str, member: str, place: Place) -> Optional[str]:
        """What to pack as `member` for the chosen file `path`: that path, another one, or nothing.

        Raises:
            OSError: the file cannot be read; the build would end on it.
        """
        if place.allowed or (self.config.allow and self.config.allow.match(relative(path, self.root))):
            self.accepted.add(member)
            return self._judge_allowed(path, member)
        directory, name = os.path.split(path)
        known = place.scanned and directory == place.directory.walked
        if place.hits and not all(self._passes(hit, path) for hit in place.hits):
            return None
        if not self.packing:
            return path
        if name == TAG and known and place.cache is None:
            self._note_tag(place.directory)
        self._judge_name(path, member)
        kind = place.directory.kind(name) if known else _kind(path)
        if kind == "special":
            self.add(messages.special(relative(path, self.root), path, self.advice))
            return None
        if kind == "link":
            return self._judge_link(path, member, place)
        if not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return path

    def _judge_allowed(self, path: str, member: str) -> Optional[str]:
        # A wheel holds content: what has none, hatchling would crash on or wait for without end.
        if self.sdist or not self.packing or self._has_content(path):
            return path
        self._refuse(path, member, "hatchling cannot pack what cannot be read, allowed or not")
        return None

    @staticmethod
    def _has_content(path: str) -> bool:
        if os.path.isfile(path) and not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return os.path.isfile(path)

    def refuse(self, source: str, member: str) -> bool:
        """Report a forced source that is neither file nor directory; False when it is allowed all the same."""
        if self.config.allow.match(relative(source, self.root)):
            return False
        self._refuse(source, member, "hatchling cannot pack what is forced in but cannot be read")
        return True

    def _refuse(self, source: str, member: str, why: str) -> None:
        shown = relative(source, self.root)
        if os.path.islink(source):
            facts = LinkFacts.read(source, member, self.real_root)
            code = "NC105" if facts.loop else "NC104" if facts.missing else "NC201"
            self.add(messages.link(code, shown, facts.text, why, Action.REJECTED, self.advice, can_copy=False))
        else:
            self.add(messages.special(shown, source, self.advice))

    def finish(self, members: AbstractSet[str]) -> None:
        """Judge what only the whole of an sdist shows: links to what is not in it. `members` is all that is packed."""
        folders: Set[str] = set()
        for member in members if self._links else ():
            while member and member not in folders:
                member = posixpath.dirname(member)  # noqa: PLW2901 - on its way up
                folders.add(member)
        for member, text in self._links.items():
            # Too long a chain is for the reader of the finished archive to find.
            with contextlib.suppress(LoopError):
                if not {follow(member, self._links)} & (members | folders):
                    self.add(messages.dangling(member, text))

    def _passes(self, hit: Hit, path: str) -> bool:
        if not hit.stops:
            self.fire(hit)
            return True
        for name in hit.names:
            if name.takes(path, self.root):
                self.add(messages.kept(hit.finding, name.by))
                return True
        if path in self._mandatory:
            self.add(messages.mandatory(hit.finding, relative(path, self.root), self._mandatory[path], self.advice))
        else:
            self.fire(hit)
        return False

    def _note_tag(self, directory: DiskDirectory) -> None:
        problem = malformed_tag(directory)
        note = messages.malformed_tag(f"{directory.path}/{TAG}".lstrip("/"), problem) if problem else ""
        if note and note not in self.notes:
            self.notes.append(note)

    def _judge_name(self, path: str, member: str) -> None:
        problem = outside_root(member, "")
        if problem is not None:
            self.add(messages.outside_archive(relative(path, self.root), member, problem))
            return
        problem = name_problem(member, wheel=not self.sdist)
        if problem is not None:
            self.add(messages.bad_name(relative(path, self.root), problem, self.advice))

    def _judge_link(self, path: str, member: str, place: Place) -> Optional[str]:
        facts = LinkFacts.read(path, member, place.home)
        verdict = judge_link(facts, sdist=self.sdist)
        if verdict is None:
            self._links[member] = facts.text
            return path
        code, why = verdict
        action = messages.link_action(code, _ACTIONS[self.config.symlinks], sdist=self.sdist)
        if (action is Action.DROPPED and path in self._mandatory) or (action is Action.COPIED and not facts.regular):
            action = Action.REJECTED
        shown = relative(path, self.root)
        if not shown.endswith(member):
            why = f"{why} (in the archive: {member})"
        can_copy = facts.regular and self.config.symlinks != "copy"
        needed = path in self._mandatory
        self.add(messages.link(code, shown, facts.text, why, action, self.advice, can_copy=can_copy, needed=needed))
        if code != "NC104":
            self.accepted.add(member)
        if action is Action.COPIED:
            return facts.real if self.sdist else path
        return path if action is Action.NOTICE else None


_ACTIONS = {
    "reject": Action.REJECTED,
    "drop": Action.DROPPED,
    "copy": Action.COPIED,
    "keep": Action.NOTICE,
}


def _allow_names(config: Config, root: str) -> Iterator[Name]:
    for line in config.allow.lines:
        if line.startswith(("!", "#")):
            continue
        path, anchored = literal_lead(line) or ("", False)
        # Its files are let through before any name is asked for: this one only leads the walk to them.
        yield Name(os.path.join(root, path), "allow", Patterns(()), anywhere=not anchored)


def _kind(path: str) -> str:
    return "link" if os.path.islink(path) else "file" if os.path.isfile(path) else "special"


def _within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
