"""Judge one symbolic link that was chosen as a file: read its facts from the disk, then decide without it."""

from __future__ import annotations

import dataclasses
import errno
import os
import stat
from typing import Optional, Tuple

from hatch_nocache.links import goes_up_again, is_absolute, lands
from hatch_nocache.names import target_problem

__all__ = ["LinkFacts", "judge_link"]

# What Windows says of a loop, for which Python has no `errno`: ERROR_CANT_RESOLVE_FILENAME.
_WINDOWS_LOOP = 1921


@dataclasses.dataclass(frozen=True)
class LinkFacts:
    """A link as it lies on disk. `at` is its path in the archive, `text` its target as written, `real` as resolved.

    `inside` says whether `real` stays in the directory that the link must not leave.
    """

    at: str
    text: str
    real: str
    inside: bool
    missing: bool = False
    loop: bool = False
    regular: bool = True
    unreadable: bool = False

    @classmethod
    def read(cls, path: str, at: str, home: str) -> LinkFacts:
        """Read the link at `path`; `home` is the real directory that it must not leave.

        Raises:
            OSError: it vanished, or cannot be read.
        """
        text = os.readlink(path).replace(os.sep, "/")
        missing = loop = regular = unreadable = False
        try:
            regular = stat.S_ISREG(os.stat(path).st_mode)
        except OSError as error:
            missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            loop = error.errno == errno.ELOOP or getattr(error, "winerror", None) == _WINDOWS_LOOP
            unreadable = not missing and not loop
        # `realpath` would follow a chain that no system follows, by recursion.
        real = path if loop else os.path.realpath(path)
        inside = real == home or real.startswith(home.rstrip(os.sep) + os.sep)
        return cls(at, text, real, inside, missing, loop, regular, unreadable)


def judge_link(facts: LinkFacts, *, sdist: bool) -> Optional[Tuple[str, str]]:
    """The code of what is wrong with a link and why, or None for an ordinary one.

    An sdist holds the link itself, so its text counts as well (PEP 721; the sdist format specification). A wheel holds
    the content, so only the place counts that it leads to.
    """
    if facts.loop:
        return "NC105", "it leads back to itself, or through more links than a system follows"
    if sdist:
        return _judge_stored(facts)
    if facts.missing:
        return "NC104", "its target does not exist, and a wheel holds its content"
    if not facts.regular and not facts.unreadable:
        return "NC201", "it leads to something that is not a regular file"
    if not facts.inside:
        code = "NC101" if is_absolute(facts.text) else "NC102"
        return code, f"its content comes from outside the project: {facts.real}"
    return None


def _judge_stored(facts: LinkFacts) -> Optional[Tuple[str, str]]:
    problem = target_problem(facts.text)
    verdicts = (
        (is_absolute(facts.text), "NC101", "installers refuse it, wherever it points"),
        (lands(facts.at, facts.text) is None, "NC102", "its text leads out of the project"),
        (
            goes_up_again(facts.text),
            "NC102",
            "it goes down and up again (`x/..`), which uv from 0.13 refuses",
        ),
        (not facts.inside, "NC102", f"it leads out of the project, to {facts.real}"),
        (problem is not None, "NC203", f"of its target: {problem}"),
        (facts.missing, "NC104", "its target does not exist: an sdist may hold it, but no wheel can be built from it"),
    )
    return next(((code, why) for applies, code, why in verdicts if applies), None)
