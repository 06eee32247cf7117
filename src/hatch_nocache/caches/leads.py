"""Which directory inside the project does a value lead to? And is there any such value: often there is none.

Nothing here raises: a value that makes no sense leads nowhere.
"""

from __future__ import annotations

import os
from typing import Iterator, List, Mapping, Sequence, Tuple

from hatch_nocache.caches import vocabulary
from hatch_nocache.caches.toolconfig import Files

__all__ = ["Lead", "bases", "by_variable", "inside", "may_be_declared"]

# A real directory inside the project, and whether it is sure that the value leads there.
Lead = Tuple[str, bool]


def may_be_declared(root: str, environ: Mapping[str, str], prefix: str) -> bool:
    """Whether `surroundings.declared` can have anything to say of the project at the real path `root`."""
    where = bases(root, environ, prefix)
    for name, below, many in vocabulary.VARIABLES:
        value = environ.get(name)
        if value and any(by_variable(root, where, value, below, many=many)):
            return True
    return Files(root).may_declare() or any(inside(root, root, prefix, ""))


def bases(root: str, environ: Mapping[str, str], prefix: str, candidates: Sequence[str] = ()) -> List[Tuple[str, bool]]:
    """What a relative value of a variable may be relative to, and whether it is that for sure.

    It is the front end's working directory, which a backend is not told: PWD, the root and `candidates` are tried.
    """
    start = _start(environ, prefix)
    ways = dict.fromkeys((start, environ.get("PWD", ""), root, *candidates))
    return [(base, base == start) for base in ways if os.path.isabs(base)]


def _start(environ: Mapping[str, str], prefix: str) -> str:
    """Where the front end was started. Where no build runs, it would be started where this process is."""
    if prefix:
        return environ.get("PWD", "")
    try:
        return os.getcwd()
    except OSError:
        return ""


def by_variable(root: str, where: Sequence[Tuple[str, bool]], value: str, below: str, *, many: bool) -> Iterator[Lead]:
    """Yield where the value of a variable leads: `below` it, or each part of it if it may be a list."""
    for part in value.replace(",", os.pathsep).split(os.pathsep) if many else (value,):
        if part.strip():
            for base, is_started in where:
                for directory in inside(root, base, part, below):
                    yield directory, is_started or os.path.isabs(part)


def inside(root: str, base: str, value: str, below: str) -> Iterator[str]:
    """Yield the real path of a directory that exists inside the root."""
    try:
        directory = os.path.realpath(os.path.join(base, value, below))
        is_directory = os.path.isdir(directory)
    except (OSError, ValueError):
        return
    if is_directory and os.path.normcase(directory).startswith(os.path.normcase(os.path.join(root, ""))):
        yield directory
