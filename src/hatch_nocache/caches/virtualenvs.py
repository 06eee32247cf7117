"""Whether a directory is an environment or holds only environments, and what of an environment is in a project root.

`pyvenv.cfg` is the marker of PEP 405, `conda-meta` that of Conda. An ignore file may have taken most files of an
environment away, and its interpreter is often a dangling symlink: detection relies on neither. Packages below
`lib/pythonX.Y/site-packages` alone are no environment: an AWS Lambda layer and a bundled runtime have them too.
"""

from __future__ import annotations

import functools
import os
import posixpath
import re
from typing import FrozenSet, Iterator, Optional, Pattern, Set, Tuple

from hatch_nocache.caches.match import HEAD_SIZE, NOISE, SOURCES
from hatch_nocache.caches.model import TAG, Directory

__all__ = ["count_environments", "environment", "in_place"]

_SCRIPTS = frozenset(["bin", "Scripts"])
_LIBRARIES = frozenset(["lib", "lib64", "Lib"])
_PARTS = _LIBRARIES | _SCRIPTS | {"Include", "etc", "include", "local", "man", "share", "src"}
# What is left of an environment; `src` and `local` may hold anything.
_REST = _PARTS - {"local", "src"}
_TOX_MARKERS = frozenset([".tox-info.json", ".tox-config1"])
# What tox puts next to its environments.
_TOX_EXTRAS = frozenset([".package", ".pkg", ".tmp", "dist", "log"])
_MARKERS = _TOX_MARKERS | {"pipx_metadata.json", "uv-receipt.toml"}
# Files that only virtualenv before version 20 writes, next to the standard library.
_OLD_MARKERS = frozenset(["no-global-site-packages.txt", "orig-prefix.txt"])
# The usual names of environments. They prove nothing without what an installer leaves.
_USUAL_NAMES = frozenset(["venv", ".venv", "env", ".env", "virtualenv", ".virtualenv"])
_TESTS = frozenset(["data", "examples", "fixtures", "samples", "test", "test_data", "test-data", "testdata", "tests"])
_CONDA_PARTS = frozenset(["bin", "etc", "lib", "Lib", "Library", "DLLs", "include", "Scripts", "share", "ssl"])
_MOST_ENTRIES = 36
_RECORD_SIZE = 1024 * 1024


@functools.lru_cache(maxsize=None)
def _pattern(text: str) -> Pattern[str]:
    return re.compile(text)


def _fits(text: str, name: str) -> bool:
    return _pattern(text).fullmatch(name) is not None


_VERSIONED = r"(python|pypy)[23]\.[0-9]+t?"
_INSTALLED = r"(pip|setuptools)(-.*)?|_virtualenv\.py|_distutils_hack|distutils-precedence\.pth|.*\.dist-info"
_CONDA_RECORD = r".+-[^-]+-[^-]+\.json"
_HOME = rb"(?m)^\s*home\s*=[^\S\r\n]*([^\r\n]*)"
# A value that a program is to replace.
_PLACEHOLDER = rb"[{}<>$%]|@\w+@|__\w+__"
_CREATED = rb"created by virtualenv automatically|Created by venv;"
_PROGRAMS = r"(python|pypy|pip)[0-9.]*(\.exe)?"
_ACTIVATE = rb"\A# This file must be used with"
# The interpreter of a script; `/bin/sh` stands in for one whose path is long or has blanks.
_SHEBANG = rb"\A#!(?:/bin/sh\r?\n'''exec' )?\"?([^\"\r\n]+?)[/\\](?:bin|Scripts)[/\\]python[^/\\]*(?:[\s\"]|$)"
_OWN_SCRIPTS = r"(de)?[Aa]ctivate(_this\.py|\.\w+)?|pydoc\.bat|(python|pypy|pip|\U0001d70bthon)w?[0-9.]*t?(\.exe)?"
_OWN_HEADERS = r"(python|pypy)[23]\.[0-9]+t?|site"


