"""The types of the catalogue, and what a check may know of a directory, on disk or in an archive."""

from __future__ import annotations

from typing import FrozenSet, NamedTuple, Optional, Protocol

__all__ = ["TAG", "Directory", "Evidence"]

# https://bford.info/cachedir/
TAG = "CACHEDIR.TAG"


class Directory(Protocol):
    """The facts of one directory.

    Reading them never follows a symlink and never raises: what cannot be read is not there.
    """

    @property
    def path(self) -> str:
        """Its path below the project root or the archive root, with `/` as separator and none at either end."""

    @property
    def location(self) -> Optional[str]:
        """Its real absolute path on disk (symlinks resolved), or None in an archive."""

    @property
    def directories(self) -> FrozenSet[str]:
        """The names of its real subdirectories (symlinks to directories are in `links`)."""

    @property
    def files(self) -> FrozenSet[str]:
        """The names of its regular files (symlinks to files are in `links`)."""

    @property
    def links(self) -> FrozenSet[str]:
        """The names of its symlinks, including dangling ones."""

    def head(self, name: str, size: int) -> bytes:
        """Return up to `size` bytes from the beginning of the regular file `name`; empty if it cannot be read."""

    def child(self, name: str) -> Directory:
        """Return the facts of the subdirectory `name`; an empty directory if there is none."""


class Evidence(NamedTuple):
    """Why a directory is a cache or an environment.

    `name` is a noun phrase ("uv cache", "virtual environment"); `reason` says how it is known ("valid CACHEDIR.TAG",
    "UV_CACHE_DIR=.uv-cache points into the project"). `hint` is a further fact for the user, "" for none. `marker` is
    the name of a regular file directly in the directory that gives it away, "" for none. A build output (Cargo, Meson)
    may hold files that another build hook wants. `environment`: it counts as a virtual environment, not as a cache.
    """

    code: str
    name: str
    reason: str
    hint: str = ""
    marker: str = ""
    environment: bool = False
    output: bool = False
