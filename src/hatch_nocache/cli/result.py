"""The result of `hatch-nocache check` for one path.

The output and the exit code are derived from it.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from hatch_nocache.rules import Action, Finding, Note

# The exit codes.
CLEAN, REJECTED, UNUSABLE = 0, 1, 2
# The worst first.
ORDER = (Action.REJECTED, Action.DROPPED, Action.COPIED, Action.NOTICE)
# Findings of one part in any format: an archive can have a million of them.
_MAX_FINDINGS = 1000


class Problem(NamedTuple):
    """The reason why a path or a part of it cannot be checked or built: one line.

    `file` is the configuration file at fault, "" for none; `line` is the line in it, 0 if unknown.
    """

    text: str
    file: str = ""
    line: int = 0


class Part(NamedTuple):
    """One checked unit: a target, an archive, or the tree of another backend.

    `name` is the target (`sdist`, `wheel`, `wheel:editable`, …), `archive` or `tree`. `enabled`: the project has the
    hook on for the target.
    """

    name: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    enabled: bool = False


class Result(NamedTuple):
    """The result for one path.

    `kind` is `project`, `tree` (a project of another backend), `sdist`, `wheel` or `unknown`; `about` completes
    "PATH: ". `notes` are complete lines about all parts. `members` and `size` (bytes) are those of an archive.
    """

    path: str
    kind: str
    about: str = ""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    errors: tuple[Problem, ...] = ()
    members: int = 0
    size: int = 0

    @property
    def findings(self) -> list[Finding]:
        """The findings of all parts."""
        return [finding for each in self.parts for finding in each.findings]

    def exit_code(self, *, strict: bool = False) -> int:
        """Return the exit code of this path. `strict`: dropped findings count as well."""
        if self.errors:
            return UNUSABLE
        counted = (Action.REJECTED, Action.DROPPED) if strict else (Action.REJECTED,)
        return REJECTED if any(finding.action in counted for finding in self.findings) else CLEAN


def part(
    name: str, findings: Sequence[Finding], notes: Sequence[Note] = (), *, more: int = 0, enabled: bool = False
) -> Part:
    """Return a part with `findings` sorted by action, path and code.

    `more` is the number of findings that are not in the list.
    """
    ordered = sorted(findings, key=lambda each: (ORDER.index(each.action), each.path, each.code, each.target))
    more += max(len(ordered) - _MAX_FINDINGS, 0)
    notes = [*notes, Note(f"{more:,} more findings are not listed")] if more else notes
    return Part(name, tuple(ordered[:_MAX_FINDINGS]), tuple(notes), enabled)


def first_line(error: BaseException) -> str:
    """Return the first line of the error message."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
