"""Decide whether a directory is a cache or an environment, and give the reason."""

from __future__ import annotations

import fnmatch
import os
import posixpath
import re
from typing import Iterator

from hatch_nocache.caches import catalogue
from hatch_nocache.caches.catalogue import CATALOGUE
from hatch_nocache.caches.declared import INTERPRETER, NOTHING, Declaration, Surroundings, is_same
from hatch_nocache.caches.match import HEAD_SIZE, SOURCES, candidates, entries, find, is_candidate, is_shaped, paths
from hatch_nocache.caches.model import TAG, Directory, Evidence, Shape, Tool

# A valid tag begins with exactly these 43 bytes: https://bford.info/cachedir/.
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_OTHER_WAYS = "--cache-dir, XDG_CACHE_HOME and `cache-dir` in uv.toml or [tool.uv]"
# Suffixes of files that people write. Tools do not write them at the top level of a cache.
_TEXTS = (".cfg", ".csv", ".html", ".ini", ".ipynb", ".md", ".py", ".rst", ".toml", ".tsv", ".txt", ".yaml", ".yml")
_BELOW_HOME = (each.split("/") for tool in CATALOGUE for each in tool.variables if each.startswith("XDG_CACHE_HOME/"))
_HOME_NAMES = catalogue.CACHE_HOME_NAMES.union(name for _, name, *_ in _BELOW_HOME)
# A directory with more entries is not opened in search of environments.
_MOST_ENTRIES = 36
_RECORD_SIZE = 1024 * 1024
_OWN_SCRIPTS = r"(de)?[Aa]ctivate(_this\.py|\.\w+)?|pydoc\.bat|(python|pypy|pip|\U0001d70bthon)w?[0-9.]*t?(\.exe)?"
# The interpreter of a script. `/bin/sh` replaces one whose path is long or contains spaces.
_SHEBANG = rb"\A#!(?:/bin/sh\r?\n'''exec' )?\"?([^\"\r\n]+?)[/\\](?:bin|Scripts)[/\\]python[^/\\]*(?:[\s\"]|$)"
# Where packages put files outside of site-packages. A README in the root may be the project's own.
_RECORDED = r"(bin|Scripts|lib|lib64|Lib|Include|include|etc|man|share)/.+"


def detect(directory: Directory, surroundings: Surroundings = NOTHING) -> Evidence | None:
    """Classify a directory. Returns None unless the evidence is conclusive."""
    if not is_candidate(directory, surroundings):
        return None
    declared = surroundings.declared_at(directory.location)
    declaration = next((each for each in declared if _has_used(each.tool, directory)), None)
    # By its usual name: some file systems ignore case.
    is_tagged = directory.head(TAG, len(SIGNATURE)) == SIGNATURE
    tool, reason = _see(directory, is_tagged=is_tagged)
    reason = f"valid {TAG}" if is_tagged else reason
    if not reason and not declaration:
        return None
    code = "NC001" if is_tagged else "NC002" if declaration else "NC004" if tool.kind == "environment" else "NC003"
    hints = []
    if declaration:
        tool = declaration.tool
        hints = [declaration.reason] if reason and not declaration.sure else []
        reason = reason if hints else declaration.reason
    is_of_uv = tool is catalogue.UV or (tool.kind == "home" and "uv" in directory.directories)
    if is_of_uv and not (declaration and declaration.source == "UV_CACHE_DIR"):
        hints.append(_about_uv(directory, declaration, surroundings.uv_cache_dir))
    is_environment = tool.kind.startswith("environment")
    return Evidence(code, tool.name, reason, "; ".join(hints), is_environment, tool.kind == "output", tool.by_hand)


def _has_used(tool: Tool, directory: Directory) -> bool:
    """Return whether a declared directory is the tool's, or empty. `UV_CACHE_DIR=src` must not empty a project."""
    names = entries(directory)
    if not names or not directory.files.isdisjoint(SOURCES):
        return not names
    if tool.kind == "home":
        return _is_home(directory, names)
    fitting = [name for name in names if re.fullmatch(tool.layout, name)]
    if tool.kind == "environments":
        names = names[:_MOST_ENTRIES]
        return sum(name in fitting or _is_environment(directory.child(name)) for name in names) * 2 > len(names)
    return (
        (len(fitting) * 2 > len(names) and bool(tool.secrets) and all(find(directory, mark) for mark in tool.secrets))
        or (fitting == names and any(find(directory, mark) for mark in tool.proof))
        or (tool.kind == "environment" and _is_environment(directory))
        or any(is_shaped(directory, shape) for shape in tool.shapes)
    )


