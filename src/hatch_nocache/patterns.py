"""Gitignore patterns that remember which of them matched."""

from __future__ import annotations

import json
import re
from typing import Sequence

from pathspec import GitIgnoreSpec


class Patterns:
    """A list of gitignore patterns for paths below the project root.

    The path of a directory ends with `/`.

    Raises:
        ValueError: a pattern is invalid.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        self.negated = any(line.startswith("!") for line in self.lines)
        self._used: set[str] = set()
        if not self.lines:
            return
        try:
            self._whole = GitIgnoreSpec.from_lines(self.lines)
            self._single = [(line, GitIgnoreSpec.from_lines([line])) for line in self.lines if _is_positive(line)]
            self._whole.match_file("a/b")
        except (re.error, IndexError) as error:
            # pathspec accepts invalid regular expressions, such as the range `[z-a]`. Before 0.12, it also accepts
            # patterns that fail only in a match, such as `**`.
            raise ValueError(str(error)) from error

    def __bool__(self) -> bool:
        return bool(self.lines)

    def match(self, path: str) -> bool:
        """Return whether the last pattern that matches `path` includes it."""
        if not self.lines:
            return False
        is_match = bool(self._whole.match_file(path))
        if is_match or self.negated:
            self._used.update(line for line, spec in self._single if line not in self._used and spec.match_file(path))
        return is_match

    def unused(self) -> list[str]:
        """Return the patterns that have matched nothing so far."""
        return [line for line in self.lines if _is_positive(line) and line not in self._used]


def _is_positive(line: str) -> bool:
    return not line.startswith(("#", "!"))


def literal_lead(line: str) -> tuple[str, bool] | None:
    """Return the literal beginning of a gitignore pattern, and whether it is anchored.

    None if it has none (`*.so`, `fixtures*`) or includes no path (comments, negated patterns). A pattern without a
    slash before its end matches at any depth (https://git-scm.com/docs/gitignore#_pattern_format).
    """
    line = line.strip()
    if not line or not _is_positive(line):
        return None
    body = line.rstrip("/")
    parts: list[str] = []
    for part in body.strip("/").split("/"):
        if re.search(r"(?<!\\)[*?\[]", part):
            break
        parts.append(part.replace("\\", ""))
    lead = "/".join(part for part in parts if part not in ("", "."))
    return (lead, "/" in body) if lead else None


def toml_pattern(path: str) -> str:
    """Return a gitignore pattern for this path only, as a TOML string; "" for none."""
    if path.startswith("../") or re.search("[\ud800-\udfff]", path):
        return ""
    pattern = "/" + re.sub(r"([\\*?\[\]])", r"\\\1", path)
    # https://git-scm.com/docs/gitignore: trailing spaces are ignored unless quoted. Old versions of pathspec
    # do not support the quotes.
    pattern = pattern[:-1] + "[ ]" if pattern.endswith(" ") else pattern
    # With the escapes of TOML, the report need not escape the pattern.
    text = json.dumps(pattern, ensure_ascii=not path.isprintable())
    for mark, written in (("\x7f", "\\u007f"), ("::", ":\\u003a"), ("##", "#\\u0023")):
        text = text.replace(mark, written)
    return text
