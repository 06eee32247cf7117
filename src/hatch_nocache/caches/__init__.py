"""Whether a directory is a cache or an environment, and how that is known.

One answer for directories on disk and in archives. The question is put about every directory of a build, from the top
down, so a glance at the names comes first, which costs next to nothing; only what catches the eye comes to the judge.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Sequence

from hatch_nocache.caches.glance import TAG, catches_the_eye

if TYPE_CHECKING:
    from hatch_nocache.caches.surroundings import Declaration
    from hatch_nocache.facts import Directory, Evidence

__all__ = ["TAG", "recognise"]


def recognise(
    directory: Directory,
    declarations: Sequence[Declaration] = (),
    own_packages: Sequence[str] = (),
    uv_cache_dir: Optional[str] = None,
) -> Optional[Evidence]:
    """Why `directory` is a cache or an environment, or None when it is not, or not surely.

    `own_packages` are the project's own packages as root-relative paths: what is or contains one is never a cache, and
    neither is the root. `uv_cache_dir` is the value of UV_CACHE_DIR, of which the message on a uv cache speaks.
    """
    path, location = directory.path, directory.location
    if not path:
        return None
    here = [said for said in declarations if location is not None and _same(said.directory, location)]
    if not (here or TAG in directory.files or catches_the_eye(directory)):
        return None
    if any(own == path or own.startswith(path + "/") for own in own_packages):
        return None
    from hatch_nocache.caches.judge import judge

    return judge(directory, here, uv_cache_dir)


def _same(one: str, other: str) -> bool:
    return one == other or os.path.normcase(one) == os.path.normcase(other)
