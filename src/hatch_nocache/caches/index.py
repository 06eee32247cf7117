"""Find the catalogue rows that a directory can match.

They are found by its own name, or by a name in it. A build in which no directory is a candidate imports no other part
of detection.
"""

from __future__ import annotations

import re

from hatch_nocache.caches.catalogue import CATALOGUE, TOX_EXTRAS
from hatch_nocache.caches.declared import Surroundings
from hatch_nocache.caches.model import TAG, Directory, Kind, Shape, Tool


class _Names:
    """Rows by name, or by a regular expression for names."""

    def __init__(self, segments: list[tuple[str, int]]) -> None:
        literal: dict[str, set[int]] = {}
        self._patterns: list[tuple[str, int]] = []
        for segment, number in segments:
            words = segment[1:].split("|") if segment.startswith("~") else [segment]
            if segment.startswith("~") and not all(word.replace("_", "").isalnum() for word in words):
                self._patterns.append((segment[1:], number))
                continue
            for word in words:
                literal.setdefault(word, set()).add(number)
        self._literal = literal
        self._names = frozenset(literal)
        self._any_pattern = re.compile("|".join(f"^(?:{pattern})$" for pattern, _ in self._patterns), re.MULTILINE)

    def rows(self, names: frozenset[str]) -> set[int]:
        """Return the numbers of the rows that match one of the names."""
        found = {number for name in self._names & names for number in self._literal[name]}
        # A directory may have thousands of names: all are searched at once.
        text = "\n".join(names)
        if self._any_pattern.search(text):
            found |= {number for each, number in self._patterns if re.search(f"^(?:{each})$", text, re.MULTILINE)}
        return found


# `detect` finds directories of environments by what is in their subdirectories.
_ROWS = [
    (tool, shape)
    for tool in CATALOGUE
    for shape in (*(Shape(at=name) for name in tool.names), *tool.shapes)
    if tool.kind is not Kind.ENVIRONMENTS or shape.at in tool.names
]
_SHAPES = [(shape, number) for number, (_, shape) in enumerate(_ROWS)]
_OWN = _Names([(shape.at.rpartition("/")[2], number) for shape, number in _SHAPES if shape.at])
_INSIDE = _Names([(shape.marks[0].path.partition("/")[0], number) for shape, number in _SHAPES if not shape.at])


def candidates(directory: Directory) -> list[tuple[Tool, Shape]]:
    """Return the rows that the directory can match, in the order of the catalogue."""
    own = directory.path.rpartition("/")[2]
    found = _OWN.rows(frozenset([own])) | _INSIDE.rows(directory.directories | directory.files)
    return [_ROWS[number] for number in sorted(found)]


def is_candidate(directory: Directory, surroundings: Surroundings) -> bool:
    """Return whether the directory can be a cache or an environment.

    The root is never one, nor is a directory that is or contains one of the project's own packages.
    """
    path, directories, files = directory.path, directory.directories, directory.files
    if not path or any(own == path or own.startswith(path + "/") for own in surroundings.own_packages):
        return False
    if any(each.leads_to(directory.location) for each in surroundings.declarations):
        return True
    if TAG in files or _OWN.rows(frozenset([path.rpartition("/")[2]])) or _INSIDE.rows(directories | files):
        return True
    # Some file systems ignore case.
    if TAG in "\n".join(files).upper():
        return True
    # A directory of environments has only hidden files. Any of its directories is a sufficient sample.
    children = directories - TOX_EXTRAS
    if not children or not all(name.startswith(".") for name in files):
        return False
    return any(tool.kind is Kind.ENVIRONMENT for tool, _ in candidates(directory.child(min(children))))
