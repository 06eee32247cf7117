"""Read one key out of another tool's configuration file. Whatever is wrong with the file, the answer is "nothing"."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Tuple

from hatch_nocache.caches import vocabulary

if TYPE_CHECKING:
    from hatch_nocache.caches.catalogue import Key

__all__ = ["Files", "words_of"]

_TOML = (".toml",)
# Hatchling has read it by now.
_OWN = "pyproject.toml"
# No one writes more into one of the others. Parsers take time and memory out of proportion to what they read.
_MOST_BYTES = 256 * 1024
_MOST_IN_LINE = 2000
# Which configparser takes the square of their number for.
_MANY_BLANKS = r"[^\S\n]{50,}"


class Files:
    """The configuration files of one project: each is read at most once, and parsed only if a key can be in it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._texts: Dict[str, str] = {}
        self._parsed: Dict[str, Any] = {}

    def values(self, key: Key) -> Iterator[str]:
        """Yield the non-empty strings that the key has in its file: several when its table has a `*` in it."""
        tables: List[Any] = [self._contents(key)]
        for part in _parts(key):
            tables = [value for table in tables for value in _values(table, part)]
        for table in tables:
            for value in _values(table, key.name):
                if isinstance(value, str) and value.strip():
                    yield value.strip()

    def may_declare(self) -> bool:
        """Whether any key of the catalogue can be in a file."""
        return any(_has_words(self._text(name), name, each) for name, each in vocabulary.KEYS)

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return os.path.isfile(os.path.join(self._root, name))

    def _contents(self, key: Key) -> object:
        name = key.file
        if name not in self._parsed:
            text = self._text(name)
            if not _has_words(text, name, words_of(key)):
                return {}
            self._parsed[name] = _toml(text) if name.endswith(_TOML) else _ini(text)
        return self._parsed[name]

    def _text(self, name: str) -> str:
        if name not in self._texts:
            self._texts[name] = self._read(name) if self.exists(name) else ""
        return self._texts[name]

    def _read(self, name: str) -> str:
        try:
            with open(os.path.join(self._root, name), "rb") as file:
                data = file.read(-1 if name == _OWN else _MOST_BYTES + 1)
            text = data.decode("utf-8")
        except (OSError, ValueError):
            return ""
        if name != _OWN and (len(data) > _MOST_BYTES or max(map(len, data.splitlines()), default=0) > _MOST_IN_LINE):
            return ""
        # Without the mark that some editors put in front; the codec for it is not loaded in a build.
        return text[1:] if text.startswith("\ufeff") else text


def words_of(key: Key) -> Tuple[str, ...]:
    """The words without which the key cannot be in its file."""
    # The case of a key does not matter in the other files, and the spelling of a section may vary.
    return tuple(part for part in (*_parts(key), key.name) if part != "*") if key.file.endswith(_TOML) else (key.name,)


def _has_words(text: str, name: str, each: Tuple[str, ...]) -> bool:
    """Whether all words are in the text of the file: to parse it takes a thousand times as long as to find that out."""
    if name.endswith(_TOML):
        # A key may be written with escapes.
        return "\\" in text or all(word in text for word in each)
    return all(word in text.lower() for word in each)


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
    import configparser
    import io
    import re

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        # Some of these files (`.npmrc`) have keys before the first section, or no section at all.
        parser.read_file(io.StringIO("[\0]\n" + re.sub(_MANY_BLANKS, " ", text)))
    except (configparser.Error, AttributeError):
        # Before Python 3.13 the parser falls over an indented line below a key without a value.
        return {}
    found = {name: dict(parser.items(name)) for name in parser.sections()}
    found[""] = found.pop("\0")
    return found
