"""Gitignore patterns, by pathspec, that remember which of them were of use."""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, List, Optional, Sequence, Set, Tuple

from pathspec import GitIgnoreSpec

__all__ = ["Patterns", "Probe", "literal_lead"]

# Compiled where there are patterns: most projects have none.
_WILD = r"[*?\[\]]"


class Probe:
    """What the names of files have that some pattern may match in one directory: a question of one look per file.

    `is_open` when nothing is known of the names.
    """

    def __init__(
        self,
        names: FrozenSet[str] = frozenset(),
        suffixes: Tuple[str, ...] = (),
        prefixes: Tuple[str, ...] = (),
        *,
        is_open: bool = False,
    ) -> None:
        self.names = names
        self.suffixes = suffixes
        self.prefixes = prefixes
        self.is_open = is_open

    def __bool__(self) -> bool:
        return bool(self.names or self.suffixes or self.prefixes or self.is_open)

    def may_match(self, name: str) -> bool:
        """Whether a file of that name may be matched. False is certain."""
        return self.is_open or name in self.names or name.endswith(self.suffixes) or name.startswith(self.prefixes)


class Patterns:
    """A list of gitignore patterns for paths below the project's root.

    A directory is asked about with a `/` at its end.

    Raises:
        ValueError: a pattern is not valid.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self.negated = any(line.startswith("!") for line in self.lines)
        positive = [line for line in self.lines if _is_positive(line)]
        try:
            self._whole = GitIgnoreSpec.from_lines(self.lines)
            self._single = [(line, GitIgnoreSpec.from_lines([line])) for line in positive]
            if self.lines:
                self._whole.match_file("a/b")
        except (re.error, IndexError) as error:
            # pathspec lets through what makes no regular expression, such as the range `[z-a]`, and before 0.12 what it
            # fails on when it comes to match, such as `**`. Those versions ask each pattern about each path.
            raise ValueError(str(error)) from error
        self._used: Set[str] = set()
        # What a negated pattern takes back, a backslash or a space at an end means: pathspec knows, in each version.
        is_plain = not self.negated and all("\\" not in line and line == line.strip() for line in positive)
        self._everywhere = _everywhere(positive) if is_plain else Probe(is_open=True)
        self._anchored = tuple(filter(None, map(_anchored, positive))) if is_plain else ()
        self._probes: Dict[str, Optional[Probe]] = {}

    def __bool__(self) -> bool:
        return bool(self.lines)

    def match(self, path: str) -> bool:
        """Whether the patterns, the last one that matches deciding, take in `path`."""
        if not self.lines:
            return False
        is_match = bool(self._whole.match_file(path))
        if is_match or self.negated:
            self._used.update(line for line, spec in self._single if line not in self._used and spec.match_file(path))
        return is_match

    def probe(self, directory: str) -> Optional[Probe]:
        """What may match a file directly in `directory` (a path below the root, "" for the root); None for nothing.

        The directory itself and those above it are known not to match: what lies in one that does is not asked about.
        """
        if not self.lines:
            return None
        if directory not in self._probes:
            everywhere = self._everywhere
            here = [name for lead, name in self._anchored if lead == directory and name]
            is_open = everywhere.is_open or any(
                not name and _is_at_or_below(directory, lead) for lead, name in self._anchored
            )
            probe = Probe(everywhere.names.union(here), everywhere.suffixes, everywhere.prefixes, is_open=is_open)
            self._probes[directory] = probe or None
        return self._probes[directory]

    def unused(self) -> List[str]:
        """The patterns that have matched nothing so far."""
        return [line for line, _ in self._single if line not in self._used]

    def forget(self) -> None:
        """Start counting anew."""
        self._used.clear()


def _is_positive(line: str) -> bool:
    return not line.startswith(("#", "!"))


def _everywhere(lines: Sequence[str]) -> Probe:
    """What patterns without a slash before their end match at any depth."""
    names: Set[str] = set()
    suffixes: List[str] = []
    prefixes: List[str] = []
    for line in lines:
        if "/" in line:
            continue
        parts = re.split(_WILD, line)
        if len(parts) == 1:
            names.add(line)
        elif parts[-1]:
            suffixes.append(parts[-1])
        elif parts[0]:
            prefixes.append(parts[0])
        else:
            return Probe(is_open=True)
    return Probe(frozenset(names), tuple(suffixes), tuple(prefixes))


def _anchored(line: str) -> Optional[Tuple[str, str]]:
    """The directory that an anchored pattern begins with, and the name of the only file that it can match there.

    That name is "" when it can match others, or deeper down. None for what can match no file directly: a pattern that
    ends with a slash matches directories.
    """
    body = line.rstrip("/")
    if "/" not in body:
        return None
    lead: List[str] = []
    parts = [part for part in body.split("/") if part]
    for number, part in enumerate(parts):
        if re.search(_WILD, part):
            return "/".join(lead), ""
        if number < len(parts) - 1:
            lead.append(part)
    return None if line.endswith("/") else ("/".join(lead), parts[-1])


def _is_at_or_below(path: str, directory: str) -> bool:
    return not directory or path == directory or path.startswith(directory + "/")


def literal_lead(line: str) -> Optional[Tuple[str, bool]]:
    """The literal parts at the beginning of a gitignore pattern, and whether the pattern is anchored at the root.

    None when it has none (`*.so`, `fixtures*`) or takes nothing in (comments, negated patterns). A pattern without a
    slash before its end matches at any depth (https://git-scm.com/docs/gitignore#_pattern_format).
    """
    line = line.strip()
    if not line or not _is_positive(line):
        return None
    body = line.rstrip("/")
    parts: List[str] = []
    for part in body.strip("/").split("/"):
        if any(character in part for character in "*?["):
            break
        parts.append(part.replace("\\", ""))
    lead = "/".join(part for part in parts if part not in ("", "."))
    return (lead, "/" in body) if lead else None
