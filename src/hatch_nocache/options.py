"""The keys of the hook's table, as data, and what is wrong with a value."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from hatch_nocache.patterns import Patterns

__all__ = ["FOREIGN_KEYS", "OPTIONS", "Option", "read"]


class Option(NamedTuple):
    """One key of the table. `values` are the allowed strings; empty for a key of another type."""

    key: str
    kind: str
    default: str
    meaning: str
    values: Tuple[str, ...] = ()


OPTIONS: Dict[str, Option] = {
    option.key: option
    for option in (
        Option(
            "caches",
            "string",
            '`"drop"`',
            "what becomes of cache directories and environments",
            ("drop", "reject", "keep"),
        ),
        Option(
            "symlinks",
            "string",
            'sdist `"reject"`, every other target `"keep"`',
            "what becomes of links that leave the project or are absolute; `copy` packs the content of the link's "
            "target as a regular file",
            ("reject", "drop", "copy", "keep"),
        ),
        Option("extra-caches", "patterns", "`[]`", "more directories to treat as caches (gitignore patterns)"),
        Option(
            "allow",
            "patterns",
            "`[]`",
            "paths that are never judged (gitignore patterns); an entry that matched nothing is reported",
        ),
        Option("verify", "boolean", "`true`", "read the finished archive once more"),
    )
}

# What hatchling itself reads from a hook's table (https://hatch.pypa.io/latest/config/build/#build-hooks).
FOREIGN_KEYS = ("dependencies", "enable-by-default", "require-runtime-dependencies", "require-runtime-features")


def read(table: Mapping[str, Any], prefix: str) -> Tuple[Dict[str, Any], List[str]]:
    """The valid values of the table, and complete sentences on all others, each with the full path of its key."""
    errors: List[str] = []
    values: Dict[str, Any] = {}
    for key, value in table.items():
        where = f"`{prefix}.{key}`"
        option = OPTIONS.get(key)
        if option is None:
            if key not in FOREIGN_KEYS:
                errors.append(f"{where} is unknown.{_did_you_mean(key, [*OPTIONS, *FOREIGN_KEYS])}")
        elif option.kind == "patterns":
            values[key] = _patterns(value, where, errors)
        elif option.kind == "boolean":
            if isinstance(value, bool):
                values[key] = value
            else:
                errors.append(f"{where} must be true or false, not {_typename(value)}.")
        elif not isinstance(value, str):
            errors.append(f"{where} must be a string ({_choices(option.values)}), not {_typename(value)}.")
        elif value not in option.values:
            errors.append(
                f'{where} is "{value}".{_did_you_mean(value, option.values)} It must be {_choices(option.values)}.'
            )
        else:
            values[key] = value
    return values, errors


def _patterns(value: object, where: str, errors: List[str]) -> List[str]:
    if not isinstance(value, list):
        errors.append(f"{where} must be an array of gitignore patterns, not {_typename(value)}.")
        return []
    lines: List[str] = []
    for number, line in enumerate(value, 1):
        if not isinstance(line, str):
            errors.append(f"{where}, pattern #{number}, must be a string, not {_typename(line)}.")
        elif not line.strip():
            errors.append(f"{where}, pattern #{number}, must not be empty.")
        else:
            try:
                Patterns([line])
            except ValueError as error:
                # Where in the regular expression it is means nothing to the user.
                errors.append(f"{where}, pattern #{number}, is not valid: {str(error).split(' at position')[0]}.")
            else:
                lines.append(line)
    return lines


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word.lower().replace("_", "-"), known, n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


def _choices(values: Sequence[str]) -> str:
    quoted = [f'"{value}"' for value in values]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _typename(value: object) -> str:
    names = {bool: "a boolean", str: "a string", int: "an integer", float: "a float", list: "an array", dict: "a table"}
    return names.get(type(value), f"a {type(value).__name__}")
