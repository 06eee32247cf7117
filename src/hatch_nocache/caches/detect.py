"""Decide whether a directory is a cache or an environment, and say how that is known."""

from __future__ import annotations

import os
import re
from typing import NamedTuple, Optional, Sequence

from hatch_nocache.caches import virtualenvs
from hatch_nocache.caches.catalogue import (
    CACHE,
    CACHE_HOME_NAMES,
    CATALOGUE,
    CONDA,
    ENVIRONMENT,
    ENVIRONMENTS,
    LINK_DIRECTORIES,
    LINK_NAMES,
    UV,
    WORKTREE,
)
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, Declaration, Surroundings
from hatch_nocache.caches.index import Row, candidates, head_names
from hatch_nocache.caches.match import HEAD_SIZE, SOURCES, any_mark, entries, first_sight, is_shaped
from hatch_nocache.caches.model import TAG, Directory, Evidence, Kind, LinkOwner, Tool

__all__ = ["SIGNATURE", "detect", "head_names", "link_owner", "tag_problem"]

# A valid tag begins with exactly these 43 bytes: https://bford.info/cachedir/.
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_OTHER_WAYS = "--cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"
_OWN_NAME = "only the tool uses this directory name"
_MOST_ENTRIES = 36
_LONG_NAME = 40
# Texts that people write, and tools do not write into the top levels of their caches.
_TEXTS = (".cfg", ".csv", ".html", ".ini", ".ipynb", ".md", ".py", ".rst", ".toml", ".tsv", ".txt", ".yaml", ".yml")


class _Found(NamedTuple):
    """The code, the tool, how it is known, and the file that gives it away."""

    code: str
    tool: Tool
    reason: str
    marker: str = ""


def detect(directory: Directory, surroundings: Surroundings = NOTHING) -> Optional[Evidence]:
    """Return why the directory is a cache or an environment, or None unless the evidence is conclusive.

    The root is never a cache, nor is a directory that is or contains one of the project's own packages.
    """
    path = directory.path
    if not path or any(own == path or own.startswith(path + "/") for own in surroundings.own_packages):
        return None
    declared = [each for each in surroundings.declarations if each.leads_to(directory.location)]
    declaration = next((each for each in declared if _has_used(each.tool, directory)), None)
    rows = candidates(directory)
    tag = _tag_name(directory)
    if tag and _tag_problem(directory, tag) is None:
        tool = declaration.tool if declaration else _tool_of_tagged(directory, rows)
        found: Optional[_Found] = _Found("NC001", tool, f"valid {TAG}", tag)
    elif declaration:
        known = _known(directory, rows)
        found = _Found("NC002", declaration.tool, known.reason if known else "")
    else:
        found = _known(directory, rows) or _environment(directory)
    return _evidence(directory, found, declaration, surroundings.uv_cache_dir) if found else None


def tag_problem(directory: Directory) -> Optional[str]:
    """Return what is wrong with the directory's `CACHEDIR.TAG`, or None if there is none or it is valid."""
    tag = _tag_name(directory)
    if tag:
        return _tag_problem(directory, tag)
    if TAG in directory.links:
        return "a symlink"
    return "a directory" if TAG in directory.directories else None


def link_owner(path: str, target: str) -> Optional[LinkOwner]:
    """Return the tool whose symlink this is, or None. `path` is relative to the root, `target` is the link target."""
    *parents, own = path.split("/")
    for number, parent in enumerate(parents, 1):
        if parent in LINK_DIRECTORIES:
            owned = "/".join(parents[:number]) + "/"
            return LinkOwner(LINK_DIRECTORIES[parent], owned, f"/{owned}")
    for tool, name, points_to, pattern in LINK_NAMES:
        if re.fullmatch(name, own) and re.search(points_to, target.replace("\\", "/")):
            owned = "/".join([*parents, pattern])
            return LinkOwner(tool, owned, f"/{owned}")
    return None


def _tag_name(directory: Directory) -> str:
    """Return the name of the regular file that is the tag: on some file systems case does not matter."""
    files, location = directory.files, directory.location
    if TAG in files:
        return TAG
    for name in files:
        if len(name) == len(TAG) and location is not None and name.upper() == TAG:
            try:
                if os.path.samefile(os.path.join(location, name), os.path.join(location, TAG)):
                    return name
            except OSError:
                continue
    return ""


def _tag_problem(directory: Directory, tag: str) -> Optional[str]:
    head = directory.head(tag, len(SIGNATURE))
    if not head:
        return "empty or unreadable"
    if head == SIGNATURE:
        return None
    return "cut short" if SIGNATURE.startswith(head) else "wrong signature"


def _has_used(tool: Tool, directory: Directory) -> bool:
    """Return whether the tool has used the directory that is declared to be its own, or nothing has.

    What does not fit is the project's own: `UV_CACHE_DIR=src` must not empty a project.
    """
    names = entries(directory)
    if not names or not directory.files.isdisjoint(SOURCES):
        return not names
    if tool.kind is Kind.HOME:
        return _is_home(directory)
    if tool.kind is Kind.ENVIRONMENTS:
        names = names[:_MOST_ENTRIES]
        return sum(_is_among_environments(tool, directory, name) for name in names) * 2 > len(names)
    fitting = sum(re.fullmatch(tool.layout, name) is not None for name in names)
    if fitting * 2 > len(names) and tool.secrets and all(any_mark(directory, (mark,)) for mark in tool.secrets):
        return True
    return (
        (fitting == len(names) and any_mark(directory, tool.proof))
        or (tool.kind is Kind.ENVIRONMENT and virtualenvs.environment(directory) is not None)
        or any(is_shaped(directory, shape) for shape in tool.shapes)
    )


