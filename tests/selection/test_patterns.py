"""Gitignore patterns, and what is spelled out by patterns and paths."""

from __future__ import annotations

import ntpath
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, Optional, Tuple

import pytest
from pathspec import GitIgnoreSpec

from hatch_nocache import paths
from hatch_nocache.patterns import Patterns, literal_lead
from hatch_nocache.report import toml_pattern
from hatch_nocache.selection import explicit
from hatch_nocache.selection.explicit import ExplicitPaths

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_unused() -> None:
    """Each positive entry counts for itself, whether or not a later one excludes its match again."""
    patterns = Patterns(["/a/", "/b/", "# c", "!/d", "/d"])
    for path in ("a/x", "a/x", "c"):
        patterns.match(path)
    assert patterns.unused() == ["/b/", "/d"]
    negated = Patterns(["/a/*", "!/a/x"])
    assert not negated.match("a/x")
    assert negated.unused() == []


@pytest.mark.parametrize(
    ("line", "lead"),
    [
        ("target/release/*.so", ("target/release", True)),
        ("/.uv-cache/", (".uv-cache", True)),
        (".uv-cache/", (".uv-cache", False)),
        ("venv", ("venv", False)),
        ("./venv/lib", ("venv/lib", True)),
        (r"/a\ b", ("a b", True)),
        ("data/**", ("data", True)),
        ("*.so", None),
        ("fixtures*", None),
        ("**/cache", None),
        ("[ab]/c", None),
        ("/", None),
        ("!/venv", None),
        ("# venv", None),
        ("", None),
        ("   ", None),
    ],
)
def test_literal_lead(line: str, lead: Optional[Tuple[str, bool]]) -> None:
    assert literal_lead(line) == lead


PLAIN = ["a", "a/b", "a b", "[x]", "a*b?", "größe", "#x", "!x", *([r"a\b"] if os.sep == "/" else [])]
ODD = ["end ", "a\nb", "\x7f", "\x1b[31m", "::error::x", "##[error]x", 'a"b', "\u202ex"]


@pytest.mark.parametrize("path", PLAIN + ODD)
def test_toml_pattern(path: str) -> None:
    """It can be pasted, matches that path alone, and is no command to a terminal or a CI log."""
    entry = toml_pattern(path)
    (pattern,) = tomllib.loads(f"exclude = [{entry}]")["exclude"]
    spec = GitIgnoreSpec.from_lines([pattern])
    assert spec.match_file(path)
    assert not spec.match_file(f"sub/{path}")
    assert entry.isprintable()
    assert "::" not in entry
    assert "##" not in entry


@pytest.mark.parametrize("path", ["../shared/x", "caf\udce9"])
def test_path_without_a_pattern(path: str) -> None:
    """No pattern leads out of the project, and TOML is UTF-8."""
    assert toml_pattern(path) == ""


# --- Explicit paths ---------------------------------------------------------------------------------------------------

ROOT = os.path.abspath("project")


def concerning(table: Dict[str, Any], cache: str, *, build: bool = False, **hook: Any) -> List[str]:
    """Return the keys of what a table, or the build data of a hook, names in a cache."""
    paths = ExplicitPaths(ROOT, table if build else {}, {} if build else {"wheel": table})
    paths.add_hooks(hook, ())
    return [each.key for each in paths.concerning(os.path.join(ROOT, cache), output=bool(hook))]


@pytest.mark.parametrize("key", explicit.SOURCES)
@pytest.mark.parametrize("build", [True, False])
def test_sources(key: str, *, build: bool) -> None:
    """Of any table, as an array or as keys; other values are for Hatchling to report."""
    for value in (["store/a"], {"./store/a": "x"}, {os.path.join(ROOT, "store"): ""}):
        assert concerning({key: value}, "store", build=build) == [key]
        assert concerning({key: value}, "other", build=build) == []
    for value in ("store", 5, None, [5, {}]):
        assert concerning({key: value}, "store", build=build) == []
    assert ExplicitPaths(ROOT, {}, {"wheel": "x"}).concerning(ROOT) == ()


@pytest.mark.parametrize("key", ["include", "artifacts"])
@pytest.mark.parametrize(
    ("pattern", "cache", "names"),
    [
        ("/store/*.txt", "store", True),
        ("store", "store", True),
        ("store", "src/store", True),
        ("/store", "src/store", False),
        ("store/", "other", False),
        ("*.txt", "store", False),
        ("/stor*", "store", False),
        ("/store/[z-a]", "store", False),
    ],
)
def test_explicit_by_a_pattern(key: str, pattern: str, cache: str, names: bool) -> None:
    assert concerning({key: [pattern]}, cache) == ([key] if names else [])


@pytest.mark.parametrize("name", ["target/release/x.so", os.path.join(ROOT, "target", "x.so")])
def test_explicit_by_a_hook(name: str) -> None:
    """Inside build output only, and never the whole of it."""
    for value in ({name: "x"}, {Path(name): "x"}):
        assert concerning({}, "target", force_include=value) == [""]
        assert concerning({}, "target", shared_data=value) == [""]
    assert concerning({}, "target", artifacts=["/target/release/x.so"]) == [""]
    for value in (["*.so"], ["/target"], [5]):
        assert concerning({}, "target", artifacts=value) == []
    paths = ExplicitPaths(ROOT, {}, {})
    paths.add_hooks({"force_include": {name: "x"}}, ())
    assert paths.concerning(os.path.join(ROOT, "target")) == ()


def test_allowed_paths_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk has other separators than the configuration."""
    windows = SimpleNamespace(path=ntpath, sep="\\", fspath=os.fspath)
    for module in (paths, explicit):
        monkeypatch.setattr(module, "os", windows)
    assert paths.native("C:\\p\\store/index.txt") == "C:\\p\\store\\index.txt"
    names = ExplicitPaths("C:\\p", {}, {}, Patterns(["/models/keep/", "!/x"])).concerning("C:\\p\\models")
    (name,) = names
    assert name.concerns("C:\\p\\models")
    assert name.leads_to("C:\\p\\models\\keep\\sub")
    assert not name.leads_to("C:\\p\\models\\junk")


@pytest.mark.parametrize(
    ("location", "root", "expected"),
    [
        ("C:\\p\\a\\b", "C:\\p", "a/b"),
        ("c:\\P\\a", "C:\\p", "a"),
        ("C:\\x", "C:\\p", "../x"),
        ("D:\\x\\y", "C:\\p", "D:/x/y"),
        ("\\\\server\\share\\p\\a", "\\\\server\\share\\p", "a"),
        ("\\\\server\\other\\a", "\\\\server\\share\\p", "//server/other/a"),
    ],
)
def test_relative_on_windows(monkeypatch: pytest.MonkeyPatch, location: str, root: str, expected: str) -> None:
    """There is no way from one drive to another."""
    monkeypatch.setattr(paths, "os", SimpleNamespace(path=ntpath, sep="\\", fspath=os.fspath))
    assert paths.relative(location, root) == expected
