"""Write what the documentation shows of the program, and what is made from the catalogue: `hatch run long:tables`.

Each part stands between two marks, `<!-- NAME: begin -->` and `<!-- NAME: end -->`; the files in `WHOLE` are written as
a whole. README.md's links to files are absolute as soon as [project.urls] in pyproject.toml says where the repository
is. Tests prove that all of them are up to date.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Sequence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "helpers"))

from building import build  # noqa: E402
from projects import load, made, table  # noqa: E402

from hatch_nocache.caches.catalogue import CATALOGUE  # noqa: E402
from hatch_nocache.caches.match import segments  # noqa: E402
from hatch_nocache.caches.model import Key, Shape  # noqa: E402
from hatch_nocache.findings import CODES  # noqa: E402
from hatch_nocache.options import FOREIGN_KEYS, OPTIONS, Option  # noqa: E402


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Lay out a Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def options() -> str:
    """List the keys of the hook's table."""
    return rows(
        ["key", "values", "default", "meaning"],
        (
            [f"`{option.key}`", values(option.values, option.kind), option.default, option.meaning]
            for option in OPTIONS.values()
        ),
    )


def values(strings: Sequence[str], kind: str) -> str:
    """Say what a key may hold."""
    return ", ".join(f'`"{string}"`' for string in strings) or {"patterns": "array of strings"}.get(kind, kind)


_STRINGS = {"type": "array", "items": {"type": "string"}}
_KINDS: Dict[str, Dict[str, Any]] = {
    # A blank pattern is an error. Whether the others can be read, only pathspec knows.
    "patterns": {"type": "array", "items": {"type": "string", "pattern": "\\S"}},
    "boolean": {"type": "boolean"},
}
# As hatchling checks them: not at all where nothing is asked.
_FOREIGN: Dict[str, Dict[str, Any]] = {
    "dependencies": _STRINGS,
    "require-runtime-dependencies": {"type": "boolean"},
    "require-runtime-features": {"type": "array", "items": {"type": "string", "minLength": 1}},
}


def schema() -> str:
    """Describe the hook's table for validators and editors, and no table beside it. The root is `[tool.hatch]`."""

    def described(option: Option) -> Dict[str, Any]:
        value: Dict[str, Any] = {"description": option.meaning}
        default = re.fullmatch("`([^`]*)`", option.default)
        if default is None:
            value["description"] += f"; default: {option.default}"
        else:
            value["default"] = json.loads(default.group(1))
        return {**value, **(_KINDS[option.kind] if option.kind in _KINDS else {"enum": list(option.values)})}

    hooks = {"$ref": "#/definitions/hooks"}
    whole: Dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",  # validate-pyproject takes no later one
        "$id": "https://hatch-nocache.invalid/configuration.schema.json",  # only a name; a URN breaks its `$ref`s
        "title": "The tables of hatch-nocache in [tool.hatch] or hatch.toml, and no others",
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
                    **{key: described(option) for key, option in OPTIONS.items()},
                    **{key: {"description": "read by Hatchling", **_FOREIGN.get(key, {})} for key in FOREIGN_KEYS},
                },
            },
        },
    }
    return json.dumps(whole, indent=2) + "\n"


def codes() -> str:
    """List the codes with their causes and remedies."""
    return rows(
        ["code", "what", "cause", "remedy"],
        ([f"**{code.id}**", code.title, code.cause, code.remedy] for code in CODES.values()),
    )


def tools() -> str:
    """List the known tools: their variables, their configuration keys, and what identifies their directories."""

    def cells(names: Iterable[str]) -> str:
        return ", ".join(f"`{name}`" for name in dict.fromkeys(names)).replace("|", "\\|")

    def where(key: Key) -> str:
        table = f"[{key.table}] {key.name}" if key.table else key.name
        return table if key.file == "pyproject.toml" else f"{key.file}: {table}"

    def sight(shape: Shape) -> str:
        literal = shape.at if not shape.at.startswith("~") else ""
        for mark in shape.marks:
            first = segments(mark.path)[0][0]
            literal = literal or (first if not first.startswith(("~", "*")) else "")
        return literal

    return rows(
        ["tool", "environment variables", "configuration", "names, and what else identifies it"],
        (
            [
                tool.name + " (documented)" * tool.documented,
                cells(f"{each.name}/{each.below}" if each.below else each.name for each in tool.variables),
                cells(map(where, tool.keys)),
                cells([*tool.names, *filter(None, map(sight, tool.shapes))]),
            ]
            for tool in CATALOGUE
        ),
    )


