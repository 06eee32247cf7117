"""Decide whether a directory is a cache or an environment, and give the reason."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from hatch_nocache.caches import catalogue
from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENTS
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, Declaration, Surroundings
from hatch_nocache.caches.index import candidates, is_candidate
from hatch_nocache.caches.match import HEAD_SIZE, SOURCES, entries, find, is_shaped
from hatch_nocache.caches.model import TAG, Directory, Evidence, Kind, Tool
from hatch_nocache.caches.virtualenvs import MOST_ENTRIES, count_environments, is_environment

# A valid tag begins with exactly these 43 bytes: https://bford.info/cachedir/.
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_OTHER_WAYS = "--cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"
# Suffixes of files that people write. Tools do not write them at the top level of a cache.
_TEXTS = (".cfg", ".csv", ".html", ".ini", ".ipynb", ".md", ".py", ".rst", ".toml", ".tsv", ".txt", ".yaml", ".yml")


class LinkOwner(NamedTuple):
    """The tool that a symlink belongs to. All its symlinks are one finding.

    `path` ("wandb/", "bazel-*") and the gitignore pattern `pattern` match all of them.
    """

    name: str
    path: str
    pattern: str


def detect(directory: Directory, surroundings: Surroundings = NOTHING) -> Evidence | None:
    """Classify a directory. Returns None unless the evidence is conclusive."""
    if not is_candidate(directory, surroundings):
        return None
    declared = (each for each in surroundings.declarations if each.leads_to(directory.location))
    declaration = next((each for each in declared if _has_used(each.tool, directory)), None)
    # By its usual name: some file systems ignore case.
    is_tagged = directory.head(TAG, len(SIGNATURE)) == SIGNATURE
    seen = _see(directory, is_tagged=is_tagged)
    tool, reason = seen or (catalogue.CACHE, "")
    if is_tagged:
        code, reason = "NC001", f"valid {TAG}"
    elif declaration:
        code = "NC002"
    elif seen:
        code = "NC004" if tool.kind is Kind.ENVIRONMENT else "NC003"
    else:
        return None
    tool = declaration.tool if declaration else tool
    hints = []
    if declaration and reason and not declaration.sure:
        hints.append(declaration.reason)
    elif declaration:
        reason = declaration.reason
    is_of_uv = tool is catalogue.UV or (tool.kind is Kind.HOME and "uv" in directory.directories)
    if is_of_uv and not (declaration and declaration.source == "UV_CACHE_DIR"):
        hints.append(_about_uv(directory, declaration, surroundings.uv_cache_dir))
    is_environment = tool.kind in (Kind.ENVIRONMENT, Kind.ENVIRONMENTS)
    return Evidence(code, tool.name, reason, "; ".join(hints), is_environment, tool.kind is Kind.OUTPUT, tool.by_hand)


def head_names() -> frozenset[str]:
    """Return the names of the files whose content detection may read.

    It reads the first `match.HEAD_SIZE` bytes.
    """
    marks = [mark for tool in CATALOGUE for mark in (*tool.proof, *(m for shape in tool.shapes for m in shape.marks))]
    names = {mark.path.rpartition("/")[2] for mark in marks if mark.says}
    return frozenset(name for name in names if not name.startswith("~")) | {TAG}


def tag_problem(directory: Directory) -> str | None:
    """Return the problem of the directory's `CACHEDIR.TAG`.

    None if it is valid or missing.
    """
    if TAG in directory.links:
        return "a symlink"
    if TAG in directory.directories:
        return "a directory"
    head = directory.head(TAG, len(SIGNATURE))
    if TAG not in directory.files or head == SIGNATURE:
        return None
    return "empty or unreadable" if not head else "cut short" if SIGNATURE.startswith(head) else "wrong signature"


def link_owner(path: str, target: str) -> LinkOwner | None:
    """Return the tool that the symlink belongs to, or None.

    `path` is relative to the root, `target` is the link target.
    """
    *parents, own = path.split("/")
    for number, parent in enumerate(parents, 1):
        if parent in catalogue.LINK_DIRECTORIES:
            owned = "/".join(parents[:number]) + "/"
            return LinkOwner(catalogue.LINK_DIRECTORIES[parent], owned, f"/{owned}")
    for tool, name, points_to, pattern in catalogue.LINK_NAMES:
        if re.fullmatch(name, own) and re.search(points_to, target.replace("\\", "/")):
            owned = "/".join([*parents, pattern])
            return LinkOwner(tool, owned, f"/{owned}")
    return None


def _has_used(tool: Tool, directory: Directory) -> bool:
    """Return whether a declared directory is the tool's, or empty.

    What does not fit is the project's own: `UV_CACHE_DIR=src` must not empty a project.
    """
    names = entries(directory)
    if not names or not directory.files.isdisjoint(SOURCES):
        return not names
    if tool.kind is Kind.HOME:
        return _is_home(directory)
    fitting = [name for name in names if re.fullmatch(tool.layout, name)]
    if tool.kind is Kind.ENVIRONMENTS:
        names = names[:MOST_ENTRIES]
        return sum(name in fitting or is_environment(directory.child(name)) for name in names) * 2 > len(names)
    if len(fitting) * 2 > len(names) and tool.secrets and all(find(directory, mark) for mark in tool.secrets):
        return True
    return (
        (fitting == names and any(find(directory, mark) for mark in tool.proof))
        or (tool.kind is Kind.ENVIRONMENT and is_environment(directory))
        or any(is_shaped(directory, shape) for shape in tool.shapes)
    )


def _is_home(directory: Directory) -> bool:
    """Return whether tools have created everything in the directory.

    One of them is known, and no other entry looks like the project's own. In a directory with an ordinary name
    (`docs`), each must be known.
    """
    names = entries(directory)
    if not set(names) <= directory.directories:
        return False
    children = (directory.child(name) for name in names if name not in catalogue.CACHE_HOME_NAMES)
    unknown = [child for child in children if detect(child) is None]
    own = directory.path.rpartition("/")[2].lower()
    if not (own.startswith(".") or "cache" in own) or len(names) > MOST_ENTRIES:
        return not unknown
    return not any(map(_has_texts, unknown))


def _has_texts(directory: Directory) -> bool:
    levels = [directory, *(directory.child(name) for name in sorted(directory.directories)[:MOST_ENTRIES])]
    return any(name.lower().endswith(_TEXTS) for level in levels for name in level.files)


def _see(directory: Directory, *, is_tagged: bool) -> tuple[Tool, str] | None:
    """Return the tool whose name or shape the directory has, and the reason.

    A build output must have a tag.
    """
    for tool, shape in candidates(directory):
        if (is_tagged or tool.kind is not Kind.OUTPUT) and is_shaped(directory, shape):
            path = find(directory, shape.marks[0]) if shape.marks else ""
            reason = shape.reason or f"contains {path}"
            if not shape.reason and tool.kind is not Kind.ENVIRONMENT:
                name, slash, _ = path.partition("/")
                # A long name may be a hash: show its beginning and end.
                shown = re.sub(r"(?s)^(.{20}).{9,}(.{12})$", r"\1...\2", name + slash)
                reason = f"contains `{shown}`" if path else "only the tool uses this directory name"
            return tool, reason
    count = count_environments(directory)
    known = (tool for tool in CATALOGUE if count and tool.kind is Kind.ENVIRONMENTS)
    tool = next((tool for tool in known if any(is_shaped(directory, shape) for shape in tool.shapes)), ENVIRONMENTS)
    # A single environment may be test data, unless its tool is known.
    if count > 1 or (count and is_tagged) or tool is not ENVIRONMENTS:
        return tool, "contains only virtual environments"
    if not is_tagged:
        return None
    head = directory.head(TAG, HEAD_SIZE) + directory.head(".gitignore", HEAD_SIZE)
    return next((tool for tool in CATALOGUE if tool.says and re.search(tool.says.encode(), head)), catalogue.CACHE), ""


def _about_uv(directory: Directory, declaration: Declaration | None, uv_cache_dir: str | None) -> str:
    """Return the hint about UV_CACHE_DIR, the usual reason for a cache in a project."""
    if directory.location is None:
        return f"uv reads the location of its cache from UV_CACHE_DIR, {_OTHER_WAYS}"
    ways = "" if declaration and declaration.source != INTERPRETER else f"; uv also reads {_OTHER_WAYS}"
    if not uv_cache_dir:
        return f"UV_CACHE_DIR is unset{ways}"
    if os.path.isabs(uv_cache_dir):
        return f"UV_CACHE_DIR={uv_cache_dir} points elsewhere{ways}"
    return f"UV_CACHE_DIR={uv_cache_dir} is relative to where the front end was started{ways}"
