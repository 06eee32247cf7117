"""Is this directory, which caught the eye, a cache or an environment? When it is not sure, the answer is no."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Optional, Sequence, Tuple

from hatch_nocache.caches.catalogue import CACHE, CATALOGUE, CONDA, ENVIRONMENT, ENVIRONMENTS, Kind, Tool
from hatch_nocache.caches.environments import environment, holds_environments
from hatch_nocache.caches.glance import NOISE, TAG
from hatch_nocache.caches.hints import candidates
from hatch_nocache.caches.shapes import HEAD_SIZE, SOURCES, Shape, entries, is_shaped, sight
from hatch_nocache.caches.tag import is_tagged
from hatch_nocache.caches.wording import evidence

if TYPE_CHECKING:
    from hatch_nocache.caches.hints import Row
    from hatch_nocache.caches.surroundings import Declaration
    from hatch_nocache.facts import Directory, Evidence

__all__ = ["judge"]

_MOST = 36


def judge(directory: Directory, here: Sequence[Declaration], uv_cache_dir: Optional[str]) -> Optional[Evidence]:
    """Look closer at a directory that caught the eye; `here` are the declarations about it."""
    rows = candidates(directory.path, directory.files, directory.directories)
    said = next((said for said in here if not _contradicts(said.tool, directory)), None)
    about = functools.partial(evidence, directory, uv_cache_dir)
    if is_tagged(directory):
        tool = said.tool if said else _tagged(directory, rows)
        return about("NC001", tool, "it has a valid `CACHEDIR.TAG`", TAG, said)
    known = None if said and said.sure else _known(directory, rows)
    if said:
        return about("NC002", said.tool, known[1] if known else "", "", said)
    if known:
        return about("NC003", *known)
    inside = environment(directory)
    return about("NC004", _environment_tool(directory), *inside) if inside else None


def _contradicts(tool: Tool, directory: Directory) -> bool:
    """Whether what lies in the directory cannot be the tool's cache, so that `UV_CACHE_DIR=src` empties no project.

    Nothing, or only what says nothing, does not contradict: a cache may be new, or cleaned but for its lock.
    """
    if not SOURCES.isdisjoint(directory.files) or any(is_shaped(directory, Shape((mark,))) for mark in tool.denies):
        return True
    names = entries(directory)
    if not names or _agrees(tool, directory):
        return False
    if tool.kind is Kind.ENVIRONMENTS:
        return sum(_fits_among_environments(tool, directory, name) for name in names[:_MOST]) * 2 <= len(names[:_MOST])
    if not tool.layout:
        return bool(directory.files - NOISE)
    fitting = sum(re.fullmatch(tool.layout, name) is not None for name in names)
    if tool.secrets and is_shaped(directory, Shape(tool.secrets)):
        return fitting * 2 <= len(names)
    # What does not fit is the project's own. The tool's parts beside it are recognised by themselves.
    return fitting < len(names)


def _agrees(tool: Tool, directory: Directory) -> bool:
    """Whether the directory would be the tool's without any declaration."""
    if tool.kind is Kind.ENVIRONMENT:
        return environment(directory) is not None
    return tool.kind is not Kind.ENVIRONMENTS and any(is_shaped(directory, shape) for shape in tool.shapes)


def _fits(tool: Tool, directory: Directory) -> bool:
    """Whether there is nothing in the directory, or something of the tool's."""
    names = entries(directory)
    return not names or any(re.fullmatch(tool.layout, name) for name in names)


def _fits_among_environments(tool: Tool, directory: Directory, name: str) -> bool:
    if name in directory.directories and environment(directory.child(name)) is not None:
        return True
    return bool(tool.layout) and re.fullmatch(tool.layout, name) is not None


def _known(directory: Directory, rows: Sequence[Row]) -> Optional[Tuple[Tool, str, str]]:
    """Return the tool whose name or shape the directory has, how that is known, and the file that gives it away."""
    for tool, shape in rows:
        if tool.kind in (Kind.OUTPUT, Kind.ENVIRONMENT):
            continue
        if shape is None:
            if SOURCES.isdisjoint(directory.files) and (tool.sure or _fits(tool, directory)):
                return tool, f"only the tool names a directory `{directory.path.rpartition('/')[2]}`", ""
        elif is_shaped(directory, shape):
            seen = sight(directory, shape)
            return tool, f"it has the structure of one (`{seen or shape.at}`)", seen if seen in directory.files else ""
    count = holds_environments(directory)
    # One alone may be the data of a test, in a directory that waits for more, unless its tool is known.
    if count and (count > 1 or _among(directory) is not ENVIRONMENTS):
        return _among(directory), "it holds nothing but environments", ""
    return None


def _among(directory: Directory) -> Tool:
    """Whose environments these are."""
    for tool in CATALOGUE:
        if tool.kind is Kind.ENVIRONMENTS and any(is_shaped(directory, shape) for shape in tool.shapes):
            return tool
    return ENVIRONMENTS


def _tagged(directory: Directory, rows: Sequence[Row]) -> Tool:
    """Return whose cache a tagged directory is. The tag alone has decided that it is one."""
    if environment(directory) is not None:
        return _environment_tool(directory)
    for tool, shape in rows:
        if shape is None or is_shaped(directory, shape):
            return tool
    head = directory.head(TAG, HEAD_SIZE) + directory.head(".gitignore", HEAD_SIZE)
    for tool in CATALOGUE:
        if tool.says and re.search(tool.says.encode(), head):
            return tool
    return _among(directory) if holds_environments(directory) else CACHE


def _environment_tool(directory: Directory) -> Tool:
    return CONDA if "conda-meta" in directory.directories else ENVIRONMENT
