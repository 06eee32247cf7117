"""Print the JSON schema of the hook's table: docs/configuration.schema.json. Its root is `[tool.hatch]`."""

from __future__ import annotations

import json
import re
from typing import Any, Dict

from hatch_nocache.config import HATCHLING_KEYS, OPTIONS, Option

__all__ = ["schema"]

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
                    **{key: _described(option) for key, option in OPTIONS.items()},
                    **{
                        key: {"description": "read by Hatchling", **_HATCHLING_TYPES.get(key, {})}
                        for key in HATCHLING_KEYS
                    },
                },
            },
        },
    }
    return json.dumps(whole, indent=2) + "\n"


def _described(option: Option) -> Dict[str, Any]:
    value: Dict[str, Any] = {"description": option.meaning}
    default = re.fullmatch("`([^`]*)`", option.default)
    if default is None:  # it depends on the target
        value["description"] += f"; default: {option.default}"
    else:
        value["default"] = json.loads(default.group(1))
    return {**value, **({"enum": list(option.values)} if option.values else _PATTERNS)}


if __name__ == "__main__":
    print(schema(), end="")
