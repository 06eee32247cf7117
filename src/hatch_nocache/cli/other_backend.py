"""Report caches, environments and symlinks in a project of another backend.

What that backend packs is unknown, so nothing is rejected. Only the `.gitignore` in the root is honored.
"""

from __future__ import annotations

import contextlib
import os
from types import SimpleNamespace
from typing import Any

from hatch_nocache.caches import declared
from hatch_nocache.cli.result import Result, part
from hatch_nocache.cli.tables import Tables, read_file
from hatch_nocache.config import parse
from hatch_nocache.paths import relative
from hatch_nocache.patterns import Patterns, toml_pattern
from hatch_nocache.rules import Action, Hint
from hatch_nocache.selection.checker import Checker, UnreadableError
from hatch_nocache.selection.directory import DirectoryStates
from hatch_nocache.selection.explicit import ExplicitPaths
from hatch_nocache.selection.walk import filtered_walk

# Version control directories: no backend packs them.
_SKIPPED = frozenset((".bzr", ".git", ".hg", ".jj", ".sl", ".svn"))
_EXCLUDE = "exclude {} in the configuration of the build backend"
_NOTE = "the files that the backend packs are unknown; check its archives with `hatch-nocache check dist`"
# Replaces `_hatchling.Route`: every file is selected, without an option.
_ROUTE: Any = SimpleNamespace(
    start=lambda source: None,  # noqa: ARG005 - as in `Route`
    selects_any=lambda directory, names, *, most: True,  # noqa: ARG005 - as in `Route`
    excludes=lambda directory: False,  # noqa: ARG005 - as in `Route`
    option=lambda path: "",  # noqa: ARG005 - as in `Route`
)


def check_tree(path: str, tables: Tables) -> Result:
    """Check the tree at `path`."""
    root = os.path.realpath(path)
    notes, ignored = [_NOTE], Patterns(())
    try:
        ignored = Patterns(os.fsdecode(read_file(os.path.join(root, ".gitignore")) or b"").splitlines())
    except (OSError, ValueError) as error:
        notes.append(f".gitignore cannot be read ({error}), so no file was skipped")
    options = parse({"caches": "drop", "symlinks": "drop"}, prefix="", target="")
    surroundings = declared.read(root, os.environ, "", ())
    states = DirectoryStates(root, options, surroundings, lambda: ExplicitPaths(root, {}, {}), {})
    checker = Checker("", options, states, {}, ("", ""))
    for state, directories, files in filtered_walk(root, states, _ROUTE, checker.report):
        below = relative(state.directory.walked, root)
        prefix = f"{below}/" if below else ""
        walked = (name for name in directories if name not in _SKIPPED and not ignored.match(f"{prefix}{name}/"))
        directories[:] = sorted(walked)
        for name in files:
            # A file may be unreadable, or vanish.
            with contextlib.suppress(OSError, UnreadableError):
                if not ignored.match(prefix + name):
                    file = SimpleNamespace(path=os.path.join(state.directory.walked, name))
                    checker.check(file, name, prefix + name, state, _ROUTE)
    findings = [
        each._replace(action=Action.NOTICE, hints=(Hint("leave it out", _EXCLUDE, toml_pattern(each.path)),))
        for each in checker.findings
    ]
    about = f"built by {tables.backend or 'no known backend'}, not by Hatchling"
    return Result(path, "tree", about, (part("tree", findings),), tuple(notes))
