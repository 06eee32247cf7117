"""What can be found, as data: the codes, and one `Finding` for each thing found.

`CODES` is the one table of codes. The report, the README and the tests are driven from it.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Dict, Tuple

__all__ = ["CACHE_ACTIONS", "CODES", "LINK_ACTIONS", "Action", "Code", "Finding"]


class Action(enum.Enum):
    """What was done about a finding."""

    DROPPED = "dropped"
    REJECTED = "rejected"
    COPIED = "copied"
    NOTICE = "notice"


# What the options `caches` and `symlinks` ask for.
CACHE_ACTIONS = {"drop": Action.DROPPED, "reject": Action.REJECTED, "keep": Action.NOTICE}
LINK_ACTIONS = {**CACHE_ACTIONS, "copy": Action.COPIED}


@dataclasses.dataclass(frozen=True)
class Code:
    """One row of the table of codes.

    `title` completes "NC101 is …"; `cause` and `remedy` are sentences for the documentation.
    """

    id: str
    title: str
    cause: str
    remedy: str


_ROWS = (
    Code(
        "NC001",
        "a directory with a valid `CACHEDIR.TAG`",
        "The tool that made the directory says that it is a cache (https://bford.info/cachedir/): the file is a "
        "regular file and begins with the 43-byte signature.",
        "Nothing to do. Add the directory to `.gitignore` to keep other tools from packing it too, or to `allow` if it "
        "belongs to the project.",
    ),
    Code(
        "NC002",
        "a cache or environment that the running build says it uses",
        "An environment variable (`UV_CACHE_DIR`, `PIP_CACHE_DIR`, …) or a configuration key "
        "(`[tool.uv] cache-dir`, …) points at the directory, or the interpreter that runs the build lies in it.",
        "Nothing to do. Where the place can be chosen, put the cache outside the project.",
    ),
    Code(
        "NC003",
        "a cache, recognised by its structure or by a name that no one writes by hand",
        "The directory has the layout of a known tool's cache.",
        "Nothing to do. Add the directory to `allow` if it belongs to the project.",
    ),
    Code(
        "NC004",
        "an environment",
        "`pyvenv.cfg` beside `bin` or `Scripts`, `conda-meta/history`, or, in an archive, "
        "`lib/pythonX.Y/site-packages`.",
        "Nothing to do. Add the directory to `.gitignore` to keep other tools from packing it too.",
    ),
    Code(
        "NC005",
        "a directory that `extra-caches` names",
        "A pattern of `extra-caches` matches the directory.",
        "Nothing to do.",
    ),
    Code(
        "NC101",
        "an absolute link",
        "A symbolic link whose target is an absolute path, wherever it points. Installers refuse it in an sdist.",
        'Make the link relative, exclude it, or set `symlinks = "copy"` to pack the content of its target.',
    ),
    Code(
        "NC102",
        "a link that leaves the project",
        "By the text of the link where it lies in the archive, or resolved on disk, its target is not inside the "
        "project.",
        'Exclude the link, or set `symlinks = "copy"` to pack the content of its target.',
    ),
    Code(
        "NC103",
        "files reached through a directory link that leaves the project",
        "Hatchling follows links to directories and packs what lies behind them as ordinary files.",
        'Exclude the link, name the directory in `force-include`, or set `symlinks = "copy"` to pack what lies behind '
        "it.",
    ),
    Code(
        "NC104",
        "a dangling link",
        "The target of the link does not exist. An sdist may hold such a link; a wheel cannot be built from it.",
        "Remove the link, exclude it, or create its target.",
    ),
    Code(
        "NC105",
        "a link loop",
        "The link leads back to itself, or through more links than a system follows, so that nothing can read it.",
        "Remove or exclude the link.",
    ),
    Code(
        "NC106",
        "a directory link inside the project that would make Hatchling leave out the real directory",
        "Hatchling packs a directory once, under the name that sorts first (hatch issues 1197 and 2008).",
        "Exclude the link if only the real directory is wanted.",
    ),
    Code(
        "NC201",
        "a FIFO, socket or device",
        "Only regular files, directories and links can be installed. Hatchling would wait for ever on a FIFO.",
        "Remove or exclude it.",
    ),
    Code(
        "NC202",
        "a member outside the root of the archive",
        "The name of the member is absolute, has a `..` in it, or does not begin with the root directory of the "
        "archive.",
        "Change the target path of the `force-include` entry (or of the hook) that put it there.",
    ),
    Code(
        "NC203",
        "a name that a current installer refuses",
        "Control characters, `:`, a backslash, a trailing space, bytes that are not UTF-8, or a name that is too long.",
        "Rename the file, or exclude it.",
    ),
    Code(
        "NC204",
        "a hard link whose target is not an earlier regular member",
        "Installers refuse or leave out such a member.",
        "Pack a copy of the file instead of a hard link.",
    ),
    Code(
        "NC205",
        "two members that collide",
        "A file below a link, a link and a file of one name, or a file where a directory must be.",
        "Exclude one of the two.",
    ),
)

CODES: Dict[str, Code] = {row.id: row for row in _ROWS}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing found in the selection of a build, or in an archive.

    `path` is relative to the project (or to the root of the archive) with `/` between its parts; a directory ends with
    `/`. `what` names the thing ("uv cache"), `how` says how it is known ("because …"), `remedy` is what to do next.
    `target` is the text of a link. None of them is escaped: that is for the report.
    """

    code: str
    path: str
    what: str
    how: str
    action: Action
    remedy: str = ""
    target: str = ""
    count: int = 0
    size: int = 0
    installers: Tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in CODES:
            msg = f"unknown code {self.code!r}"
            raise ValueError(msg)

    @property
    def rejected(self) -> bool:
        """Whether the finding stops the build."""
        return self.action is Action.REJECTED

    @property
    def stops(self) -> bool:
        """Whether the files that it is about stay out."""
        return self.action in (Action.DROPPED, Action.REJECTED)
