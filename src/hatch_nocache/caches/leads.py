"""The directory inside the project that a variable, or any other path, leads to.

Most builds have nothing of the kind, so there is one cheap question for all of it. Nothing here raises: a value that
makes no sense leads nowhere.
"""

from __future__ import annotations

import os
from typing import Iterator, List, Mapping, Sequence, Tuple

from hatch_nocache.caches import vocabulary
from hatch_nocache.caches.toolconfig import Files

__all__ = ["Sure", "existing", "may_be_declared", "starts", "variable_leads"]

# A directory, and whether it is sure that it is the one.
Sure = Tuple[str, bool]


def may_be_declared(root: str, environ: Mapping[str, str], prefix: str) -> bool:
    """Whether `surroundings.declared` can have anything to say of the project at the real path `root`."""
    bases = starts(root, environ, prefix)
    for name, below, many in vocabulary.VARIABLES:
        value = environ.get(name)
        if value and any(variable_leads(root, bases, value, below, many=many)):
            return True
    return Files(root).may_declare() or any(existing(root, root, prefix, ""))


def starts(root: str, environ: Mapping[str, str], prefix: str) -> List[Sure]:
    """What a relative value of a variable may be relative to.

    It is the front end's working directory, which a backend is not told: PWD and the root are tried.
    """
    start = _start(environ, prefix)
    bases = dict.fromkeys((start, environ.get("PWD", ""), root))
    return [(base, base == start) for base in bases if os.path.isabs(base)]


def _start(environ: Mapping[str, str], prefix: str) -> str:
    """Where the front end was started. Where no build runs, it would be started where this process is."""
    if prefix:
        return environ.get("PWD", "")
    try:
        return os.getcwd()
    except OSError:
        return ""


def variable_leads(root: str, bases: Sequence[Sure], value: str, below: str, *, many: bool) -> Iterator[Sure]:
    """Yield where the value of a variable leads: `below` it, or each part of it if it may be a list."""
    for part in value.replace(",", os.pathsep).split(os.pathsep) if many else (value,):
        if part.strip():
            for base, is_sure in bases:
                for directory in existing(root, base, part, below):
                    yield directory, is_sure or os.path.isabs(part)


def existing(root: str, base: str, value: str, below: str) -> Iterator[str]:
    """Yield the real path of a directory that exists inside the root."""
    try:
        directory = os.path.realpath(os.path.join(base, value, below))
        is_directory = os.path.isdir(directory)
    except (OSError, ValueError, RecursionError):
        # The last one for a chain of a thousand links.
        return
    if is_directory and os.path.normcase(directory).startswith(os.path.normcase(os.path.join(root, ""))):
        yield directory
