"""The sentences about a cache: why it is one, and what to do. Every statement about the build is true of this build."""

from __future__ import annotations

import ntpath
import posixpath
from typing import Optional

from hatch_nocache.caches.catalogue import UV, Tool
from hatch_nocache.caches.shapes import is_at
from hatch_nocache.caches.surroundings import INTERPRETER, Declaration
from hatch_nocache.facts import Directory, Evidence
from hatch_nocache.remedies import gitignore

__all__ = ["evidence"]

_OTHER_WAYS = "`--cache-dir`, `cache-dir` in `[tool.uv]` or uv.toml, or XDG_CACHE_HOME"


def evidence(  # noqa: PLR0913, PLR0917 - the parts of a sentence
    directory: Directory,
    uv_cache_dir: Optional[str],
    code: str,
    tool: Tool,
    found: str,
    marker: str,
    said: Optional[Declaration] = None,
) -> Evidence:
    """Make the evidence, with what is declared merged into it. `found` says what was seen in the directory."""
    reasons = [found] if found and not (said and said.sure) else []
    if said:
        reasons.append(_declared(said))
    how = "because " + "; ".join(reasons)
    if tool.name == UV.name and not (said and said.source == "UV_CACHE_DIR"):
        how += "; " + _about_uv(directory, said, uv_cache_dir)
    return Evidence(code, tool.name, how, tool.remedy or gitignore(directory.path), marker)


def _declared(said: Declaration) -> str:
    if said.source == INTERPRETER:
        return f"{INTERPRETER} lies in it"
    if said.source.startswith("`"):
        return f"{said.source} is {said.value}"
    return f"{said.source}={said.value} points into the project" if said.sure else _hedged(said.source, said.value)


def _hedged(variable: str, value: str) -> str:
    return f"{variable}={value}, relative to where the front end was started, may have put it here"


def _about_uv(directory: Directory, said: Optional[Declaration], uv_cache_dir: Optional[str]) -> str:
    """Say what UV_CACHE_DIR, the usual reason for a uv cache in a project, has to do with it."""
    if directory.location is None:
        return f"UV_CACHE_DIR, {_OTHER_WAYS} can put it into a project"
    ways = "" if said and said.source != INTERPRETER else f"{_OTHER_WAYS} may have put it here"
    if not uv_cache_dir:
        return "UV_CACHE_DIR is unset" + (f": {ways}" if ways else "")
    value = posixpath.normpath(uv_cache_dir.replace("\\", "/"))
    if _may_lead_to(value, directory.path):
        return _hedged("UV_CACHE_DIR", uv_cache_dir)
    return f"UV_CACHE_DIR={uv_cache_dir} leads elsewhere" + (f": {ways}" if ways else "")


def _may_lead_to(value: str, path: str) -> bool:
    """Whether a relative value leads to the path from somewhere: what the shorter of the two says, the other ends with.

    The path is relative to the root, and so is the value when the front end was started there; from above the root the
    value is longer, from below it is shorter.
    """
    if posixpath.isabs(value) or ntpath.splitdrive(value)[0]:
        return False
    while value.startswith("../"):
        value = value[3:]
    return is_at(path, value) or is_at(value, path)
