"""Print the JSON schema of the hook's table: docs/configuration.schema.json. Its root is `[tool.hatch]`."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, Tuple

from hatch_nocache.config import HATCHLING_KEYS, OPTIONS

__all__ = ["DESCRIPTIONS", "schema"]

# The default of each option, and its effect: Markdown.
DESCRIPTIONS: Dict[str, Tuple[str, str]] = {
    "caches": ('`"drop"`', "leave caches and environments out, fail the build, or pack them"),
    "symlinks": (
        'sdist: `"reject"`; other targets: `"keep"`',
        'NC101 to NC103; `"copy"` packs the content of the link target',
    ),
    "untracked": ('`"keep"`', "sdist: files that git does not track (NC006)"),
    "extra-caches": ("`[]`", "more directories to treat as caches"),
    "allow": ("`[]`", "paths to pack unchecked; unused entries are reported"),
    "verify": ('`"auto"`', 'read the archive back; `"auto"`: if other code had a hand in it'),
}

# Only pathspec can tell whether a pattern that is not blank is valid.
_PATTERNS = {"type": "array", "items": {"type": "string", "pattern": "\\S"}}
# The types that Hatchling requires; `enable-by-default` may have any.
_HATCHLING_TYPES: Dict[str, Dict[str, Any]] = {
    "dependencies": {"type": "array", "items": {"type": "string"}},
    "require-runtime-dependencies": {"type": "boolean"},
    "require-runtime-features": {"type": "array", "items": {"type": "string", "minLength": 1}},
}


def schema() -> str:
    """Return the schema as JSON. It says nothing about other tables."""
    hooks = {"$ref": "#/definitions/hooks"}
    whole: Dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",  # the latest that validate-pyproject supports
        "$id": "https://hatch-nocache.invalid/configuration.schema.json",  # only a name; a URN breaks `$ref`
        "title": "The tables of hatch-nocache in [tool.hatch] or hatch.toml",
        "properties": {
            "build": {
                "properties": {
                    "hooks": hooks,
                    "targets": {"additionalProperties": {"properties": {"hooks": hooks}}},
                }
            }
        },
        "definitions": {
            "hooks": {"properties": {"nocache": {"$ref": "#/definitions/nocache"}}},
            "nocache": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    **{key: _described(key) for key in OPTIONS},
                    **{
                        key: {"description": "read by Hatchling", **_HATCHLING_TYPES.get(key, {})}
                        for key in HATCHLING_KEYS
                    },
                },
            },
        },
    }
    return json.dumps(whole, indent=2) + "\n"


def _described(key: str) -> Dict[str, Any]:
    default, effect = DESCRIPTIONS[key]
    value: Dict[str, Any] = {"description": effect}
    literal = re.fullmatch("`([^`]*)`", default)
    if literal is None:  # it depends on the target
        value["description"] += f"; default: {default}"
    else:
        value["default"] = json.loads(literal.group(1))
    return {**value, **({"enum": list(OPTIONS[key])} if OPTIONS[key] else _PATTERNS)}


if __name__ == "__main__":
    print(schema(), end="")
