"""The tree of a project that another backend builds → the caches, environments and symlinks in it.

What that backend packs is unknown, so nothing is rejected. Only the `.gitignore` in the root is honored.
"""

from __future__ import annotations

import contextlib
import os
import re
from types import SimpleNamespace
from typing import Any, Iterator, List, Optional

from pathspec import GitIgnoreSpec

from hatch_nocache.caches import declared
from hatch_nocache.cli.result import Result, part
from hatch_nocache.cli.tables import Tables, read_file
from hatch_nocache.config import parse
from hatch_nocache.paths import relative
from hatch_nocache.patterns import toml_pattern
from hatch_nocache.rules import Action, Finding, Hint
from hatch_nocache.selection.checker import Checker, UnreadableError
from hatch_nocache.selection.directory import DirectoryStates
from hatch_nocache.selection.explicit import ExplicitPaths
from hatch_nocache.selection.walk import Aliases, filtered_walk

__all__ = ["check_tree"]

# Version control: no backend packs it.
_SKIPPED = frozenset((".bzr", ".git", ".hg", ".jj", ".sl", ".svn"))
_EXCLUDE = "exclude {} in the configuration of the build backend"


# Stands in for `_hatchling.Route`: every file is selected, by no option.
_ROUTE: Any = SimpleNamespace(
    start=lambda source: None,  # noqa: ARG005 - as in `Route`
    selects_any=lambda directory, names, *, most: True,  # noqa: ARG005 - as in `Route`
    excludes=lambda directory: False,  # noqa: ARG005 - as in `Route`
    option=lambda path: "",  # noqa: ARG005 - as in `Route`
)


def check_tree(path: str, tables: Tables) -> Result:
    """Check the tree at `path`."""
    root = os.path.realpath(path)
    notes: List[str] = []
    ignored = _ignored(root, notes)
    options = parse({"caches": "drop", "symlinks": "drop"}, prefix="", target="")
    surroundings = declared.read(root, os.environ, "", _own_packages(root, tables))
    states = DirectoryStates(root, options, surroundings, lambda: ExplicitPaths(root, {}, {}), {})
    checker = Checker("", options, states, {}, ("", ""))
    files = sum(1 for _ in _check_files(root, states, checker, ignored))
    findings = [_as_notice(finding) for finding in checker.findings]
    honored = "files ignored by .gitignore were skipped" if ignored else "there is no .gitignore"
    seen = f"{files:,} {'file' if files == 1 else 'files'} outside of caches checked; {honored}"
    notes += [seen, "what the backend packs is not known: check its archives with `hatch-nocache check dist`"]
    return Result(path, "tree", _about(root, tables), (part("tree", findings),), tuple(notes))


def _about(root: str, tables: Tables) -> str:
    if tables.backend:
        return f"built by {tables.backend}, not by Hatchling"
    return "built by setup.py" if os.path.isfile(os.path.join(root, "setup.py")) else "no build backend"


def _check_files(
    root: str, states: DirectoryStates, checker: Checker, ignored: Optional[GitIgnoreSpec]
) -> Iterator[str]:
    """Check all files that are not ignored, and yield their paths."""
    for state, directories, files in filtered_walk(root, states, _ROUTE, Aliases(None), checker.report):
        below = relative(state.directory.walked, root)
        prefix = f"{below}/" if below else ""
        directories[:] = sorted(
            name
            for name in directories
            if name not in _SKIPPED and not (ignored and ignored.match_file(f"{prefix}{name}/"))
        )
        for name in files:
            member = f"{prefix}{name}"
            if not (ignored and ignored.match_file(member)):
                # A file may be unreadable, or vanish meanwhile.
                with contextlib.suppress(OSError, UnreadableError):
                    file = SimpleNamespace(path=os.path.join(state.directory.walked, name))
                    checker.check(file, name, member, state, _ROUTE)
                yield member


def _ignored(root: str, notes: List[str]) -> Optional[GitIgnoreSpec]:
    try:
        content = read_file(os.path.join(root, ".gitignore"))
        if content is None:
            return None
        spec = GitIgnoreSpec.from_lines(os.fsdecode(content).splitlines())
        # An old pathspec fails only now if it cannot read a pattern.
        spec.match_file("a/b")
    except (OSError, ValueError, IndexError, re.error) as error:
        notes.append(f".gitignore cannot be read ({error})")
        return None
    return spec


def _own_packages(root: str, tables: Tables) -> List[str]:
    name = re.sub(r"[-_.]+", "_", tables.name)
    return [path for path in (name, f"src/{name}") if name and os.path.isdir(os.path.join(root, path))]


def _as_notice(finding: Finding) -> Finding:
    hint = Hint("leave it out", _EXCLUDE, toml_pattern(finding.path))
    return finding._replace(action=Action.NOTICE, hints=(hint,))
