"""What the user spelled out, as opposed to what a pattern merely swept up. Pure: paths in, answers out."""

from __future__ import annotations

import os
from typing import Iterable, Iterator, List, Optional, Tuple

from hatch_nocache.patterns import Patterns, literal_lead
from hatch_nocache.tree import native, relative

__all__ = ["Name", "Named", "allow_names"]


class Name:
    """One path that someone spelled out: a source, or the literal beginning of a pattern (then `pattern` is set)."""

    def __init__(self, path: str, by: str, pattern: Optional[Patterns] = None, *, anywhere: bool = False) -> None:
        self.path = path
        self.by = by
        self.pattern = pattern
        self.anywhere = anywhere

    def concerns(self, cache: str) -> bool:
        """Whether it is the cache directory or lies inside it."""
        return (
            self.path == cache
            or _below(self.path, cache)
            or (self.anywhere and os.path.basename(self.path) == os.path.basename(cache))
        )

    def takes(self, path: str, root: str) -> bool:
        """Whether it names the file `path` (which lies in a cache that it concerns)."""
        if self.pattern is not None:
            return self.pattern.match(relative(path, root))
        return path == self.path or _below(path, self.path)

    def leads_to(self, directory: str) -> bool:
        """Whether the walk has to go through `directory` to meet what it names."""
        return self.anywhere or directory == self.path or _below(self.path, directory) or _below(directory, self.path)


class Named:
    """The paths that the configuration names, and those that another hook names.

    A path is named by a source (`force-include`, `only-include`, `packages`, `shared-data`, …) or by an `include` or
    `artifacts` pattern that begins with it. What a *hook* names counts only strictly inside a cache: a hook that builds
    `target/release/x.so` knows its file, but no hook decides that a whole cache is the project's own.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._names: List[Name] = []
        self._hook_names: List[Name] = []

    def add_sources(self, sources: Iterable[str], by: str) -> None:
        """Sources that the user wrote down; `by` is the key, as the report names it."""
        self._names.extend(Name(self._absolute(source), by) for source in sources)

    def add_patterns(self, patterns: Iterable[str], by: str) -> None:
        """Gitignore patterns that the user wrote down."""
        self._names.extend(self._pattern_names(patterns, by))

    def add_hook(self, sources: Iterable[str], patterns: Iterable[str]) -> None:
        """Sources and artifact patterns that another hook put into the build data."""
        by = "another build hook"
        self._hook_names.extend(Name(self._absolute(source), by) for source in sources)
        self._hook_names.extend(self._pattern_names(patterns, by))

    def concerning(self, cache: str) -> Tuple[Name, ...]:
        """What names the cache directory or something inside it."""
        return tuple(name for name in self._names if name.concerns(cache)) + tuple(
            name for name in self._hook_names if _below(name.path, cache)
        )

    def _pattern_names(self, patterns: Iterable[str], by: str) -> Iterable[Name]:
        for pattern in patterns:
            lead = literal_lead(pattern)
            if lead is not None:
                path, anchored = lead
                yield Name(self._absolute(path), by, Patterns([pattern]), anywhere=not anchored)

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self._root, os.path.expanduser(path)))


def allow_names(allow: Patterns, root: str) -> Iterator[Name]:
    """What the option `allow` spells out, and so leads the walk to: its files are let through before names count."""
    for line in allow.lines:
        if not line.startswith(("!", "#")):
            path, anchored = literal_lead(line) or ("", False)
            yield Name(os.path.join(root, native(path)), "allow", Patterns(()), anywhere=not anchored)


def _below(path: str, directory: str) -> bool:
    return path.startswith(directory.rstrip(os.sep) + os.sep)
