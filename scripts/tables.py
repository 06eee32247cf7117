"""Update the generated parts of the documentation, and print the files that changed: `hatch run long:tables`.

A part is between the marks `<!-- NAME: begin -->` and `<!-- NAME: end -->`. `WHOLE` lists the files without marks.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, Sequence, Union

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "helpers"), str(ROOT / "scripts")]

from building import build  # noqa: E402
from projects import WITHOUT, Expect, load, made  # noqa: E402
from schema import DESCRIPTIONS, schema  # noqa: E402

from hatch_nocache.caches.catalogue import CATALOGUE  # noqa: E402
from hatch_nocache.caches.model import Tool  # noqa: E402
from hatch_nocache.config import OPTIONS  # noqa: E402
from hatch_nocache.rules import CODES  # noqa: E402

README = "README.md"


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def options() -> str:
    """Return the table of options."""
    return rows(
        ["key", "values", "default", "effect"],
        ([f"`{key}`", values(allowed), *DESCRIPTIONS[key]] for key, allowed in OPTIONS.items()),
    )


def values(allowed: Sequence[Union[str, bool]]) -> str:
    """Return the allowed values of an option."""
    return ", ".join(f"`{json.dumps(value)}`" for value in allowed) or "gitignore patterns"


def codes() -> str:
    """Return the table of codes."""
    text = (ROOT / "docs/codes.md").read_text(encoding="utf-8")
    defaults = dict(re.findall(r"^## (\w+)\n\n.*\. Default: (.*)\.$", text, re.MULTILINE))
    lines = ([code, finding, defaults[code]] for code, (_, finding) in CODES.items())
    return rows(["code", "finding", "default"], lines)


def tools() -> str:
    """List the known tools: their variables, their configuration keys, and what identifies their directories."""

    def cells(names: Iterable[str]) -> str:
        return ", ".join(f"`{name}`" for name in dict.fromkeys(names)).replace("|", "\\|")

    def where(file: str, table: str, name: str) -> str:
        key = f"[{table}] {name}" if table else name
        return key if file == "pyproject.toml" else f"{file}: {key}"

    def places(tool: Tool) -> Iterable[str]:
        return [*tool.names, *(shape.at for shape in tool.shapes if shape.at and not shape.marks)]

    def parts(tool: Tool) -> Iterable[str]:
        segment = [re.split(": |/", shape.marks[0])[0] for shape in tool.shapes if shape.marks]
        return [name for name in segment if not name.startswith(("~", "*"))]

    return rows(
        ["tool", "environment variables", "configuration", "its own names", "literal parts of its layout"],
        (
            [
                tool.name + " (documented)" * tool.documented,
                cells(tool.variables),
                cells(where(*key) for key in tool.keys),
                cells(name.replace("~", "").replace("\\", "") for name in places(tool)),
                cells(parts(tool)),
            ]
            for tool in CATALOGUE
        ),
    )


def _measured() -> Dict[str, Any]:
    """Return the results of the last benchmark, with its rows by their ids."""
    results: Dict[str, Any] = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    return {**results, "rows": {row["id"]: row for row in results["rows"]}}


def cost() -> str:
    """Return what a build costs, in plain sentences."""
    measured = _measured()["rows"]

    def percent(row: str) -> str:
        return f"{max(0.0, measured[row]['ratio'] - 1) * 100:.0f}%"

    def milliseconds(row: str) -> float:
        return float(measured[row]["seconds"] - measured[row]["other_seconds"]) * 1000

    small, own = milliseconds("small"), milliseconds("small-nothing")
    text = (
        f"CPU time: {percent('sdist')} more for an sdist of 10,000 files; a project of ten files takes {small:.0f} ms "
        f"more, of which any hook plugin costs {small - own:.0f} ms. The cost does not grow with the size of a cache, "
        "because the build does not enter it."
    )
    if "other-hook" in measured:
        text += f" With another hook, the finished sdist is read back: {percent('other-hook')} more."
    return textwrap.fill(text, 120) + "\n"


def benchmark() -> str:
    """Return the table of what was measured."""
    results = _measured()
    lines = []
    for row in results["rows"].values():
        if "value" in row:
            lines.append([row["what"], "", "", "", f"{row['value']:g}", row["limit"]])
        else:
            times = (f"{row[f'{it}seconds']:.3f} s ± {row[f'{it}spread'] * 100:.1f}%" for it in ("", "other_"))
            lines.append([row["what"], row["against"], *times, f"{row['ratio']:.3f}", row["limit"]])
    head = ", ".join(f"{key} {value}" for key, value in results["machine"].items())
    return f"{head}\n\n" + rows(["build", "compared with", "CPU time", "of the other", "ratio", "limit"], lines)


def said(project: str, name: str) -> Callable[[], str]:
    """Return a function that returns what the sdist's build prints in a case of a test project."""

    def sample() -> str:
        case = next(case for case in load() if (case.project, case.name) == (project, name))
        with tempfile.TemporaryDirectory() as temporary, made(case, Path(temporary)) as root:
            return f"```console\n{build(root, 'sdist', Path(temporary, 'dist'), case.env).said}```\n"

    return sample


