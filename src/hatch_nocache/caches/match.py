"""Match a directory against a shape.

The search is bounded: after `BUDGET` opened directories, there is no match.
"""

from __future__ import annotations

import re
from typing import Iterator

from hatch_nocache.caches.model import TAG, Directory, Mark, Shape

BUDGET = 64
HEAD_SIZE = 512
# Files at the top of a project or a package, but not of a cache.
SOURCES = frozenset(["__init__.py", "pyproject.toml", "setup.py"])
# Files that can be in any directory.
NOISE = frozenset([".DS_Store", ".gitignore", ".gitkeep", ".hgignore", ".keep", ".lock", TAG])
_TESTS = frozenset(["data", "examples", "fixtures", "samples", "test", "test_data", "test-data", "testdata", "tests"])


def entries(directory: Directory) -> list[str]:
    """Return the sorted names in the directory, without `NOISE`."""
    return sorted((directory.files | directory.directories | directory.links) - NOISE)


def is_shaped(directory: Directory, shape: Shape) -> bool:
    """Return whether the directory has the shape."""
    own = directory.path.rpartition("/")[2]
    is_at = (
        re.fullmatch(shape.at[1:], own) if shape.at.startswith("~") else f"/{directory.path}".endswith(f"/{shape.at}")
    )
    if shape.at and not is_at:
        return False
    if shape.outside_tests and not _TESTS.isdisjoint(directory.path.split("/")):
        return False
    if not directory.files.isdisjoint(["__init__.py"] if shape.checkout else SOURCES):
        return False
    names = entries(directory)
    if shape.some and names and not any(re.fullmatch(shape.some, name) for name in names):
        return False
    children = directory.directories if shape.every else frozenset()
    if shape.only and not all(re.fullmatch(shape.only, name) for name in names if name not in children):
        return False
    budget = iter(range(BUDGET))
    return (
        all(find(directory, mark, budget) for mark in shape.marks)
        and len(children) <= BUDGET
        and all(find(directory.child(name), Mark(shape.every)) for name in children)
    )


def find(directory: Directory, mark: Mark, budget: Iterator[int] | None = None) -> str:
    """Return the first of `paths`, "" if there is none."""
    return next(paths(directory, mark, iter(range(BUDGET)) if budget is None else budget), "")


def paths(directory: Directory, mark: Mark, budget: Iterator[int]) -> Iterator[str]:
    """Yield where the mark is in the directory; the path of a directory ends with `/`.

    `budget` has an item for each directory that the search may open.
    """
    head, slash, rest = mark.path.partition("/")
    below = mark._replace(path=rest)
    names = directory.directories if slash else directory.files if mark.says else directory.files | directory.links
    if head == "**":
        yield from paths(directory, below, budget)
        below = mark
    elif head.startswith("~"):
        names = frozenset(name for name in names if re.fullmatch(head[1:], name))
    else:
        names &= {head}
    for name in sorted(names):
        if not rest:
            if not mark.says or re.search(mark.says.encode(), directory.head(name, HEAD_SIZE)):
                yield name + slash
        elif next(budget, None) is not None:
            for found in paths(directory.child(name), below, budget):
                yield f"{name}/{found}"
