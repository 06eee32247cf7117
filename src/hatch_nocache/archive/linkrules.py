"""What is wrong with a link in an sdist, by its text and place alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Tuple

from hatch_nocache import links
from hatch_nocache.archive import flaws
from hatch_nocache.names import is_too_long, target_problem

if TYPE_CHECKING:
    from hatch_nocache.archive.flaws import Flaw

__all__ = ["flaw_in_text"]


def flaw_in_text(at: str, text: str, root: str) -> Optional[Tuple[Flaw, str]]:
    """Say what is wrong with the symbolic link at `at`, below the top directory `root`, with the target `text`.

    A target that passes leads, link by link, only to places below the root: it goes up first and down then, and it
    does not lie below another link. Whether something is there, the whole archive must show.
    """
    if links.is_absolute(text):
        # On any other system than Windows, `C:/x` is a relative path to most of them.
        flaw = flaws.ABSOLUTE if text.startswith("/") else flaws.ABSOLUTE_ON_WINDOWS
        return flaw, "installers refuse it, wherever it points"
    problem = target_problem(text)
    if problem is not None:
        return flaws.TOO_LONG if is_too_long(text) else flaws.TARGET, f"of its target: {problem}"
    if links.lands(at, text) is None:
        # One level up is still inside of where most installers unpack.
        far = links.lands(f"{root}/{at}", text) is None
        return flaws.FAR_OUT if far else flaws.OUT, "its target is outside the top directory"
    return _flaw_in_spelling(at, text)


def _flaw_in_spelling(at: str, text: str) -> Optional[Tuple[Flaw, str]]:
    if links.goes_up_again(text):
        return flaws.UP_AGAIN, "its target goes into a directory and up again, which installers resolve differently"
    if links.names_itself(at, text):
        return flaws.ITS_DIRECTORY, "it leads to the directory that it lies in"
    if not links.is_normal(text):
        return flaws.LONG_SPELLING, "its target has a shorter spelling of the same meaning"
    return None
