"""What the running build declares to be a cache or an environment: by variables, configuration keys, its interpreter.

Nothing here raises: a value that makes no sense declares nothing.
"""

from __future__ import annotations

import configparser
import io
import os
import re
import sys
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENT, UV
from hatch_nocache.caches.model import Key, Tool

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["INTERPRETER", "NOTHING", "Declaration", "Surroundings", "read"]

INTERPRETER = "the interpreter that runs this build"

_BUILDS = r"builds-v[0-9]+"
# How tox and mypy spell the directory of their configuration file.
_ROOT_SPELLINGS = r"(\{(tox_root|toxinidir)\}|\$MYPY_CONFIG_FILE_DIR|\$\{MYPY_CONFIG_FILE_DIR\})[/\\]?"
# Size limits for other tools' files: some parsers are superlinear. Hatchling has already read pyproject.toml.
_OWN_FILE = "pyproject.toml"
_MOST_BYTES = 256 * 1024
_MOST_IN_LINE = 2000
# configparser is quadratic in the length of a run of blanks.
_MANY_BLANKS = r"[^\S\n]{50,}"


class Declaration(NamedTuple):
    """A directory that the running build says `tool` uses.

    `directory` is its real absolute path. `source` is a variable (`UV_CACHE_DIR`), a key (``cache-dir` in [tool.uv] of
    pyproject.toml``) or `INTERPRETER`, and `value` what it says. It is not `sure` if the value is relative and leads
    there from elsewhere than the front end's working directory, as far as that is known.
    """

    tool: Tool
    directory: str
    source: str
    value: str
    sure: bool = True

    def leads_to(self, location: Optional[str]) -> bool:
        """Return whether `directory` is the directory at `location`, however the two are spelled."""
        return location is not None and (location == self.directory or _is_same(location, self.directory))

    @property
    def reason(self) -> str:
        """A clause that says what declares the directory."""
        if self.source == INTERPRETER:
            return f"contains {INTERPRETER}"
        if self.source.startswith("`"):
            return f"{self.source} is {self.value}"
        if self.sure:
            return f"{self.source}={self.value} points into the project"
        return f"{self.source}={self.value} is relative to where the front end was started"


class Surroundings(NamedTuple):
    """What a build knows of its project: declarations, the project's own packages, the value of UV_CACHE_DIR.

    The packages are root-relative paths.
    """

    declarations: Tuple[Declaration, ...]
    own_packages: Tuple[str, ...]
    uv_cache_dir: Optional[str]


NOTHING = Surroundings((), (), None)


def read(root: str, environ: Mapping[str, str], prefix: str, own_packages: Sequence[str]) -> Surroundings:
    """Read what is declared of the directories that exist below `root`.

    `prefix` is `sys.prefix`, "" if no build is running. For one tool, variables come before keys, keys before the
    interpreter.
    """
    real_root = os.path.realpath(root)
    starts = _starts(real_root, environ, prefix)
    found: Dict[Tuple[str, str, str], Declaration] = {}
    for each in (
        *(each for tool in CATALOGUE for each in _by_variables(tool, environ, real_root, starts)),
        *_by_keys(real_root),
        *_by_interpreter(real_root, prefix),
    ):
        found.setdefault((each.tool.name, each.directory, each.source), each)
    return Surroundings(tuple(found.values()), tuple(own_packages), environ.get("UV_CACHE_DIR"))


def _by_variables(
    tool: Tool, environ: Mapping[str, str], root: str, starts: Sequence[Tuple[str, bool]]
) -> Iterator[Declaration]:
    for name, below, many in tool.variables:
        value = environ.get(name, "")
        for part in value.replace(",", os.pathsep).split(os.pathsep) if many else [value]:
            if part.strip():
                for start, is_sure in starts:
                    for directory in _existing(root, start, part, below):
                        yield Declaration(tool, directory, name, value, is_sure or os.path.isabs(part))


def _by_keys(root: str) -> Iterator[Declaration]:
    """Yield what is declared in files, each of which is read once, and parsed only if a key can be in it."""
    by_file: Dict[str, List[Tuple[Tool, Key]]] = {}
    for tool in CATALOGUE:
        for key in tool.keys:
            by_file.setdefault(key.file, []).append((tool, key))
    for file, pairs in by_file.items():
        text = _text(root, file)
        likely = [(tool, key) for tool, key in pairs if _may_have(text, key)]
        contents = (_toml if file.endswith(".toml") else _ini)(text) if likely else {}
        start = os.path.join(root, os.path.dirname(file))
        for tool, key in likely:
            if key.unless and os.path.isfile(os.path.join(root, key.unless)):
                continue
            source = f"`{key.name}` in [{key.table}] of {file}" if key.table else f"`{key.name}` in {file}"
            for value in _values(contents, key):
                for directory in _existing(root, start, re.sub(_ROOT_SPELLINGS, "", value, count=1)):
                    yield Declaration(tool, directory, source, value)


