"""Directories of environments, and environments in a project root.

Packages below `lib/pythonX.Y/site-packages` alone are no environment: an AWS Lambda layer and a bundled runtime have
them too.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import Iterator

from hatch_nocache.caches.catalogue import CONFIGURED, IN_USE, SITE_PACKAGES, TOX_EXTRAS, TOX_MARK, VERSIONED
from hatch_nocache.caches.match import HEAD_SIZE, NOISE, candidates, find, is_shaped, paths
from hatch_nocache.caches.model import TAG, Directory

# A directory with more entries is not opened in search of environments.
MOST_ENTRIES = 36
_RECORD_SIZE = 1024 * 1024
_OWN_SCRIPTS = r"(de)?[Aa]ctivate(_this\.py|\.\w+)?|pydoc\.bat|(python|pypy|pip|\U0001d70bthon)w?[0-9.]*t?(\.exe)?"
# The interpreter of a script. `/bin/sh` replaces one whose path is long or contains spaces.
_SHEBANG = rb"\A#!(?:/bin/sh\r?\n'''exec' )?\"?([^\"\r\n]+?)[/\\](?:bin|Scripts)[/\\]python[^/\\]*(?:[\s\"]|$)"
# Where packages put files outside of site-packages. A README in the root may be the project's own.
_RECORDED = r"(bin|Scripts|lib|lib64|Lib|Include|include|etc|man|share)/.+"


def is_environment(directory: Directory) -> bool:
    """Return whether the directory is an environment."""
    return any(tool.kind == "environment" and is_shaped(directory, shape) for tool, shape in candidates(directory))


def count_environments(directory: Directory) -> int:
    """Return the number of environments in the directory; 0 if it contains more than them and files of tox."""
    names = sorted(directory.directories)
    if len(names) > MOST_ENTRIES or directory.links:
        return 0
    if not all(re.fullmatch(r"\.package_cache|\..*\.lock", name) for name in directory.files - NOISE):
        return 0
    found = []
    for name in names:
        child = directory.child(name)
        if is_environment(child) and any(find(child, mark) for mark in IN_USE):
            found.append(child)
        elif name not in TOX_EXTRAS:
            return 0
    return len(found) if len(found) == len(names) or any(find(child, TOX_MARK) for child in found) else 0


def in_place(directory: Directory) -> frozenset[str]:
    """Return the parts of an environment in a project root (`python -m venv .`).

    They are paths relative to the root; a directory ends with `/`. The set is empty if there is no such environment.
    """
    if not find(directory, CONFIGURED):
        return frozenset()
    libraries = [path for mark in SITE_PACKAGES for path in paths(directory, mark)]
    found = {path for path in paths(directory, "~bin|Scripts/~.*") if _is_own(directory, path)}
    found.update(path if path.startswith("Lib/") else posixpath.dirname(path[:-1]) + "/" for path in libraries)
    if not found:
        return frozenset()
    found |= {"pyvenv.cfg"} | ({"lib64"} & directory.links)
    if TAG in directory.files:
        found |= {TAG, ".lock"} & directory.files
    for name in {"include", "Include"} & directory.directories:
        own = set(paths(directory, f"{name}/{VERSIONED}|site/"))
        headers = directory.child(name)
        is_whole = len(own) == len(headers.directories | headers.files | headers.links)
        found |= {f"{name}/"} if is_whole else own
    inside = tuple(path for path in found if path.endswith("/"))
    recorded = (path for library in libraries for path in _recorded(directory, library))
    return frozenset(found.union(path for path in recorded if not path.startswith(inside)))


def _head(directory: Directory, path: str, size: int) -> bytes:
    *parents, name = path.split("/")
    for parent in parents:
        directory = directory.child(parent)
    return directory.head(name, size)


def _is_own(directory: Directory, script: str) -> bool:
    """Return whether the script belongs to the environment."""
    if re.fullmatch(_OWN_SCRIPTS, posixpath.basename(script)):
        return True
    found = re.search(_SHEBANG, _head(directory, script, HEAD_SIZE))
    try:
        return bool(found and directory.location and os.path.samefile(os.fsdecode(found[1]), directory.location))
    except (OSError, ValueError):
        return False


def _recorded(directory: Directory, library: str) -> Iterator[str]:
    """Yield the files outside site-packages (scripts, manual pages) that packages list in their RECORD."""
    for path in paths(directory, library + r"~.*\.dist-info/RECORD"):
        record = _head(directory, path, _RECORD_SIZE).decode("utf-8", "replace")
        for line in record.splitlines():
            file = posixpath.normpath(library + line.rpartition(",")[0].rpartition(",")[0].strip('"'))
            if line.startswith("../") and re.fullmatch(_RECORDED, file):
                yield file