def environment(directory: Directory) -> Optional[Tuple[str, str]]:
    """Return how the directory is known to be an environment, and the file in it that gives it away ("" for none)."""
    files, directories = directory.files, directory.directories
    if not SOURCES.isdisjoint(files):
        return None
    if "pyvenv.cfg" in files and _is_configured(directory):
        return "contains pyvenv.cfg", "pyvenv.cfg"
    if "conda-meta" in directories:
        records = directory.child("conda-meta").files
        if "history" in records:
            return "contains conda-meta/history", ""
        if not _CONDA_PARTS.isdisjoint(directories) and any(_fits(_CONDA_RECORD, name) for name in records):
            return "contains conda-meta", ""
    return None if _PARTS.isdisjoint(directories) or "pyvenv.cfg" in files else _remains(directory)


def count_environments(directory: Directory) -> int:
    """Return how many environments the directory holds: 0 if it has anything else, except what tox puts there."""
    directories = directory.directories
    if not directories or len(directories) > _MOST_ENTRIES or directory.links:
        return 0
    if not all(name in NOISE or _fits(r"\.package_cache|\..*\.lock", name) for name in directory.files):
        return 0
    found = 0
    is_tox = extras = False
    for name in sorted(directories):
        child = directory.child(name)
        if environment(child) is not None and _is_whole(child):
            found += 1
            is_tox = is_tox or not _TOX_MARKERS.isdisjoint(child.files)
        elif name in _TOX_EXTRAS:
            extras = True
        else:
            return 0
    return found if is_tox or not extras else 0


def in_place(directory: Directory) -> FrozenSet[str]:
    """Return the parts of an environment that was made in the root of a project (`python -m venv .`).

    They are paths relative to the root; a directory ends with `/`. The set is empty if there is no such environment.
    """
    if "pyvenv.cfg" not in directory.files or _home(directory) is None:
        return frozenset()
    libraries = {path for path, _ in _libraries(directory)}
    scripts = {f"{name}/{each}" for name in _SCRIPTS for each in _own_scripts(directory, name)}
    if not libraries and not scripts:
        return frozenset()
    found = {"pyvenv.cfg"} | scripts
    found.update(path if path.startswith("Lib/") else posixpath.dirname(path[:-1]) + "/" for path in libraries)
    if "lib64" in directory.links:
        found.add("lib64")
    if TAG in directory.files:
        found |= {TAG, ".lock"} & directory.files
    for name in {"include", "Include"} & directory.directories:
        headers = directory.child(name)
        own = {f"{name}/{each}/" for each in headers.directories if _fits(_OWN_HEADERS, each)}
        is_whole = len(own) == len(headers.directories | headers.files | headers.links)
        found.update({f"{name}/"} if is_whole else own)
    inside = tuple(path for path in found if path.endswith("/"))
    return frozenset(found | {path for path in _recorded(directory) if not path.startswith(inside)})


def _is_configured(directory: Directory) -> bool:
    """Return whether the `pyvenv.cfg` belongs to an environment, and is no template and no test data."""
    directories = directory.directories
    home = _home(directory)
    if not _SCRIPTS.isdisjoint(directories):
        return home is not None or not re.search(_HOME, directory.head("pyvenv.cfg", HEAD_SIZE))
    if home is None:
        return False
    if not (_LIBRARIES.isdisjoint(directories) or {"include", "Include"}.isdisjoint(directories)):
        return True
    names = directories | directory.links | directory.files
    return names <= _REST | NOISE | _MARKERS | {"pyvenv.cfg"}


def _home(directory: Directory) -> Optional[bytes]:
    """Return the value of `home` in the `pyvenv.cfg`, or None if there is none or it is a placeholder."""
    found = re.search(_HOME, directory.head("pyvenv.cfg", HEAD_SIZE))
    return None if found is None or not found[1] or re.search(_PLACEHOLDER, found[1]) else found[1]


