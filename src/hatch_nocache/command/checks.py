"""One path of the command line → its outcome: a project, an archive, or neither."""

from __future__ import annotations

import dataclasses
import os
import re
from typing import Any, Dict, List, Mapping, Sequence

from hatchling.metadata.core import load_toml

from hatch_nocache.archive import UnreadableArchive, inspect
from hatch_nocache.command.foreign import inspect_tree
from hatch_nocache.command.inspection import inspect_project
from hatch_nocache.command.outcome import Outcome, Part, ordered
from hatch_nocache.findings import Action, Finding
from hatch_nocache.remedies import ignore_line

__all__ = ["check"]

_ARCHIVES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip")
_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg")


def check(path: str, targets: Sequence[str], *, run_hooks: bool) -> Outcome:
    """Judge what lies at `path`. Whatever is wrong with it is in the outcome."""
    if os.path.isdir(path):
        return _directory(path, targets, run_hooks=run_hooks)
    if not os.path.lexists(path):
        return Outcome(path, "unknown", errors=("there is no such file or directory",))
    # A FIFO would keep us waiting.
    if not os.path.isfile(path):
        return Outcome(path, "unknown", errors=("it is neither a directory nor a regular file",))
    return _archive(path)


# --- archives ---------------------------------------------------------------------------------------------------------


def _archive(path: str) -> Outcome:
    try:
        report = inspect(path)
    except UnreadableArchive as error:
        return Outcome(path, "unknown", errors=(str(error),))
    notes = (f"{report.more} more findings are not listed",) if report.more else ()
    part = Part("archive", ordered([_in_archive(finding) for finding in report.findings]), notes)
    about = f"{report.kind} with {report.root}/ at its top" if report.root else f"a {report.kind}"
    return Outcome(path, report.kind, about, (part,), members=report.members, size=report.size)


def _in_archive(finding: Finding) -> Finding:
    """What is in an archive is not kept out by anything any more."""
    if finding.code > "NC1" or finding.action is not Action.REJECTED:
        return finding
    line = ignore_line(finding.path.rstrip("/"))
    remedy = (
        f"build it with [tool.hatch.build.hooks.nocache], or exclude {line} if another backend than Hatchling builds it"
    )
    return dataclasses.replace(finding, remedy=remedy)


# --- directories ------------------------------------------------------------------------------------------------------


def _directory(path: str, targets: Sequence[str], *, run_hooks: bool) -> Outcome:
    try:
        settings = _pyproject(path)
        names = sorted(os.listdir(path))
        # A relative path leads nowhere from a directory that is gone.
        os.path.realpath(path)
    except (OSError, ValueError, RecursionError) as error:
        return Outcome(path, "project", errors=(f"pyproject.toml cannot be read: {_line(error)}",))
    if not any(name in names for name in _PROJECT) and any(name.endswith(_ARCHIVES) for name in names):
        # Whoever asks about `dist` must not be told that all is well with its directory tree.
        return Outcome(path, "unknown", errors=("there is no project in it; name the archives themselves",))
    build = _table(settings, "build-system")
    backend = build.get("build-backend", "")
    if "pyproject.toml" in names and _is_hatchling(build):
        return inspect_project(path, path, targets, run_hooks=run_hooks)
    if targets:
        return Outcome(path, "tree", errors=("it is not built by Hatchling, so that --target means nothing",))
    return inspect_tree(path, path, _about(names, backend), _table(settings, "project"))


def _about(names: List[str], backend: object) -> str:
    if "pyproject.toml" not in names:
        what = "built by setup.py" if "setup.py" in names else "no pyproject.toml"
    elif backend:
        what = f"built by {backend}"
    else:
        what = "pyproject.toml names no build backend"
    return f"{what}; the hook works with Hatchling only, so its tree was checked for caches, environments and links"


def _is_hatchling(build: Mapping[str, Any]) -> bool:
    backend = build.get("build-backend", "")
    # A backend of the project's own, and some plugins, only wrap Hatchling.
    requires = build.get("requires", [])
    named = [re.split(r"[^A-Za-z0-9._-]", str(each).strip(), maxsplit=1)[0].lower() for each in _list(requires)]
    return str(backend).split(".", maxsplit=1)[0] == "hatchling" or (bool(backend) and "hatchling" in named)


def _list(value: object) -> List[object]:
    return value if isinstance(value, list) else []


def _table(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = settings.get(name, {})
    return table if isinstance(table, dict) else {}


def _pyproject(directory: str) -> Dict[str, Any]:
    path = os.path.join(directory, "pyproject.toml")
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError("it is not a regular file")
    contents: Dict[str, Any] = load_toml(path) if os.path.lexists(path) else {}
    return contents


def _line(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
