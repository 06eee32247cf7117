"""`pyproject.toml` and `hatch.toml` of a project or an sdist, as plain tables."""

from __future__ import annotations

import glob
import os
import re
from typing import Any, Callable, Mapping

from packaging.utils import canonicalize_name

from hatch_nocache._hatchling import HOOK
from hatch_nocache.caches.declared import parse_toml
from hatch_nocache.cli.result import Problem
from hatch_nocache.config import table
from hatch_nocache.paths import within

_FILES = ("pyproject.toml", "hatch.toml")


class Tables:
    """Both files, parsed. If one cannot be read, `problem` says why, and all tables are empty.

    `hatch` contains Hatch's tables, `build` those of Hatchling, which are in `build_file`. `requires` are normalized
    names. `is_hatchling`: Hatchling builds the project, directly or wrapped by another backend.
    """

    def __init__(self, path: str, read: Callable[[str, str], bytes | None]) -> None:
        """Parse what `read` returns for `path` and each name: the content, None if the file is missing."""
        self.problem: Problem | None = None
        self._texts: dict[str, str] = {}
        tables: list[dict[str, Any]] = []
        try:
            for name in _FILES:
                self._texts[name] = (read(path, name) or b"").decode("utf-8")
                tables.append(parse_toml(self._texts[name]))
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            line = re.search(r"at line (\d+)", reason)
            self.problem = Problem(f"cannot be read: {reason}", _FILES[len(tables)], int(line[1]) if line else 0)
            tables = [{}, {}]
        self.pyproject, hatch_toml = tables
        # `hatch.toml` replaces the tables of `pyproject.toml` one by one.
        self.hatch = {**table(self.pyproject, "tool", "hatch"), **hatch_toml}
        self.build = table(self.hatch, "build")
        self.build_file = "hatch.toml" if "build" in hatch_toml else "pyproject.toml"
        system = table(self.pyproject, "build-system")
        requires = system.get("requires")
        entries = [canonicalize_name(str(each).strip()) for each in requires] if isinstance(requires, list) else []
        self.requires = {re.split(r"[^a-z0-9-]", each, maxsplit=1)[0] for each in entries}
        self.backend = str(system.get("build-backend", ""))
        self.is_hatchling = self.backend != "" and "hatchling" in {self.backend.split(".")[0], *self.requires}

    def hook(self, target: str) -> tuple[Mapping[str, Any] | None, str]:
        """Return the hook's table in force for the target (None if missing) and its path."""
        own = table(self.build, "targets", target, "hooks")
        path = f"build.targets.{target}.hooks.{HOOK}" if HOOK in own else f"build.hooks.{HOOK}"
        found = {**table(self.build, "hooks"), **own}.get(HOOK)
        in_full = path if self.build_file == "hatch.toml" else f"tool.hatch.{path}"
        return found if isinstance(found, dict) else None, in_full

    def error(self, text: str, key: str = "") -> Problem:
        """Return an error with the file and the line that set `key`, a TOML path; by default, the one in the text."""
        # Our own texts begin with it, Hatchling's have it in backticks.
        found = re.search(r"^(?:tool\.hatch\.)?build\.[\w.-]+|(?<=`)(?:project|tool\.hatch)\b[\w.-]*(?=`)", text)
        key = key or (found.group() if found else "")
        if not key:
            return Problem(text)
        file = self.build_file if "build" in key.split(".") else "pyproject.toml"
        inside = re.sub(r"^tool\.hatch\.", "", key) if file == "hatch.toml" else key
        return Problem(text, file, _line_of(inside, self._texts[file]))


def read_file(root: str, name: str) -> bytes | None:
    """Return the content of a file of the project at `root`, None if there is none."""
    path = os.path.join(root, name)
    if not os.path.lexists(path):
        return None
    # Reading would hang on a FIFO.
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError("it is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def _line_of(key: str, text: str) -> int:
    """Return the line that sets `key` or the innermost of its tables; 0 if unknown."""
    # Not a parser: a line of a multi-line string may be mistaken for a key.
    table, _, name = key.rpartition(".")
    whole, header, last = map(re.escape, (key, table, name))
    found = re.search(rf"^\s*(\[\s*{whole}\s*\]|{whole}\s*=)", text, re.MULTILINE) or re.search(
        rf"^\s*\[\s*{header}\s*\].*\n(?:(?!\s*\[).*\n)*?\s*[\"']?{last}[\"']?\s*=", text, re.MULTILINE
    )
    if found:
        return text.count("\n", 0, found.end()) + 1
    return _line_of(table, text) if table else 0


def workspace_members(root: str, tables: Tables) -> list[str]:
    """Return the directories of a workspace's members, below its root or next to it."""
    # https://docs.astral.sh/uv/concepts/projects/workspaces/
    workspaces = [table(tables.pyproject, "tool", "uv", "workspace")]
    # Those of any environment: https://hatch.pypa.io/latest/how-to/environment/workspace/
    workspaces += (table(each, "workspace") for each in table(tables.hatch, "envs").values())
    found: list[str] = []
    for workspace in workspaces:
        members, excluded = (_expand(root, workspace.get(key)) for key in ("members", "exclude"))
        found += (each for each in members if not any(within(each, other) for other in excluded))
    below = (each for each in dict.fromkeys(found) if each != os.path.normpath(root))
    return [each for each in below if os.path.isfile(os.path.join(each, "pyproject.toml"))]


def _expand(root: str, patterns: object) -> list[str]:
    """Return the normalized paths that match a list of globs, or of tables with a glob as `path`."""
    entries = patterns if isinstance(patterns, list) else []
    globs = (each.get("path") if isinstance(each, dict) else each for each in entries)
    inside = (os.path.join(glob.escape(root), each) for each in globs if isinstance(each, str))
    return [os.path.normpath(path) for each in inside for path in sorted(glob.glob(each, recursive=True))]
