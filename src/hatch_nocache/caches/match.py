"""Compare a directory with a shape. The search is bounded: after `BUDGET` opened directories the answer is no."""

from __future__ import annotations

import re
from typing import Iterator

from hatch_nocache.caches.model import TAG, Directory, Mark, Shape

BUDGET = 64
HEAD_SIZE = 512
# Files at the top of a project or a package, and of no cache.
SOURCES = frozenset(["__init__.py", "pyproject.toml", "setup.py"])
# Files that any tool and any person may put into a directory.
NOISE = frozenset([".DS_Store", ".gitignore", ".gitkeep", ".hgignore", ".keep", ".lock", TAG])
_TESTS = frozenset(["data", "examples", "fixtures", "samples", "test", "test_data", "test-data", "testdata", "tests"])


def entries(directory: Directory) -> list[str]:
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
    if shape.outside_tests and not _TESTS.isdisjoint(directory.path.split("/")):
        return False
    if not directory.files.isdisjoint(["__init__.py"] if shape.checkout else SOURCES):
        return False
    names = entries(directory)
    if shape.some and names and not any(re.fullmatch(shape.some, name) for name in names):
        return False
    children = sorted(directory.directories) if shape.every else []
    if shape.only and not all(re.fullmatch(shape.only, name) for name in names if name not in children):
        return False
    budget = iter(range(BUDGET))
    return (
        all(find(directory, mark, budget) for mark in shape.marks)
        and len(children) <= BUDGET
        and all(find(directory.child(name), Mark(shape.every)) for name in children)
    )


def find(directory: Directory, mark: Mark, budget: Iterator[int] | None = None) -> str:
    """Return the path of a mark in the directory, that of a directory with a `/` at its end; "" if there is none.

    `budget` has an item for each directory that the search may open.
    """
    return next(_paths(directory, mark.path, mark.says, iter(range(BUDGET)) if budget is None else budget), "")


def _paths(directory: Directory, path: str, says: str, budget: Iterator[int]) -> Iterator[str]:
    head, slash, rest = path.partition("/")
    names = directory.directories if slash else directory.files if says else directory.files | directory.links
    if head == "**":
        yield from _paths(directory, rest, says, budget)
        rest = path
    elif head.startswith("~"):
        names = frozenset(name for name in names if re.fullmatch(head[1:], name))
    else:
        names &= {head}
    for name in sorted(names):
        if not rest:
            if not says or re.search(says.encode(), directory.head(name, HEAD_SIZE)):
                yield name + slash
        elif next(budget, None) is not None:
            for found in _paths(directory.child(name), rest, says, budget):
                yield f"{name}/{found}"
