"""The cheap question that comes before the dear one: which rows of the catalogue can be true of a directory at all.

A row is looked for by the directory's own name or by one name in it. Nearly all directories of a project have none of
them, and are done with here.
"""

from __future__ import annotations

import functools
import re
from typing import Callable, Dict, FrozenSet, List, Optional, Set, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE, Kind, Tool
from hatch_nocache.caches.shapes import Shape, segments

__all__ = ["Row", "candidates", "head_names"]

# A tool with one of its shapes, or with None for its own names.
Row = Tuple[Tool, Optional[Shape]]

_ROWS: List[Row] = []
_OWN: Dict[str, Set[int]] = {}
_FILES: Dict[str, Set[int]] = {}
_DIRECTORIES: Dict[str, Set[int]] = {}
_OWN_PATTERNS: List[Tuple[Callable[[str], object], int]] = []
_PATTERNS: List[Tuple[Callable[[str], object], int]] = []
# Of patterns for files only a fixed part is looked for: there may be thousands of files.
_PARTS: List[Tuple[str, int]] = []


def _index(tool: Tool, shape: Optional[Shape]) -> None:
    number = len(_ROWS)
    _ROWS.append((tool, shape))
    if shape is None:
        for name in tool.names:
            _OWN.setdefault(name, set()).add(number)
    elif shape.at.startswith("~"):
        _OWN_PATTERNS.append((re.compile(shape.at[1:]).fullmatch, number))
    elif shape.at:
        _OWN.setdefault(shape.at.rpartition("/")[2], set()).add(number)
    else:
        names, is_directory = segments(shape.marks[0].path)
        inside = is_directory or len(names) > 1
        if not names[0].startswith("~"):
            (_DIRECTORIES if inside else _FILES).setdefault(names[0], set()).add(number)
        elif inside:
            _PATTERNS.append((re.compile(names[0][1:]).fullmatch, number))
        else:
            _PARTS.append((max(re.split(r"[^\w-]+", names[0].replace("\\", "")), key=len), number))


for _tool in CATALOGUE:
    if _tool.names:
        _index(_tool, None)
    if _tool.kind is not Kind.ENVIRONMENTS:
        for _shape in _tool.shapes:
            _index(_tool, _shape)

_FILE_NAMES = frozenset(_FILES)
_DIRECTORY_NAMES = frozenset(_DIRECTORIES)


@functools.lru_cache(maxsize=4096)
def _fitting(name: str) -> FrozenSet[int]:
    return frozenset(number for fits, number in _PATTERNS if fits(name))


@functools.lru_cache(maxsize=4096)
def _by_own_name(name: str) -> FrozenSet[int]:
    fitting = frozenset(number for fits, number in _OWN_PATTERNS if fits(name))
    return fitting.union(_OWN.get(name, ()))


def candidates(path: str, files: FrozenSet[str], directories: FrozenSet[str]) -> List[Row]:
    """List the rows worth a closer look, in the order of the catalogue."""
    found = set(_by_own_name(path.rpartition("/")[2]))
    if not _FILE_NAMES.isdisjoint(files):
        found.update(*(_FILES[name] for name in _FILE_NAMES & files))
    if not _DIRECTORY_NAMES.isdisjoint(directories):
        found.update(*(_DIRECTORIES[name] for name in _DIRECTORY_NAMES & directories))
    for name in directories:
        found |= _fitting(name)
    joined = "\n".join(files)
    for part, number in _PARTS:
        if part in joined:
            found.add(number)
    return [_ROWS[number] for number in sorted(found)] if found else []


def head_names() -> FrozenSet[str]:
    """Collect the names of the files in which some row looks for words."""
    names = {"CACHEDIR.TAG", "pyvenv.cfg", ".gitignore"}
    for tool in CATALOGUE:
        for shape in tool.shapes:
            names.update(segments(mark.path)[0][-1] for mark in shape.marks if mark.says)
    return frozenset(name for name in names if not name.startswith("~"))
