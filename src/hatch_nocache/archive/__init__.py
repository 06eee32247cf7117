"""Check a finished sdist or wheel, from any build backend."""

from __future__ import annotations

from hatch_nocache.archive.check import ArchiveReport, inspect, verify
from hatch_nocache.archive.reader import UnreadableArchive, read_member, unsupported

__all__ = ["ArchiveReport", "UnreadableArchive", "inspect", "read_member", "unsupported", "verify"]
