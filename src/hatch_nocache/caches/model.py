"""The types of the catalogue, and the interface of a directory.

A directory is on disk or in an archive.
"""

from __future__ import annotations

import enum
from typing import NamedTuple, Protocol

# https://bford.info/cachedir/
TAG = "CACHEDIR.TAG"


class Directory(Protocol):
    """The entries of one directory.

    Reading them never follows a symlink and never raises: what cannot be read is not there.
    """

    @property
    def path(self) -> str:
        """Its path below the project root or archive root.

        The separator is `/`, with none at either end.
        """

    @property
    def location(self) -> str | None:
        """Its real absolute path on disk (symlinks resolved), or None in an archive."""

    @property
    def directories(self) -> frozenset[str]:
        """The names of its real subdirectories (symlinks to directories are in `links`)."""

    @property
    def files(self) -> frozenset[str]:
        """The names of its regular files (symlinks to files are in `links`)."""

    @property
    def links(self) -> frozenset[str]:
        """The names of its symlinks, including dangling ones."""

    def head(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes of the regular file `name`.

        Empty if it cannot be read.
        """

    def child(self, name: str) -> Directory:
        """Return the subdirectory `name`; an empty directory if it does not exist."""


class Evidence(NamedTuple):
    """The reason why a directory is a cache or an environment.

    `name` is a noun phrase ("uv cache", "virtual environment"); `reason` says how it is known ("valid CACHEDIR.TAG",
    "UV_CACHE_DIR=.uv-cache points into the project"). `hint` is a further fact for the user, "" for none.
    `environment`: it is no cache, but an environment. A build `output` may hold files that another build hook wants.
    The file `by_hand` in it is not the tool's.
    """

    code: str
    name: str
    reason: str
    hint: str = ""
    environment: bool = False
    output: bool = False
    by_hand: str = ""


class Kind(enum.Enum):
    """The kind of a tool's directory. A build output is a cache only with a valid tag."""

    CACHE = "cache"
    HOME = "home of caches"
    ENVIRONMENT = "environment"
    ENVIRONMENTS = "environments"
    OUTPUT = "output"


class Variable(NamedTuple):
    """An environment variable.

    The cache is `below` its value. With `many`, the value may be a list of directories.
    """

    name: str
    below: str = ""
    many: bool = False


class Key(NamedTuple):
    """A configuration key. A `*` in `table` is any name.

    Relative values are relative to the directory of `file`. The tool does not read the key if the file `unless` exists.
    """

    file: str
    table: str
    name: str
    unless: str = ""


class Mark(NamedTuple):
    """A path inside a directory.

    The segments of `path` are literal names, `~` and a regular expression for the whole name, or `**` for any number of
    levels. A path that ends with `/` is a directory, any other a file or a symlink. `says` is a regular expression that
    is searched for in the first `HEAD_SIZE` bytes of a regular file.
    """

    path: str
    says: str = ""


class Shape(NamedTuple):
    """Conditions that must all hold.

    They concern the end of the directory's path, marks inside it, and entries: `only` matches all of them. `at` is
    literal names, or `~` and a regular expression for the directory's own name. With `every`, `only` is about files and
    symlinks, and each subdirectory must have that mark. With `some`, an entry must fit it, or there must be none. A
    directory with a file of `SOURCES` has no shape; for a `checkout` only `__init__.py` counts. `outside_tests`: it
    proves nothing below a directory of tests. `reason` replaces "contains <the first mark>".
    """

    marks: tuple[Mark, ...] = ()
    at: str = ""
    only: str = ""
    every: str = ""
    some: str = ""
    checkout: bool = False
    outside_tests: bool = False
    reason: str = ""


class Tool(NamedTuple):
    """One row of the catalogue.

    `names` are directory names that only this tool uses. `shapes` are alternatives, each sufficient. `says` identifies
    the tool by its `CACHEDIR.TAG` or `.gitignore`, in a directory that is known to be a cache.

    A declared directory (a variable or a key leads there) is the tool's if it is empty, if it has one of the shapes, or
    if all entries fit `layout` and one of `proof` is there. With `secrets` there, it is enough that most entries fit.
    The file `by_hand` in it is the project's. A `documented` tool was not run: its row is from its documentation.
    """

    name: str
    kind: Kind = Kind.CACHE
    variables: tuple[Variable, ...] = ()
    keys: tuple[Key, ...] = ()
    names: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    says: str = ""
    layout: str = ""
    proof: tuple[Mark, ...] = ()
    secrets: tuple[Mark, ...] = ()
    by_hand: str = ""
    documented: bool = False
