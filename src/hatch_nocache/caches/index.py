"""Which rows of the catalogue can be true of a directory, by its own name or by one name in it."""

from __future__ import annotations

import functools
import re
from typing import DefaultDict, FrozenSet, List, NamedTuple, Optional, Pattern, Set, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.caches.match import segments
from hatch_nocache.caches.model import TAG, Directory, Kind, Shape, Tool

__all__ = ["Row", "candidates", "head_names"]

# Where a name is: the directory's own, a subdirectory's, a file's.
_OWN, _INSIDE, _FILE = range(3)


class Row(NamedTuple):
    """A tool with one of its shapes, or with None for its own names."""

    tool: Tool
    shape: Optional[Shape]


_ROWS = [
    Row(tool, shape)
    for tool in CATALOGUE
    for shape in ((None,) * bool(tool.names) + tool.shapes * (tool.kind is not Kind.ENVIRONMENTS))
]
_BY_NAME: DefaultDict[Tuple[int, str], Set[int]] = DefaultDict(set)
_BY_PATTERN: DefaultDict[int, List[Tuple[str, int]]] = DefaultDict(list)


def _add(where: int, segment: str, number: int) -> None:
    words = segment[1:].split("|") if segment.startswith("~") else [segment]
    if segment.startswith("~") and not all(word.replace("_", "").isalnum() for word in words):
        if where == _FILE:
            # A directory may have thousands of files: only a fixed part of the pattern is looked for in their names.
            segment = "~" + max(re.split(r"[^\w-]+", segment.replace("\\", "")), key=len)
        _BY_PATTERN[where].append((segment[1:], number))
        return
    for word in words:
        _BY_NAME[where, word].add(number)


for _number, (_tool, _shape) in enumerate(_ROWS):
    if _shape is None:
        for _name in _tool.names:
            _add(_OWN, _name, _number)
    elif _shape.at:
        _add(_OWN, _shape.at if _shape.at.startswith("~") else _shape.at.rpartition("/")[2], _number)
    else:
        _names, _is_directory = segments(_shape.marks[0].path)
        _add(_INSIDE if _is_directory or len(_names) > 1 else _FILE, _names[0], _number)

_FILE_NAMES = frozenset(name for where, name in _BY_NAME if where == _FILE)


def candidates(directory: Directory) -> List[Row]:
    """Return the rows that can be true of the directory, in the order of the catalogue."""
    found = set(_rows(_OWN, directory.path.rpartition("/")[2]))
    for name in directory.directories:
        found |= _rows(_INSIDE, name)
    for name in _FILE_NAMES & directory.files:
        found |= _BY_NAME[_FILE, name]
    names = "\n".join(directory.files)
    found.update(number for part, number in _BY_PATTERN[_FILE] if part in names)
    return [_ROWS[number] for number in sorted(found)]


@functools.lru_cache(maxsize=4096)
def _rows(where: int, name: str) -> FrozenSet[int]:
    found = frozenset(_BY_NAME.get((where, name), ()))
    if _any_pattern(where).fullmatch(name):
        found = found.union(number for pattern, number in _BY_PATTERN[where] if re.fullmatch(pattern, name))
    return found


@functools.lru_cache(maxsize=None)
def _any_pattern(where: int) -> Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in _BY_PATTERN[where]))


@functools.lru_cache(maxsize=None)
def head_names() -> FrozenSet[str]:
    """Return the names of the files whose first `match.HEAD_SIZE` bytes detection may ask for."""
    marks = [mark for tool in CATALOGUE for mark in (*tool.proof, *(m for shape in tool.shapes for m in shape.marks))]
    names = {segments(mark.path)[0][-1] for mark in marks if mark.says}
    return frozenset(name for name in names if not name.startswith("~")) | {TAG, "pyvenv.cfg", ".gitignore", "activate"}
