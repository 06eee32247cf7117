"""Which rows of the catalogue can be true of a directory, by its own name or by one name in it."""

from __future__ import annotations

import functools
import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Pattern, Set, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.caches.match import segments
from hatch_nocache.caches.model import TAG, Directory, Kind, Shape, Tool

__all__ = ["Row", "candidates", "head_names"]


class Row(NamedTuple):
    """A tool with one of its shapes, or with None for its own names."""

    tool: Tool
    shape: Optional[Shape]


class _Names:
    """Numbers of rows by literal names, and by patterns for whole names."""

    def __init__(self) -> None:
        self.literal: Dict[str, Set[int]] = {}
        self.patterns: List[Tuple[str, int]] = []

    def add(self, segment: str, number: int) -> None:
        """Index a row by a segment of a mark's path."""
        words = segment[1:].split("|") if segment.startswith("~") else [segment]
        if segment.startswith("~") and not all(word.replace("_", "").isalnum() for word in words):
            self.patterns.append((segment[1:], number))
            return
        for word in words:
            self.literal.setdefault(word, set()).add(number)

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - the three instances live as long as the module
    def rows(self, name: str) -> FrozenSet[int]:
        """Return the rows that the name leads to."""
        found = frozenset(self.literal.get(name, ()))
        if self._any_pattern.fullmatch(name):
            found = found.union(number for pattern, number in self.patterns if re.fullmatch(pattern, name))
        return found

    @property
    @functools.lru_cache(maxsize=None)  # noqa: B019
    def _any_pattern(self) -> Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in sorted({pattern for pattern, _ in self.patterns})))


_ROWS: List[Row] = []
_OWN, _DIRECTORIES, _FILES = _Names(), _Names(), _Names()
# A directory may have thousands of files: a fixed part of these patterns is looked for in all names at once.
_PARTS: List[Tuple[str, int]] = []


def _add(row: Row) -> None:
    number = len(_ROWS)
    _ROWS.append(row)
    if row.shape is None:
        for name in row.tool.names:
            _OWN.add(name, number)
    elif row.shape.at:
        _OWN.add(row.shape.at if row.shape.at.startswith("~") else row.shape.at.rpartition("/")[2], number)
    else:
        names, is_directory = segments(row.shape.marks[0].path)
        if is_directory or len(names) > 1:
            _DIRECTORIES.add(names[0], number)
        elif names[0].startswith("~"):
            _PARTS.append((max(re.split(r"[^\w-]+", names[0].replace("\\", "")), key=len), number))
        else:
            _FILES.add(names[0], number)


for _tool in CATALOGUE:
    if _tool.names:
        _add(Row(_tool, None))
    if _tool.kind is not Kind.ENVIRONMENTS:
        for _shape in _tool.shapes:
            _add(Row(_tool, _shape))


def candidates(directory: Directory) -> List[Row]:
    """Return the rows that can be true of the directory, in the order of the catalogue."""
    found = set(_OWN.rows(directory.path.rpartition("/")[2]))
    for name in directory.directories:
        found |= _DIRECTORIES.rows(name)
    files = directory.files
    for name in _FILES.literal.keys() & files:
        found |= _FILES.literal[name]
    for part, number in _PARTS:
        if any(part in name for name in files):
            found.add(number)
    return [_ROWS[number] for number in sorted(found)]


@functools.lru_cache(maxsize=None)
def head_names() -> FrozenSet[str]:
    """Return the names of the files whose first `match.HEAD_SIZE` bytes detection may ask for."""
    names = {TAG, "pyvenv.cfg", ".gitignore", "activate"}
    for tool in CATALOGUE:
        for mark in (*tool.proof, *(mark for shape in tool.shapes for mark in shape.marks)):
            if mark.says:
                names.add(segments(mark.path)[0][-1])
    return frozenset(name for name in names if not name.startswith("~"))
