"""Judge the files that were chosen for one build: what stays, what goes, and what is to be said of it.

Nothing here knows hatchling: the guard asks about each directory and each file, and acts on the answer.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Callable, Dict, Iterable, List, Mapping, Optional, Set

from hatch_nocache.caches import TAG
from hatch_nocache.names import are_harmless, name_problem, outside_root
from hatch_nocache.places import Hit, Place, Places
from hatch_nocache.tree import relative

if TYPE_CHECKING:
    from hatch_nocache.config import Config
    from hatch_nocache.facts import Directory, Evidence
    from hatch_nocache.findings import Finding
    from hatch_nocache.named import Named
    from hatch_nocache.remedies import Advice

__all__ = ["Selection"]


class Selection(Places):
    """The judgement of one build of one target. `findings` grows as files are judged; each thing is found once."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that one judgement depends on
        self,
        root: str,
        target: str,
        config: Config,
        named: Callable[[], Named],
        advise: Callable[[Callable[[str], str]], Advice],
        recognise: Callable[[Directory], Optional[Evidence]],
        mandatory: Mapping[str, str],
    ) -> None:
        super().__init__(root, config, named, advise, recognise)
        self.sdist = target == "sdist"
        self.findings: List[Finding] = []
        # The members that are packed although a rule speaks against them.
        self.accepted: Set[str] = set()
        # False while files are chosen only to find import paths (editable wheels): nothing of them is packed.
        self.packing = True
        # Whether any finding stops the build.
        self.rejected = False
        self._known: Set[Finding] = set()
        self.mandatory = mandatory
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
        directory, name = os.path.split(path)
        known = place.scanned and directory == place.directory.walked
        if place.allowed or self._is_allowed(path, name, place, known=known):
            self.accepted.add(member)
            return self._judge_allowed(path, member)
        if place.hits and not all(self._passes(hit, path) for hit in place.hits):
            return None
        if not self.packing:
            return path
        if name == TAG and known and place.cache is None:
            self.note_tag(place.directory)
        self._judge_name(path, member)
        kind = place.directory.kind(name) if known else _kind(path)
        if kind == "special":
            from hatch_nocache.messages import special

            self.add(special(relative(path, self.root), path, self.advice))
            return None
        if kind == "link":
            return self._judge_link(path, member, place)
        self.check_readable(path)
        return path

    def settles(self, place: Place, member: str) -> bool:
        """Whether what `judge` has to say of any file of the place is known: that it stays, if it can be read.

        `member` is the name of one of them in the archive, and only the last part differs from that of the others.
        """
        directory, allow = place.directory, self.config.allow
        if place.allowed or place.hits or (place.foreign and allow) or allow.probe(directory.path) is not None:
            return False
        if not self.packing:
            return True
        names = directory.nondirectories
        above = member[: member.rfind("/") + 1]
        return (
            directory.is_ordinary
            and TAG not in names
            and are_harmless(names, above)
            and outside_root(member, "") is None
            and name_problem(member, wheel=not self.sdist) is None
        )

    @staticmethod
    def check_readable(path: str) -> None:
        """Raise what the build would end on.

        Raises:
            PermissionError: the file cannot be read.
        """
        if not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    def _is_allowed(self, path: str, name: str, place: Place, *, known: bool) -> bool:
        allow = self.config.allow
        if not allow:
            return False
        if not known or place.foreign:
            # Nobody has asked about the directories above it.
            return allow.match(relative(path, self.root))
        directory = place.directory.path
        probe = allow.probe(directory)
        if probe is None or not probe.may_match(name):
            return False
        return allow.match(f"{directory}/{name}" if directory else name)

    def _judge_allowed(self, path: str, member: str) -> Optional[str]:
        # A wheel holds content: what has none, hatchling would crash on or wait for without end.
        if self.sdist or not self.packing or self._has_content(path):
            return path
        self._refuse(path, member, "hatchling cannot pack what cannot be read, allowed or not")
        return None

    def _has_content(self, path: str) -> bool:
        if not os.path.isfile(path):
            return False
        self.check_readable(path)
        return True

    def refuse(self, source: str, member: str) -> bool:
        """Report a forced source that is neither file nor directory; False when it is allowed all the same."""
        if self.config.allow.match(relative(source, self.root)):
            return False
        self._refuse(source, member, "hatchling cannot pack what is forced in but cannot be read")
        return True

    def _refuse(self, source: str, member: str, why: str) -> None:
        from hatch_nocache import linkverdicts

        self.add(linkverdicts.refused(source, member, why, self))

    def finish(self, members: Callable[[], Iterable[str]]) -> None:
        """Judge what only the whole of an sdist shows: links to what is not in it. `members` are all that is packed."""
        if self._links:
            from hatch_nocache import linkverdicts

            for finding in linkverdicts.without_target(self._links, members()):
                self.add(finding)

    def _passes(self, hit: Hit, path: str) -> bool:
        if not hit.stops:
            self.fire(hit)
            return True
        from hatch_nocache import messages

        for name in hit.names:
            if name.takes(path, self.root):
                self.add(messages.kept(hit.finding, name.by))
                return True
        if path in self.mandatory:
            self.add(messages.mandatory(hit.finding, relative(path, self.root), self.mandatory[path], self.advice))
        else:
            self.fire(hit)
        return False

    def _judge_name(self, path: str, member: str) -> None:
        outside = outside_root(member, "")
        problem = outside or name_problem(member, wheel=not self.sdist)
        if problem is None:
            return
        from hatch_nocache import messages

        shown = relative(path, self.root)
        if outside is not None:
            self.add(messages.outside_archive(shown, member, problem))
        else:
            self.add(messages.bad_name(shown, problem, self.advice))

    def _judge_link(self, path: str, member: str, place: Place) -> Optional[str]:
        from hatch_nocache import linkverdicts

        verdict = linkverdicts.judged(path, member, place.home, self)
        if verdict.text is not None:
            self._links[member] = verdict.text
        if verdict.finding is not None:
            self.add(verdict.finding)
        if verdict.accepted:
            self.accepted.add(member)
        return verdict.source


def _kind(path: str) -> str:
    return "link" if os.path.islink(path) else "file" if os.path.isfile(path) else "special"
