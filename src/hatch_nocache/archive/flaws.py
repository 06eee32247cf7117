"""What can be wrong with a member, and who refuses it or quietly does something else: one row each, as observed.

Observed with pip 23.2.1, 24.3.1 and 26.3, uv 0.8.0 to 0.13.9, build 1.6.1, and tarfile's data filter of Python 3.8 to
3.13. "from" is the oldest version seen to object; a note in brackets says what it does when it does not refuse.
"""

from __future__ import annotations

import dataclasses
from typing import Tuple

from hatch_nocache.findings import Action

_FILTER = "tarfile's data filter"
_STRICT = "uv from 0.13"
_LAX = "uv before 0.13"
_FILTERS = ("pip from 24.3", "build", _FILTER)
_ALL = ("pip", "uv", "build", _FILTER)


@dataclasses.dataclass(frozen=True)
class Flaw:
    """One row: the code, the name of the thing, and who objects."""

    code: str
    what: str
    installers: Tuple[str, ...]
    action: Action = Action.REJECTED


ABSOLUTE = Flaw("NC101", "absolute link", (*_FILTERS, "uv from 0.8.4"))

_LEAVES = "link that leaves the project"
OUT = Flaw("NC102", _LEAVES, ("pip from 24.3",))
FAR_OUT = Flaw("NC102", _LEAVES, (*_FILTERS, "uv from 0.8.4"))
UP_AGAIN = Flaw("NC102", "link that goes down and up again", (_STRICT, "uv 0.9 to 0.12 (rewrites the link)"))
LONG_SPELLING = Flaw("NC102", "link in a long spelling", ("uv 0.9 to 0.12 (rewrites the link)",), Action.NOTICE)

DANGLING = Flaw("NC104", "dangling link", (), Action.NOTICE)
NO_BUILD_FILE = Flaw("NC104", "dangling link", ("pip", "uv", "build"))

LOOP = Flaw("NC105", "link loop", (_STRICT,))
ITS_DIRECTORY = Flaw("NC105", "link to its own directory", ("uv 0.9 to 0.12",))

SPECIAL = Flaw("NC201", "special file", (*_FILTERS, _STRICT, f"{_LAX} (writes an ordinary file)"))

_OUTSIDE = "member outside the archive's root"
OUTSIDE = Flaw("NC202", _OUTSIDE, ("pip", "uv", "build"))
OUTSIDE_WHEEL = Flaw("NC202", _OUTSIDE, ("pip", "uv (leaves the file out)"))
NO_TOP = Flaw("NC202", _OUTSIDE, _ALL)

_NAME = "name that installers refuse"
NAME = Flaw("NC203", _NAME, (_STRICT,))
NAME_IN_ZIP = Flaw("NC203", _NAME, ("uv from 0.11",))
TOO_LONG = Flaw("NC203", _NAME, _ALL)
TARGET = Flaw("NC203", "link target that installers refuse", (_STRICT,))

HARD_LINK = Flaw("NC204", "hard link", ("pip (leaves the file out)", "uv", "build", _FILTER))
HARD_LINK_TO_LINK = Flaw("NC204", "hard link to a symbolic link", ("pip before 24.3 (copies it)", _STRICT))
METADATA_HARD_LINK = Flaw("NC204", "hard link", ("build",))

_COLLISION = "member that collides with another"
METADATA_LINK = Flaw("NC205", "metadata that is a link", ("build",))
BELOW_LINK = Flaw("NC205", _COLLISION, (_STRICT, *(f"{each} (writes through the link)" for each in (*_FILTERS, _LAX))))
BELOW_FILE = Flaw("NC205", _COLLISION, _ALL)
LINK_OVER_DIRECTORY = Flaw("NC205", _COLLISION, ("uv", *(f"{each} (leaves the link out)" for each in _FILTERS)))
DIRECTORY_OVER_OTHER = Flaw("NC205", _COLLISION, ("uv", f"{_FILTER} from Python 3.13"))
FILE_OVER_DIRECTORY = Flaw("NC205", _COLLISION, ("pip", _LAX, "build", _FILTER))
FILE_OVER_LINK = Flaw(
    "NC205", _COLLISION, tuple(f"{each} (overwrites another file)" for each in ("pip", *_FILTERS[1:]))
)
HARD_LINK_OVER = Flaw("NC205", _COLLISION, (_LAX,))
IN_ZIP = Flaw("NC205", _COLLISION, ("pip", "uv"))
