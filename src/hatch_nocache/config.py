"""The keys of the hook's table, and their values for one target."""

from __future__ import annotations

import json
from typing import Any, Iterator, Mapping

from hatch_nocache.patterns import Patterns

# The allowed values of each key; none for an array of patterns.
OPTIONS: dict[str, tuple[str | bool, ...]] = {
    "caches": ("drop", "reject", "keep"),
    "symlinks": ("reject", "drop", "copy", "keep"),
    "untracked": ("drop", "reject", "keep"),
    "extra-caches": (),
    "allow": (),
    "verify": ("auto", True, False),
}
# The keys that Hatchling reads from every hook's table: https://hatch.pypa.io/latest/config/build/#build-hooks
HATCHLING_KEYS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")


class ConfigError(ValueError):
    """All errors of a table. The arguments are lines, each with the full path of its key."""


class Options:
    """The options in force for one target. `given` are the keys that the user has set."""

    def __init__(self, table: Mapping[str, Any], target: str, prefix: str = "") -> None:
        """Read the hook's table. `prefix` is its full TOML path, `target` the name of the build target.

        Raises:
            ConfigError: contains every error of the table.
        """
        errors = [f"{prefix}.{key}{error}" for key, value in table.items() for error in _errors(key, value)]
        if errors:
            raise ConfigError(*errors)
        self.given = table.keys() & OPTIONS
        self.caches: str = table.get("caches", "drop")
        self.symlinks: str = table.get("symlinks", "reject" if target == "sdist" else "keep")
        self.untracked: str = table.get("untracked", "keep")
        self.extra_caches = Patterns(table.get("extra-caches", ()))
        self.allow = Patterns(table.get("allow", ()))
        self.verify: str | bool = table.get("verify", "auto")


def _errors(key: str, value: object) -> Iterator[str]:
    """Yield the errors of one key, as they follow its name."""
    if key in HATCHLING_KEYS:
        return
    if key not in OPTIONS:
        import difflib

        near = difflib.get_close_matches(key.lower().replace("_", "-"), [*OPTIONS, *HATCHLING_KEYS], n=1)
        yield f": unknown key; did you mean `{near[0]}`?" if near else ": unknown key"
    elif not OPTIONS[key]:
        if isinstance(value, list):
            for number, pattern in enumerate(value, 1):
                yield from (f", item {number}: {problem}" for problem in _problems(pattern))
        else:
            yield f": expected an array of gitignore patterns, got {_toml(value)}"
    elif not isinstance(value, (str, bool)) or value not in OPTIONS[key]:
        # A number can be equal to a boolean.
        *most, last = map(_toml, OPTIONS[key])
        yield f": expected {', '.join(most)} or {last}, got {_toml(value)}"


def _problems(pattern: object) -> Iterator[str]:
    if not isinstance(pattern, str) or not pattern.strip():
        yield f"expected a gitignore pattern, got {_toml(pattern)}"
        return
    try:
        Patterns([pattern])
    except ValueError as error:
        # The position in the regular expression means nothing to the user.
        yield f"invalid pattern {_toml(pattern)} ({str(error).split(' at position')[0]})"


def _toml(value: object) -> str:
    """Return the TOML of a string, boolean or number; a noun phrase for other values."""
    if isinstance(value, (str, bool, int, float)):
        return json.dumps(value, ensure_ascii=False)
    names: dict[type, str] = {list: "an array", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")


def table(value: object, *keys: str) -> Mapping[str, Any]:
    """Return the table at this path in `value`; an empty one if there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
