"""A finished sdist or wheel → findings, whoever built it."""

from __future__ import annotations

from typing import TYPE_CHECKING, AbstractSet, Optional, Tuple

from hatch_nocache.archive.plain import is_plain

if TYPE_CHECKING:
    from hatch_nocache.archive.reading import ArchiveReport
    from hatch_nocache.findings import Finding

__all__ = ["UnreadableArchive", "inspect", "verify"]


class UnreadableArchive(Exception):  # noqa: N818 - it is not a fault of this program
    """The file cannot be judged; the message says why, in one line and without the path."""


def inspect(path: str) -> ArchiveReport:
    """Judge everything in the archive at `path`. A `.whl` is a wheel, everything else an sdist.

    Raises:
        UnreadableArchive: the file cannot be judged.
    """
    from hatch_nocache.archive import reading

    return reading.inspect(path)


def verify(path: str, expected: Optional[AbstractSet[str]], *, rooted: bool = True) -> Tuple[Finding, ...]:
    """Judge an archive that a build has just written. `rooted` is False when it need not have one directory at the top.

    The members in `expected` (paths below the root of the archive) were judged before: they are looked at for what
    installers refuse, but no cache is made of them alone. None stands for no such members.

    Raises:
        UnreadableArchive: the file cannot be judged.
    """
    if expected is not None and is_plain(path, expected, rooted=rooted):
        return ()
    from hatch_nocache.archive import reading

    return reading.verify(path, expected, rooted=rooted)
