"""What can be wrong with a member, and who refuses it or quietly does something else: one row each, as observed.

Observed with pip 23.2.1, 24.0, 24.1 to 24.3.1 and 26.3, uv 0.8.0 to 0.13.9, build 1.6.1, each on a Python whose tarfile
has the data filter, and with that filter in Python 3.8 to 3.13. "from" is the first version that objects: the release
before it was seen not to. A note in brackets says what it does when it does not refuse. A row that stands for several
kinds of members names all who object to one of them.
"""

from __future__ import annotations

import dataclasses
from typing import Tuple

from hatch_nocache.findings import Action

_FILTER = "tarfile's data filter"
_STRICT = "uv from 0.13"
_LAX = "uv before 0.13"
_MIDDLE = "uv 0.8.22 to 0.12"
_REWRITES = f"{_MIDDLE} (rewrites the link)"
_OTHERS = ("build", _FILTER)
_FILTERS = ("pip from 24.1", *_OTHERS)
_ALL = ("pip", "uv", "build", _FILTER)


@dataclasses.dataclass(frozen=True)
class Flaw:
    """One row: the code, the name of the thing, and who objects."""

    code: str
    what: str
    installers: Tuple[str, ...]
    action: Action = Action.REJECTED


ABSOLUTE = Flaw("NC101", "absolute link", (*_FILTERS, "uv from 0.8.1"))
ABSOLUTE_ON_WINDOWS = Flaw("NC101", "absolute link", (_STRICT, f"{_FILTER} on Windows"))

_LEAVES = "link that leaves the project"
OUT = Flaw("NC102", _LEAVES, ("pip from 24.1",))
FAR_OUT = Flaw("NC102", _LEAVES, (*_FILTERS, "uv from 0.8.1"))
UP_AGAIN = Flaw("NC102", "link that goes down and up again", (_STRICT, _REWRITES))
LONG_SPELLING = Flaw("NC102", "link in a long spelling", (_REWRITES,), Action.NOTICE)

DANGLING = Flaw("NC104", "dangling link", (), Action.NOTICE)
NO_BUILD_FILE = Flaw("NC104", "dangling link", ("pip", "uv", "build"))

LOOP = Flaw("NC105", "link loop", (_STRICT,))
ITS_DIRECTORY = Flaw("NC105", "link to its own directory", (_MIDDLE,))

SPECIAL = Flaw("NC201", "special file", ("pip", *_OTHERS, _STRICT, f"{_LAX} (writes an ordinary file)"))

_OUTSIDE = "member outside the archive's root"
OUTSIDE = Flaw("NC202", _OUTSIDE, ("pip", "uv", "build"))
OUTSIDE_WHEEL = Flaw("NC202", _OUTSIDE, ("pip", "uv (leaves the file out)"))
NO_TOP = Flaw("NC202", _OUTSIDE, _ALL)

_NAME = "name that installers refuse"
NAME = Flaw("NC203", _NAME, (_STRICT,))
NAME_IN_ZIP = Flaw("NC203", _NAME, ("uv from 0.9.6",))
TOO_LONG = Flaw("NC203", _NAME, _ALL)
TARGET = Flaw("NC203", "link target that installers refuse", (_STRICT,))

HARD_LINK = Flaw(
    "NC204", "hard link", ("pip from 24.1", "pip before 24.1 (leaves the file out)", "uv", "build", _FILTER)
)
HARD_LINK_TO_LINK = Flaw("NC204", "hard link to a symbolic link", ("pip before 24.1 (copies it)", _STRICT))
METADATA_HARD_LINK = Flaw("NC204", "hard link", ("build",))

_COLLISION = "member that collides with another"
METADATA_LINK = Flaw("NC205", "metadata that is a link", ("build",))
BELOW_LINK = Flaw(
    "NC205", _COLLISION, (_STRICT, *(f"{each} (writes through the link)" for each in ("pip", *_OTHERS, _LAX)))
)
BELOW_FILE = Flaw("NC205", _COLLISION, _ALL)
LINK_OVER_DIRECTORY = Flaw(
    "NC205", _COLLISION, ("uv", *(f"{each} (leaves the link out)" for each in ("pip", *_OTHERS)))
)
DIRECTORY_OVER_OTHER = Flaw("NC205", _COLLISION, ("uv", f"{_FILTER} from Python 3.13"))
FILE_OVER_DIRECTORY = Flaw("NC205", _COLLISION, ("pip", _LAX, "build", _FILTER))
FILE_OVER_LINK = Flaw("NC205", _COLLISION, tuple(f"{each} (overwrites another file)" for each in ("pip", *_OTHERS)))
HARD_LINK_OVER = Flaw("NC205", _COLLISION, (_LAX,))
IN_ZIP = Flaw("NC205", _COLLISION, ("pip", "uv"))
