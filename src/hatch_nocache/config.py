"""The hook's TOML table → a `Config`, or every error in it at once."""

from __future__ import annotations

from typing import Any, Final, Mapping, Sequence

from hatch_nocache.patterns import Patterns

__all__ = ["Config", "ConfigError", "parse"]


class ConfigError(ValueError):
    """Everything that is wrong with a table. `errors` are complete sentences, each with the full path of its key."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = tuple(errors)


class Config:
    """The options in force for one target, which nobody changes (a type checker sees to it).

    A named tuple would say so better, but to make such a class takes each build a third of a millisecond.
    """

    __slots__ = ("allow", "caches", "extra_caches", "symlinks", "verify")

    def __init__(self, values: Mapping[str, Any], target: str) -> None:
        """`values` are those of the table, valid, by their keys; what is not there has its default."""
        self.caches: Final[str] = values.get("caches", "drop")
        self.symlinks: Final[str] = values.get("symlinks", "reject" if target == "sdist" else "keep")
        self.extra_caches: Final = Patterns(values.get("extra-caches", ()))
        self.allow: Final = Patterns(values.get("allow", ()))
        self.verify: Final[bool] = values.get("verify", True)


def parse(table: Mapping[str, Any], *, prefix: str, target: str) -> Config:
    """Read the table of the hook. `prefix` is its full TOML path, `target` the name of the build target.

    Raises:
        ConfigError: with every error of the table.
    """
    if not table:
        return Config({}, target)
    from hatch_nocache.options import read

    values, errors = read(table, prefix)
    if errors:
        raise ConfigError(errors)
    return Config(values, target)
