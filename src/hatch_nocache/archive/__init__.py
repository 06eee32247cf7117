"""Check a finished sdist or wheel, from any build backend."""

from hatch_nocache.archive.check import inspect
from hatch_nocache.archive.reader import UnreadableArchive, read_member

__all__ = ["UnreadableArchive", "inspect", "read_member"]