def _by_interpreter(root: str, prefix: str) -> Iterator[Declaration]:
    for directory in _existing(root, root, prefix):
        builds = os.path.dirname(directory)
        if re.fullmatch(_BUILDS, os.path.basename(builds)):
            # uv builds in isolation in `<cache>/builds-v0/<random>`.
            for cache in _existing(root, root, os.path.dirname(builds)):
                yield Declaration(UV, cache, INTERPRETER, prefix)
        yield Declaration(ENVIRONMENT, directory, INTERPRETER, prefix)


def _starts(root: str, environ: Mapping[str, str], prefix: str) -> List[Tuple[str, bool]]:
    """Return the directories that a relative value may be relative to, and whether each is certainly the one.

    It is the front end's working directory, which a backend is not told: PWD and the root are tried. If no build is
    running, the front end would be started here.
    """
    start = environ.get("PWD", "")
    if not prefix:
        try:
            start = os.getcwd()
        except OSError:
            start = ""
    candidates = dict.fromkeys((start, environ.get("PWD", ""), root))
    return [(each, each == start) for each in candidates if os.path.isabs(each)]


def _existing(root: str, start: str, value: str, below: str = "") -> Iterator[str]:
    """Yield the real path of a directory that exists inside the root."""
    try:
        directory = os.path.realpath(os.path.join(start, value, below))
        if os.path.isdir(directory) and _is_inside(directory, root):
            yield directory
    except (OSError, ValueError, RecursionError):
        # RecursionError: a chain of a thousand symlinks.
        return


def _is_inside(directory: str, root: str) -> bool:
    """Return whether the real path `directory` is below `root`, which may be spelled in another way."""
    if directory.startswith(os.path.join(root, "")):
        return True
    depth = directory.count(os.sep) - root.count(os.sep)
    for _ in range(depth):
        directory = os.path.dirname(directory)
    return depth > 0 and _is_same(directory, root)


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _may_have(text: str, key: Key) -> bool:
    """Return whether the words of the key are in the text: parsing takes a thousand times as long."""
    words = key.table.split(".") if key.file.endswith(".toml") else []
    return bool(text) and all(word in text.lower() for word in (*words, key.name) if word != "*")


def _values(contents: object, key: Key) -> Iterator[str]:
    """Yield the non-empty strings that the key has: several if its table has a `*` in it."""
    # The name of a section of an INI file may contain any character.
    path = key.table.split(".") * bool(key.table) if key.file.endswith(".toml") else [key.table]
    values: List[Any] = [contents]
    for part in (*path, key.name):
        tables = [value for value in values if isinstance(value, dict)]
        values = [each for table in tables for each in (table.values() if part == "*" else [table.get(part)])]
    for value in values:
        if isinstance(value, str) and value.strip():
            yield value.strip()


def _text(root: str, name: str) -> str:
    """Return the text of a file, "" if there is none, it cannot be read or is too large."""
    path = os.path.join(root, name)
    try:
        # Opening a FIFO would hang.
        if not os.path.isfile(path):
            return ""
        with open(path, "rb") as file:
            data = file.read(-1 if name == _OWN_FILE else _MOST_BYTES + 1)
        text = data.decode("utf-8")
    except (OSError, ValueError):
        return ""
    if name != _OWN_FILE and (len(data) > _MOST_BYTES or max(map(len, data.splitlines()), default=0) > _MOST_IN_LINE):
        return ""
    # Without the byte order mark of some editors.
    return text[1:] if text.startswith("\ufeff") else text


def _toml(text: str) -> object:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _ini(text: str) -> object:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        # Some of these files (`.npmrc`) have keys before the first section, or no section at all.
        parser.read_file(io.StringIO("[\0]\n" + re.sub(_MANY_BLANKS, " ", text)))
    except (configparser.Error, AttributeError):
        # AttributeError: before Python 3.13, for an indented line below a key without a value.
        return {}
    found = {name: dict(parser.items(name)) for name in parser.sections()}
    found[""] = found.pop("\0")
    return found