def _is_home(directory: Directory, names: list[str]) -> bool:
    """Return whether tools have created everything in the directory."""
    if not set(names) <= directory.directories:
        return False
    children = [directory.child(name) for name in names if name not in _HOME_NAMES]
    unknown = [child for child in children if detect(child) is None]
    own = directory.path.rpartition("/")[2].lower()
    # In a directory with an ordinary name (`docs`), each entry must be known.
    if not (own.startswith(".") or "cache" in own) or len(names) > _MOST_ENTRIES:
        return not unknown
    below = [child.child(name) for child in unknown for name in sorted(child.directories)[:_MOST_ENTRIES]]
    return not any(name.lower().endswith(_TEXTS) for each in (*unknown, *below) for name in each.files)


def _see(directory: Directory, *, is_tagged: bool) -> tuple[Tool, str]:
    """Return the tool whose name or shape the directory has, and the reason: "" if that proves nothing."""
    for tool, shape in candidates(directory):
        if (is_tagged or tool.kind != "output") and is_shaped(directory, shape):
            path = find(directory, shape.marks[0]) if shape.marks else ""
            if shape.reason or tool.kind == "environment":
                return tool, shape.reason or f"contains {path}"
            name, slash, _ = path.partition("/")
            # A long name may be a hash: show its beginning and end.
            shown = re.sub(r"(?s)^(.{20}).{9,}(.{12})$", r"\1...\2", name + slash)
            return tool, f"contains `{shown}`" if path else "only the tool uses this directory name"
    count = _count_environments(directory)
    tools = [tool for tool in CATALOGUE if count and tool.kind == "environments"]
    known = [tool for tool in tools if any(is_shaped(directory, shape) for shape in tool.shapes)]
    # A single environment may be test data, unless its tool is known.
    if known or count > 1 or (count and is_tagged):
        return [*known, catalogue.ENVIRONMENTS][0], "contains only virtual environments"
    head = directory.head(TAG, HEAD_SIZE) + directory.head(".gitignore", HEAD_SIZE) if is_tagged else b""
    return next((tool for tool in CATALOGUE if tool.says and re.search(tool.says.encode(), head)), catalogue.CACHE), ""


def _about_uv(directory: Directory, declaration: Declaration | None, uv_cache_dir: str | None) -> str:
    """Return the hint about UV_CACHE_DIR, the usual reason for a cache in a project."""
    if directory.location is None:
        return f"uv reads the location of its cache from UV_CACHE_DIR, {_OTHER_WAYS}"
    ways = "" if declaration and declaration.source != INTERPRETER else f"; uv also reads {_OTHER_WAYS}"
    if not uv_cache_dir:
        return f"UV_CACHE_DIR is unset{ways}"
    leads = "points elsewhere" if os.path.isabs(uv_cache_dir) else "is relative to where the front end was started"
    return f"UV_CACHE_DIR={uv_cache_dir} {leads}{ways}"


def _is_environment(directory: Directory) -> bool:
    return any(tool.kind == "environment" and is_shaped(directory, shape) for tool, shape in candidates(directory))


def _count_environments(directory: Directory) -> int:
    """Return the number of environments in the directory; 0 if it contains more than them and files of tox."""
    others = directory.files.intersection(entries(directory))
    is_mixed = directory.links or not all(re.fullmatch(r"\.package_cache|\..*\.lock", name) for name in others)
    if is_mixed or len(directory.directories) > _MOST_ENTRIES:
        return 0
    children = {name: directory.child(name) for name in directory.directories}
    found = {name for name, child in children.items() if _is_environment(child)}
    found = {name for name in found if any(find(children[name], mark) for mark in catalogue.IN_USE)}
    is_of_tox = any(find(children[name], catalogue.TOX_MARK) for name in found)
    return len(found) if children.keys() <= found | (catalogue.TOX_EXTRAS if is_of_tox else set()) else 0


