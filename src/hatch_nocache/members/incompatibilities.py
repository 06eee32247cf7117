"""Problems of members, and the installers that refuse or alter them.

Observed with pip 23.2.1 to 26.3, uv 0.8.0 to 0.13.9 and build 1.6.1 on Python 3.8 to 3.14. "uv 0.8.1+" means that the
release before was seen to accept it. `build` stands for every program that unpacks with tarfile's data filter. uv reads
a wheel from an index as a stream, forward only: the rows for zip files hold for that.
"""

from __future__ import annotations

from typing import NamedTuple, Sequence

from hatch_nocache.rules import Action


class Incompatibility(NamedTuple):
    """One row. `what` names the thing, `installers` refuse it.

    `altered_by` accept it, but the result is another one: "{effect} by {altered_by}".
    """

    code: str
    what: str
    installers: tuple[str, ...] = ()
    effect: str = ""
    altered_by: tuple[str, ...] = ()
    action: Action = Action.REJECTED

    @property
    def consequence(self) -> str:
        """The effect in installers: "refused by pip 24.1+ and build; left out by uv"."""
        effects = (("refused", self.installers), (self.effect, self.altered_by))
        return "; ".join(f"{effect} by {_enumerate(names)}" for effect, names in effects if names)


def _enumerate(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


_STRICT = "uv 0.13+"
_LAX = "uv before 0.13"
_MIDDLE = "uv 0.8.22 to 0.12"
_NEWER_FILTER = "tarfile in Python 3.14"
_FILTERS = ("pip 24.1+", "uv 0.8.1+", "build")
_OLD_PIP = "pip before 24.1"
_ALL = ("pip", "uv", "build")

# --- symlinks ---------------------------------------------------------------------------------------------------------

ABSOLUTE = Incompatibility("NC101", "absolute symlink", _FILTERS)
ABSOLUTE_ON_WINDOWS = Incompatibility("NC101", "absolute symlink", (_STRICT, "build on Windows"))

_LEAVES = "symlink to a file outside the project"
OUT = Incompatibility("NC102", _LEAVES, ("pip 24.1+",))
FAR_OUT = Incompatibility("NC102", _LEAVES, _FILTERS)
UP_AGAIN = Incompatibility("NC102", "symlink that goes down and up again", (_STRICT,), "rewritten", (_MIDDLE,))

DANGLING = Incompatibility("NC104", "dangling symlink", action=Action.NOTICE)
THROUGH_FILE = Incompatibility("NC104", "dangling symlink", (_NEWER_FILTER,))
BUILD_FILE = Incompatibility("NC104", "dangling symlink", _ALL)

LOOP = Incompatibility("NC105", "symlink loop", (_STRICT,))
OWN_DIRECTORY = Incompatibility("NC105", "symlink to its own directory", (_MIDDLE,))

# --- kinds and names --------------------------------------------------------------------------------------------------

SPECIAL = Incompatibility("NC201", "special file", ("pip", _STRICT, "build"), "unpacked as a regular file", (_LAX,))

_OUTSIDE = "member outside the archive root"
OUTSIDE = Incompatibility("NC202", _OUTSIDE, _ALL)
OUTSIDE_WHEEL = Incompatibility("NC202", _OUTSIDE, ("pip",), "left out", ("uv",))

NAME = Incompatibility("NC203", "invalid name", (_STRICT,))
NAME_IN_ZIP = Incompatibility("NC203", "invalid name", ("uv 0.9.6+",))
TOO_LONG = Incompatibility("NC203", "invalid name", _ALL)
LINK_TARGET = Incompatibility("NC203", "invalid link target", (_STRICT,))
TOO_LONG_TARGET = Incompatibility("NC203", "invalid link target", _ALL)
HEADER = Incompatibility("NC203", "invalid header", (_STRICT,))
EMPTY_RECORD = Incompatibility("NC203", "invalid header", ("uv 0.11.33 to 0.12",))
TIME = Incompatibility("NC203", "invalid time", (_STRICT,))
TIME_OUT_OF_RANGE = Incompatibility("NC203", "invalid time", ("pip", _STRICT, "build"))
FORMAT = Incompatibility("NC203", "compression other than gzip", ("uv 0.12+",))

# --- hard links and collisions ----------------------------------------------------------------------------------------

HARD_LINK = Incompatibility("NC204", "hard link", ("pip 24.1+", "uv", "build"), "left out", (_OLD_PIP,))
HARD_LINK_TO_SYMLINK = Incompatibility("NC204", "hard link to a symlink", (_STRICT,), "copied", (_OLD_PIP,))
METADATA_HARD_LINK = Incompatibility("NC204", "hard link", ("build",))

_COLLISION = "colliding member"
METADATA_SYMLINK = Incompatibility("NC205", "metadata that is a symlink", ("build",))
BELOW_SYMLINK = Incompatibility("NC205", _COLLISION, (_STRICT,), "written through the symlink", ("pip", "build", _LAX))
SYMLINK_OVER_DIRECTORY = Incompatibility("NC205", _COLLISION, ("uv",), "left out", ("pip", "build"))
FILE_OVER_LINK = Incompatibility("NC205", _COLLISION, (), "written to another file", ("pip", "build"))
COLLISION = Incompatibility("NC205", _COLLISION, _ALL)
TWO_CONTENTS = Incompatibility("NC205", _COLLISION, ("uv 0.8.6+",))

# --- zip files --------------------------------------------------------------------------------------------------------

GAP = Incompatibility("NC206", "bytes outside the zip records", ("uv",))
TRAILING = Incompatibility("NC206", "bytes after the zip archive", ("uv 0.8.6+",))
LOCAL_HEADER = Incompatibility("NC206", "zip header that differs from the central directory", ("pip", "uv 0.8.6+"))
ENCRYPTED = Incompatibility("NC206", "encrypted member", ("pip", "uv"))
COMPRESSION = Incompatibility("NC206", "compression other than DEFLATE", ("pip", "uv 0.12+"))
STREAMED = Incompatibility("NC206", "stored member without a size", ("uv",))
ZIP_SUFFIX = Incompatibility("NC206", "zip archive with another suffix", ("pip 26.1+", "uv"))
