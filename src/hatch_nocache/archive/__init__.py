"""A finished sdist or wheel → findings, whoever built it."""

from __future__ import annotations

from hatch_nocache.archive.reading import ArchiveReport, inspect, verify
from hatch_nocache.archive.stream import UnreadableArchive

__all__ = ["ArchiveReport", "UnreadableArchive", "inspect", "verify"]
