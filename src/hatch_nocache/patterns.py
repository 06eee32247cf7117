"""Gitignore patterns that remember which of them matched."""

from __future__ import annotations

import re
from typing import Sequence

from pathspec import GitIgnoreSpec


class Patterns:
    """A list of gitignore patterns for paths below the project root. The path of a directory ends with `/`.

    Raises:
        ValueError: a pattern is invalid.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self.negated = any(line.startswith("!") for line in self.lines)
        # All paths that any pattern may have matched.
        self._matched: list[str] = []
        try:
            self._spec = GitIgnoreSpec.from_lines(self.lines)
            self._spec.match_file("a/b")
        except (re.error, IndexError) as error:
            # pathspec accepts invalid regular expressions, such as the range `[z-a]`. Before 0.12, it also accepts
            # patterns that fail only in a match, such as `**`.
            raise ValueError(str(error)) from error

    def match(self, path: str) -> bool:
        """Return whether the last pattern that matches `path` includes it."""
        is_match = bool(self.lines) and bool(self._spec.match_file(path))
        if is_match or self.negated:
            self._matched.append(path)
        return is_match

    def unused(self) -> list[str]:
        """Return the patterns that have matched nothing so far."""
        pairs = zip(self.lines, self._spec.patterns)
        return [line for line, each in pairs if each.include and not any(map(each.match_file, self._matched))]


def literal_lead(line: str) -> tuple[str, bool] | None:
    """Return the literal beginning of a gitignore pattern, and whether it is anchored.

    None if it has none (`*.so`, `fixtures*`) or includes no path (comments, negated patterns). A pattern without a
    slash before its end matches at any depth (https://git-scm.com/docs/gitignore#_pattern_format).
    """
    body = line.strip().rstrip("/")
    literal, *rest = re.split(r"(?<!\\)[*?\[]", body)
    parts = literal.replace("\\", "").split("/")
    lead = "/".join(part for part in (parts[:-1] if rest else parts) if part not in ("", "."))
    return (lead, "/" in body) if lead and not body.startswith(("#", "!")) else None