def in_place(directory: Directory) -> frozenset[str]:
    """Return the parts of an environment in a project root (`python -m venv .`).

    They are paths relative to the root; a directory ends with `/`. The set is empty if there is no such environment.
    """
    if not find(directory, catalogue.CONFIGURED):
        return frozenset()
    libraries = [path for mark in catalogue.SITE_PACKAGES for path, _ in paths(directory, mark)]
    found = {path for path, parent in paths(directory, "~bin|Scripts/~.*") if _is_own(path, parent, directory.location)}
    found.update(path if path.startswith("Lib/") else posixpath.dirname(path[:-1]) + "/" for path in libraries)
    if not found:
        return frozenset()
    found |= {"pyvenv.cfg"} | ({"lib64"} & directory.links)
    if TAG in directory.files:
        found |= {TAG, ".lock"} & directory.files
    for name in {"include", "Include"} & directory.directories:
        own = {path for path, _ in paths(directory, f"{name}/{catalogue.VERSIONED}|site/")}
        headers = directory.child(name)
        is_whole = len(own) == len(headers.directories | headers.files | headers.links)
        found |= {f"{name}/"} if is_whole else own
    inside = tuple(path for path in found if path.endswith("/"))
    recorded = (path for library in libraries for path in _recorded(directory, library))
    return frozenset(found.union(path for path in recorded if not path.startswith(inside)))


def _is_own(script: str, parent: Directory, location: str | None) -> bool:
    """Return whether a script in `parent` belongs to the environment at `location`."""
    name = posixpath.basename(script)
    found = re.search(_SHEBANG, parent.head(name, HEAD_SIZE))
    runs_here = found and location and is_same(os.fsdecode(found[1]), location)
    return bool(runs_here or re.fullmatch(_OWN_SCRIPTS, name))


def _recorded(directory: Directory, library: str) -> Iterator[str]:
    """Yield the files outside site-packages (scripts, manual pages) that packages list in their RECORD."""
    for _, package in paths(directory, library + r"~.*\.dist-info/RECORD"):
        for line in package.head("RECORD", _RECORD_SIZE).decode("utf-8", "replace").splitlines():
            file = posixpath.normpath(library + line.rpartition(",")[0].rpartition(",")[0].strip('"'))
            if line.startswith("../") and re.fullmatch(_RECORDED, file):
                yield file


def head_names() -> frozenset[str]:
    """Return the names of the files whose first `match.HEAD_SIZE` bytes detection may read."""
    marks = [mark for tool in CATALOGUE for shape in (Shape(tool.proof), *tool.shapes) for mark in shape.marks]
    names = {mark.partition(": ")[0].rpartition("/")[2] for mark in marks if ": " in mark}
    return frozenset(name for name in names if not name.startswith("~")) | {TAG}


def tag_problem(directory: Directory) -> str | None:
    """Return the problem of the directory's `CACHEDIR.TAG`; None if it is valid or missing."""
    if TAG in directory.links | directory.directories:
        return "a symlink" if TAG in directory.links else "a directory"
    head = directory.head(TAG, len(SIGNATURE))
    if TAG not in directory.files or head == SIGNATURE:
        return None
    return "empty or unreadable" if not head else "cut short" if SIGNATURE.startswith(head) else "wrong signature"


def link_owner(path: str, target: str) -> tuple[str, str]:
    """Return the tool that a symlink belongs to, and where all its symlinks are ("wandb/", "bazel-*"); else "", "".

    `path` is relative to the root, `target` is the link target. The symlinks of a tool are one finding.
    """
    parts = re.findall("[^/]+/?", path)
    for number, part in enumerate(parts):
        for tool, pattern, points_to in catalogue.LINKS:
            fits = fnmatch.fnmatchcase(part, pattern) and part.endswith("/") == pattern.endswith("/")
            if fits and re.search(points_to, target.replace("\\", "/")):
                return tool, "".join([*parts[:number], pattern])
    return "", ""