def _measured() -> Dict[str, Any]:
    """Return what `hatch run bench` has found: its rows by their names, and the chart."""
    results: Dict[str, Any] = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    return {**results, "rows": {row["id"]: row for row in results["rows"]}}


def cost() -> str:
    """Say in one line what a build costs."""
    results = _measured()
    ratio = {name: f"{row['ratio']:.2f}" for name, row in results["rows"].items() if "ratio" in row}
    small, nothing = results["rows"]["small"], results["rows"]["small-nothing"]
    more = (small["seconds"] - small["other_seconds"]) * 1000
    own = (nothing["seconds"] - nothing["other_seconds"]) * 1000
    chart = results["chart"]
    return (
        f"- It costs next to nothing. In processor time against the same build without it: an sdist of 10,000 files "
        f"{ratio['sdist']}, a wheel {ratio['wheel']}; a project of ten files takes {more:.0f} ms more, {own:.0f} of "
        f"which an empty hook does not take. A cache of a million files beside the 10,000: {ratio['cache-1000000']}, "
        f"where the build without the hook takes {chart['none'][-1] / chart['hook'][0]:.0f} times as long. "
        f"[Measured](benchmarks/README.md) by `hatch run bench`.\n"
    )


def benchmark() -> str:
    """List what was measured."""
    results = _measured()
    lines = []
    for row in results["rows"].values():
        limit = "" if row["at_most"] is None else f"{row['at_most']:g}"
        if "value" in row:
            lines.append([row["what"], "", "", "", f"{row['value']:g}", limit])
        else:
            times = (f"{row[f'{it}seconds']:.3f} s ± {row[f'{it}spread'] * 100:.1f} %" for it in ("", "other_"))
            lines.append([row["what"], row["against"], *times, f"{row['ratio']:.3f}", limit])
    head = ", ".join(f"{key} {value}" for key, value in results["machine"].items())
    return f"{head}\n\n" + rows(["what", "against", "processor time", "of the other", "ratio", "at most"], lines)


def said(project: str, name: str) -> Callable[[], str]:
    """Show what the build of an sdist says in a case of a test project."""

    def sample() -> str:
        case = next(case for case in load() if (case.project, case.name) == (project, name))
        with tempfile.TemporaryDirectory() as temporary, made(case, Path(temporary)) as root:
            return f"```console\n{build(root, 'sdist', Path(temporary, 'dist'), case.env).said}```\n"

    return sample


PARTS: Dict[str, Dict[str, Callable[[], str]]] = {
    "README.md": {
        "cost": cost,
        "dropped": said("gitlab-uv-cache", "UV_CACHE_DIR"),
        "options": options,
        "codes": codes,
        "monorepo": said("monorepo", "the default"),
        "wrong": said("wrong-configuration", "unknown keys"),
    },
    "benchmarks/README.md": {"table": benchmark},
    "docs/tools.md": {"tools": tools},
    "test-projects/README.md": {"table": lambda: table(load())},
}

# Files without marks.
WHOLE: Dict[str, Callable[[], str]] = {
    "docs/configuration.schema.json": schema,
}


def relative(text: str) -> str:
    """Make links to files of this repository relative, whatever home they name."""
    return re.sub(r"\]\(https://[^\s)]+/hatch-nocache/(?:blob|raw)/main/", "](", text)


def absolute(text: str) -> str:
    """Make them absolute, for the package index. Until the repository has a home, they stay relative."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    home = project.get("urls", {}).get("Source")

    def link(found: re.Match[str]) -> str:
        return f"{found.group()}{home}/{'raw' if found.group().startswith('!') else 'blob'}/main/"

    return re.sub(r"!?\[[^][]*\]\((?!https:|#)", link, relative(text)) if home else relative(text)


def written(name: str) -> str:
    """Return the file `name` as it should be."""
    if name in WHOLE:
        return WHOLE[name]()
    text = (ROOT / name).read_text(encoding="utf-8")
    for part, make in PARTS[name].items():
        begin, end = f"<!-- {part}: begin -->\n", f"<!-- {part}: end -->\n"
        between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        content = begin + make() + end
        text, count = between.subn(content.replace("\\", r"\\"), text)
        if count != 1:
            sys.exit(f"{name}: {count} places for {part!r}")
    return absolute(text) if name == "README.md" else text


if __name__ == "__main__":
    for name in (*PARTS, *WHOLE):
        (ROOT / name).write_text(written(name), encoding="utf-8")
