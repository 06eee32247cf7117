"""What becomes of a link that was chosen for the archive, and of what has no content: facts and options → a verdict."""

from __future__ import annotations

import contextlib
import os
import posixpath
from typing import TYPE_CHECKING, Iterable, Iterator, Mapping, NamedTuple, Optional, Set

from hatch_nocache import messages
from hatch_nocache.findings import LINK_ACTIONS, Action
from hatch_nocache.linkfacts import LinkFacts, judge_link
from hatch_nocache.links import LoopError, follow
from hatch_nocache.tree import relative

if TYPE_CHECKING:
    from hatch_nocache.findings import Finding
    from hatch_nocache.selection import Selection

__all__ = ["Verdict", "judged", "refused", "without_target"]


class Verdict(NamedTuple):
    """`source` is what to pack, None for nothing; `text` that of an ordinary link.

    `accepted` when the member is packed although a rule speaks against it.
    """

    source: Optional[str]
    finding: Optional[Finding] = None
    text: Optional[str] = None
    accepted: bool = False


def judged(path: str, member: str, home: str, selection: Selection) -> Verdict:
    """The verdict on the link at `path`, which must not leave the directory `home`.

    Raises:
        OSError: it vanished, or cannot be read.
    """
    facts = LinkFacts.read(path, member, home)
    found = judge_link(facts, sdist=selection.sdist)
    if found is None:
        return Verdict(path, text=facts.text)
    code, why = found
    symlinks = selection.config.symlinks
    needed = path in selection.mandatory
    action = messages.link_action(code, LINK_ACTIONS[symlinks], sdist=selection.sdist)
    if (action is Action.DROPPED and needed) or (action is Action.COPIED and not facts.regular):
        action = Action.REJECTED
    shown = relative(path, selection.root)
    if not shown.endswith(member):
        why = f"{why} (in the archive: {member})"
    can_copy = facts.regular and symlinks != "copy"
    finding = messages.link(code, shown, facts.text, why, action, selection.advice, can_copy=can_copy, needed=needed)
    source = None
    if action is Action.COPIED:
        source = facts.real if selection.sdist else path
    elif action is Action.NOTICE:
        source = path
    return Verdict(source, finding, accepted=code != "NC104")


def refused(source: str, member: str, why: str, selection: Selection) -> Finding:
    """The finding about a source that has no content; `why` says what is wrong with a link."""
    shown = relative(source, selection.root)
    if os.path.islink(source):
        facts = LinkFacts.read(source, member, selection.real_root)
        code = "NC105" if facts.loop else "NC104" if facts.missing else "NC201"
        return messages.link(code, shown, facts.text, why, Action.REJECTED, selection.advice, can_copy=False)
    return messages.special(shown, source, selection.advice)


def without_target(links: Mapping[str, str], members: Iterable[str]) -> Iterator[Finding]:
    """A finding for each of `links` (member → text) that leads to nothing among `members`, all that an sdist holds."""
    present = set(members)
    folders: Set[str] = set()
    for member in present:
        parent = posixpath.dirname(member)
        while parent not in folders:
            folders.add(parent)
            parent = posixpath.dirname(parent)
    for member, text in links.items():
        # Too long a chain is for the reader of the finished archive to find.
        with contextlib.suppress(LoopError):
            end = follow(member, links)
            if end not in present and end not in folders:
                yield messages.dangling(member, text)
