"""Read one key out of another tool's configuration file. Whatever is wrong with the file, the answer is "nothing"."""

from __future__ import annotations

import configparser
import io
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List

if TYPE_CHECKING:
    from hatch_nocache.caches.catalogue import Key

__all__ = ["Files"]

_TOML = (".toml",)


class Files:
    """The configuration files of one project, each read at most once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._read: Dict[str, Any] = {}

    def values(self, key: Key) -> Iterator[str]:
        """Yield the non-empty strings that the key has in its file: several when its table has a `*` in it."""
        if key.file not in self._read:
            self._read[key.file] = self._parse(key.file)
        tables: List[Any] = [self._read[key.file]]
        for part in _parts(key):
            tables = [value for table in tables for value in _values(table, part)]
        for table in tables:
            for value in _values(table, key.name):
                if isinstance(value, str) and value.strip():
                    yield value.strip()

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return os.path.isfile(os.path.join(self._root, name))

    def _parse(self, name: str) -> object:
        try:
            with open(os.path.join(self._root, name), "rb") as file:
                text = file.read().decode("utf-8-sig")
        except (OSError, ValueError):
            return {}
        return _toml(text) if name.endswith(_TOML) else _ini(text)


def _parts(key: Key) -> List[str]:
    if not key.file.endswith(_TOML):
        # The name of a section, which may have any character in it.
        return [key.table]
    return key.table.split(".") if key.table else []


def _values(table: object, name: str) -> List[Any]:
    if not isinstance(table, dict):
        return []
    return list(table.values()) if name == "*" else [table[name]] if name in table else []


def _toml(text: str) -> object:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _ini(text: str) -> object:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        # Some of these files (`.npmrc`) have keys before the first section, or no section at all.
        parser.read_file(io.StringIO("[\0]\n" + text))
    except configparser.Error:
        return {}
    found = {name: dict(parser.items(name)) for name in parser.sections()}
    found[""] = found.pop("\0")
    return found
