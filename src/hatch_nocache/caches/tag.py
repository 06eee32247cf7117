"""The tag with which a tool says that a directory is a cache: https://bford.info/cachedir/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from hatch_nocache.caches.glance import TAG

if TYPE_CHECKING:
    from hatch_nocache.facts import Directory

__all__ = ["SIGNATURE", "is_tagged", "malformed_tag"]

# The file begins with exactly these 43 bytes, whatever follows.
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"


def is_tagged(directory: Directory) -> bool:
    """Whether the directory has a valid tag."""
    return TAG in directory.files and directory.head(TAG, len(SIGNATURE)) == SIGNATURE


def malformed_tag(directory: Directory) -> Optional[str]:
    """Say what is wrong with the directory's `CACHEDIR.TAG`, or None when there is none or it is valid."""
    if TAG in directory.links:
        return "its `CACHEDIR.TAG` is a link, not a regular file"
    if TAG in directory.directories:
        return "its `CACHEDIR.TAG` is a directory, not a regular file"
    if TAG not in directory.files:
        return None
    head = directory.head(TAG, len(SIGNATURE))
    if not head:
        return "its `CACHEDIR.TAG` is empty or cannot be read"
    if head != SIGNATURE and SIGNATURE.startswith(head):
        return "the signature in its `CACHEDIR.TAG` is cut short"
    return None if head == SIGNATURE else "its `CACHEDIR.TAG` does not begin with the signature"
