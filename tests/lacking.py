"""What a system refuses or does not have is not tested there, and the summary says so. This is about Windows."""

from __future__ import annotations

PRIVILEGE_NOT_HELD = 1314  # the error of a Windows that lets this user make no links


def lacking(error: BaseException) -> str:
    """What the system cannot do, if that is what the error says."""
    if getattr(error, "winerror", None) == PRIVILEGE_NOT_HELD:
        return "this Windows refuses to make links for this user"
    if isinstance(error, AttributeError) and str(error).endswith(("'mkfifo'", "'AF_UNIX'")):
        return "this system has no FIFOs and sockets among its files"
    return ""
