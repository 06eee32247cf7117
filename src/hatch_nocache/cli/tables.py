"""`pyproject.toml` and `hatch.toml` of a project or an sdist, as plain tables."""

from __future__ import annotations

import glob
import os
import re
import sys
from typing import Any, Callable, Mapping, NamedTuple

from hatch_nocache._hatchling import HOOK
from hatch_nocache.cli.result import Problem, first_line
from hatch_nocache.paths import within

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Tables(NamedTuple):
    """The two parsed files, and their texts by name.

    `problem` says why one cannot be read; then both are empty.
    """

    pyproject: Mapping[str, Any]
    hatch_toml: Mapping[str, Any]
    texts: Mapping[str, str]
    problem: Problem | None = None

    @classmethod
    def read(cls, read: Callable[[str], bytes | None]) -> Tables:
        """Parse both files. `read` returns the content of a file, None if it is missing."""
        texts: dict[str, str] = {}
        tables: list[dict[str, Any]] = []
        try:
            for name in ("pyproject.toml", "hatch.toml"):
                texts[name] = ""
                texts[name] = (read(name) or b"").decode("utf-8")
                tables.append(tomllib.loads(texts[name]))
        except (OSError, ValueError, RecursionError) as error:
            reason = getattr(error, "strerror", None) or first_line(error)
            line = int((re.findall(r"at line (\d+)", reason) or [0])[0])
            return cls({}, {}, {}, Problem(f"cannot be read: {reason}", [*texts][-1], line))
        return cls(tables[0], tables[1], texts)

    @classmethod
    def read_directory(cls, path: str) -> Tables:
        """Parse both files of the project at `path`."""
        return cls.read(lambda name: read_file(os.path.join(path, name)))

    @property
    def backend(self) -> str:
        """The build backend; "" if there is none."""
        return str(table(self.pyproject, "build-system").get("build-backend", ""))

    @property
    def requires(self) -> list[str]:
        """The normalized names of the build requirements."""
        requirements = _strings(table(self.pyproject, "build-system").get("requires"))
        names = [re.split(r"[^A-Za-z0-9._-]", each.strip(), maxsplit=1)[0] for each in requirements]
        return [re.sub(r"[-_.]+", "-", name).lower() for name in names]

    @property
    def is_hatchling(self) -> bool:
        """Whether Hatchling builds the project, directly or wrapped by another backend."""
        backend = self.backend
        return backend.split(".", maxsplit=1)[0] == "hatchling" or (bool(backend) and "hatchling" in self.requires)

    @property
    def hatch(self) -> Mapping[str, Any]:
        """Hatch's tables: `hatch.toml` replaces those of `pyproject.toml` one by one."""
        return {**table(self.pyproject, "tool", "hatch"), **self.hatch_toml}

    @property
    def build(self) -> Mapping[str, Any]:
        """Hatchling's `build` table."""
        return table(self.hatch, "build")

    @property
    def build_file(self) -> str:
        """The file that has the `build` table."""
        return "hatch.toml" if "build" in self.hatch_toml else "pyproject.toml"

    def hook(self, target: str) -> tuple[Mapping[str, Any] | None, str]:
        """Return the hook's table in force for the target (None if missing) and its path."""
        own = table(self.build, "targets", target, "hooks")
        prefix = f"build.targets.{target}.hooks.{HOOK}" if HOOK in own else f"build.hooks.{HOOK}"
        found = {**table(self.build, "hooks"), **own}.get(HOOK)
        in_full = prefix if self.build_file == "hatch.toml" else f"tool.hatch.{prefix}"
        return found if isinstance(found, dict) else None, in_full

    def error(self, text: str, key: str = "") -> Problem:
        """Return an error with the file and the line that set `key`, a TOML path.

        Without `key`, the text begins with one, or has one of Hatchling's in backticks, or is about none.
        """
        if not key:
            found = re.search(r"^(?:tool\.hatch\.)?build\.[\w.-]+|(?<=`)(?:project|tool\.hatch)\b[\w.-]*(?=`)", text)
            key = found.group() if found else ""
        file = self.build_file if "build" in key.split(".") else "pyproject.toml"
        key = key[len("tool.hatch.") :] if file == "hatch.toml" and key.startswith("tool.hatch.") else key
        return Problem(text, file, _line_of(key, self.texts[file])) if key else Problem(text)


def table(value: object, *keys: str) -> Mapping[str, Any]:
    """Return the table at this path in `value`; an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def read_file(path: str) -> bytes | None:
    """Return the content of a file of a project, None if there is none."""
    if not os.path.lexists(path):
        return None
    # Reading would hang on a FIFO.
    if os.path.exists(path) and not os.path.isfile(path):
        raise ValueError("it is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def _line_of(key: str, text: str) -> int:
    """Return the line that sets `key` or the innermost of its tables; 0 if unknown.

    Not a parser: a line of a multi-line string may be mistaken for a key.
    """
    table, _, name = key.rpartition(".")
    whole, header, last = map(re.escape, (key, table, name))
    found = re.search(rf"^\s*(\[\s*{whole}\s*\]|{whole}\s*=)", text, re.MULTILINE) or re.search(
        rf"^\s*\[\s*{header}\s*\].*\n(?:(?!\s*\[).*\n)*?\s*[\"']?{last}[\"']?\s*=", text, re.MULTILINE
    )
    if found:
        return text.count("\n", 0, found.end()) + 1
    return _line_of(table, text) if table else 0


def workspace_members(root: str, tables: Tables) -> list[str]:
    """Return the directories of a workspace's members, below its root or next to it.

    Source of the rules: https://docs.astral.sh/uv/concepts/projects/workspaces/ and
    https://hatch.pypa.io/latest/how-to/environment/workspace/ (members of any environment).
    """
    workspaces = [table(tables.pyproject, "tool", "uv", "workspace")]
    workspaces += [table(each, "workspace") for each in table(tables.hatch, "envs").values()]
    found: dict[str, None] = {}
    for workspace in workspaces:
        excluded = _expand(root, workspace.get("exclude"))
        members = _expand(root, workspace.get("members"))
        found.update((each, None) for each in members if not any(within(each, other) for other in excluded))
    found.pop(os.path.normpath(root), None)
    return [each for each in found if os.path.isfile(os.path.join(each, "pyproject.toml"))]


def _expand(root: str, patterns: object) -> list[str]:
    """Return the normalized paths that match a list of globs.

    An entry may be a table with a `path`.
    """
    entries = patterns if isinstance(patterns, list) else []
    globs = _strings([each.get("path") if isinstance(each, dict) else each for each in entries])
    matches = (glob.glob(os.path.join(glob.escape(root), each), recursive=True) for each in globs)
    return [os.path.normpath(path) for paths in matches for path in sorted(paths)]
