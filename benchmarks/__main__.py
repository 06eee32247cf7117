"""Create the trees, measure, print the table, write results.json and the chart: `hatch run bench`."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import statistics
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from benchmarks import others, plugins
from benchmarks.builds import Builds
from benchmarks.processes import race
from benchmarks.rows import CHART, ROWS, Build, Row
from benchmarks.trees import Trees

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
CHART_FILE = HERE.parent / "docs" / "cost.svg"
OTHER_ROUNDS = 9
# A build that packs a million files takes minutes: it runs once.
ONCE = 1_000_000


def main() -> None:
    """Measure in a temporary directory, or in that of `--where`."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="hatch-nocache-") as temporary:
        where = Path(options.where or temporary)
        where.mkdir(parents=True, exist_ok=True)
        results = _measure(where.resolve(), options.only, options.rounds)
    _print(results)
    if options.write or not (options.only or options.rounds):
        if options.only:
            results = _merged(json.loads(RESULTS.read_text(encoding="utf-8")), results)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        _draw(results)
        print(f"\nwritten: {os.path.relpath(RESULTS)}, {os.path.relpath(CHART_FILE)}")


def _merged(before: Dict[str, Any], results: Dict[str, Any]) -> Dict[str, Any]:
    """Return the results of an earlier run with the rows of this run replaced or added."""
    rows = {row["id"]: row for row in [*before["rows"], *results["rows"]]}
    return {**before, **results, "rows": list(rows.values())}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hatch run bench", description=__doc__)
    ids = [*(row.id for row in ROWS), "chart", "import", "check", "size"]
    parser.add_argument("only", nargs="*", metavar="ROW", help=f"some of: {', '.join(ids)} (default: all, and write)")
    parser.add_argument("--rounds", type=int, default=0, help="rounds of each row; nothing is written")
    parser.add_argument("--write", action="store_true", help="write these rows into the results of the last run")
    parser.add_argument("--where", metavar="DIRECTORY", help="create the trees there, and keep them for the next run")
    options = parser.parse_args()
    unknown = set(options.only) - set(ids)
    if unknown:
        parser.error(f"unknown row: {', '.join(sorted(unknown))}")
    return options


def _measure(where: Path, only: Sequence[str], rounds: int) -> Dict[str, Any]:
    # As an installer does, or else the first build.
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2)
    with tempfile.TemporaryDirectory(dir=where) as fresh:
        wheel = plugins.own_wheel(Path(fresh))
        sites = {
            "nocache": plugins.install_own(wheel, Path(fresh, "nocache")),
            "nothing": plugins.install_nothing(Path(fresh, "nothing")),
        }
        builds = Builds(Trees(where), sites, Path(fresh, "out"))
        wanted = [row for row in ROWS if not only or row.id in only]
        results: Dict[str, Any] = {"machine": _machine(), "rows": [_row(row, builds, rounds) for row in wanted]}
        if not only or "import" in only:
            times = others.import_times(sites["nocache"], rounds or 2 * OTHER_ROUNDS + 1)
            results["rows"].append(_other("import", "import of the plugin, ms", statistics.median(times), "2"))
        if not only or "check" in only:
            results["rows"].append(_check(Path(fresh), sites["nocache"], rounds or OTHER_ROUNDS))
        if not only or "size" in only:
            packed, unpacked = others.sizes(wheel)
            results["rows"].append(_other("size", "size of the wheel, kB", packed / 1000))
            results["rows"].append(_other("size-unpacked", "size of its files, kB", unpacked / 1000))
        if not only or "chart" in only:
            results["chart"] = _chart_times(builds, rounds or 3)
    return results


def _row(row: Row, builds: Builds, rounds: int) -> Dict[str, Any]:
    print(f"{row.id} …", flush=True)
    times = race([builds.contender("build", row.build), builds.contender("other", row.other)], rounds or row.rounds)
    build, other = times["build"], times["other"]
    return {
        "id": row.id,
        "what": row.what,
        "against": row.against,
        "rounds": len(build.seconds),
        "seconds": round(build.median, 4),
        "spread": round(build.spread, 4),
        "other_seconds": round(other.median, 4),
        "other_spread": round(other.spread, 4),
        "ratio": round(build.median / other.median, 3),
        "limit": row.limit,
    }


def _check(where: Path, site: Path, rounds: int) -> Dict[str, Any]:
    times = others.check(where, site, rounds)
    check, other = times["check"], times["tarfile"]
    return {
        "id": "check",
        "what": f"`check` on an sdist of {others.CHECK_MEMBERS:,} members",
        "against": "`python -m tarfile --list`",
        "rounds": rounds,
        "seconds": round(check.median, 4),
        "spread": round(check.spread, 4),
        "other_seconds": round(other.median, 4),
        "other_spread": round(other.spread, 4),
        "ratio": round(check.median / other.median, 3),
        "limit": "3",
        "memory_mib": round(check.memory / 2**20, 1),
        "other_memory_mib": round(other.memory / 2**20, 1),
    }


def _other(id_: str, what: str, value: float, limit: str = "") -> Dict[str, Any]:
    return {"id": id_, "what": what, "value": round(value, 2), "limit": limit}


def _chart_times(builds: Builds, rounds: int) -> Dict[str, List[float]]:
    """Median seconds for each size of the cache, with the hook and without."""
    found: Dict[str, List[float]] = {"files": list(map(float, CHART)), "hook": [], "none": []}
    for cache in CHART:
        print(f"chart {cache:,} …", flush=True)
        for name, hooks in (("hook", ("nocache",)), ("none", ())):
            contender = builds.contender(name, Build(cache=cache, hooks=hooks))
            slow = cache >= ONCE and not hooks
            times = race([contender], 1 if slow else rounds, warm=not slow)
            found[name].append(round(times[name].median, 3))
    return found


def _draw(results: Dict[str, Any]) -> None:
    from benchmarks.chart import write_svg

    chart = results["chart"]
    lines = {"without the hook": chart["none"], "with the hook": chart["hook"]}
    sizes = [int(size) for size in chart["files"]]
    write_svg(CHART_FILE, "CPU time of an sdist of 10,000 files and a uv cache", sizes, lines)


def _machine() -> Dict[str, str]:
    return {
        "python": platform.python_version(),
        "hatchling": version("hatchling"),
        "pathspec": version("pathspec"),
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def _print(results: Dict[str, Any]) -> None:
    print(f"\n{', '.join(f'{key} {value}' for key, value in results['machine'].items())}")
    print("CPU time (user and system), medians; ± half of the interquartile range\n")
    table: List[Tuple[str, ...]] = [("build", "compared with", "seconds", "of the other", "ratio", "limit")]
    for row in results["rows"]:
        limit = row["limit"]
        if "value" in row:
            table.append((row["what"], "", "", "", f"{row['value']:g}", limit))
        else:
            times = [f"{row[f'{it}seconds']:.3f} ±{row[f'{it}spread']:.1%}" for it in ("", "other_")]
            table.append((row["what"], row["against"], *times, f"{row['ratio']:.3f}", limit))
        if "memory_mib" in row:
            table.append(("  memory, MiB", "", f"{row['memory_mib']:g}", f"{row['other_memory_mib']:g}", "", ""))
    widths = [max(map(len, column)) for column in zip(*table)]
    for cells in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())
    for name in ("hook", "none") if "chart" in results else ():
        label = {"hook": "with the hook", "none": "without it"}[name]
        print(f"chart, {label}: {', '.join(f'{value:.2f} s' for value in results['chart'][name])}")


if __name__ == "__main__":
    main()
