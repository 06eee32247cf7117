"""Judge the files that were chosen for one build: what stays, what goes, and what is to be said of it.

Nothing here knows hatchling: the guard asks about each directory and each file, and acts on the answer.
"""

from __future__ import annotations

import contextlib
import errno
import os
import posixpath
from typing import AbstractSet, Callable, Dict, List, Mapping, Optional, Set

from hatch_nocache import messages
from hatch_nocache.caches import TAG
from hatch_nocache.config import Config
from hatch_nocache.facts import Directory, Evidence
from hatch_nocache.findings import Action, Finding
from hatch_nocache.linkfacts import LinkFacts, judge_link
from hatch_nocache.links import LoopError, follow
from hatch_nocache.named import Named
from hatch_nocache.names import name_problem, outside_root
from hatch_nocache.places import LINK_ACTIONS, Hit, Place, Places
from hatch_nocache.tree import relative

__all__ = ["Selection"]


class Selection(Places):
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
        super().__init__(root, config, named, recognise)
        self.sdist = target == "sdist"
        self.findings: List[Finding] = []
        # The members that are packed although a rule speaks against them.
        self.accepted: Set[str] = set()
        # False while files are chosen only to find import paths (editable wheels): nothing of them is packed.
        self.packing = True
        # Whether any finding stops the build.
        self.rejected = False
        self._known: Set[Finding] = set()
        self._mandatory = mandatory
        # The links that an sdist holds: member → text.
        self._links: Dict[str, str] = {}

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
            self.note_tag(place.directory)
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
        action = messages.link_action(code, LINK_ACTIONS[self.config.symlinks], sdist=self.sdist)
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


def _kind(path: str) -> str:
    return "link" if os.path.islink(path) else "file" if os.path.isfile(path) else "special"
