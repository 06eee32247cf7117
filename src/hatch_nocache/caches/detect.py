"""Decide whether a directory is a cache or an environment, and give the reason."""

from __future__ import annotations

import fnmatch
import itertools
import os
import re

from hatch_nocache.caches.catalogue import CACHE, CACHE_HOME_NAMES, CATALOGUE, ENVIRONMENTS, LINKS, UV
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, Declaration, Surroundings
from hatch_nocache.caches.match import HEAD_SIZE, SOURCES, candidates, entries, find, is_candidate, is_shaped
from hatch_nocache.caches.model import TAG, Directory, Evidence, Shape, Tool
from hatch_nocache.caches.virtualenvs import MOST_ENTRIES, count_environments, is_environment

# A valid tag begins with exactly these 43 bytes: https://bford.info/cachedir/.
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_OTHER_WAYS = "--cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"
# Suffixes of files that people write. Tools do not write them at the top level of a cache.
_TEXTS = (".cfg", ".csv", ".html", ".ini", ".ipynb", ".md", ".py", ".rst", ".toml", ".tsv", ".txt", ".yaml", ".yml")
_BELOW_HOME = (each.split("/") for tool in CATALOGUE for each in tool.variables if each.startswith("XDG_CACHE_HOME/"))
_HOME_NAMES = CACHE_HOME_NAMES.union(name for _, name, *_ in _BELOW_HOME)


def detect(directory: Directory, surroundings: Surroundings = NOTHING) -> Evidence | None:
    """Classify a directory. Returns None unless the evidence is conclusive."""
    if not is_candidate(directory, surroundings):
        return None
    declared = surroundings.declared_at(directory.location)
    declaration = next((each for each in declared if _has_used(each.tool, directory)), None)
    # By its usual name: some file systems ignore case.
    is_tagged = directory.head(TAG, len(SIGNATURE)) == SIGNATURE
    tool, reason = _see(directory, is_tagged=is_tagged)
    if is_tagged:
        code, reason = "NC001", f"valid {TAG}"
    elif declaration:
        code = "NC002"
    elif reason:
        code = "NC004" if tool.kind == "environment" else "NC003"
    else:
        return None
    hints = []
    if declaration:
        tool = declaration.tool
        if reason and not declaration.sure:
            hints.append(declaration.reason)
        else:
            reason = declaration.reason
    is_of_uv = tool is UV or (tool.kind == "home" and "uv" in directory.directories)
    if is_of_uv and not (declaration and declaration.source == "UV_CACHE_DIR"):
        hints.append(_about_uv(directory, declaration, surroundings.uv_cache_dir))
    is_environment = tool.kind in ("environment", "environments")
    return Evidence(code, tool.name, reason, "; ".join(hints), is_environment, tool.kind == "output", tool.by_hand)


def head_names() -> frozenset[str]:
    """Return the names of the files whose first `match.HEAD_SIZE` bytes detection may read."""
    marks = [mark for tool in CATALOGUE for shape in (Shape(tool.proof), *tool.shapes) for mark in shape.marks]
    names = {mark.partition(": ")[0].rpartition("/")[2] for mark in marks if ": " in mark}
    return frozenset(name for name in names if not name.startswith("~")) | {TAG}


def tag_problem(directory: Directory) -> str | None:
    """Return the problem of the directory's `CACHEDIR.TAG`; None if it is valid or missing."""
    if TAG in directory.links:
        return "a symlink"
    if TAG in directory.directories:
        return "a directory"
    head = directory.head(TAG, len(SIGNATURE))
    if TAG not in directory.files or head == SIGNATURE:
        return None
    return "empty or unreadable" if not head else "cut short" if SIGNATURE.startswith(head) else "wrong signature"


def link_owner(path: str, target: str) -> tuple[str, str]:
    """Return the tool that a symlink belongs to, and where all its symlinks are ("wandb/", "bazel-*"); else "", "".

    `path` is relative to the root, `target` is the link target. The symlinks of a tool are one finding.
    """
    *parents, own = path.split("/")
    parts = [*(f"{parent}/" for parent in parents), own]
    for number, part in enumerate(parts):
        for tool, pattern, points_to in LINKS:
            fits = fnmatch.fnmatchcase(part, pattern) and part.endswith("/") == pattern.endswith("/")
            if fits and re.search(points_to, target.replace("\\", "/")):
                return tool, "".join([*parts[:number], pattern])
    return "", ""


