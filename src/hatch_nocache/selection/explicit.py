"""Paths that the user spells out, unlike paths that a pattern happens to match."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterable, Iterator, Mapping, NamedTuple

from hatch_nocache.paths import relative, within
from hatch_nocache.patterns import Patterns, literal_lead

_SHARED = ("shared-data", "shared-scripts", "extra-metadata", "sbom-files")
SOURCES = ("force-include", "only-include", "packages", *_SHARED)
_NONE = Patterns(())


class ExplicitPath(NamedTuple):
    """One absolute path that a `key` spells out; "" is another build hook, or `allow`.

    It is a source, or the literal beginning of a `pattern`: of one that is not anchored (`anywhere`), only its last
    part counts.
    """

    path: str
    key: str
    pattern: Patterns | None = None
    anywhere: bool = False

    def concerns(self, directory: str) -> bool:
        """Return whether it is `directory` or inside it."""
        has_name = self.anywhere and os.path.basename(self.path) == os.path.basename(directory)
        return has_name or within(self.path, directory)

    def includes(self, path: str, root: str) -> bool:
        """Return whether it includes the file `path`, in a directory that it concerns."""
        return within(path, self.path) if self.pattern is None else self.pattern.match(relative(path, root))

    def leads_to(self, directory: str) -> bool:
        """Return whether the walk must enter `directory` to reach its files."""
        return self.anywhere or within(self.path, directory) or within(directory, self.path)


class ExplicitPaths:
    """The explicit paths in the tables of all targets, and those of other build hooks.

    The tables are the raw ones of [tool.hatch.build] and its targets: Hatchling reports invalid values. `root` is the
    absolute path of the project; any absolute path serves for an archive. The walk must reach what `allow` has, too:
    its files are packed before explicit paths count.
    """

    def __init__(
        self, root: str, build: Mapping[str, Any], targets: Mapping[str, Any], allow: Patterns = _NONE
    ) -> None:
        self._root = root
        self._paths: list[ExplicitPath] = []
        self._hook_paths: list[ExplicitPath] = []
        self._allowed: list[ExplicitPath] = []
        for table in (build, *targets.values()):
            for key in SOURCES:
                self._paths += (ExplicitPath(self._absolute(source), key) for source in _strings(table, key))
            for key in ("include", "artifacts"):
                self._paths += self._patterns(_strings(table, key), key)
        for line in allow.lines:
            if not line.startswith(("!", "#")):
                path, anchored = literal_lead(line) or ("", False)
                self._allowed.append(ExplicitPath(self._absolute(path), "", _NONE, anywhere=not anchored))

    def add_hooks(self, build_data: Mapping[str, Any], required: Iterable[str]) -> None:
        """Add the paths that other hooks, and not Hatchling (`required`), have written into the build data."""
        for key in ("force-include", "force-include-editable", *_SHARED):
            sources = (source for source in build_data.get(key.replace("-", "_"), ()) if source not in required)
            self._hook_paths += (ExplicitPath(self._absolute(os.fspath(source)), "") for source in sources)
        # An entry can also be a compiled pathspec pattern.
        entries = (each for each in build_data.get("artifacts", ()) if isinstance(each, (str, os.PathLike)))
        self._hook_paths += self._patterns([os.fspath(each) for each in entries], "")

    def concerning(self, cache: str, *, output: bool = False, by_hand: str = "") -> tuple[ExplicitPath, ...]:
        """Return the explicit paths that are `cache` or inside it, and the file `by_hand` in it.

        Paths of hooks count only inside build `output`: a hook knows the file that it has built, but a hook that
        collects files by a glob must not add a cache to the archive.
        """
        hooks = (each for each in self._hook_paths if each.path != cache and within(each.path, cache)) if output else ()
        allowed = (each for each in self._allowed if each.anywhere or each.concerns(cache))
        own = (ExplicitPath(os.path.join(cache, by_hand), ""),) if by_hand else ()
        return (*(each for each in self._paths if each.concerns(cache)), *hooks, *allowed, *own)

    def of_source(self, path: str) -> tuple[ExplicitPath, ...]:
        """Return the explicit paths for `path`, a forced source outside the project."""
        found = tuple(each for each in self._paths if each.pattern is None and each.path == path)
        return found or (ExplicitPath(path, "force-include"),)

    def above(self, path: str) -> Iterator[str]:
        """Yield the explicit paths of users and hooks that are `path` or above it."""
        paths = (*self._paths, *self._hook_paths)
        return (each.path for each in paths if within(path, each.path) and not each.anywhere)

    def _patterns(self, patterns: Iterable[str], key: str) -> Iterator[ExplicitPath]:
        for pattern in patterns:
            path, anchored = literal_lead(pattern) or ("", False)
            # Hatchling reports an invalid pattern.
            with contextlib.suppress(ValueError):
                if path:
                    yield ExplicitPath(self._absolute(path), key, Patterns([pattern]), anywhere=not anchored)

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._root, os.path.expanduser(path)))


def _strings(table: object, key: str) -> list[str]:
    values = table.get(key) if isinstance(table, dict) else None
    return [value for value in values if isinstance(value, str)] if isinstance(values, (list, dict)) else []
