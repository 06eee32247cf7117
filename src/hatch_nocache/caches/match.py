"""Match a directory against the rows of the catalogue, which are found by a name.

A build in which no directory is a candidate imports no other part of detection.
"""

from __future__ import annotations

import re
from typing import Iterator

from hatch_nocache.caches.catalogue import CATALOGUE, TOX_EXTRAS
from hatch_nocache.caches.declared import Surroundings
from hatch_nocache.caches.model import TAG, Directory, Shape, Tool

# How many directories one match may open.
BUDGET = 64
HEAD_SIZE = 512
# Files at the top of a project or a package, but not of a cache.
SOURCES = frozenset(["__init__.py", "pyproject.toml", "setup.py"])
# Files that can be in any directory.
_NOISE = frozenset([".DS_Store", ".gitignore", ".gitkeep", ".hgignore", ".keep", ".lock", TAG])
_TESTS = frozenset(["data", "examples", "fixtures", "samples", "test", "test_data", "test-data", "testdata", "tests"])

# `detect` finds directories of environments by what is in their subdirectories.
_ROWS = [
    (tool, shape)
    for tool in CATALOGUE
    for shape in (*(Shape(at=name) for name in tool.names), *tool.shapes)
    if tool.kind != "environments" or shape.at in tool.names
]
# The numbers of rows: by a name in the directory or (with a `/`) its own, and by a regular expression for either.
_NAMES: dict[str, list[int]] = {}
_EXPRESSIONS: dict[str, list[int]] = {}
for _number, (_, _shape) in enumerate(_ROWS):
    _name = _shape.at.rpartition("/")[2] or _shape.marks[0].partition(": ")[0].partition("/")[0]
    if _name.startswith("~") and not _name[1:].replace("|", "").isalnum():
        _EXPRESSIONS.setdefault(_name[1:], []).append(_number)
    else:
        for _word in _name.lstrip("~").split("|"):
            _NAMES.setdefault(f"{_word}/" if _shape.at else _word, []).append(_number)
_ANY_EXPRESSION = rf"(?m)\n(?:{'|'.join(_EXPRESSIONS)})$"


def candidates(directory: Directory) -> list[tuple[Tool, Shape]]:
    """Return the rows that the directory can match, in the order of the catalogue."""
    own, names = directory.path.rpartition("/")[2], directory.directories | directory.files
    found = {number for name in _NAMES.keys() & (names | {f"{own}/"}) for number in _NAMES[name]}
    # A directory may have thousands of names: all are searched at once, each after a line break, which `re` finds fast.
    text = "\n".join(["", own, *names])
    if re.search(_ANY_EXPRESSION, text):
        for each, numbers in _EXPRESSIONS.items():
            found.update(numbers if re.search(rf"(?m)\n(?:{each})$", text) else ())
    return [_ROWS[number] for number in sorted(found)]


def is_candidate(directory: Directory, surroundings: Surroundings) -> bool:
    """Return whether the directory can be a cache or an environment.

    The root is never one, nor is a directory that is or contains one of the project's own packages.
    """
    path, files = directory.path, directory.files
    if not path or any(f"{own}/".startswith(f"{path}/") for own in surroundings.own_packages):
        return False
    # Some file systems ignore case.
    if surroundings.declared_at(directory.location) or candidates(directory) or TAG in "\n".join(files).upper():
        return True
    # A directory of environments has only hidden files. Any of its directories is a sufficient sample.
    children = directory.directories - TOX_EXTRAS
    if not children or not all(name.startswith(".") for name in files):
        return False
    return any(tool.kind == "environment" for tool, _ in candidates(directory.child(min(children))))


def entries(directory: Directory) -> list[str]:
    """Return the sorted names in the directory, without `_NOISE`."""
    return sorted((directory.files | directory.directories | directory.links) - _NOISE)


def is_shaped(directory: Directory, shape: Shape) -> bool:
    """Return whether the directory has the shape."""
    path, own, names = f"/{directory.path}", directory.path.rpartition("/")[2], entries(directory)
    is_named = shape.at.startswith("~") and re.fullmatch(shape.at[1:], own)
    children = directory.directories if shape.every else frozenset()
    budget = iter(range(BUDGET))
    return (
        bool(is_named or not shape.at or path.endswith(f"/{shape.at}"))
        and not (shape.outside_tests and not _TESTS.isdisjoint(path.split("/")))
        and directory.files.isdisjoint(["__init__.py"] if shape.checkout else SOURCES)
        and (not shape.some or not names or any(re.fullmatch(shape.some, name) for name in names))
        and (not shape.only or all(name in children or re.fullmatch(shape.only, name) for name in names))
        and all(find(directory, mark, budget) for mark in shape.marks)
        and len(children) <= BUDGET
        and all(find(directory.child(name), shape.every) for name in children)
    )


def find(directory: Directory, mark: str, budget: Iterator[int] | None = None) -> str:
    """Return the path of the first of `paths`, "" if there is none."""
    return next((path for path, _ in paths(directory, mark, budget or iter(range(BUDGET)))), "")


def paths(directory: Directory, mark: str, budget: Iterator[int] | None = None) -> Iterator[tuple[str, Directory]]:
    """Yield the paths of the mark in the directory (that of a directory ends with `/`), with their parents.

    `budget` has an item for each directory that the search may open, None for any number.
    """
    path, _, says = mark.partition(": ")
    head, slash, rest = path.partition("/")
    below = mark[len(head) + 1 :]
    names = directory.directories if slash else directory.files if says else directory.files | directory.links
    if head == "**":
        yield from paths(directory, below, budget)
        below = mark
    elif head.startswith("~"):
        names = frozenset(name for name in names if re.fullmatch(head[1:], name))
    else:
        names &= {head}
    for name in sorted(names):
        if not rest:
            if not says or re.search(says.encode(), directory.head(name, HEAD_SIZE)):
                yield name + slash, directory
        elif budget is None or next(budget, None) is not None:
            for found, parent in paths(directory.child(name), below, budget):
                yield f"{name}/{found}", parent