def _has_used(tool: Tool, directory: Directory) -> bool:
    """Return whether a declared directory is the tool's, or empty.

    What does not fit is the project's own: `UV_CACHE_DIR=src` must not empty a project.
    """
    names = entries(directory)
    if not names or not directory.files.isdisjoint(SOURCES):
        return not names
    if tool.kind == "home":
        return _is_home(directory, names)
    fitting = [name for name in names if re.fullmatch(tool.layout, name)]
    if tool.kind == "environments":
        names = names[:MOST_ENTRIES]
        return sum(name in fitting or is_environment(directory.child(name)) for name in names) * 2 > len(names)
    return (
        (len(fitting) * 2 > len(names) and bool(tool.secrets) and all(find(directory, mark) for mark in tool.secrets))
        or (fitting == names and any(find(directory, mark) for mark in tool.proof))
        or (tool.kind == "environment" and is_environment(directory))
        or any(is_shaped(directory, shape) for shape in tool.shapes)
    )


def _is_home(directory: Directory, names: list[str]) -> bool:
    """Return whether tools have created everything in the directory.

    One of them is known, and no other entry looks like the project's own. In a directory with an ordinary name
    (`docs`), each must be known.
    """
    if not set(names) <= directory.directories:
        return False
    children = (directory.child(name) for name in names if name not in _HOME_NAMES)
    unknown = [child for child in children if detect(child) is None]
    own = directory.path.rpartition("/")[2].lower()
    if not (own.startswith(".") or "cache" in own) or len(names) > MOST_ENTRIES:
        return not unknown
    grandchildren = (child.child(name) for child in unknown for name in sorted(child.directories)[:MOST_ENTRIES])
    levels = itertools.chain(unknown, grandchildren)
    return not any(name.lower().endswith(_TEXTS) for level in levels for name in level.files)


def _see(directory: Directory, *, is_tagged: bool) -> tuple[Tool, str]:
    """Return the tool whose name or shape the directory has, and the reason: "" if that proves nothing.

    A build output must have a tag.
    """
    for tool, shape in candidates(directory):
        if (is_tagged or tool.kind != "output") and is_shaped(directory, shape):
            path = find(directory, shape.marks[0]) if shape.marks else ""
            if shape.reason or tool.kind == "environment":
                return tool, shape.reason or f"contains {path}"
            name, slash, _ = path.partition("/")
            # A long name may be a hash: show its beginning and end.
            shown = re.sub(r"(?s)^(.{20}).{9,}(.{12})$", r"\1...\2", name + slash)
            return tool, f"contains `{shown}`" if path else "only the tool uses this directory name"
    count = count_environments(directory)
    known = (tool for tool in CATALOGUE if count and tool.kind == "environments")
    tool = next((tool for tool in known if any(is_shaped(directory, shape) for shape in tool.shapes)), ENVIRONMENTS)
    # A single environment may be test data, unless its tool is known.
    if count > 1 or (count and is_tagged) or tool is not ENVIRONMENTS:
        return tool, "contains only virtual environments"
    head = directory.head(TAG, HEAD_SIZE) + directory.head(".gitignore", HEAD_SIZE) if is_tagged else b""
    return next((tool for tool in CATALOGUE if tool.says and re.search(tool.says.encode(), head)), CACHE), ""


def _about_uv(directory: Directory, declaration: Declaration | None, uv_cache_dir: str | None) -> str:
    """Return the hint about UV_CACHE_DIR, the usual reason for a cache in a project."""
    if directory.location is None:
        return f"uv reads the location of its cache from UV_CACHE_DIR, {_OTHER_WAYS}"
    ways = "" if declaration and declaration.source != INTERPRETER else f"; uv also reads {_OTHER_WAYS}"
    if not uv_cache_dir:
        return f"UV_CACHE_DIR is unset{ways}"
    leads = "points elsewhere" if os.path.isabs(uv_cache_dir) else "is relative to where the front end was started"
    return f"UV_CACHE_DIR={uv_cache_dir} {leads}{ways}"
