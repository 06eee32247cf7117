"""What is compared with what, as data."""

from __future__ import annotations

import dataclasses
from typing import Optional, Tuple

__all__ = ["CHART", "FILES", "ROWS", "Build", "Row"]

FILES = 10_000
SMALL = 10
# Files of the cache, for the chart.
CHART = (0, 1_000, 10_000, 100_000, 1_000_000)


@dataclasses.dataclass(frozen=True)
class Build:
    """One build of a project of `files` files, `each` to a directory, with a cache of `cache` files in it.

    `hook` is "" for none, `nocache` or `nothing`; `options` are lines of its table, `exclude` a pattern for Hatchling.
    """

    target: str = "sdist"
    files: int = FILES
    each: int = 100
    cache: int = 0
    hook: str = "nocache"
    options: str = ""
    exclude: str = ""


@dataclasses.dataclass(frozen=True)
class Row:
    """`build` is measured against `other`; the ratio should be `at_most`, None where it is only reported."""

    id: str
    what: str
    build: Build
    against: str
    other: Build
    at_most: Optional[float] = None
    rounds: int = 9


def _clean(id_: str, what: str, at_most: Optional[float], target: str = "sdist", **more: object) -> Row:
    """The hook against no hook, in the same tree."""
    build = dataclasses.replace(Build(target), **more)  # type: ignore[arg-type]
    return Row(id_, what, build, "no hook", dataclasses.replace(build, hook="", options=""), at_most)


def _beside_nothing(id_: str, what: str, at_most: Optional[float], **more: object) -> Row:
    """The hook against one that does nothing: what is short takes more rounds."""
    build = dataclasses.replace(Build(), **more)  # type: ignore[arg-type]
    return Row(id_, what, build, "a hook that does nothing", dataclasses.replace(build, hook="nothing"), at_most, 41)


def _beside(cache: int) -> Row:
    what = f"sdist of 10,000 files beside a cache of {cache:,}"
    return Row(f"cache-{cache}", what, Build(cache=cache), "the hook without the cache", Build(), 1.05)


ROWS: Tuple[Row, ...] = (
    _clean("no-verify", "sdist of 10,000 files, `verify = false`", 1.02, options="verify = false\n"),
    _clean("sdist", "sdist of 10,000 files", 1.10),
    _beside(100_000),
    _beside(1_000_000),
    Row(
        "exclude",
        "sdist of 10,000 files beside a cache of 100,000",
        Build(cache=100_000),
        "no hook, the cache in `exclude`",
        Build(cache=100_000, hook="", exclude="/.uv-cache/"),
        0.75,
    ),
    _clean("wheel", "wheel of 10,000 files", 1.05, target="wheel"),
    _clean("editable", "editable wheel of 10,000 files", 1.05, target="wheel:editable"),
    _beside_nothing("editable-nothing", "editable wheel of 10,000 files", None, target="wheel:editable"),
    _clean("directories", "sdist of 10,000 files, each in its own directory", None, each=1),
    _clean("small", "sdist of 10 files", None, files=SMALL),
    _beside_nothing("small-nothing", "sdist of 10 files", 1.03, files=SMALL),
)
