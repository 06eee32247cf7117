"""Paths that the user spells out, unlike paths that a pattern happens to match."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Sequence

from hatch_nocache.paths import native, relative, within
from hatch_nocache.patterns import Patterns, literal_lead

SOURCES = (
    "force-include",
    "only-include",
    "packages",
    "shared-data",
    "shared-scripts",
    "extra-metadata",
    "sbom-files",
)
_PATTERNS = ("include", "artifacts")
_NONE = Patterns(())
# The same in the build data, where other hooks write.
_HOOK_SOURCES = (
    "force_include",
    "force_include_editable",
    "shared_data",
    "shared_scripts",
    "extra_metadata",
    "sbom_files",
)


class ExplicitPath(NamedTuple):
    """One absolute path that a `key` spells out.

    It is a source, or the literal beginning of a `pattern`. `anywhere`: the pattern is not anchored at the root, so
    only the last part of `path` counts.
    """

    path: str
    key: str
    pattern: Patterns | None = None
    anywhere: bool = False

    def concerns(self, directory: str) -> bool:
        """Return whether it is `directory` or inside it."""
        if self.anywhere and os.path.basename(self.path) == os.path.basename(directory):
            return True
        return within(self.path, directory)

    def includes(self, path: str, root: str) -> bool:
        """Return whether it includes the file `path`, in a directory that it concerns."""
        if self.pattern is not None:
            return self.pattern.match(relative(path, root))
        return within(path, self.path)

    def leads_to(self, directory: str) -> bool:
        """Return whether the walk must enter `directory` to reach its files."""
        return self.anywhere or within(self.path, directory) or within(directory, self.path)


class ExplicitPaths:
    """The explicit paths in the tables of all targets, and those of other build hooks."""

    def __init__(
        self, root: str, build: Mapping[str, Any], targets: Mapping[str, Any], allow: Patterns = _NONE
    ) -> None:
        """Read the raw tables of [tool.hatch.build] and of its targets.

        Hatchling reports invalid values. `root` is the absolute path of the project; any absolute path serves for an
        archive. The walk must reach what `allow` has, too: its files are packed before explicit paths count.
        """
        self._root = root
        self._paths: list[ExplicitPath] = []
        self._hook_paths: list[ExplicitPath] = []
        self._allowed = list(_allowed(allow, root))
        for table in (build, *targets.values()):
            for key in SOURCES:
                self._paths += (ExplicitPath(self._absolute(source), key) for source in _strings(table, key))
            for key in _PATTERNS:
                self._paths += self._patterns(_strings(table, key), key)

    def add_hooks(self, build_data: Mapping[str, Any], required: Iterable[str]) -> None:
        """Add the paths that other build hooks have written into the build data.

        Hatchling itself adds those in `required`.
        """
        for key in _HOOK_SOURCES:
            for source in build_data.get(key, ()):
                if source not in required:
                    self._hook_paths.append(ExplicitPath(self._absolute(os.fspath(source)), ""))
        # An entry can also be a compiled pathspec pattern.
        artifacts = [
            os.fspath(each) for each in build_data.get("artifacts", ()) if isinstance(each, (str, os.PathLike))
        ]
        self._hook_paths += self._patterns(artifacts, "")

    def concerning(self, cache: str, *, output: bool = False) -> tuple[ExplicitPath, ...]:
        """Return the explicit paths that are `cache` or inside it.

        Paths of hooks count only inside build `output`: a hook knows the file that it has built, but a hook that
        collects files by a glob must not add a cache to the archive.
        """
        hooks = (each for each in self._hook_paths if each.path != cache and within(each.path, cache)) if output else ()
        allowed = (each for each in self._allowed if each.anywhere or each.concerns(cache))
        return (*(each for each in self._paths if each.concerns(cache)), *hooks, *allowed)

    def of_source(self, path: str) -> tuple[ExplicitPath, ...]:
        """Return the explicit paths for `path`, a forced source outside the project."""
        found = tuple(each for each in self._paths if each.pattern is None and each.path == path)
        return found or (ExplicitPath(path, "force-include"),)

    def above(self, path: str) -> Iterator[str]:
        """Yield the explicit paths of users and hooks that are `path` or above it."""
        return (
            each.path for each in (*self._paths, *self._hook_paths) if within(path, each.path) and not each.anywhere
        )

    def _patterns(self, patterns: Sequence[str], key: str) -> Iterator[ExplicitPath]:
        for pattern in patterns:
            lead = literal_lead(pattern)
            if lead is not None:
                path, anchored = lead
                # Hatchling reports an invalid pattern.
                with contextlib.suppress(ValueError):
                    yield ExplicitPath(self._absolute(path), key, Patterns([pattern]), anywhere=not anchored)

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._root, os.path.expanduser(path)))


def _allowed(allow: Patterns, root: str) -> Iterator[ExplicitPath]:
    for line in allow.lines:
        if not line.startswith(("!", "#")):
            path, anchored = literal_lead(line) or ("", False)
            yield ExplicitPath(os.path.join(root, native(path)), "allow", Patterns(()), anywhere=not anchored)


def _strings(table: object, key: str) -> list[str]:
    values = table.get(key) if isinstance(table, dict) else None
    return [value for value in values if isinstance(value, str)] if isinstance(values, (list, dict)) else []