def _remains(directory: Directory) -> Optional[Tuple[str, str]]:
    """Recognize an environment that has no `pyvenv.cfg`."""
    files, directories = directory.files, directory.directories
    for name in sorted(_TOX_MARKERS & files):
        return f"contains {name}", name
    if ".gitignore" in files and re.search(_CREATED, directory.head(".gitignore", HEAD_SIZE)):
        return "its .gitignore was created with an environment", ".gitignore"
    marker = next(_old_markers(directory), "")
    if marker:
        return f"contains {marker}", ""
    *parents, own = directory.path.split("/")
    if own in _USUAL_NAMES and _TESTS.isdisjoint(parents) and directories <= _PARTS and not files - NOISE:
        for path, packages in _libraries(directory):
            if any(_fits(_INSTALLED, name) for name in packages.directories | packages.files):
                return f"contains packages that an installer put into {path[:-1]}", ""
    return None


def _old_markers(directory: Directory) -> Iterator[str]:
    """Yield the files deeper in the directory that only an environment has."""
    for name in sorted(_SCRIPTS & directory.directories):
        scripts = directory.child(name)
        has_programs = any(_fits(_PROGRAMS, each) for each in scripts.files | scripts.links)
        if not has_programs and _LIBRARIES.isdisjoint(directory.directories):
            continue
        if "activate" in scripts.files and re.search(_ACTIVATE, scripts.head("activate", HEAD_SIZE)):
            yield f"{name}/activate"
    for library in sorted(_LIBRARIES & directory.directories):
        parent = directory.child(library)
        for name in ("", *sorted(each for each in parent.directories if _fits(_VERSIONED, each))):
            for marker in sorted(_OLD_MARKERS & (parent.child(name) if name else parent).files):
                yield posixpath.join(library, name, marker)


def _is_whole(directory: Directory) -> bool:
    directories = directory.directories
    if not (_SCRIPTS.isdisjoint(directories) and _MARKERS.isdisjoint(directory.files)):
        return True
    return "conda-meta" in directories or any(True for _ in _libraries(directory))


def _libraries(directory: Directory) -> Iterator[Tuple[str, Directory]]:
    """Yield the path of each site-packages directory, with a `/` at its end, and the directory."""
    for library in sorted(_LIBRARIES & directory.directories):
        child = directory.child(library)
        for name in sorted(child.directories):
            if name == "site-packages" and library == "Lib":
                yield f"{library}/{name}/", child.child(name)
            elif _fits(_VERSIONED, name) and "site-packages" in child.child(name).directories:
                yield f"{library}/{name}/site-packages/", child.child(name).child("site-packages")


def _own_scripts(directory: Directory, name: str) -> Iterator[str]:
    """Yield the names in `bin` or `Scripts` that the environment and its installers have put there."""
    if name in directory.directories:
        scripts = directory.child(name)
        for each in scripts.files | scripts.links:
            if _fits(_OWN_SCRIPTS, each) or (
                each in scripts.files and _runs_in(directory, scripts.head(each, HEAD_SIZE))
            ):
                yield each


def _runs_in(directory: Directory, head: bytes) -> bool:
    """Return whether the interpreter of a script is that of the environment."""
    found = re.search(_SHEBANG, head)
    try:
        return bool(found and directory.location and os.path.samefile(os.fsdecode(found[1]), directory.location))
    except (OSError, ValueError):
        return False


def _recorded(directory: Directory) -> Set[str]:
    """Return the files outside of site-packages that its packages list in their RECORD: scripts, manual pages."""
    found: Set[str] = set()
    for path, packages in _libraries(directory):
        for name in packages.directories:
            if name.endswith(".dist-info"):
                record = packages.child(name).head("RECORD", _RECORD_SIZE).decode("utf-8", "replace")
                for line in record.splitlines():
                    if line.startswith("../"):
                        found.add(posixpath.normpath(path + line.rpartition(",")[0].rpartition(",")[0].strip('"')))
    # A package that installs its README into the root has not made the project's README a part of the environment.
    return {path for path in found if path.partition("/")[0] in _REST and "/" in path}
