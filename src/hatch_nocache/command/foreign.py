"""The tree of a project that Hatchling does not build: the caches, environments and links that lie in it.

Nothing is known of what its backend packs. All that is honoured is the `.gitignore` at the root, and nothing is
rejected: what was found is worth a look, and the archives can be checked once they are built.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
from typing import Any, Callable, List, Mapping

from pathspec import GitIgnoreSpec

from hatch_nocache.caches import recognise
from hatch_nocache.caches.surroundings import declared
from hatch_nocache.command.outcome import Outcome, Part, ordered
from hatch_nocache.config import parse
from hatch_nocache.findings import Action, Finding
from hatch_nocache.named import Named
from hatch_nocache.places import Place
from hatch_nocache.remedies import Advice, ignore_line
from hatch_nocache.selection import Selection
from hatch_nocache.tree import relative
from hatch_nocache.walk import Chooser, guarded_walk

__all__ = ["inspect_tree"]

# What no backend packs.
_VERSION_CONTROL = frozenset((".bzr", ".git", ".hg", ".jj", ".sl", ".svn"))
# What is about Hatchling's own walk.
_HATCHLING_ONLY = ("NC106",)


class _Everything(Chooser):
    """For a walk in which every file counts that is not ignored."""

    def __init__(self) -> None:
        self.place = None

    def start(self, source: str) -> None:
        """Nothing depends on where the walk begins."""

    def chooses_some(self, place: Place) -> bool:  # noqa: ARG002 - the interface
        """Report what is worth a finding as soon as it is met, and do not enter it."""
        return True

    def chooses_none(self, place: Place) -> bool:  # noqa: ARG002 - the interface
        """Nothing that is ignored is met at all."""
        return False


def inspect_tree(root: str, path: str, about: str, project: Mapping[str, Any]) -> Outcome:
    """Judge the tree at `root`, which is called `path`. `project` is the table `[project]`, where there is one."""
    root = os.path.realpath(root)
    remarks: List[str] = []
    ignored = _ignored(root, remarks)
    judge = functools.partial(
        recognise,
        declarations=declared(root, os.environ, ""),
        own_packages=_own_packages(root, project),
        uv_cache_dir=os.environ.get("UV_CACHE_DIR"),
    )
    options = parse({"caches": "drop", "symlinks": "drop"}, prefix="", target="sdist")
    selection = Selection(root, "sdist", options, lambda: Named(root), _advise, judge, {})
    files = _walk(root, selection, ignored)
    findings = [_softened(finding) for finding in selection.findings if finding.code not in _HATCHLING_ONLY]
    honoured = "what the .gitignore at the root excludes was left out" if ignored.patterns else "there is no .gitignore"
    remarks.append(
        f"looked at {files:,} {'file' if files == 1 else 'files'} outside of caches; {honoured}. "
        f"Whether the backend packs what was found is seen in what it builds: hatch-nocache check dist/*"
    )
    return Outcome(path, "tree", about, (Part("tree", ordered(findings), tuple(selection.notes)),), tuple(remarks))


def _advise(source_of: Callable[[str], str]) -> Advice:
    return Advice(source_of=source_of)


def _walk(root: str, selection: Selection, ignored: GitIgnoreSpec) -> int:
    """Judge all that is not ignored. Returns how many files that are."""
    everything = _Everything()
    count = 0
    for where, directories, files in guarded_walk(root, selection, everything):
        below = relative(where, root)
        prefix = f"{below}/" if below else ""
        place = everything.place
        directories[:] = sorted(
            name for name in directories if name not in _VERSION_CONTROL and not ignored.match_file(f"{prefix}{name}/")
        )
        for name in files:
            member = f"{prefix}{name}"
            if place is not None and not ignored.match_file(member):
                count += 1
                # A link may vanish between the two looks at it.
                with contextlib.suppress(OSError):
                    selection.judge(os.path.join(where, name), member, place)
    return count


def _ignored(root: str, remarks: List[str]) -> GitIgnoreSpec:
    path = os.path.join(root, ".gitignore")
    if not os.path.lexists(path):
        return GitIgnoreSpec.from_lines([])
    problem = "it is no regular file"
    # A FIFO would keep us waiting, and a device never ends.
    if os.path.isfile(path):
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                spec = GitIgnoreSpec.from_lines(file.read().splitlines())
            # An old pathspec finds out only now that it cannot read a pattern.
            spec.match_file("a/b")
        except (OSError, ValueError, IndexError, re.error) as error:
            problem = str(error)
        else:
            return spec
    remarks.append(f".gitignore cannot be read ({problem})")
    return GitIgnoreSpec.from_lines([])


def _own_packages(root: str, project: Mapping[str, Any]) -> List[str]:
    name = re.sub(r"[-_.]+", "_", str(project.get("name", "")))
    return [path for path in (name, f"src/{name}") if name and os.path.isdir(os.path.join(root, path))]


def _softened(finding: Finding) -> Finding:
    """The finding as what it is here: something to look at."""
    remedy = "remove it, or exclude it where the backend is configured"
    if finding.code < "NC1":
        line = ignore_line(finding.path.rstrip("/"))
        remedy = f"add {line} to .gitignore, and exclude it where the backend is configured"
    return dataclasses.replace(finding, action=Action.NOTICE, remedy=remedy)