def cases() -> str:
    """Return the table of the test projects."""
    body = []
    for case in load():
        for target, wanted in case.expect.items():
            options = ", ".join(f"`{key} = {json.dumps(value)}`" for key, value in case.options.items())
            name = " · ".join(part for part in (case.name, options) if part)
            body.append([case.project, name, target, outcome(wanted), output(wanted), WITHOUT[wanted.without]])
        if case.through:
            packed = "packed: " + ", ".join(f"`{name}`" for name in case.through.kept)
            harm = {"kept": "packed", "loses": "files missing", "fails": "build fails"}[case.through.without]
            body.append([case.project, case.name, "sdist → wheel", packed, "\u2013", harm])
    head = ["project", "case", "target", "with the hook", "output", "without the hook"]
    return rows(head, ([cell.replace("|", "\\|") for cell in cells] for cells in body))


def outcome(wanted: Expect) -> str:
    """Return what a test project's build contains."""
    if wanted.result == "rejected":
        return "**rejected**"
    paths = {"left out": wanted.gone, "file": wanted.copied, "symlink": wanted.links, "packed": wanted.kept}
    return "; ".join(f"{verb}: " + ", ".join(f"`{name}`" for name in names) for verb, names in paths.items() if names)


def output(wanted: Expect) -> str:
    """Return what a test project's build prints."""
    if wanted.codes == ["*"]:
        return "\u2013"
    if not (wanted.codes or wanted.says):
        return "nothing"
    return " ".join([*wanted.codes, *(f"“{words}”" for words in wanted.says)])


PARTS: Dict[str, Dict[str, Callable[[], str]]] = {
    README: {
        "dropped": said("gitlab-uv-cache", "UV_CACHE_DIR"),
        "options": options,
        "codes": codes,
        "monorepo": said("monorepo", "the default"),
        "cost": cost,
    },
    "benchmarks/README.md": {"table": benchmark},
    "docs/tools.md": {"tools": tools},
    "test-projects/README.md": {"table": cases},
}

WHOLE: Dict[str, Callable[[], str]] = {"docs/configuration.schema.json": schema}


def written(name: str) -> str:
    """Return the file `name` as it should be."""
    if name in WHOLE:
        return WHOLE[name]()
    text = (ROOT / name).read_text(encoding="utf-8")
    for part, make in PARTS[name].items():
        begin, end = f"<!-- {part}: begin -->\n", f"<!-- {part}: end -->\n"
        if text.count(begin) != 1 or text.count(end) != 1:
            sys.exit(f"{name}: expected the marks of {part!r} once")
        before, _, rest = text.partition(begin)
        text = before + begin + make() + end + rest.partition(end)[2]
    return text


def main() -> None:
    """Update every file, and print a line for each."""
    for name in (*PARTS, *WHOLE):
        path, text = ROOT / name, written(name)
        before = path.read_text(encoding="utf-8").splitlines()
        if before == text.splitlines():
            print(f"{name}: up to date")
            continue
        path.write_text(text, encoding="utf-8")
        print(f"{name}: updated")
        for line in text.splitlines():
            if line not in before:
                print(f"  + {line}")
        for line in before:
            if line not in text.splitlines():
                print(f"  - {line}")


if __name__ == "__main__":
    main()
