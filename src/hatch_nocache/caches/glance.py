"""The cheapest question: whether there is anything about the names in a directory that is worth a close look.

It is put about every directory of every build, and nearly always the answer is no. So it needs nothing but words.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, FrozenSet

from hatch_nocache.caches import vocabulary

if TYPE_CHECKING:
    from hatch_nocache.facts import Directory

__all__ = [
    "LIBRARIES",
    "NOISE",
    "PARTS",
    "TAG",
    "TOX_EXTRAS",
    "TOX_MARKERS",
    "are_beside",
    "catches_the_eye",
    "is_ordinary",
]

# https://bford.info/cachedir/
TAG = "CACHEDIR.TAG"
# Files that say nothing about the directory they lie in: every tool, and every person, may put them there.
NOISE = frozenset([".DS_Store", ".gitignore", ".gitkeep", ".hgignore", ".keep", ".lock", TAG])
LIBRARIES = frozenset(["lib", "lib64", "Lib"])
PARTS = LIBRARIES | {"bin", "Scripts", "Include", "etc", "include", "local", "man", "share", "src"}
TOX_MARKERS = frozenset([".tox-info.json", ".tox-config1"])
# What tox puts beside its environments.
TOX_EXTRAS = frozenset([".package", ".pkg", ".tmp", "dist", "log"])
_SHORT = 32
_MARKERS = TOX_MARKERS | {"pyvenv.cfg"}


def catches_the_eye(directory: Directory) -> bool:
    """Whether the directory may be a cache or an environment."""
    files, directories = directory.files, directory.directories
    if _may_be_cache(directory.path, files, directories) or _may_be_environment(files, directories):
        return True
    return bool(directories) and are_beside(files) and _may_hold_environments(directory)


def _may_be_cache(path: str, files: FrozenSet[str], directories: FrozenSet[str]) -> bool:
    """Whether a row of the catalogue can be true."""
    own = path.rpartition("/")[2]
    if own in vocabulary.OWN or not (
        vocabulary.FILES.isdisjoint(files) and vocabulary.DIRECTORIES.isdisjoint(directories)
    ):
        return True
    if not (is_ordinary(own) and all(map(is_ordinary, directories))):
        return True
    joined = "\n".join(files)
    return any(part in joined for part in vocabulary.PARTS)


@functools.lru_cache(maxsize=4096)
def is_ordinary(name: str) -> bool:
    """Whether no pattern of the catalogue can fit the name: to compile the patterns takes longer than a small build.

    A test asks this of names that are made from the patterns.
    """
    if not 1 < len(name) < _SHORT or name[0].isdigit() or (name[0] == "v" and name[1:].isdigit()):
        return False
    return not name.startswith("repo") and not any(mark in name for mark in ("--", "-v", "-3."))


def _may_be_environment(files: FrozenSet[str], directories: FrozenSet[str]) -> bool:
    if not directories:
        return "pyvenv.cfg" in files
    if not (LIBRARIES.isdisjoint(directories) and _MARKERS.isdisjoint(files)) or "conda-meta" in directories:
        return True
    return ".gitignore" in files and not PARTS.isdisjoint(directories)


def _may_hold_environments(directory: Directory) -> bool:
    """Whether its first subdirectory may be an environment, as all of them are where environments lie side by side."""
    name = min(directory.directories - TOX_EXTRAS, default="")
    if not name:
        return True
    child = directory.child(name)
    return "pyvenv.cfg" in child.files or not (PARTS | {"conda-meta"}).isdisjoint(child.directories)


def are_beside(files: FrozenSet[str]) -> bool:
    """Whether these may all lie beside environments in a directory that holds nothing else."""
    return all(
        name in NOISE or name == ".package_cache" or (name.startswith(".") and name.endswith(".lock")) for name in files
    )
