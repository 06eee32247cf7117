"""Directories that hold only environments, and what of an environment is in a project root.

Packages below `lib/pythonX.Y/site-packages` alone are no environment: an AWS Lambda layer and a bundled runtime have
them too.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import Iterator

from hatch_nocache.caches.catalogue import CONFIGURED, TOX_EXTRAS
from hatch_nocache.caches.index import candidates
from hatch_nocache.caches.match import HEAD_SIZE, NOISE, find, is_shaped
from hatch_nocache.caches.model import TAG, Directory, Kind

# A directory with more entries is not opened in search of environments.
MOST_ENTRIES = 36
_LIBRARIES = frozenset(["lib", "lib64", "Lib"])
_SCRIPTS = frozenset(["bin", "Scripts"])
_TOX_MARKERS = frozenset([".tox-info.json", ".tox-config1"])
_MARKERS = _TOX_MARKERS | {"pipx_metadata.json", "uv-receipt.toml"}
_LOCKS = r"\.package_cache|\..*\.lock"
_VERSIONED = r"(python|pypy)[23]\.[0-9]+t?"
_RECORD_SIZE = 1024 * 1024
# Where packages put files outside of site-packages.
_RECORDED = re.compile(r"(bin|Scripts|lib|lib64|Lib|Include|include|etc|man|share)/.")
# The interpreter of a script; `/bin/sh` stands in for one whose path is long or has blanks.
_SHEBANG = rb"\A#!(?:/bin/sh\r?\n'''exec' )?\"?([^\"\r\n]+?)[/\\](?:bin|Scripts)[/\\]python[^/\\]*(?:[\s\"]|$)"
_OWN_SCRIPTS = r"(de)?[Aa]ctivate(_this\.py|\.\w+)?|pydoc\.bat|(python|pypy|pip|\U0001d70bthon)w?[0-9.]*t?(\.exe)?"


def is_environment(directory: Directory) -> bool:
    """Return whether the directory is an environment."""
    return any(row.tool.kind is Kind.ENVIRONMENT and is_shaped(directory, row.shape) for row in candidates(directory))


def count_environments(directory: Directory) -> int:
    """Return how many environments the directory holds: 0 if it has anything else, except what tox puts there."""
    directories = directory.directories
    if not directories or len(directories) > MOST_ENTRIES or directory.links:
        return 0
    if not all(re.fullmatch(_LOCKS, name) for name in directory.files - NOISE):
        return 0
    found = 0
    is_tox = extras = False
    for name in sorted(directories):
        child = directory.child(name)
        if is_environment(child) and _is_whole(child):
            found += 1
            is_tox = is_tox or not _TOX_MARKERS.isdisjoint(child.files)
        elif name in TOX_EXTRAS:
            extras = True
        else:
            return 0
    return found if is_tox or not extras else 0


def _is_whole(environment: Directory) -> bool:
    if not environment.directories.isdisjoint(_SCRIPTS | {"conda-meta"}) or not environment.files.isdisjoint(_MARKERS):
        return True
    return any(_libraries(environment))


def in_place(directory: Directory) -> frozenset[str]:
    """Return the parts of an environment that was made in the root of a project (`python -m venv .`).

    They are paths relative to the root; a directory ends with `/`. The set is empty if there is no such environment.
    """
    if not find(directory, CONFIGURED):
        return frozenset()
    libraries = dict(_libraries(directory))
    found = set(_own_scripts(directory))
    found.update(path if path.startswith("Lib/") else posixpath.dirname(path[:-1]) + "/" for path in libraries)
    if not found:
        return frozenset()
    found |= {"pyvenv.cfg"} | ({"lib64"} & directory.links)
    if TAG in directory.files:
        found |= {TAG, ".lock"} & directory.files
    for name in {"include", "Include"} & directory.directories:
        headers = directory.child(name)
        own = {f"{name}/{each}/" for each in headers.directories if re.fullmatch(f"{_VERSIONED}|site", each)}
        is_whole = len(own) == len(headers.directories | headers.files | headers.links)
        found |= {f"{name}/"} if is_whole else own
    inside = tuple(path for path in found if path.endswith("/"))
    recorded = (path for packages in libraries.items() for path in _recorded(*packages))
    return frozenset(found.union(path for path in recorded if not path.startswith(inside)))


def _libraries(directory: Directory) -> Iterator[tuple[str, Directory]]:
    """Yield the path of each site-packages directory, with a `/` at its end, and the directory."""
    for library in sorted(_LIBRARIES & directory.directories):
        child = directory.child(library)
        for name in sorted(child.directories):
            if name == "site-packages" and library == "Lib":
                yield f"{library}/{name}/", child.child(name)
            elif re.fullmatch(_VERSIONED, name) and "site-packages" in child.child(name).directories:
                yield f"{library}/{name}/site-packages/", child.child(name).child("site-packages")


def _own_scripts(directory: Directory) -> Iterator[str]:
    """Yield what the environment and its installers have put into `bin` or `Scripts`."""
    for name in _SCRIPTS & directory.directories:
        scripts = directory.child(name)
        for each in scripts.files | scripts.links:
            if re.fullmatch(_OWN_SCRIPTS, each) or _runs_in(directory, scripts.head(each, HEAD_SIZE)):
                yield f"{name}/{each}"


def _runs_in(directory: Directory, head: bytes) -> bool:
    """Return whether the interpreter of a script is that of the environment."""
    found = re.search(_SHEBANG, head)
    try:
        return bool(found and directory.location and os.path.samefile(os.fsdecode(found[1]), directory.location))
    except (OSError, ValueError):
        return False


def _recorded(path: str, packages: Directory) -> Iterator[str]:
    """Yield the files outside of site-packages that its packages list in their RECORD: scripts, manual pages."""
    for name in packages.directories:
        if name.endswith(".dist-info"):
            record = packages.child(name).head("RECORD", _RECORD_SIZE).decode("utf-8", "replace")
            for line in record.splitlines():
                file = posixpath.normpath(path + line.rpartition(",")[0].rpartition(",")[0].strip('"'))
                # A package that installs its README into the root has not made the project's README a part of it.
                if line.startswith("../") and _RECORDED.match(file):
                    yield file
