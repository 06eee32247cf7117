"""Check a finished sdist or wheel, from any build backend.

Every function raises `UnreadableArchive` if the file cannot be read.
"""

from hatch_nocache.archive.check import inspect, verify
from hatch_nocache.archive.reader import read_member, unsupported
from hatch_nocache.archive.tree import UnreadableArchive

__all__ = ["UnreadableArchive", "inspect", "read_member", "unsupported", "verify"]
