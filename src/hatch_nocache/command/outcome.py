"""What `hatch-nocache check` found out about one path, as data: the formats and the exit code are made from it."""

from __future__ import annotations

import dataclasses
from typing import List, Sequence, Tuple

from hatch_nocache.findings import Action, Finding

__all__ = ["ARCHIVES", "CLEAN", "REJECTED", "UNUSABLE", "Outcome", "Part", "exit_code", "ordered"]

ARCHIVES = ("sdist", "wheel")
# The exit codes.
CLEAN, REJECTED, UNUSABLE = 0, 1, 2

_ORDER = (Action.REJECTED, Action.DROPPED, Action.COPIED, Action.NOTICE)


@dataclasses.dataclass(frozen=True)
class Part:
    """What was judged at once: one target of a project, an archive, or the tree of a project of another backend.

    `name` is the target (`sdist`, `wheel`, `wheel:editable`, …), `archive` or `tree`. `switched_on` says whether the
    project has the hook on for the target. `notes` are complete lines.
    """

    name: str
    findings: Tuple[Finding, ...] = ()
    notes: Tuple[str, ...] = ()
    switched_on: bool = False


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One path that was asked about.

    `kind` is `project`, `tree` (a project of another backend), `sdist`, `wheel` or `unknown`; `about` completes
    "PATH: ". `remarks` are complete lines that hold for all parts. `errors` are why the path, or a part of it, could
    not be judged: one line each. `members` and `size` are those of an archive.
    """

    path: str
    kind: str
    about: str = ""
    parts: Tuple[Part, ...] = ()
    remarks: Tuple[str, ...] = ()
    errors: Tuple[str, ...] = ()
    members: int = 0
    size: int = 0

    @property
    def findings(self) -> List[Finding]:
        """All of its findings."""
        return [finding for part in self.parts for finding in part.findings]

    @property
    def exit_code(self) -> int:
        """Its part in the exit code."""
        if self.errors:
            return UNUSABLE
        return REJECTED if any(finding.rejected for finding in self.findings) else CLEAN


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """The highest of all."""
    return max((outcome.exit_code for outcome in outcomes), default=CLEAN)


def ordered(findings: Sequence[Finding]) -> Tuple[Finding, ...]:
    """`findings` in the order in which they are always shown: the worst first, then by path and code."""
    return tuple(sorted(findings, key=lambda each: (_ORDER.index(each.action), each.path, each.code, each.target)))
