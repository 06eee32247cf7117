"""Check a finished sdist or wheel, from any build backend.

Every function raises `UnreadableArchive` if the file cannot be read.
"""

from hatch_nocache.archive.check import ArchiveReport as ArchiveReport
from hatch_nocache.archive.check import inspect as inspect
from hatch_nocache.archive.check import verify as verify
from hatch_nocache.archive.reader import read_member as read_member
from hatch_nocache.archive.reader import unsupported as unsupported
from hatch_nocache.archive.tree import UnreadableArchive as UnreadableArchive
