"""The keys of the hook's table, and their values for one target."""

from __future__ import annotations

import json
from typing import Any, Mapping, NamedTuple, Sequence

from hatch_nocache.patterns import Patterns


class Option(NamedTuple):
    """One key of the table.

    `values` are the allowed values; empty for an array of patterns. `meaning` is Markdown.
    """

    key: str
    default: str
    meaning: str
    values: tuple[str | bool, ...] = ()


OPTIONS: dict[str, Option] = {
    option.key: option
    for option in (
        Option(
            "caches",
            '`"drop"`',
            "leave caches and environments out, fail the build, or pack them",
            ("drop", "reject", "keep"),
        ),
        Option(
            "symlinks",
            'sdist: `"reject"`; other targets: `"keep"`',
            'NC101 to NC103; `"copy"` packs the content of the link target',
            ("reject", "drop", "copy", "keep"),
        ),
        Option(
            "untracked",
            '`"keep"`',
            "sdist: files that git does not track (NC006)",
            ("drop", "reject", "keep"),
        ),
        Option("extra-caches", "`[]`", "more directories to treat as caches"),
        Option("allow", "`[]`", "paths to pack unchecked; unused entries are reported"),
        Option(
            "verify",
            '`"auto"`',
            'read the archive back; `"auto"`: if other code had a hand in it',
            ("auto", True, False),
        ),
    )
}

# The keys that Hatchling reads from every hook's table: https://hatch.pypa.io/latest/config/build/#build-hooks
HATCHLING_KEYS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")


class ConfigError(ValueError):
    """All errors of a table. `errors` are lines, each with the full path of its key."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = tuple(errors)


class Options:
    """The options in force for one target. `given` are the keys that the user has set."""

    def __init__(self, values: Mapping[str, Any], target: str) -> None:
        """Take the valid values of the table. Missing keys get their defaults."""
        self.given = frozenset(values)
        self.caches: str = values.get("caches", "drop")
        self.symlinks: str = values.get("symlinks", "reject" if target == "sdist" else "keep")
        self.untracked: str = values.get("untracked", "keep")
        self.extra_caches = Patterns(values.get("extra-caches", ()))
        self.allow = Patterns(values.get("allow", ()))
        self.verify: str | bool = values.get("verify", "auto")


def parse(table: Mapping[str, Any], *, prefix: str, target: str) -> Options:
    """Read the hook's table.

    `prefix` is its full TOML path, `target` the name of the build target.

    Raises:
        ConfigError: contains every error of the table.
    """
    errors: list[str] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{prefix}.{key}"
        option = OPTIONS.get(key)
        if option is None:
            if key not in HATCHLING_KEYS:
                errors.append(f"{where}: unknown key{_did_you_mean(key)}")
        elif not option.values:
            values[key] = _patterns(value, where, errors)
        elif any(value is each or (isinstance(value, str) and value == each) for each in option.values):
            values[key] = value
        else:
            errors.append(f"{where}: expected {_choices(option.values)}, got {_toml(value)}")
    if errors:
        raise ConfigError(errors)
    return Options(values, target)


def _patterns(value: object, where: str, errors: list[str]) -> list[str]:
    if not isinstance(value, list):
        errors.append(f"{where}: expected an array of gitignore patterns, got {_toml(value)}")
        return []
    for number, line in enumerate(value, 1):
        if not isinstance(line, str) or not line.strip():
            errors.append(f"{where}, item {number}: expected a gitignore pattern, got {_toml(line)}")
            continue
        try:
            Patterns([line])
        except ValueError as error:
            # The position in the regular expression means nothing to the user.
            reason = str(error).split(" at position")[0]
            errors.append(f"{where}, item {number}: invalid pattern {_toml(line)} ({reason})")
    return value


def _did_you_mean(key: str) -> str:
    import difflib

    near = difflib.get_close_matches(key.lower().replace("_", "-"), [*OPTIONS, *HATCHLING_KEYS], n=1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _choices(values: Sequence[str | bool]) -> str:
    *most, last = map(_toml, values)
    return f"{', '.join(most)} or {last}"


def _toml(value: object) -> str:
    """Return the TOML of a string, boolean or number; a noun phrase for other values."""
    if isinstance(value, (str, bool, int, float)):
        return json.dumps(value, ensure_ascii=False)
    names: dict[type, str] = {list: "an array", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")
