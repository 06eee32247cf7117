"""Directories that the running build declares to be caches or environments.

The sources are environment variables, configuration keys and the interpreter. Nothing here raises: a value that makes
no sense declares nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import Any, Iterator, Mapping, NamedTuple, Sequence

from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENT, LISTS, UV
from hatch_nocache.caches.model import Tool

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

parse_toml = tomllib.loads
INTERPRETER = "the interpreter that runs this build"

# The variables of tox and mypy for the directory of their configuration file.
_ROOT_SPELLINGS = r"(\{(tox_root|toxinidir)\}|\$MYPY_CONFIG_FILE_DIR|\$\{MYPY_CONFIG_FILE_DIR\})[/\\]?"
_MOST_BYTES = 256 * 1024
# Both parsers are superlinear in the length of a line, configparser also in that of a run of blanks.
_MOST_IN_LINE = 2000
_MANY_BLANKS = r"[^\S\n]{50,}"


class Declaration(NamedTuple):
    """A directory that `tool` uses, according to the running build.

    `directory` is its real absolute path. `source` is a variable (`UV_CACHE_DIR`), a key (``cache-dir` in [tool.uv] of
    pyproject.toml``) or `INTERPRETER`; `reason` is a clause with it. It is not `sure` if the value is relative and
    leads there from elsewhere than the front end's working directory, as far as that is known.
    """

    tool: Tool
    directory: str
    source: str
    reason: str
    sure: bool = True


class Surroundings(NamedTuple):
    """What is known of a build: the root-relative paths of the project's packages, the value of UV_CACHE_DIR."""

    declarations: tuple[Declaration, ...] = ()
    own_packages: tuple[str, ...] = ()
    uv_cache_dir: str | None = None

    def declared_at(self, location: str | None) -> list[Declaration]:
        """Return the declarations of the directory at `location`, in any spelling."""
        return [each for each in self.declarations if location is not None and is_same(location, each.directory)]


NOTHING = Surroundings()


def read(root: str, environ: Mapping[str, str], prefix: str, own_packages: Sequence[str]) -> Surroundings:
    """Read the declarations of existing directories below `root`.

    `prefix` is `sys.prefix`, "" if no build is running. For one tool, variables come before keys, keys before the
    interpreter.
    """
    real_root = os.path.realpath(root)
    found = [*_by_variables(real_root, environ, prefix), *_by_keys(real_root), *_by_interpreter(real_root, prefix)]
    return Surroundings(tuple(dict.fromkeys(found)), tuple(own_packages), environ.get("UV_CACHE_DIR"))


def _by_variables(root: str, environ: Mapping[str, str], prefix: str) -> Iterator[Declaration]:
    """Yield the declarations by environment variables.

    A relative value is relative to the front end's working directory, which a backend is not told: PWD and the root are
    tried. If no build is running, the front end would be started here.
    """
    starts = [environ.get("PWD", ""), root]
    if not prefix:
        with contextlib.suppress(OSError):
            starts.insert(0, os.getcwd())
    for tool in CATALOGUE:
        for variable in tool.variables:
            name, _, below = variable.partition("/")
            value = environ.get(name, "")
            for part in value.replace(",", os.pathsep).split(os.pathsep) if name in LISTS else [value]:
                for start in filter(os.path.isabs, starts) if part.strip() else ():
                    sure = start == starts[0] or os.path.isabs(part)
                    leads = "points into the project" if sure else "is relative to where the front end was started"
                    for directory in _existing(root, os.path.join(start, part, below)):
                        yield Declaration(tool, directory, name, f"{name}={value} {leads}", sure)


def _by_keys(root: str) -> Iterator[Declaration]:
    for file in dict.fromkeys(file for tool in CATALOGUE for file, _, _ in tool.keys):
        text = _text(os.path.join(root, file))
        keys = [(tool, table, name) for tool in CATALOGUE for where, table, name in tool.keys if where == file]
        # Parsing takes a thousand times as long.
        likely = [key for key in keys if all(word in text.lower() for word in re.findall(r"[\w-]+", " ".join(key[1:])))]
        contents = _parse(text, file) if likely else {}
        for tool, table, name in likely:
            # uv does not read its table then.
            if tool is UV and table and os.path.isfile(os.path.join(root, "uv.toml")):
                continue
            source = f"`{name}` in [{table}] of {file}" if table else f"`{name}` in {file}"
            for value in _values(contents, [*filter(None, table.split(".")), name]):
                inner = re.sub(_ROOT_SPELLINGS, "", value, count=1)
                for directory in _existing(root, os.path.join(root, os.path.dirname(file), inner)):
                    yield Declaration(tool, directory, source, f"{source} is {value}")


def _by_interpreter(root: str, prefix: str) -> Iterator[Declaration]:
    reason = f"contains {INTERPRETER}"
    for directory in _existing(root, os.path.join(root, prefix)):
        # uv builds in isolation in `<cache>/builds-v0/<random>`.
        builds = os.path.dirname(directory)
        if re.fullmatch(r"builds-v[0-9]+", os.path.basename(builds)):
            for cache in _existing(root, os.path.dirname(builds)):
                yield Declaration(UV, cache, INTERPRETER, reason)
        yield Declaration(ENVIRONMENT, directory, INTERPRETER, reason)


def _existing(root: str, path: str) -> Iterator[str]:
    """Yield the real path of the directory if it exists inside the root, in any spelling."""
    # RecursionError: a chain of a thousand symlinks.
    with contextlib.suppress(OSError, ValueError, RecursionError):
        directory = os.path.realpath(path)
        depth = directory.count(os.sep) - root.rstrip(os.sep).count(os.sep)
        above = os.path.normpath(os.path.join(directory, *[os.pardir] * depth))
        if depth > 0 and is_same(above, root) and os.path.isdir(directory):
            yield directory


def is_same(one: str, other: str) -> bool:
    """Return whether two paths lead to the same directory."""
    with contextlib.suppress(OSError, ValueError):
        return one == other or os.path.samefile(one, other)
    return False


def _values(contents: object, path: list[str]) -> list[str]:
    """Return the non-empty values of a key: several if `path` contains a `*`."""
    values: list[Any] = [contents]
    for part in path:
        tables = [value for value in values if isinstance(value, dict)]
        values = [each for table in tables for each in (table.values() if part == "*" else [table.get(part)])]
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def _text(path: str) -> str:
    """Return the text of a file; "" if it is missing, unreadable or too large."""
    with contextlib.suppress(OSError, ValueError):
        # Opening a FIFO would hang.
        if os.path.isfile(path) and os.path.getsize(path) <= _MOST_BYTES:
            with open(path, encoding="utf-8-sig") as file:
                return file.read()
    return ""


def _parse(text: str, file: str) -> object:
    import configparser  # most builds parse no file here

    # Hatchling parses pyproject.toml itself.
    if file != "pyproject.toml" and max(map(len, text.splitlines())) > _MOST_IN_LINE:
        return {}
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        if file.endswith(".toml"):
            return parse_toml(text)
        # Some of these files (`.npmrc`) have keys before the first section, or no section at all.
        parser.read_string("[\0]\n" + re.sub(_MANY_BLANKS, " ", text))
    except (configparser.Error, ValueError, RecursionError, AttributeError):
        # AttributeError: before Python 3.13, for an indented line below a key without a value.
        return {}
    sections = {name: dict(parser.items(name)) for name in parser.sections()}
    return {**sections.pop("\0"), **sections}
