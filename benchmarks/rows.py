"""What is compared with what, as data."""

from __future__ import annotations

import dataclasses
from typing import Tuple

__all__ = ["CHART", "FILES", "ROWS", "Build", "Row"]

FILES = 10_000
# Sizes of the cache in the chart, in files.
CHART = (0, 1_000, 10_000, 100_000, 1_000_000)


@dataclasses.dataclass(frozen=True)
class Build:
    """One build of a project of `files` files, `each` to a directory, with a cache of `cache` files in it.

    `hooks` are the build hooks in their order: `nocache`, and `nothing`, which does nothing. `options` are lines of the
    table of `nocache`, `exclude` is a pattern for Hatchling. `git`: the project is a git work tree.
    """

    target: str = "sdist"
    files: int = FILES
    each: int = 100
    cache: int = 0
    hooks: Tuple[str, ...] = ("nocache",)
    options: str = ""
    exclude: str = ""
    git: bool = False


@dataclasses.dataclass(frozen=True)
class Row:
    """`build` is compared with `other`. The `limit` is a ratio ("1.04") or a difference ("+30 ms"), "" for none."""

    id: str
    what: str
    build: Build
    against: str
    other: Build
    limit: str = ""
    rounds: int = 9


def _without(id_: str, what: str, build: Build, limit: str = "") -> Row:
    """Compare a build with the same build without a hook."""
    return Row(id_, what, build, "no hook", dataclasses.replace(build, hooks=(), options=""), limit)


def _short(id_: str, files: int, limit: str) -> Row:
    """Compare a build of a small project with no hook: a short build needs more rounds."""
    row = _without(id_, f"sdist of {files:,} files", Build(files=files), limit)
    return dataclasses.replace(row, rounds=31)


def _with_nothing(id_: str, what: str, build: Build) -> Row:
    """Compare a build with one with an empty hook: the rest is the cost of any plugin."""
    return Row(id_, what, build, "an empty hook", dataclasses.replace(build, hooks=("nothing",)), rounds=31)


def _polluted(cache: int) -> Row:
    """Compare a project with a cache in it with the same project without."""
    what = f"sdist of 10,000 files and a cache of {cache:,}"
    return Row(f"cache-{cache}", what, Build(cache=cache), "the hook, no cache", Build(), "1.05")


ROWS: Tuple[Row, ...] = (
    _without("sdist", "sdist of 10,000 files", Build(), "1.04"),
    _short("medium", 1_000, "+45 ms"),
    _short("small", 10, "+30 ms"),
    _with_nothing("small-nothing", "sdist of 10 files", Build(files=10)),
    _without("git", "sdist of 10,000 files in a git work tree", Build(git=True)),
    Row(
        "other-hook",
        "sdist of 10,000 files, another hook is configured",
        Build(hooks=("nothing", "nocache")),
        "the other hook alone",
        Build(hooks=("nothing",)),
    ),
    _without("verify", "sdist of 10,000 files, `verify = true`", Build(options="verify = true\n")),
    _polluted(100_000),
    _polluted(1_000_000),
    Row(
        "exclude",
        "sdist of 10,000 files and a cache of 100,000",
        Build(cache=100_000),
        "no hook, the cache in `exclude`",
        Build(cache=100_000, hooks=(), exclude="/.uv-cache/"),
    ),
    _without("wheel", "wheel of 10,000 files", Build("wheel")),
    _without("editable", "editable wheel of 10,000 files", Build("wheel:editable")),
    _with_nothing("editable-nothing", "editable wheel of 10,000 files", Build("wheel:editable")),
    _without("directories", "sdist of 10,000 files in 10,000 directories", Build(each=1)),
)
