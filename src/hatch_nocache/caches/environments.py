"""Whether a directory is an environment, or one that holds nothing but environments.

`pyvenv.cfg` is the marker of PEP 405, `conda-meta/history` that of Conda. An environment may have lost most of its
files to an ignore file before it comes here, and its interpreter is often a dangling link, so neither is relied on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Iterator, Optional, Tuple

from hatch_nocache.caches.glance import LIBRARIES, NOISE, PARTS, TOX_EXTRAS, TOX_MARKERS, are_beside
from hatch_nocache.caches.shapes import HEAD_SIZE, SOURCES

if TYPE_CHECKING:
    from hatch_nocache.facts import Directory

__all__ = ["environment", "holds_environments"]

_SCRIPTS = frozenset(["bin", "Scripts"])
# What is left of an environment, or comes with the packages in it. `src` and `local` may hold anything.
_REST = PARTS - {"local", "src"}
_VERSIONED = re.compile(r"(python|pypy)[23]\.[0-9]+t?")
_HOME = re.compile(rb"(?m)^\s*home\s*=")
_CREATED = re.compile(rb"created by virtualenv automatically|Created by venv;")
# What an installer leaves in site-packages and a person does not.
_INSTALLED = re.compile(
    r"pip|pip-.*|setuptools|setuptools-.*|_virtualenv\.py|_distutils_hack|distutils-precedence\.pth"
)
_GIVEAWAYS = TOX_MARKERS | {"pipx_metadata.json", "uv-receipt.toml"}
_MOST = 36
# One installed package may be the data of a test.
_SEVERAL = 2


def environment(directory: Directory) -> Optional[Tuple[str, str]]:
    """Return how the directory is known to be an environment, and the file in it that gives it away ("" for none)."""
    files, directories = directory.files, directory.directories
    if not SOURCES.isdisjoint(files):
        return None
    if "pyvenv.cfg" in files and _is_configured(directory):
        return "it has a `pyvenv.cfg`", "pyvenv.cfg"
    if "conda-meta" in directories and "history" in directory.child("conda-meta").files:
        return "it has a `conda-meta/history`", ""
    return None if PARTS.isdisjoint(directories) else _remains(directory)


def _remains(directory: Directory) -> Optional[Tuple[str, str]]:
    """Recognise an environment that has lost its `pyvenv.cfg`."""
    files = directory.files
    tox = sorted(TOX_MARKERS & files)
    if tox:
        return f"it has a `{tox[0]}`", tox[0]
    if ".gitignore" in files and _CREATED.search(directory.head(".gitignore", HEAD_SIZE)):
        return "its `.gitignore` says so", ".gitignore"
    where = _site_packages(directory)
    return (f"packages are installed in its `{where}`", "") if where else None


def holds_environments(directory: Directory) -> int:
    """How many environments the directory holds: 0 if it has anything beside whole ones and what tox puts there.

    Nothing else is lost when such a directory is left out as a whole.
    """
    directories = directory.directories
    if not directories or len(directories) > _MOST or directory.links or not are_beside(directory.files):
        return 0
    found = 0
    is_tox = extras = False
    for name in sorted(directories):
        child = directory.child(name)
        if environment(child) is not None and _is_whole(child):
            found += 1
            is_tox = is_tox or not TOX_MARKERS.isdisjoint(child.files)
        elif name in TOX_EXTRAS:
            extras = True
        else:
            return 0
    return found if is_tox or not extras else 0


def _is_whole(environment_: Directory) -> bool:
    directories = environment_.directories
    if not (_SCRIPTS.isdisjoint(directories) and _GIVEAWAYS.isdisjoint(environment_.files)):
        return True
    if "conda-meta" in directories:
        return True
    return any(_libraries(environment_))


def _is_configured(directory: Directory) -> bool:
    """Whether the `pyvenv.cfg` belongs to an environment, and is not a template or the data of a test."""
    directories = directory.directories
    if not _SCRIPTS.isdisjoint(directories):
        return True
    if _HOME.search(directory.head("pyvenv.cfg", HEAD_SIZE)) is None:
        return False
    if not (LIBRARIES.isdisjoint(directories) or {"include", "Include"}.isdisjoint(directories)):
        return True
    names = directories | directory.links | directory.files
    return names <= _REST | NOISE | _GIVEAWAYS | {"pyvenv.cfg"}


def _site_packages(directory: Directory) -> str:
    """Find a site-packages directory in use, when the directory has nothing but the parts of an environment."""
    if not directory.directories <= PARTS or directory.files - NOISE:
        return ""
    for path, found in _libraries(directory):
        # What an archive holds of an environment may be next to nothing: on disk its `pyvenv.cfg` would be there.
        if _is_in_use(found) or (directory.location is None and (found.directories or found.files)):
            return path
    return ""


def _libraries(directory: Directory) -> Iterator[Tuple[str, Directory]]:
    """Yield the path of each site-packages directory, with the directory."""
    for library in sorted(LIBRARIES & directory.directories):
        child = directory.child(library)
        for name in sorted(child.directories):
            if name == "site-packages" and library == "Lib":
                yield f"{library}/{name}", child.child(name)
            elif _VERSIONED.fullmatch(name) and "site-packages" in child.child(name).directories:
                yield f"{library}/{name}/site-packages", child.child(name).child("site-packages")


def _is_in_use(site_packages: Directory) -> bool:
    names = site_packages.directories | site_packages.files
    if any(_INSTALLED.fullmatch(name) for name in names):
        return True
    return sum(name.endswith(".dist-info") for name in names) >= _SEVERAL
