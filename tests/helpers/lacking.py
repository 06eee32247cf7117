"""What a system refuses or does not have is not tested there, and the summary says so: Windows, macOS."""

from __future__ import annotations

import errno
import os
import re
import sys

PRIVILEGE_NOT_HELD = 1314  # the error of a Windows that lets this user make no links

# Characters that no name has there, a dot or a space at the end, and the names of devices.
NO_NAME = re.compile(r"[\x00-\x1f\"*:<>?\\|]|[^./][. ]*[. ](/|$)|(^|/)(aux|con|nul|prn)(\.|/|$)", re.IGNORECASE)


class LackingError(Exception):
    """The test needs what this system does not have."""


def lacking(error: BaseException) -> str:
    """What the system cannot do, if that is what the error says."""
    if isinstance(error, LackingError):
        return str(error)
    if getattr(error, "winerror", None) == PRIVILEGE_NOT_HELD:
        return "this Windows refuses to make links for this user"
    if sys.platform == "darwin" and isinstance(error, OSError) and error.errno == errno.EILSEQ:
        return "this file system has no names that are not UTF-8"
    if isinstance(error, AttributeError) and str(error).endswith(("'mkfifo'", "'AF_UNIX'")):
        return "this system has no FIFOs and sockets among its files"
    return ""


def file_name(name: bytes, *, windows: bool = os.name == "nt") -> str:
    """Return the path as Python has it. LackingError: Windows has no file of that name, or another in its place."""
    if not windows:
        return os.fsdecode(name)
    text = name.decode("utf-8", "replace")
    if "\ufffd" in text or NO_NAME.search(text):
        raise LackingError("Windows has no file of such a name")
    return text


def modes_bind(*, windows: bool = os.name == "nt") -> None:
    """Raise LackingError where no mode keeps anyone from reading a file."""
    if windows:
        raise LackingError("on Windows no mode keeps anyone from reading")
