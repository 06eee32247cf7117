"""`pyproject.toml` and `hatch.toml` as plain tables, of a project on disk or of an sdist."""

from __future__ import annotations

import glob
import os
import re
import sys
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from hatch_nocache._hatchling import HOOK
from hatch_nocache.cli.result import Problem, first_line
from hatch_nocache.paths import relative, within

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Tables", "TablesError", "read_file", "table", "workspace_members"]

_QUOTED = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
# The dotted key of a table's header, or of an assignment.
_KEY = re.compile(rf"\s*(\[?\[?)\s*({_QUOTED}(?:\s*\.\s*{_QUOTED})*)\s*(?:\]|=)")


class TablesError(Exception):
    """One of the files cannot be read; the argument is the `Problem`."""


class Tables(NamedTuple):
    """The two files, parsed, and their texts by name."""

    pyproject: Mapping[str, Any]
    hatch_toml: Mapping[str, Any]
    texts: Mapping[str, str]

    @classmethod
    def read(cls, read: Callable[[str], Optional[bytes]]) -> Tables:
        """Parse both files. `read` returns the content of a file, None if there is no such file.

        Raises:
            TablesError: one of them cannot be read.
        """
        texts: Dict[str, str] = {}
        pyproject, hatch_toml = (_parse(name, read, texts) for name in ("pyproject.toml", "hatch.toml"))
        return cls(pyproject, hatch_toml, texts)

    @property
    def name(self) -> str:
        """The name of the project; "" if there is none."""
        return str(table(self.pyproject, "project").get("name", ""))

    @property
    def backend(self) -> str:
        """The build backend; "" if there is none."""
        return str(table(self.pyproject, "build-system").get("build-backend", ""))

    @property
    def requires(self) -> List[str]:
        """The normalized names of the build requirements."""
        requirements = _strings(table(self.pyproject, "build-system").get("requires"))
        names = [re.split(r"[^A-Za-z0-9._-]", each.strip(), maxsplit=1)[0] for each in requirements]
        return [re.sub(r"[-_.]+", "-", name).lower() for name in names]

    @property
    def is_hatchling(self) -> bool:
        """Whether Hatchling builds the project, perhaps wrapped by a backend of the project's own."""
        backend = self.backend
        return backend.split(".", maxsplit=1)[0] == "hatchling" or (bool(backend) and "hatchling" in self.requires)

    @property
    def build(self) -> Mapping[str, Any]:
        """Hatchling's `build` table: `hatch.toml` replaces the tables of `pyproject.toml` one by one."""
        return table({**table(self.pyproject, "tool", "hatch"), **self.hatch_toml}, "build")

    @property
    def build_file(self) -> str:
        """The file that has the `build` table."""
        return "hatch.toml" if "build" in self.hatch_toml else "pyproject.toml"

    @property
    def has_hook(self) -> bool:
        """Whether the hook has a table for any target."""
        tables = [self.build, *map(table, table(self.build, "targets").values())]
        return any(HOOK in table(each, "hooks") for each in tables)

    def hook(self, target: str) -> Tuple[Optional[Mapping[str, Any]], str]:
        """Return the hook's table that is in force for the target, None if there is none, and its TOML path."""
        own = table(self.build, "targets", target, "hooks")
        prefix = f"build.targets.{target}.hooks.{HOOK}" if HOOK in own else f"build.hooks.{HOOK}"
        found = {**table(self.build, "hooks"), **own}.get(HOOK)
        in_full = prefix if self.build_file == "hatch.toml" else f"tool.hatch.{prefix}"
        return found if isinstance(found, dict) else None, in_full

    def problem(self, text: str, file: str, key: str) -> Problem:
        """Return a problem with the line of `file` that sets `key`, a dotted path."""
        return Problem(text, file, _line_of(self.texts[file], key))


def _parse(name: str, read: Callable[[str], Optional[bytes]], texts: Dict[str, str]) -> Mapping[str, Any]:
    try:
        texts[name] = (read(name) or b"").decode("utf-8")
        return tomllib.loads(texts[name])
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or first_line(error)
        # An attribute since Python 3.14; before, the number is only in the message.
        line = getattr(error, "lineno", 0) or int((re.findall(r"at line (\d+)", str(error)) or [0])[0])
        raise TablesError(Problem(f"cannot be read: {reason}", name, line)) from error


def table(value: object, *keys: str) -> Mapping[str, Any]:
    """Return the table at this path in `value`; an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> List[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def read_file(path: str) -> Optional[bytes]:
    """Return the content of a file of a project, None if there is none.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    if not os.path.lexists(path):
        return None
    # Reading would hang on a FIFO.
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError("it is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def _line_of(text: str, key: str) -> int:
    """Return the line that sets `key` or the innermost of its tables, 0 if there is none.

    Not a parser: a line of a multi-line string may be mistaken for a key.
    """
    wanted = key.split(".")
    header: Tuple[str, ...] = ()
    best, depth = 0, 0
    for number, line in enumerate(text.splitlines(), 1):
        match = _KEY.match(line)
        if match is None:
            continue
        path = tuple(part.strip("\"'") for part in re.findall(_QUOTED, match.group(2)))
        path = path if match.group(1) else header + path
        header = path if match.group(1) else header
        if len(path) > depth and list(path) == wanted[: len(path)]:
            best, depth = number, len(path)
    return best


def workspace_members(root: str, tables: Tables) -> List[str]:
    """Return the directories of a workspace's members below (or next to) its root, relative to it.

    Source of the rules: https://docs.astral.sh/uv/concepts/projects/workspaces/ and
    https://hatch.pypa.io/latest/how-to/environment/workspace/ (members of any environment).
    """
    workspaces = [table(tables.pyproject, "tool", "uv", "workspace")]
    hatch = {**table(tables.pyproject, "tool", "hatch"), **tables.hatch_toml}
    workspaces += [table(each, "workspace") for each in table(hatch, "envs").values()]
    found: Dict[str, None] = {}
    for workspace in workspaces:
        excluded = _expand(root, workspace.get("exclude"))
        for member in _expand(root, workspace.get("members")):
            is_project = os.path.isfile(os.path.join(member, "pyproject.toml"))
            if is_project and not any(within(member, each) for each in excluded):
                found[relative(member, root)] = None
    return [member for member in found if member]


def _expand(root: str, patterns: object) -> List[str]:
    """Return the normalized paths that match a list of globs; an entry may be a table with a `path`."""
    entries = patterns if isinstance(patterns, list) else []
    globs = _strings([each.get("path") if isinstance(each, dict) else each for each in entries])
    matches = (glob.glob(os.path.join(glob.escape(root), each), recursive=True) for each in globs)
    return [os.path.normpath(path) for paths in matches for path in sorted(paths)]
