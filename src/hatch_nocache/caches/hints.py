"""Which rows of the catalogue can be true of a directory: the question between a glance and a close look.

A row is looked for by the directory's own name or by one name in it.
"""

from __future__ import annotations

import functools
import re
from typing import Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE, Kind, Tool
from hatch_nocache.caches.glance import TAG, is_ordinary
from hatch_nocache.caches.shapes import Shape, segments
from hatch_nocache.caches.toolconfig import words_of

__all__ = ["OWN_PATTERNS", "PATTERNS", "Row", "candidates", "head_names", "variables", "words", "words_of_keys"]

# A tool with one of its shapes, or with None for its own names.
Row = Tuple[Tool, Optional[Shape]]

_ROWS: List[Row] = []
_OWN: Dict[str, Set[int]] = {}
_FILES: Dict[str, Set[int]] = {}
_DIRECTORIES: Dict[str, Set[int]] = {}
OWN_PATTERNS: List[Tuple[str, int]] = []
PATTERNS: List[Tuple[str, int]] = []
# Of patterns for files only a fixed part is looked for: there may be thousands of files.
_PARTS: List[Tuple[str, int]] = []


def _index(tool: Tool, shape: Optional[Shape]) -> None:
    number = len(_ROWS)
    _ROWS.append((tool, shape))
    if shape is None:
        for name in tool.names:
            _OWN.setdefault(name, set()).add(number)
    elif shape.at.startswith("~"):
        OWN_PATTERNS.append((shape.at[1:], number))
    elif shape.at:
        _OWN.setdefault(shape.at.rpartition("/")[2], set()).add(number)
    else:
        names, is_directory = segments(shape.marks[0].path)
        inside = is_directory or len(names) > 1
        words = _words(names[0])
        if words:
            for name in words:
                (_DIRECTORIES if inside else _FILES).setdefault(name, set()).add(number)
        elif inside:
            PATTERNS.append((names[0][1:], number))
        else:
            _PARTS.append((max(re.split(r"[^\w-]+", names[0].replace("\\", "")), key=len), number))


def _words(segment: str) -> List[str]:
    """The names that a segment stands for, if these can be listed."""
    if not segment.startswith("~"):
        return [segment]
    words = segment[1:].split("|")
    return words if all(word.replace("_", "").isalnum() for word in words) else []


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
    if is_ordinary(name):
        return frozenset()
    return frozenset(number for pattern, number in PATTERNS if re.fullmatch(pattern, name))


@functools.lru_cache(maxsize=4096)
def _by_own_name(name: str) -> FrozenSet[int]:
    own = frozenset(_OWN.get(name, ()))
    if is_ordinary(name):
        return own
    return own.union(number for pattern, number in OWN_PATTERNS if re.fullmatch(pattern, name))


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


@functools.lru_cache(maxsize=None)
def head_names() -> FrozenSet[str]:
    """Collect the names of the files whose beginning (`shapes.HEAD_SIZE` bytes) the judge may ask for."""
    names = {TAG, "pyvenv.cfg", ".gitignore"}
    for tool in CATALOGUE:
        for shape in tool.shapes:
            names.update(segments(mark.path)[0][-1] for mark in shape.marks if mark.says)
    return frozenset(name for name in names if not name.startswith("~"))


def words() -> Dict[str, Iterable[str]]:
    """Collect the names, and parts of names, without which no row can be true. `vocabulary.py` is made from this."""
    return {
        "OWN": _OWN,
        "FILES": _FILES,
        "DIRECTORIES": _DIRECTORIES,
        "PARTS": {part for part, _ in _PARTS},
    }


def variables() -> Set[Tuple[str, str, bool]]:
    """Collect the environment variables, each with what `catalogue.Variable` says of it."""
    return {(each.name, each.below, each.many) for tool in CATALOGUE for each in tool.variables}


def words_of_keys() -> Set[Tuple[str, Tuple[str, ...]]]:
    """Collect the words of configuration keys, each with its file."""
    return {(key.file, words_of(key)) for tool in CATALOGUE for key in tool.keys}
