"""The types of the catalogue, and the interface of a directory."""

from __future__ import annotations

from typing import NamedTuple, Protocol

TAG = "CACHEDIR.TAG"


class Directory(Protocol):
    """A directory on disk or in an archive.

    `path` is below the project root or archive root, with the separator `/` and none at either end. `location` is the
    real absolute path on disk (symlinks resolved), None in an archive. Symlinks are only in `links`. Reading never
    follows a symlink and never raises: what cannot be read is empty, and so is a `child` that does not exist.
    """

    @property
    def path(self) -> str: ...
    @property
    def location(self) -> str | None: ...
    @property
    def directories(self) -> frozenset[str]: ...
    @property
    def files(self) -> frozenset[str]: ...
    @property
    def links(self) -> frozenset[str]: ...
    def head(self, name: str, size: int) -> bytes: ...
    def child(self, name: str) -> Directory: ...


class Evidence(NamedTuple):
    """The reason why a directory is a cache or an environment.

    `name` is a noun phrase ("uv cache"), `reason` says how it is known, `hint` is a further fact for the user, or "". A
    build `output` may hold files that another build hook wants. The file `by_hand` in it is not the tool's.
    """

    code: str
    name: str
    reason: str
    hint: str = ""
    environment: bool = False
    output: bool = False
    by_hand: str = ""


class Shape(NamedTuple):
    """Conditions that must all hold.

    `at` is the end of the directory's path, or `~` and a regular expression for its own name. `only` matches all
    entries; with `every`, all files and symlinks, and each subdirectory must have that mark. With `some`, an entry must
    fit it, or there must be none. A directory with a file of `SOURCES` has no shape; for a `checkout` only
    `__init__.py` counts. `outside_tests`: it proves nothing below a directory of tests. `reason` replaces "contains
    <the first mark>".

    A mark is a path inside the directory: its segments are literal names, `~` and a regular expression for the whole
    name, or `**` for any number of levels. It ends with `/` for a directory, else it is a file or a symlink. After `: `
    follows a regular expression that is searched for in the first `HEAD_SIZE` bytes of a regular file.
    """

    marks: tuple[str, ...] = ()
    at: str = ""
    only: str = ""
    every: str = ""
    some: str = ""
    checkout: bool = False
    outside_tests: bool = False
    reason: str = ""


class Tool(NamedTuple):
    """One row of the catalogue.

    `kind` is "cache", "home" (of caches), "environment", "environments" or "output" (a cache only with a valid tag).
    `variables` are environment variables; after a `/` follows the path of the cache below the value. `keys` are the
    file, table (a `*` is any name) and name of configuration keys; values are relative to the directory of the file.
    `names` are directory names that only this tool uses. `shapes` are alternatives, each sufficient. `says` identifies
    the tool by its `CACHEDIR.TAG` or `.gitignore`, in a directory that is known to be a cache.

    A declared directory (a variable or a key leads there) is the tool's if it is empty, if it has one of the shapes, or
    if all entries fit `layout` and one of the marks `proof` is there. With the marks `secrets`, it is enough that most
    entries fit. The file `by_hand` in it is the project's. A `documented` tool was not run.
    """

    name: str
    kind: str = "cache"
    variables: tuple[str, ...] = ()
    keys: tuple[tuple[str, str, str], ...] = ()
    names: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    says: str = ""
    layout: str = ""
    proof: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    by_hand: str = ""
    documented: bool = False
