"""Problems of members, and the installers that refuse or alter them.

Observed with pip 23.2.1 to 26.3, uv 0.8.0 to 0.13.9 and build 1.6.1 on Python 3.8 to 3.14. "uv 0.8.1+" means that the
release before was seen to accept it. `build` stands for every program that unpacks with tarfile's data filter. uv reads
a wheel from an index as a stream, forward only: the rows for zip files hold for that.
"""

from __future__ import annotations

from typing import Tuple

from hatch_nocache.rules import Action, Finding

# A row of this table, and the reason.
Problem = Tuple[Finding, str]


def _row(code: str, what: str, *refused_by: str, also: str = "") -> Finding:
    """Return a finding to complete. `also` says which other installers accept the member, but alter the result."""
    names = " and ".join(", ".join(refused_by).rsplit(", ", 1))
    note = "; ".join(filter(None, (names and f"refused by {names}", also)))
    return Finding(code, "", what, "", Action.REJECTED, note, installers=refused_by)


_STRICT = "uv 0.13+"
_FILTERS = ("pip 24.1+", "uv 0.8.1+", "build")
_ALL = ("pip", "uv", "build")

ABSOLUTE = _row("NC101", "absolute symlink", *_FILTERS)
ABSOLUTE_ON_WINDOWS = _row("NC101", "absolute symlink", _STRICT, "build on Windows")
OUT = _row("NC102", "symlink to a file outside the project", "pip 24.1+")
FAR_OUT = _row("NC102", "symlink to a file outside the project", *_FILTERS)
UP_AGAIN = _row("NC102", "symlink that goes down and up again", _STRICT, also="rewritten by uv 0.8.22 to 0.12")
DANGLING = _row("NC104", "dangling symlink")._replace(action=Action.NOTICE)
THROUGH_FILE = _row("NC104", "dangling symlink", "tarfile in Python 3.14")
BUILD_FILE = _row("NC104", "dangling symlink", *_ALL)
LOOP = _row("NC105", "symlink loop", _STRICT)
OWN_DIRECTORY = _row("NC105", "symlink to its own directory", "uv 0.8.22 to 0.12")

SPECIAL = _row("NC201", "special file", "pip", _STRICT, "build", also="unpacked as a regular file by uv before 0.13")
OUTSIDE = _row("NC202", "member outside the archive root", *_ALL)
OUTSIDE_WHEEL = _row("NC202", "member outside the archive root", "pip", also="left out by uv")
NAME = _row("NC203", "invalid name", _STRICT)
NAME_IN_ZIP = _row("NC203", "invalid name", "uv 0.9.6+")
TOO_LONG = _row("NC203", "invalid name", *_ALL)
LINK_TARGET = _row("NC203", "invalid link target", _STRICT)
TOO_LONG_TARGET = _row("NC203", "invalid link target", *_ALL)
HEADER = _row("NC203", "invalid header", _STRICT)
EMPTY_RECORD = _row("NC203", "invalid header", "uv 0.11.33 to 0.12")
TIME = _row("NC203", "invalid time", _STRICT)
TIME_OUT_OF_RANGE = _row("NC203", "invalid time", "pip", _STRICT, "build")
FORMAT = _row("NC203", "compression other than gzip", "uv 0.12+")

HARD_LINK = _row("NC204", "hard link", "pip 24.1+", "uv", "build", also="left out by pip before 24.1")
HARD_LINK_TO_SYMLINK = _row("NC204", "hard link to a symlink", _STRICT, also="copied by pip before 24.1")
METADATA_HARD_LINK = _row("NC204", "hard link", "build")

_COLLISION = "colliding member"
METADATA_SYMLINK = _row("NC205", "metadata that is a symlink", "build")
BELOW_SYMLINK = _row("NC205", _COLLISION, _STRICT, also="written through the symlink by pip, build and uv before 0.13")
SYMLINK_OVER_DIRECTORY = _row("NC205", _COLLISION, "uv", also="left out by pip and build")
FILE_OVER_LINK = _row("NC205", _COLLISION, also="written to another file by pip and build")
COLLISION = _row("NC205", _COLLISION, *_ALL)
TWO_CONTENTS = _row("NC205", _COLLISION, "uv 0.8.6+")

GAP = _row("NC206", "bytes outside the zip records", "uv")
TRAILING = _row("NC206", "bytes after the zip archive", "uv 0.8.6+")
LOCAL_HEADER = _row("NC206", "zip header that differs from the central directory", "pip", "uv 0.8.6+")
ENCRYPTED = _row("NC206", "encrypted member", "pip", "uv")
COMPRESSION = _row("NC206", "compression other than DEFLATE", "pip", "uv 0.12+")
STREAMED = _row("NC206", "stored member without a size", "uv")
ZIP_SUFFIX = _row("NC206", "zip archive with another suffix", "pip 26.1+", "uv")
