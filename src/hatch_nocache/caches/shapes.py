"""What a cache looks like, written as data, and the one function that compares a directory with it.

A `Mark` is a path below the directory. Its segments are literal names, `~` and a regular expression for the whole name,
or `**` for any number of levels; a path that ends with `/` is a directory, any other a regular file. A `Shape` is there
when all its conditions hold. Looking is bounded: after `BUDGET` opened directories the answer is no.
"""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING, FrozenSet, Iterator, List, NamedTuple, Tuple

from hatch_nocache.caches.glance import NOISE

if TYPE_CHECKING:
    from hatch_nocache.facts import Directory

__all__ = [
    "BUDGET",
    "HEAD_SIZE",
    "SOURCES",
    "Mark",
    "Shape",
    "entries",
    "is_at",
    "is_shaped",
    "segments",
    "sight",
]

BUDGET = 64
HEAD_SIZE = 512

# Files that no tool puts at the top of its cache: whoever has one there keeps a project or a package in it.
SOURCES = frozenset(["__init__.py", "pyproject.toml", "setup.py"])


class Mark(NamedTuple):
    """Something that lies in the directory, at least so often; `says` is searched for in the beginning of the file."""

    path: str
    says: str = ""
    at_least: int = 1


class Shape(NamedTuple):
    """All of it must hold: the end of the directory's own path, the marks, no entries but those that `only` fits.

    `at` is literal names, or `~` and a regular expression for the directory's own name. With `every`, `only` is about
    what is no directory, and each directory must have that mark. A directory with a file of `SOURCES` has no shape;
    for a `checkout` only `__init__.py` counts.
    """

    marks: Tuple[Mark, ...] = ()
    at: str = ""
    only: str = ""
    every: str = ""
    checkout: bool = False


class _Purse:
    """The directories that may still be opened."""

    def __init__(self) -> None:
        self.left = BUDGET

    def child(self, directory: Directory, name: str) -> Iterator[Directory]:
        if self.left > 0:
            self.left -= 1
            yield directory.child(name)


@functools.lru_cache(maxsize=None)
def segments(path: str) -> Tuple[Tuple[str, ...], bool]:
    """Return the segments of a mark's path, and whether it is a directory."""
    return tuple(path.rstrip("/").split("/")), path.endswith("/")


def entries(directory: Directory) -> List[str]:
    """List the names of what lies in the directory and says something about it."""
    return sorted((directory.files | directory.directories | directory.links) - NOISE)


def is_at(path: str, at: str) -> bool:
    """Whether the path of a directory ends with the names in `at`, or its own name fits the expression there."""
    if at.startswith("~"):
        return re.fullmatch(at[1:], path.rpartition("/")[2]) is not None
    return path == at or path.endswith("/" + at)


def is_shaped(directory: Directory, shape: Shape) -> bool:
    """Whether the directory has the shape."""
    if shape.at and not is_at(directory.path, shape.at):
        return False
    if not (directory.files.isdisjoint(SOURCES) or (shape.checkout and "__init__.py" not in directory.files)):
        return False
    purse = _Purse()
    if not all(_has(directory, mark, purse) for mark in shape.marks):
        return False
    names = entries(directory)
    if shape.every:
        names = [name for name in names if name not in directory.directories]
        if not _has_every(directory, shape.every):
            return False
    return not shape.only or all(re.fullmatch(shape.only, name) for name in names)


def _has_every(directory: Directory, path: str) -> bool:
    names = sorted(directory.directories)
    mark = Mark(path)
    return len(names) <= BUDGET and all(_has(directory.child(name), mark, _Purse()) for name in names)


def sight(directory: Directory, shape: Shape) -> str:
    """Return the name in the directory by which a person sees the shape, "" when it has none but its own."""
    for mark in shape.marks:
        parts, is_directory = segments(mark.path)
        inside = is_directory or len(parts) > 1
        for name in _named(parts[0], directory.directories if inside else directory.files):
            return name
    return ""


def _has(directory: Directory, mark: Mark, purse: _Purse) -> bool:
    parts, is_directory = segments(mark.path)
    found = _search(directory, parts, (is_directory, mark.says), purse)
    return sum(1 for _ in itertools.islice(found, mark.at_least)) == mark.at_least


def _search(directory: Directory, parts: Tuple[str, ...], last: Tuple[bool, str], purse: _Purse) -> Iterator[str]:
    head, rest = parts[0], parts[1:]
    is_directory, says = last
    if head == "**":
        yield from _search(directory, rest, last, purse)
        for name in sorted(directory.directories):
            for child in purse.child(directory, name):
                yield from _search(child, parts, last, purse)
    elif rest:
        for name in _named(head, directory.directories):
            for child in purse.child(directory, name):
                yield from _search(child, rest, last, purse)
    else:
        for name in _named(head, directory.directories if is_directory else directory.files):
            if not says or _says(directory, name, says):
                yield name


def _named(segment: str, names: FrozenSet[str]) -> List[str]:
    if not segment.startswith("~"):
        return [segment] if segment in names else []
    fits = re.compile(segment[1:]).fullmatch
    return sorted(name for name in names if fits(name))


def _says(directory: Directory, name: str, says: str) -> bool:
    return re.search(says.encode(), directory.head(name, HEAD_SIZE)) is not None
