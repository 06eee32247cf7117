"""The table of codes, and the records of findings, hints and notes."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Action(enum.Enum):
    """How a build treats a finding."""

    DROPPED = "dropped"
    REJECTED = "rejected"
    COPIED = "copied"
    NOTICE = "notice"


class Category(enum.Enum):
    """The kind of thing that a code is about."""

    DIRECTORY = "cache or virtual environment"
    REPOSITORY = "files outside the repository"
    SYMLINK = "symlink"
    MEMBER = "archive member"


# The category of each code, and the name of what it finds.
CODES = {
    "NC001": (Category.DIRECTORY, "directory with a valid `CACHEDIR.TAG`"),
    "NC002": (Category.DIRECTORY, "cache or environment that the running build uses"),
    "NC003": (Category.DIRECTORY, "cache with the layout or the name of a known tool"),
    "NC004": (Category.DIRECTORY, "virtual environment or Conda environment"),
    "NC005": (Category.DIRECTORY, "directory that matches `extra-caches`"),
    "NC006": (Category.REPOSITORY, "files that git does not track"),
    "NC101": (Category.SYMLINK, "absolute symlink"),
    "NC102": (Category.SYMLINK, "symlink to a file outside the project"),
    "NC103": (Category.SYMLINK, "symlink to a directory outside the project"),
    "NC104": (Category.SYMLINK, "dangling symlink"),
    "NC105": (Category.SYMLINK, "symlink loop"),
    "NC106": (Category.SYMLINK, "directory with several names"),
    "NC201": (Category.MEMBER, "FIFO, socket or device"),
    "NC202": (Category.MEMBER, "archive member outside the archive root"),
    "NC203": (Category.MEMBER, "name, time or header that installers refuse"),
    "NC204": (Category.MEMBER, "hard link to anything but an earlier regular file"),
    "NC205": (Category.MEMBER, "colliding archive members"),
    "NC206": (Category.MEMBER, "zip structure that installers refuse"),
}

# Codes whose action is set by the option `symlinks`.
OPTIONAL = ("NC101", "NC102", "NC103")


class Hint(NamedTuple):
    """One way to resolve a finding: "to {purpose}, {action}".

    `entry` is a TOML string that takes the place of `{}` in `action`: hints that differ in nothing else are merged.
    """

    purpose: str
    action: str
    entry: str = ""


class Note(NamedTuple):
    """A message that is not a finding: a header, with lines and hints below it."""

    header: str
    lines: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()


class Finding(NamedTuple):
    """One problem in the selection of a build, or in an archive. `report` escapes all text.

    `path` is relative to the project root (or to the archive root), with `/` as separator; a directory ends with `/`.
    `what` names the thing ("uv cache"), `reason` says how it is known, `note` is a consequence. `target` is the link
    target of a symlink. `members` and `size` (bytes) are those of a directory in an archive. `installers` refuse it.
    `is_environment`: it is a virtual environment, which can have any code.
    """

    code: str
    path: str
    what: str
    reason: str
    action: Action
    note: str = ""
    target: str = ""
    hints: tuple[Hint, ...] = ()
    members: int = 0
    size: int = 0
    installers: tuple[str, ...] = ()
    is_environment: bool = False

    @property
    def category(self) -> Category:
        return CODES[self.code][0]

    @property
    def is_rejected(self) -> bool:
        """Whether the finding fails the build."""
        return self.action is Action.REJECTED

    @property
    def drops(self) -> bool:
        """Whether the files are left out of the archive."""
        return self.action in (Action.DROPPED, Action.REJECTED)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 symlink", "2 directories"."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"
