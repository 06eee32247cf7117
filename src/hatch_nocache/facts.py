"""What a judge may know of a directory, on disk or in an archive, without asking where it comes from."""

from __future__ import annotations

from typing import FrozenSet, NamedTuple, Optional, Protocol

__all__ = ["Directory", "Evidence"]


class Directory(Protocol):
    """The facts of one directory.

    Reading them never follows a link and never raises: what cannot be read is not there.
    """

    @property
    def path(self) -> str:
        """Its path below the project's root or the archive's root, `/` between the parts, none at either end."""

    @property
    def location(self) -> Optional[str]:
        """Its real absolute path on disk (symbolic links resolved), or None in an archive."""

    @property
    def directories(self) -> FrozenSet[str]:
        """The names of its real subdirectories (links to directories are in `links`)."""

    @property
    def files(self) -> FrozenSet[str]:
        """The names of its regular files (links to files are in `links`)."""

    @property
    def links(self) -> FrozenSet[str]:
        """The names of its symbolic links, dangling ones too."""

    def head(self, name: str, size: int) -> bytes:
        """Up to `size` bytes from the beginning of the regular file `name`; empty when it cannot be read."""

    def child(self, name: str) -> Directory:
        """The facts of the subdirectory `name`; an empty directory when there is none."""


class Evidence(NamedTuple):
    """Why a directory is taken for a cache or an environment.

    `tool` names the thing ("uv cache", "virtual environment"), `how` completes "because …" or says what was found,
    `remedy` is one sentence (with what to paste), `marker` is the name of a regular file directly in the directory that
    gives it away ("" when there is none).
    """

    code: str
    tool: str
    how: str
    remedy: str
    marker: str = ""