def _is_home(directory: Directory) -> bool:
    """Return whether all of it was put there by tools: one is known, and the others do not look like the project's own.

    In a directory with an ordinary name (`docs`), each must be known.
    """
    names = entries(directory)
    if not set(names) <= directory.directories:
        return False
    own = directory.path.rpartition("/")[2].lower()
    is_named = own.startswith(".") or "cache" in own
    unknown = [name for name in names if not _is_in_home(directory.child(name), name)]
    if not is_named or len(names) > _MOST_ENTRIES:
        return not unknown
    return not any(_has_texts(directory.child(name)) for name in unknown)


def _is_in_home(child: Directory, name: str) -> bool:
    return name in CACHE_HOME_NAMES or detect(child) is not None


def _has_texts(directory: Directory) -> bool:
    levels = [directory, *(directory.child(name) for name in sorted(directory.directories)[:_MOST_ENTRIES])]
    return any(name.lower().endswith(_TEXTS) for level in levels for name in level.files)


def _is_among_environments(tool: Tool, directory: Directory, name: str) -> bool:
    if name in directory.directories and virtualenvs.environment(directory.child(name)) is not None:
        return True
    return bool(tool.layout) and re.fullmatch(tool.layout, name) is not None


def _known(directory: Directory, rows: Sequence[Row]) -> Optional[_Found]:
    """Return the tool whose name or shape the directory has."""
    for tool, shape in rows:
        if tool.kind in (Kind.OUTPUT, Kind.ENVIRONMENT):
            continue
        if shape is None:
            names = entries(directory)
            fits = tool.sure or not names or any(re.fullmatch(tool.layout, name) for name in names)
            if fits and directory.files.isdisjoint(SOURCES):
                return _Found("NC003", tool, _OWN_NAME)
        elif is_shaped(directory, shape):
            seen = first_sight(directory, shape)
            shown = seen if len(seen) <= _LONG_NAME else f"{seen[:20]}...{seen[-12:]}"
            reason = f"contains `{shown}`" if seen else _OWN_NAME
            if tool is WORKTREE:
                reason = "its `.git` file leads to the `worktrees/` of a repository"
            return _Found("NC003", tool, reason, seen if seen in directory.files else "")
    count = virtualenvs.count_environments(directory)
    tool = _tool_of_environments(directory) if count else ENVIRONMENTS
    # A single one may be test data, unless its tool is known.
    if count > 1 or tool is not ENVIRONMENTS:
        return _Found("NC003", tool, "contains only virtual environments")
    return None


def _environment(directory: Directory) -> Optional[_Found]:
    found = virtualenvs.environment(directory)
    return _Found("NC004", _environment_tool(directory), *found) if found else None


def _tool_of_environments(directory: Directory) -> Tool:
    for tool in CATALOGUE:
        if tool.kind is Kind.ENVIRONMENTS and any(is_shaped(directory, shape) for shape in tool.shapes):
            return tool
    return ENVIRONMENTS


def _tool_of_tagged(directory: Directory, rows: Sequence[Row]) -> Tool:
    """Return whose cache a tagged directory is."""
    if virtualenvs.environment(directory) is not None:
        return _environment_tool(directory)
    for tool, shape in rows:
        if shape is None or is_shaped(directory, shape):
            return tool
    head = directory.head(TAG, HEAD_SIZE) + directory.head(".gitignore", HEAD_SIZE)
    for tool in CATALOGUE:
        if tool.says and re.search(tool.says.encode(), head):
            return tool
    return _tool_of_environments(directory) if virtualenvs.count_environments(directory) else CACHE


def _environment_tool(directory: Directory) -> Tool:
    return CONDA if "conda-meta" in directory.directories else ENVIRONMENT


def _evidence(
    directory: Directory, found: _Found, declaration: Optional[Declaration], uv_cache_dir: Optional[str]
) -> Evidence:
    code, tool, reason, marker = found
    hints = []
    if declaration and reason and not declaration.sure:
        hints.append(declaration.reason)
    elif declaration:
        reason = declaration.reason
    is_of_uv = tool is UV or (tool.kind is Kind.HOME and "uv" in directory.directories)
    if is_of_uv and not (declaration and declaration.source == "UV_CACHE_DIR"):
        hints.append(_about_uv(directory, declaration, uv_cache_dir))
    is_environment = tool.kind in (Kind.ENVIRONMENT, Kind.ENVIRONMENTS)
    return Evidence(code, tool.name, reason, "; ".join(hints), marker, is_environment, tool.kind is Kind.OUTPUT)


def _about_uv(directory: Directory, declaration: Optional[Declaration], uv_cache_dir: Optional[str]) -> str:
    """Return what UV_CACHE_DIR, the usual reason for a uv cache in a project, has to do with this one."""
    if directory.location is None:
        return f"uv takes its place from UV_CACHE_DIR, {_OTHER_WAYS}"
    ways = "" if declaration and declaration.source != INTERPRETER else f"; uv also reads {_OTHER_WAYS}"
    if not uv_cache_dir:
        return f"UV_CACHE_DIR is unset{ways}"
    if os.path.isabs(uv_cache_dir):
        return f"UV_CACHE_DIR={uv_cache_dir} points elsewhere{ways}"
    return f"UV_CACHE_DIR={uv_cache_dir} is relative to where the front end was started{ways}"
