"""Compare a directory with a shape. The search is bounded: after `BUDGET` opened directories the answer is no."""

from __future__ import annotations

import functools
import re
from typing import FrozenSet, Iterable, Iterator, List, Tuple

from hatch_nocache.caches.model import TAG, Directory, Mark, Shape

__all__ = [
    "BUDGET",
    "HEAD_SIZE",
    "NOISE",
    "SOURCES",
    "any_mark",
    "entries",
    "first_sight",
    "is_at",
    "is_shaped",
    "segments",
]

BUDGET = 64
HEAD_SIZE = 512
# Files at the top of a project or a package, and of no cache.
SOURCES = frozenset(["__init__.py", "pyproject.toml", "setup.py"])
# Files that any tool and any person may put into a directory.
NOISE = frozenset([".DS_Store", ".gitignore", ".gitkeep", ".hgignore", ".keep", ".lock", TAG])


class _Budget:
    """Limits how many directories one match may open."""

    def __init__(self) -> None:
        self.left = BUDGET

    def children(self, directory: Directory, names: Iterable[str]) -> Iterator[Directory]:
        """Yield the subdirectories until the budget is spent."""
        for name in names:
            if self.left > 0:
                self.left -= 1
                yield directory.child(name)


@functools.lru_cache(maxsize=None)
def segments(path: str) -> Tuple[Tuple[str, ...], bool]:
    """Return the segments of a mark's path, and whether it is a directory."""
    return tuple(path.rstrip("/").split("/")), path.endswith("/")


def entries(directory: Directory) -> List[str]:
    """Return the sorted names in the directory, without `NOISE`."""
    return sorted((directory.files | directory.directories | directory.links) - NOISE)


def is_at(path: str, at: str) -> bool:
    """Return whether the path of a directory ends with the names in `at`, or its own name fits the expression there."""
    if at.startswith("~"):
        return re.fullmatch(at[1:], path.rpartition("/")[2]) is not None
    return path == at or path.endswith("/" + at)


def is_shaped(directory: Directory, shape: Shape) -> bool:
    """Return whether the directory has the shape."""
    if shape.at and not is_at(directory.path, shape.at):
        return False
    if not (directory.files.isdisjoint(SOURCES) or (shape.checkout and "__init__.py" not in directory.files)):
        return False
    names = entries(directory)
    if shape.every:
        names = [name for name in names if name not in directory.directories]
    if shape.only and not all(re.fullmatch(shape.only, name) for name in names):
        return False
    budget = _Budget()
    return all(_has(directory, mark, budget) for mark in shape.marks) and (
        not shape.every or _has_every(directory, shape.every)
    )


def any_mark(directory: Directory, marks: Tuple[Mark, ...]) -> bool:
    """Return whether the directory has one of the marks."""
    return any(_has(directory, mark, _Budget()) for mark in marks)


def first_sight(directory: Directory, shape: Shape) -> str:
    """Return the entry of the directory that shows its shape, a directory with a `/`; "" if only its path does."""
    for mark in shape.marks:
        parts, is_directory = segments(mark.path)
        inside = is_directory or len(parts) > 1
        for name in _fitting(parts[0], directory.directories if inside else directory.files):
            return name + "/" * inside
    return ""


def _has_every(directory: Directory, path: str) -> bool:
    names = sorted(directory.directories)
    return len(names) <= BUDGET and all(_has(directory.child(name), Mark(path), _Budget()) for name in names)


def _has(directory: Directory, mark: Mark, budget: _Budget) -> bool:
    return _finds(directory, segments(mark.path), mark.says, budget)


def _finds(directory: Directory, path: Tuple[Tuple[str, ...], bool], says: str, budget: _Budget) -> bool:
    (head, *rest), is_directory = path
    below = (tuple(rest), is_directory)
    if head == "**":
        children = budget.children(directory, sorted(directory.directories))
        return _finds(directory, below, says, budget) or any(_finds(child, path, says, budget) for child in children)
    if rest:
        children = budget.children(directory, _fitting(head, directory.directories))
        return any(_finds(child, below, says, budget) for child in children)
    names = _fitting(head, directory.directories if is_directory else directory.files)
    return any(not says or re.search(says.encode(), directory.head(name, HEAD_SIZE)) for name in names)


def _fitting(segment: str, names: FrozenSet[str]) -> List[str]:
    if not segment.startswith("~"):
        return [segment] if segment in names else []
    fits = re.compile(segment[1:]).fullmatch
    return sorted(name for name in names if fits(name))
