"""Gitignore patterns, by pathspec, that remember which of them were of use."""

from __future__ import annotations

import re
from typing import List, Optional, Sequence, Set, Tuple

from pathspec import GitIgnoreSpec

__all__ = ["Patterns", "literal_lead"]


class Patterns:
    """A list of gitignore patterns for paths below the project's root.

    A directory is asked about with a `/` at its end.

    Raises:
        ValueError: a pattern is not valid.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self.negated = any(line.startswith("!") for line in self.lines)
        try:
            self._whole = GitIgnoreSpec.from_lines(self.lines)
            self._single = [(line, GitIgnoreSpec.from_lines([line])) for line in self.lines if _is_positive(line)]
        except re.error as error:
            # pathspec lets through what makes no regular expression, such as the range `[z-a]`.
            raise ValueError(str(error)) from error
        self._used: Set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.lines)

    def match(self, path: str) -> bool:
        """Whether the patterns, the last one that matches deciding, take in `path`."""
        if not self.lines:
            return False
        for line, spec in self._single:
            if line not in self._used and spec.match_file(path):
                self._used.add(line)
        return bool(self._whole.match_file(path))

    def unused(self) -> List[str]:
        """The patterns that have matched nothing so far."""
        return [line for line, _ in self._single if line not in self._used]

    def forget(self) -> None:
        """Start counting anew."""
        self._used.clear()


def _is_positive(line: str) -> bool:
    return not line.startswith(("#", "!"))


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
