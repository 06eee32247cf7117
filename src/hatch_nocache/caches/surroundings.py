"""What the running build says of caches and environments: variables, configuration keys, and its own interpreter.

Everything is read from the arguments and from the few configuration files of the project. Nothing here raises: a value
that makes no sense is no declaration.
"""

from __future__ import annotations

import os
import re
from typing import Dict, Iterator, Mapping, NamedTuple, Sequence, Tuple

from hatch_nocache.caches.catalogue import CATALOGUE, ENVIRONMENT, UV, Key, Tool
from hatch_nocache.caches.leads import Sure, existing, starts, variable_leads
from hatch_nocache.caches.toolconfig import Files

__all__ = ["INTERPRETER", "Declaration", "declared"]

INTERPRETER = "the interpreter that runs this build"

_BUILDS = r"builds-v[0-9]+"
# How tox and mypy spell the directory of their configuration file.
_ROOT_SPELLINGS = r"(\{(tox_root|toxinidir)\}|\$MYPY_CONFIG_FILE_DIR|\$\{MYPY_CONFIG_FILE_DIR\})[/\\]?"


class Declaration(NamedTuple):
    """A directory that the running build says `tool` uses.

    `directory` is its real absolute path. `source` is a variable (`UV_CACHE_DIR`), a key (``cache-dir` in `[tool.uv]`
    of pyproject.toml``) or `INTERPRETER`, and `value` what it was found to say. It is not `sure` when the value is
    relative and leads there from elsewhere than the front end's working directory, as far as that is known.
    """

    tool: Tool
    directory: str
    source: str
    value: str
    sure: bool = True


def declared(root: str, environ: Mapping[str, str], prefix: str) -> Tuple[Declaration, ...]:
    """All that is declared of the directories that exist below `root`, tool by tool; what the interpreter says is last.

    `prefix` is `sys.prefix`, "" when no build is running. What does not exist inside the root is no evidence.
    """
    real_root = os.path.realpath(root)
    bases = starts(real_root, environ, prefix)
    files = Files(real_root)
    found: Dict[Tuple[str, str, str], Declaration] = {}
    for tool in CATALOGUE:
        for declaration in _by_tool(tool, environ, real_root, bases, files):
            found.setdefault((tool.name, declaration.directory, declaration.source), declaration)
    for declaration in _by_interpreter(real_root, prefix):
        found.setdefault((declaration.tool.name, declaration.directory, declaration.source), declaration)
    return tuple(found.values())


def _by_tool(
    tool: Tool, environ: Mapping[str, str], root: str, bases: Sequence[Sure], files: Files
) -> Iterator[Declaration]:
    for variable in tool.variables:
        value = environ.get(variable.name, "")
        for directory, sure in variable_leads(root, bases, value, variable.below, many=variable.many):
            yield Declaration(tool, directory, variable.name, value, sure)
    for key in tool.keys:
        if key.unless and files.exists(key.unless):
            continue
        base = os.path.join(root, os.path.dirname(key.file))
        for value in files.values(key):
            for directory in existing(root, base, re.sub(_ROOT_SPELLINGS, "", value, count=1), ""):
                yield Declaration(tool, directory, _describe(key), value)


def _by_interpreter(root: str, prefix: str) -> Iterator[Declaration]:
    for directory in existing(root, root, prefix, ""):
        builds, cache = os.path.dirname(directory), os.path.dirname(os.path.dirname(directory))
        if re.fullmatch(_BUILDS, os.path.basename(builds)):
            # uv builds in isolation in `<cache>/builds-v0/<random>`, whichever way it was told where its cache is.
            for of_uv in existing(root, root, cache, ""):
                yield Declaration(UV, of_uv, INTERPRETER, prefix)
        yield Declaration(ENVIRONMENT, directory, INTERPRETER, prefix)


def _describe(key: Key) -> str:
    return f"`{key.name}` in `[{key.table}]` of {key.file}" if key.table else f"`{key.name}` in {key.file}"
